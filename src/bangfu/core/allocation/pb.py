"""Participatory budgeting as an allocation problem: Pabulib's .pb text to a `Problem`.

One fund line holds the budget, every project's priority is the votes it got (approval) or the
points (scoring, cumulative), and the plan of most priority is the one of most support that the
budget can pay. Format: http://pabulib.org/format
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from io import StringIO

from bangfu.core.allocation.problem import FundLine, Options, Problem, Project
from bangfu.core.errors import InputError
from bangfu.core.errors import Problem as Fault
from bangfu.core.language import Text
from bangfu.core.money import fen_from_yuan

_SECTIONS = ("META", "PROJECTS", "VOTES")
_COUNTED = ("approval", "choose-1")
_POINTS = ("scoring", "cumulative")

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of one section under its header, with the line each stands on."""

    rows: list[tuple[int, dict[str, str]]]


def problem_from_pb(text: str, options: Options | None = None) -> Problem:
    """The problem a .pb file states. Raises InputError with every fault and its line."""
    faults: list[Fault] = []
    tables = _tables(text, faults)
    meta = {
        row.get("key", "").strip(): row.get("value", "").strip() for _n, row in tables["META"].rows
    }
    kind = meta.get("vote_type", "approval")
    if kind not in (*_COUNTED, *_POINTS):
        faults.append(
            _fault(1, kind, Text("不支持的投票方式", "a kind of vote that is not counted here"))
        )
    budget = _money(1, meta.get("budget", ""), faults)
    support = _support(tables["VOTES"], kind, faults)
    projects = []
    seen: set[str] = set()
    for number, row in tables["PROJECTS"].rows:
        name = row.get("project_id", "").strip()
        if not name or name in seen:
            faults.append(
                _fault(number, name, Text("项目编号缺失或重复", "project id missing or twice"))
            )
        seen.add(name)
        projects.append(
            Project(
                id=name,
                unit_fen=_money(number, row.get("cost", ""), faults),
                name=row.get("name", "").strip(),
                purpose=row.get("category", "").strip(),
                priority=support.get(name, Fraction(0)),
            )
        )
    faults.extend(
        _fault(1, name, Text("票投给了不存在的项目", "a vote for a project that is not listed"))
        for name in sorted(support.keys() - seen)
    )
    if faults:
        raise InputError(Text("参与式预算文件有误", "the .pb file does not pass"), faults)
    line = FundLine("budget", budget, meta.get("description", ""))
    return Problem((line,), tuple(projects), options=options or Options())


def _tables(text: str, faults: list[Fault]) -> dict[str, _Table]:
    tables = {name: _Table([]) for name in _SECTIONS}
    section = ""
    header: list[str] = []
    for number, cells in enumerate(csv.reader(StringIO(text), delimiter=";"), start=1):
        first = cells[0].strip().lstrip("\ufeff") if cells else ""
        if len(cells) <= 1 and first.upper() in _SECTIONS:
            section, header = first.upper(), []
        elif not any(cell.strip() for cell in cells):
            continue
        elif not section:
            faults.append(_fault(number, first, Text("应以 META 开头", "should begin with META")))
        elif not header:
            header = [cell.strip().lower() for cell in cells]
        else:
            tables[section].rows.append((number, dict(zip(header, cells, strict=False))))
    return tables


def _support(votes: _Table, kind: str, faults: list[Fault]) -> dict[str, Fraction]:
    support: dict[str, Fraction] = {}
    for number, row in votes.rows:
        names = [name.strip() for name in row.get("vote", "").split(",") if name.strip()]
        weights = [Fraction(1)] * len(names)
        if kind in _POINTS:
            weights = _points(number, row.get("points", ""), len(names), faults)
        for name, weight in zip(names, weights, strict=True):
            support[name] = support.get(name, Fraction(0)) + weight
    return support


def _points(number: int, text: str, length: int, faults: list[Fault]) -> list[Fraction]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    whole = [Fraction(int(part)) for part in parts if part.isascii() and part.isdigit()]
    if len(whole) == length == len(parts):
        return whole
    faults.append(
        _fault(number, text, Text("每个项目应有一个整数分", "one whole number of points a project"))
    )
    return [Fraction(0)] * length


def _money(number: int, text: str, faults: list[Fault]) -> int:
    try:
        fen = fen_from_yuan(text)
    except ValueError:
        fen = -1
    if fen < 0:
        faults.append(
            _fault(number, text, Text("应为不小于 0 的金额", "should be an amount, 0 or more"))
        )
    return max(fen, 0)


def _fault(number: int, value: str, text: Text) -> Fault:
    return Fault(where=f"{number}", text=text, value=value)
