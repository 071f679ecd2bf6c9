"""The money side: fund lines, project bank, the year's key villages, last year's total."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from sample.generator import funds, projects
from sample.generator.model import Cell, Household, Village
from sample.generator.workbook import write

KEY_HEADER = ("区划代码", "乡", "村名", "建档立卡户数", "上年整合资金（元）", "实施年度")
# Key villages of the programme's earlier years; with the ten of 2026 they are 48.
EARLIER = {2022: 9, 2023: 9, 2024: 10, 2025: 10}
LAST_YEAR_HEADER = ("年度", "整合资金总额（元）", "说明")


def write_all(
    villages: Sequence[Village], households: Sequence[Household], folder: Path, seed: int
) -> dict[str, int]:
    """Write the four workbooks and return the rows of each."""
    rng = Random(f"{seed}/money")
    registered = Counter(home.place for home in households if home.ex_poor)
    keys = _key_villages(villages, rng)
    bank = projects.make(villages, registered, keys, rng)
    last_year = funds.pool_total() * 100 // 117 // 10_000 * 10_000
    key_rows: list[list[Cell]] = [
        [v.code, v.township, v.name, registered[v.code], 10_000 * rng.randint(250, 420), 2026]
        for v in keys
    ]
    key_rows[:0] = [
        [v.code, v.township, v.name, registered[v.code], None, year]
        for year, v in _earlier(villages, keys, Random(f"{seed}/programme"))
    ]
    totals: list[list[Cell]] = [
        [2024, last_year * 100 // 112 // 10_000 * 10_000, "全县统筹整合资金，演示数"],
        [2025, last_year, "全县统筹整合资金，演示数；2026年要求增长10%以上"],
    ]
    books = (
        ("资金明细", "2026年资金明细", funds.HEADER, funds.rows(rng)),
        ("项目库", "2026年项目库", projects.HEADER, projects.rows(bank)),
        ("重点村", "整村推进重点村名单（2022—2026年）", KEY_HEADER, key_rows),
        ("历年整合资金", "历年整合资金总额", LAST_YEAR_HEADER, totals),
    )
    return {
        f"{tab}.xlsx": write(folder / f"{tab}.xlsx", tab, f"秭归县 {title}", header, body)
        for tab, title, header, body in books
    }


def _earlier(
    villages: Sequence[Village], keys: Sequence[Village], rng: Random
) -> Iterator[tuple[int, Village]]:
    """The villages of each earlier year of the programme, none of them twice."""
    left = [v for v in villages if "村民委员会" in v.name and v not in keys]
    rng.shuffle(left)
    for year, number in EARLIER.items():
        chosen, left = left[:number], left[number:]
        yield from ((year, v) for v in sorted(chosen, key=lambda v: v.code))


def _key_villages(villages: Sequence[Village], rng: Random) -> list[Village]:
    """Ten villages of different townships as far as they go, none of them an urban community."""
    rural = [village for village in villages if "村民委员会" in village.name]
    chosen: list[Village] = []
    townships = sorted({village.township_code for village in rural})
    for township in rng.sample(townships, projects.KEY_VILLAGES):
        chosen.append(rng.choice([v for v in rural if v.township_code == township]))
    return sorted(chosen, key=lambda village: village.code)
