"""Puts the sample together: plants first, then the clean county around them, then every workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from sample.generator import incomes, money, rosters, scenarios, sheets
from sample.generator.county import clean_households
from sample.generator.model import Cells, Household, Village
from sample.generator.people import Registry
from sample.generator.plants import Planted, grains, plant
from sample.generator.villages import read_places, village_rows
from sample.generator.workbook import write, write_csv

SEED = 420527
# Yuan a head of net income in the county in 2026, as policy has it.
INCOME_LINE = 8_700


@dataclass(frozen=True)
class County:
    """The whole sample in memory, households in the order of villages and numbers."""

    villages: list[Village]
    village_rows: dict[str, Cells]
    households: list[Household]
    planted: Planted
    clean: list[Household]


def assemble(*, seed: int, households: int, scenarios_folder: Path, places: Path) -> County:
    """Make `households` households in all, the planted ones among them."""
    registry = Registry(Random(f"{seed}/persons"))
    villages = read_places(places)
    planted = plant(
        scenarios.load(scenarios_folder / "checks"),
        grains(scenarios_folder / "catalogue.csv"),
        villages,
        registry,
    )
    rest = households - len(planted.households)
    rng = Random(f"{seed}/county")
    clean = list(clean_households(_spread(villages, rng), rest, registry, rng))
    everyone = sorted([*planted.households, *clean], key=lambda home: (home.place, home.number))
    by_village: dict[str, list[Household]] = {village.code: [] for village in villages}
    for home in everyone:
        by_village[home.place].append(home)
    rows = village_rows(villages, by_village, planted.villages, Random(f"{seed}/villages"))
    return County(villages, rows, everyone, planted, clean)


def _spread(villages: list[Village], rng: Random) -> Iterator[str]:
    """Village codes without end: each village by its size, in a shuffled round."""
    round_of = [village.code for village in villages for _ in range(rng.randint(2, 8))]
    rng.shuffle(round_of)
    return cycle(round_of)


def build(
    *, out: Path, seed: int, households: int, scenarios_folder: Path, places: Path
) -> dict[str, int]:
    """Write every file under `out` and return the rows of each."""
    county = assemble(
        seed=seed, households=households, scenarios_folder=scenarios_folder, places=places
    )
    folder = out / "county"
    folder.mkdir(parents=True, exist_ok=True)
    written = _write_households(county, folder, seed)
    written |= money.write_all(county.villages, county.households, folder, seed)
    mismatches, counts = rosters.write_all(county.households, county.clean, folder, seed)
    written |= counts
    write_csv(
        out / "expected_findings.csv",
        ("check", "place_code", "household_no", "person_no"),
        (
            (f.check, f.place_code, f.household_no, f.person_no)
            for f in sorted(county.planted.findings)
        ),
    )
    write_csv(
        out / "expected_below_line.csv",
        ("place_code", "household_no"),
        (
            (home.place, home.number)
            for home in county.households
            if incomes.below(home, INCOME_LINE)
        ),
    )
    write_csv(
        out / "expected_mismatches.csv",
        ("roster", "kind", "place_code", "household_no", "person_no", "value"),
        mismatches,
    )
    return written


def _write_households(county: County, folder: Path, seed: int) -> dict[str, int]:
    rows = sheets.Sheets(county.households, county.villages)
    books = (
        ("监测对象信息", "（自定义）监测对象信息", sheets.MAIN, rows.main()),
        ("全国系统导出", "全国系统户信息导出", sheets.NATIONAL_HEADER, rows.national()),
        ("户信息(乡村建设)", "（乡村建设）户信息", sheets.CONSTRUCTION, rows.construction()),
        ("已外出务工", "（务工月监测）已外出务工信息", sheets.JOBS, rows.jobs()),
        ("计划外出务工", "计划外出务工信息", sheets.PLANS, rows.plans()),
        ("行政村", "（自定义）行政村信息", sheets.VILLAGES, rows.villages(county.village_rows)),
        ("收入明细", "家庭收入明细（元）", sheets.INCOME, rows.income(Random(f"{seed}/income"))),
        ("住房与饮水", "住房鉴定与饮水情况", sheets.HOUSING, rows.housing()),
    )
    return {
        f"{tab}.xlsx": write(
            folder / f"{tab}.xlsx", tab, f"秭归县 {title} 2026年10月", header, body
        )
        for tab, title, header, body in books
    }
