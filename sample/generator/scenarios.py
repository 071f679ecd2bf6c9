"""Scenarios of the check catalogue: a household that a check finds, and its twin that it does not.

A scenario (tests/scenarios/checks/*.toml) starts from an archetype, changes both sides by `given`,
then each side by `hit` and `near`. Changes are named by the columns of the sheets:

    [[scenario]]
    check = "2_01_012"
    base = "脱贫户"
    who = ["孩子"]
    given."孩子" = { "在校生状况" = "", "文化程度" = "小学", "义务教育阶段未上学原因" = "因病" }
    hit."孩子" = { "健康状况" = "健康" }
    near."孩子" = { "健康状况" = "长期慢性病" }

Beside columns, a member may take 年龄 or 出生 (a new age or birth date, with schooling and labour to
match), 证件 (a defect of the number), 残疾 (class and grade), 务工 and 计划 (work rows and plans); a
household may take 去掉 (members that are not there) and 少收（分） (fen less than the income a head says). "村" changes the village's row instead.
`also` and `also_near` name what else fires, with `@role` where that is another person (`@*`: every
member). `partner` gives a second household to the pair, changed under "对方", "对方.孩子" and so on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sample.generator import incomes
from sample.generator.archetypes import birth_at, build
from sample.generator.families import disable, plan_to_work, send_to_work, settle_age
from sample.generator.model import Cell, Household, Member
from sample.generator.people import Registry, check_digit

HOUSEHOLD, VILLAGE, PARTNER = "户", "村", "对方"
LESS_FEN = "少收（分）"
GROUPS = (incomes.WAGES, incomes.BUSINESS, incomes.PROPERTY, incomes.TRANSFER, incomes.COST)
Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One half of a scenario: its changes by role, and the other checks that fire on it."""

    changes: Changes
    also: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """A check's pair. `who` are the roles on which a person check fires."""

    check: str
    source: str
    base: str
    who: tuple[str, ...]
    given: Changes
    hit: Side
    near: Side
    partner: str | None = None
    partner_who: tuple[str, ...] = field(default=())

    @property
    def of_village(self) -> bool:
        return self.base == VILLAGE


def load(folder: Path) -> list[Scenario]:
    """Every scenario of the folder's files, in the order of file names."""
    return [scenario for path in sorted(folder.glob("*.toml")) for scenario in _read(path)]


def _read(path: Path) -> Iterator[Scenario]:
    allowed = {
        "check", "zh", "base", "who", "given", "hit", "near", "also", "also_near", "partner",
        "partner_who",
    }  # fmt: skip
    for table in tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]:
        unknown = set(table) - allowed
        if unknown or "near" not in table or "hit" not in table:
            raise ValueError(f"{path.name}: {table.get('check')}: {sorted(unknown) or 'no pair'}")
        yield Scenario(
            check=table["check"],
            source=path.name,
            base=table["base"],
            who=tuple(table.get("who", ())),
            given=table.get("given", {}),
            hit=Side(table["hit"], tuple(table.get("also", ()))),
            near=Side(table["near"], tuple(table.get("also_near", ()))),
            partner=table.get("partner"),
            partner_who=tuple(table.get("partner_who", ())),
        )


def households(
    scenario: Scenario, side: Side, registry: Registry, places: tuple[str, str], variant: int
) -> list[Household]:
    """The side's household and, if the scenario has one, its partner's, changed and in their places."""
    home = build(scenario.base, registry, places[0], variant)
    pair = [home]
    if scenario.partner:
        pair.append(build(scenario.partner, registry, places[1], variant + 1))
    for changes in (scenario.given, side.changes):
        for key, change in changes.items():
            if key == PARTNER or key.startswith(PARTNER + "."):
                role = key.removeprefix(PARTNER).removeprefix(".") or HOUSEHOLD
                _change(pair[1], role, change, registry, variant, home)
            else:
                _change(home, key, change, registry, variant, pair[-1])
    return pair


def _change(
    home: Household, role: str, change: Changes, registry: Registry, variant: int, other: Household
) -> None:
    if role == HOUSEHOLD:
        _change_household(home, change)
        return
    person = home.member(role)
    for key, value in change.items():
        if key in ACTIONS:
            ACTIONS[key](person, value, registry, variant, other)
        else:
            _known(person.cells, key)
            person.cells[key] = cell(value)


def _change_household(home: Household, change: Changes) -> None:
    gone = change.get("去掉", ())
    home.members = [m for m in home.members if m.role not in gone]
    for key, value in change.items():
        if key in ("去掉", LESS_FEN):
            continue
        _known(home.cells, key)
        home.cells[key] = cell(value)
    if incomes.PER_HEAD in change:
        incomes.bring_to(home, int(change[incomes.PER_HEAD]))
    elif gone or any(group in change for group in GROUPS):
        incomes.sum_up(home)
    if LESS_FEN in change:
        incomes.lose(home, int(change[LESS_FEN]))


def cell(value: object) -> Cell:
    """A TOML value as a cell: "" is an empty one, a float is a decimal."""
    if value == "":
        return None
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise ValueError(f"no cell holds {value!r}")


def _known(cells: Mapping[str, Cell], column: str) -> None:
    if column not in cells:
        raise ValueError(f"no such column: {column}")


def _age(person: Member, value: int, registry: Registry, variant: int, other: Household) -> None:
    _born(person, birth_at(value, variant), registry, variant, other)


def _born(person: Member, value: date, registry: Registry, variant: int, other: Household) -> None:
    person.birth, number = registry.certificate(value, str(person.cells["性别"]))
    person.cells.update({"证件号码": number, "出生日期": f"{person.birth:%Y%m%d}"})
    settle_age(person)


def _certificate(
    person: Member, value: str, registry: Registry, variant: int, other: Household
) -> None:
    number = str(person.cells["证件号码"])
    if value == "同对方":
        number = str(other.members[0].cells["证件号码"])
    elif value == "校验码错误":
        wrong = "0" if number[17] != "0" else "1"
        number = number[:17] + wrong + number[18:]
    elif value == "15位":
        number = number[:6] + number[8:17]
    elif value == "占位号":
        digits = f"999999{number[6:17]}"
        number = digits + check_digit(digits)
    else:
        raise ValueError(f"no such defect of a number: {value}")
    person.cells["证件号码"] = number


def _disability(
    person: Member, value: str, registry: Registry, variant: int, other: Household
) -> None:
    disable(person, value)


def _work(
    person: Member, value: list[Changes], registry: Registry, variant: int, other: Household
) -> None:
    send_to_work(registry, person, *[{k: cell(v) for k, v in row.items()} for row in value])


def _plan(
    person: Member, value: list[Changes], registry: Registry, variant: int, other: Household
) -> None:
    plan_to_work(person, *[{k: cell(v) for k, v in row.items()} for row in value])


ACTIONS: dict[str, Any] = {
    "年龄": _age,
    "出生": _born,
    "证件": _certificate,
    "残疾": _disability,
    "务工": _work,
    "计划": _plan,
}
