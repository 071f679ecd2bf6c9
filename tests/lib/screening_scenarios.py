"""Scenarios of the screening: a household in, its screening out, in the words of the sheets.

A scenario (tests/scenarios/screening/*.toml) names facts by the columns of the sheets; money is in
yuan, yes and no are 是 and 否, and 年龄 stands for a birth date that gives that age on the day:

    [[scenario]]
    zh = "人均纯收入低于监测线"
    "户" = { "工资性收入" = 20000 }
    "成员" = [{ "年龄" = 45, "劳动技能" = "普通劳动力" }, { "年龄" = 43 }]
    "收入" = [{ "年度" = 2026, "收入项" = "a1", "金额" = 15000 }]
    "名单" = [{ "名单" = "medical", "成员" = 1, "金额" = 30000 }]
    [scenario."结果"]
    "理由" = ["…"]

Every household lies in a village of its own. 成员 may stand in the file's [缺省] too: every member
begins with it. What a result does not name is not asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from lib.worlds import World

from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Fact, Kind, Table

FOLDER = Path(__file__).parents[1] / "scenarios" / "screening"
ON = date(2026, 10, 31)
COUNTY = "420527000000"
_NAMES = {
    table: {fact.zh: fact for fact in plain(table).values() if fact.kind is not Kind.GUARDED}
    for table in (Table.HOUSEHOLD, Table.PERSON, Table.INCOME)
}
_PARTS = {"zh", "户", "成员", "收入", "名单", "结果"}
_ROSTER = {"名单": "roster", "金额": "amount", "类别": "kind", "日期": "day"}


@dataclass(frozen=True)
class Scenario:
    """One household with what its screening says. `number` is its own, and its village's."""

    number: int
    source: str
    title: str
    household: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]
    incomes: tuple[Mapping[str, Any], ...]
    rosters: tuple[Mapping[str, Any], ...]
    result: Mapping[str, Any]

    @property
    def place(self) -> str:
        return f"420527{100 + self.number // 700:03}{200 + self.number % 700:03}"

    @property
    def household_no(self) -> str:
        return f"h{self.number}"

    def token(self, member: int) -> str:
        """The token of a member's certificate number; members count from 1."""
        return f"{self.household_no}-{member}"


def load() -> list[Scenario]:
    """Every scenario of the folder, in the order of file names."""
    found: list[Scenario] = []
    for path in sorted(FOLDER.glob("*.toml")):
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        base = read.get("缺省", {})
        for item in read["scenario"]:
            if unknown := set(item) - _PARTS:
                raise ValueError(f"{path.name}: {item.get('zh')}: {sorted(unknown)}")
            found.append(_scenario(len(found), path.name, base, item))
    return found


def _scenario(
    number: int, source: str, base: Mapping[str, Any], item: Mapping[str, Any]
) -> Scenario:
    read = lambda table, row: _facts(table, row, f"{source}: {item['zh']}")
    members = [{**base.get("成员", {}), **row} for row in item["成员"]]
    return Scenario(
        number,
        source,
        item["zh"],
        read(Table.HOUSEHOLD, {**base.get("户", {}), **item.get("户", {})}),
        tuple(read(Table.PERSON, row) for row in members),
        tuple(read(Table.INCOME, row) for row in item.get("收入", ())),
        tuple(item.get("名单", ())),
        item["结果"],
    )


def _facts(table: Table, row: Mapping[str, Any], where: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in row.items():
        if name == "年龄" and table is Table.PERSON:
            made["birth"] = ON.replace(year=ON.year - value)
            continue
        if name not in _NAMES[table]:
            raise ValueError(f"{where}: no column {name!r} of a {table}")
        fact = _NAMES[table][name]
        made[fact.name] = _value(fact, value)
    return made


def _value(fact: Fact, written: Any) -> Any:
    if written == "":
        return None
    if fact.kind is Kind.YES_NO:
        return {"是": True, "否": False}[written]
    if fact.kind is Kind.FEN:
        return int(Decimal(str(written)) * 100)
    if fact.kind is Kind.DECIMAL:
        return Decimal(str(written))
    if fact.kind is Kind.CODE and written not in fact.values:
        raise ValueError(f"{fact.zh}: {written!r} is not of its list")
    return written


def world(scenarios: list[Scenario]) -> World:
    """All households together, with every column of their kind."""
    rows: World = {table: [] for table in Table}
    for one in scenarios:
        home = {"place_code": one.place, "household_no": one.household_no}
        rows[Table.HOUSEHOLD].append(_whole(Table.HOUSEHOLD, one.household | home))
        for number, member in enumerate(one.members, start=1):
            own = {"person_no": f"{number:02}", "certificate_token": one.token(number)}
            rows[Table.PERSON].append(_whole(Table.PERSON, member | home | own))
        rows[Table.INCOME] += [_whole(Table.INCOME, item | home) for item in one.incomes]
    return rows


def _whole(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    names = [name for name, fact in plain(table).items() if fact.kind is not Kind.GUARDED]
    return {name: row.get(name) for name in names}


def roster_rows(scenarios: list[Scenario]) -> list[dict[str, Any]]:
    """The lines of every roster; 成员 0 is somebody who is in no household."""
    found = []
    for one in scenarios:
        for line in one.rosters:
            values = {_ROSTER[name]: value for name, value in line.items() if name != "成员"}
            if "amount" in values:
                values["amount"] *= 100
            token = one.token(line["成员"])
            empty = {"amount": None, "kind": None, "day": None, "place_code": one.place}
            found.append({**empty, **values, "certificate_token": token})
    return found
