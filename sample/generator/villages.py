"""The villages: the real list, and an invented row of the 行政村 sheet for each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from random import Random

from sample.generator.model import YES, Cells, Household, Village

CROPLAND, WOODLAND = "耕地面积（亩）", "林地面积（亩）"
# In a scenario: as much as the ex-poor households of the village have together.
SUM_OF_EX_POOR = "脱贫户合计"


def read_places(path: Path) -> list[Village]:
    """The villages of the county's code list, in the order of their codes."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["code"]: row["name"] for row in rows}
    villages = [
        Village(row["code"], row["name"], row["parent"], names[row["parent"]])
        for row in rows
        if row["level"] == "village"
    ]
    return sorted(villages, key=lambda village: village.code)


def village_rows(
    villages: Iterable[Village],
    households: Mapping[str, list[Household]],
    changes: Mapping[str, Cells],
    rng: Random,
) -> dict[str, Cells]:
    """A complete row for each village by code, with the planted changes."""
    rows = {}
    for village in villages:
        homes = households[village.code]
        row = _row(homes, rng)
        row.update(changes.get(village.code, {}))
        if row[CROPLAND] == SUM_OF_EX_POOR:
            row[CROPLAND] = _land(homes, CROPLAND)
        rows[village.code] = row
    return rows


def _row(homes: list[Household], rng: Random) -> Cells:
    registered = len(homes)
    total = registered * rng.randint(28, 50) // 10
    people = total * rng.randint(28, 33) // 10
    members = [m for home in homes for m in home.members]
    low = [h for h in homes if any(m.cells["享受低保政策情况"] == "农村低保" for m in h.members)]
    low_people = sum(m.cells["享受低保政策情况"] == "农村低保" for m in members)
    return {
        "是否出列": YES,
        "总户数": total,
        "总人口数": people,
        "村级集体经济收入（万元）": Decimal(rng.randint(60, 480)) / 10,
        "村小学（个数）": rng.choice((0, 0, 1)),
        "参加城乡居民基本养老保险人数": people * rng.randint(60, 75) // 100,
        "是否通客运班车": YES,
        "行政村卫生室个数": rng.choice((1, 1, 2)),
        "行政村公共卫生厕所个数": rng.randint(1, 4),
        "行政村执业（助理）医师（人）": rng.choice((1, 1, 2)),
        "行政村生产生活垃圾集中堆放点个数（个）": rng.randint(2, 12),
        "行政村文化（图书）室个数 （个）": 1,
        "低保户数": len(low) + rng.randint(1, 6),
        "低保人口数": low_people + rng.randint(6, 15),
        "特困供养人口数": sum("特困" in str(m.cells["享受特困供养政策情况"]) for m in members)
        + rng.randint(0, 5),
        "残疾人口数": sum(m.cells["证件类型"] == "残疾人证" for m in members) + rng.randint(3, 20),
        "到乡镇是否通沥青（水泥）路": YES,
        "危房户数": sum(home.cells["是否危房户"] == YES for home in homes),
        "未实现饮水安全户数": sum(home.cells["是否解决安全饮用水"] == "否" for home in homes),
        CROPLAND: _land(homes, CROPLAND) * rng.randint(25, 45) // 10 + 100,
        WOODLAND: _land(homes, WOODLAND) * rng.randint(30, 60) // 10 + 200,
    }


def _land(homes: list[Household], column: str) -> Decimal:
    return sum((Decimal(h.cells[column] or 0) for h in homes if h.ex_poor), Decimal(0))
