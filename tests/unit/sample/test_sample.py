"""The sample county: the generator's promises, and the workbooks in the repository."""

from __future__ import annotations

import csv
import hashlib
import re
import zipfile
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from python_calamine import CalamineWorkbook
from sample.generator import funds, scenarios, sheets
from sample.generator.build import INCOME_LINE, SEED, County, assemble, build
from sample.generator.incomes import ITEMS, split, whole
from sample.generator.model import NOTICE
from sample.generator.people import ORDERS, Registry, check_digit
from sample.generator.plants import Finding, grains

ROOT = Path(__file__).resolve().parents[3]
SCENARIOS = ROOT / "tests" / "scenarios"
PLACES = ROOT / "sample" / "county" / "行政区划.csv"
COUNTY = ROOT / "sample" / "county"
# Rows below the header of each workbook; None where the number follows from chance.
ROWS = {
    "监测对象信息": None,
    "全国系统导出": None,
    "户信息(乡村建设)": 16_000,
    "已外出务工": None,
    "计划外出务工": None,
    "行政村": 179,
    "收入明细": 16_000,
    "住房与饮水": 16_000,
    "资金明细": 60,
    "项目库": 1500,
    "重点村": 48,
    "历年整合资金": 2,
    "民政低保名单": None,
    "残联残疾人名单": None,
    "医保自付费用名单": None,
    "住建房屋鉴定名单": None,
    "公安车辆登记": None,
    "市场监管工商登记": None,
    "死亡名单": 6,
}


@pytest.fixture(scope="module")
def small() -> County:
    return assemble(seed=SEED, households=1200, scenarios_folder=SCENARIOS, places=PLACES)


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    with (SCENARIOS / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["status"] for row in csv.DictReader(file)}


def _expected() -> list[dict[str, str]]:
    with (ROOT / "sample" / "expected_findings.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _count_rows(name: str) -> int:
    with zipfile.ZipFile(COUNTY / f"{name}.xlsx") as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row ") - 3


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for turn in ("a", "b"):
        build(
            out=tmp_path / turn, seed=7, households=700, scenarios_folder=SCENARIOS, places=PLACES
        )
        files = sorted(p for p in (tmp_path / turn).rglob("*") if p.is_file())
        digests.append([(p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == 22


def test_another_seed_gives_other_people() -> None:
    assert [Registry(Random(seed)).name("男") for seed in (1, 2, 3)] != ["王文明"] * 3
    names = [[Registry(Random(seed)).name("女") for _ in range(5)] for seed in (1, 2)]
    assert names[0] != names[1]


def test_every_check_has_a_hit_and_a_near_miss(catalogue: dict[str, str]) -> None:
    checks = Counter(scenario.check for scenario in scenarios.load(SCENARIOS / "checks"))
    stubs = {check for check, status in catalogue.items() if status == "stub"}
    assert len(catalogue) == 267
    assert set(catalogue) - stubs <= set(checks)
    assert set(checks) & stubs == {"3_03_002"}


def test_every_check_is_expected_in_the_sample(catalogue: dict[str, str]) -> None:
    fired = {row["check"] for row in _expected()}
    assert fired == {c for c, status in catalogue.items() if status != "stub"} | {"3_03_002"}


def test_a_near_miss_differs_from_its_hit() -> None:
    for scenario in scenarios.load(SCENARIOS / "checks"):
        assert scenario.hit.changes != scenario.near.changes, scenario.check
        assert scenario.check not in scenario.near.also, scenario.check


def test_expected_findings_follow_the_grain_of_their_check() -> None:
    grain = grains(SCENARIOS / "catalogue.csv")
    for row in _expected():
        kind = grain[row["check"]]
        assert bool(row["household_no"]) == (kind != "village"), row
        assert bool(row["person_no"]) == (kind == "person"), row


def test_expected_findings_name_people_of_the_county(small: County) -> None:
    homes = {home.number: home for home in small.households}
    villages = {village.code for village in small.villages}
    for finding in small.planted.findings:
        assert isinstance(finding, Finding)
        assert finding.place_code in villages
        if finding.household_no:
            home = homes[finding.household_no]
            assert home.place == finding.place_code
            numbers = {person.number for person in home.members}
            assert finding.person_no == "" or finding.person_no in numbers
    assert len(set(small.planted.findings)) == len(small.planted.findings)


def test_an_unknown_column_in_a_scenario_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        '[[scenario]]\ncheck = "1_02_001"\nbase = "脱贫户"\n'
        'hit."户" = { "是否危房" = "是" }\nnear = {}\n',
        encoding="utf-8",
    )
    (scenario,) = scenarios.load(tmp_path)
    with pytest.raises(ValueError, match="no such column: 是否危房"):
        scenarios.households(scenario, scenario.hit, Registry(Random(1)), ("1", "2"), 0)


def test_numbers_of_clean_people_are_valid_reserved_and_their_own(small: County) -> None:
    seen: set[str] = set()
    for home in small.clean:
        for person in home.members:
            number = str(person.cells["证件号码"])
            order = int(number[14:17])
            assert number[:6] == "420527"
            assert number[17] == check_digit(number[:17])
            assert order in ORDERS[str(person.cells["性别"])]
            assert date(int(number[6:10]), int(number[10:12]), int(number[12:14])) == person.birth
            assert len(number) == (20 if person.cells["证件类型"] == "残疾人证" else 18)
            assert number[:18] not in seen
            seen.add(number[:18])


def test_the_check_digit_is_the_standards() -> None:
    assert check_digit("11010519491231002") == "X"


def test_phones_are_reserved_valid_and_unique(small: County) -> None:
    phones = [
        str(person.cells["家庭成员联系电话"])
        for home in small.clean
        for person in home.members
        if person.cells["家庭成员联系电话"]
    ]
    assert all(re.fullmatch(r"16900\d{6}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)


def test_one_head_and_one_number_a_household_in_the_clean_county(small: County) -> None:
    numbers = [home.number for home in small.households]
    assert len(set(numbers)) == len(numbers) == 1200
    assert all(re.fullmatch(r"4205270000\d{6}", number) for number in numbers)
    for home in small.clean:
        assert [m.cells["与户主关系"] for m in home.members].count("户主") == 1
        assert home.members[0].cells["与户主关系"] == "户主"


def test_income_items_sum_to_the_groups_and_the_groups_to_the_net(small: County) -> None:
    rng = Random(5)
    for home in small.clean:
        items = split(home, rng)
        for group, columns in ITEMS.items():
            assert sum(whole(items.get(c)) for c in columns) == whole(home.cells[group]), group
        cost = whole(home.cells["生产经营性支出"])
        gains = sum(whole(home.cells[group]) for group in ITEMS) - cost
        assert gains - cost == home.cells["家庭纯收入"]


def test_every_workbook_says_first_that_persons_are_invented() -> None:
    assert {path.stem for path in COUNTY.glob("*.xlsx")} == set(ROWS)
    for name in ROWS:
        with zipfile.ZipFile(COUNTY / f"{name}.xlsx") as book:
            assert [n for n in book.namelist() if "/sheet" in n] == ["xl/worksheets/sheet1.xml"]
            first = re.search(r"<t[^>]*>(.*?)</t>", book.read("xl/sharedStrings.xml").decode())
            cells = re.search(
                rb"<sheetData><row [^>]*><c[^>]*><v>0</v>", book.read("xl/worksheets/sheet1.xml")
            )
        assert first and first[1] == NOTICE, name
        assert cells, name


@pytest.mark.parametrize("name", ROWS)
def test_workbooks_have_their_rows(name: str) -> None:
    count = _count_rows(name)
    assert count == (ROWS[name] or count)
    assert count > 0


def test_the_county_has_its_people_townships_and_villages(small: County) -> None:
    assert 45_500 <= _count_rows("监测对象信息") <= 46_500
    assert _count_rows("全国系统导出") == _count_rows("监测对象信息")
    assert len(small.villages) == 179
    assert len({village.township_code for village in small.villages}) == 12


def test_a_workbook_reads_back_cell_by_cell() -> None:
    book = CalamineWorkbook.from_path(COUNTY / "行政村.xlsx")
    assert book.sheet_names == ["行政村"]
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[0][0] == NOTICE
    assert tuple(rows[2]) == sheets.VILLAGES
    named = [dict(zip(rows[2], row, strict=True)) for row in rows[3:]]
    blank = [row["村"] for row in named if row["村小学（个数）"] == ""]
    assert len(blank) == 1
    assert all(row["县"] == "秭归县" for row in named)


def test_the_national_export_has_its_47_columns() -> None:
    assert len(sheets.NATIONAL_HEADER) == 47
    assert len(set(sheets.MAIN)) == len(sheets.MAIN)


def test_the_fund_lines_are_sixty_in_four_classes_and_fill_the_pool() -> None:
    classes = Counter(line.fund_class for line in funds.LINES)
    assert len(funds.LINES) == 60
    assert set(classes) == {funds.FISCAL, funds.SECTOR, funds.TO_HOUSEHOLD, funds.SOCIAL}
    assert 235_000_000 <= funds.pool_total() <= 245_000_000


def test_floors_of_key_villages_can_be_met_by_the_lines_their_rule_names() -> None:
    """Ten villages at 100, 40, 10 and 150 times ten thousand yuan."""
    by_department: Counter[str] = Counter()
    for line in funds.LINES:
        if line.poolable and line.fund_class == funds.FISCAL:
            by_department[line.department] += line.wan
    assert by_department[funds.REVITALISATION] >= 1000
    assert by_department[funds.PLANNING] >= 400
    assert by_department[funds.FINANCE] >= 100
    assert sum(line.wan for line in funds.LINES if line.fund_class == funds.SECTOR) >= 1500


def test_one_key_village_lies_where_the_finance_bureau_has_too_little_to_pay() -> None:
    book = CalamineWorkbook.from_path(COUNTY / "重点村.xlsx").get_sheet_by_index(0)
    rows = book.to_python()[3:]
    assert Counter(int(row[5]) for row in rows) == {2022: 9, 2023: 9, 2024: 10, 2025: 10, 2026: 10}
    assert len({row[0] for row in rows}) == 48
    keys = [str(row[0]) for row in rows if row[5] == 2026]
    remote = [code for code in keys if code.startswith(funds.REMOTE)]
    lines = [line for line in funds.LINES if line.department == funds.FINANCE]
    reach = [line.wan for line in lines if not line.areas or funds.REMOTE in line.areas.split(",")]
    assert len(remote) == 1
    assert (
        0 < sum(reach) < 10
    )  # times ten thousand yuan, the bureau's part of a key village's floor
    assert len(funds.NEARER.split(",")) == 11 and funds.REMOTE not in funds.NEARER


def test_households_stand_on_the_income_line_and_a_fen_below_it() -> None:
    with (ROOT / "sample" / "expected_below_line.csv").open(encoding="utf-8", newline="") as file:
        below = {row["household_no"] for row in csv.DictReader(file)}
    county = assemble(seed=SEED, households=1200, scenarios_folder=SCENARIOS, places=PLACES)
    edge = {}
    for home in county.planted.households:
        over = Decimal(home.cells["家庭纯收入"] or 0) - INCOME_LINE * len(home.members)
        if abs(over) < 1:
            edge[int(over * 100), len(home.members)] = home
    assert sorted(edge) == [(-4, 4), (-3, 4), (-1, 1), (-1, 4), (0, 1), (0, 4)]
    found = {row["household_no"] for row in _expected() if row["check"] == "1_02_006"}
    for (fen, members), home in edge.items():
        assert (home.number in below) == (fen < 0)
        # A fen short in four rounds to the line a head: the check, which reads that, stays silent.
        assert (home.number in found) == (fen < 0 and (fen, members) != (-1, 4))
        items = split(home, Random(1))
        gains = sum(Decimal(v or 0) for c, v in items.items() if not c.endswith("支出"))
        costs = sum(Decimal(v or 0) for c, v in items.items() if c.endswith("支出"))
        assert gains - costs == home.cells["家庭纯收入"]


def test_roster_mismatches_are_six_of_each_kind_in_households_of_their_own() -> None:
    path = ROOT / "sample" / "expected_mismatches.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # A planted check that is a mismatch in itself: disabled, without a certificate.
    by_check = [row for row in rows if row["kind"] == "disabled_without_certificate"]
    assert {row["person_no"] for row in by_check} == {
        row["person_no"] for row in _expected() if row["check"] in ("4_01_002", "4_12_003")
    }
    # A car or a firm that the draw gave to a household on destitute support.
    by_draw = [row for row in rows if row["value"] in ("三轮摩托车", "轻型货车")]
    by_draw += [row for row in rows if row["person_no"] == "420527000000688301"]
    assert len(by_draw) == 3
    planted = [row for row in rows if row not in by_check and row not in by_draw]
    assert set(Counter(row["kind"] for row in planted).values()) == {6}
    homes = [row["household_no"] for row in planted]
    assert len(set(homes)) == len(homes)
    assert not set(homes) & {row["household_no"] for row in _expected()}


def test_the_repository_holds_what_the_generator_writes() -> None:
    """The list of findings follows from the scenarios alone; a changed scenario asks for a new run."""
    county = assemble(seed=SEED, households=1200, scenarios_folder=SCENARIOS, places=PLACES)
    assert [
        (f.check, f.place_code, f.household_no, f.person_no)
        for f in sorted(county.planted.findings)
    ] == [tuple(row.values()) for row in _expected()]
