"""The plan's papers: sums that agree, each floor beside its own gap, no word of the contract."""

import pytest

from bangfu.books.funds.exporters import PlanPapers, plan_sheets, village_minutes
from bangfu.core.allocation.solve import allocate
from bangfu.core.places import Level, Place
from bangfu.core.sheets.locate import Gazetteer

COUNTY, TOWNSHIP, VILLAGE, OTHER = (
    "420527000000",
    "420527101000",
    "420527101200",
    "420527101201",
)
PROBLEM = {
    "fund_lines": [
        {"id": "L1", "name": "衔接资金", "amount_fen": 900_00},
        {"id": "L2", "name": "专项", "amount_fen": 300_00, "poolable": False},
        {"id": "L3", "name": "产业", "amount_fen": 100_00, "purposes": ["industry"]},
    ],
    "projects": [
        {"id": "P1", "cost_fen": 500_00, "place": VILLAGE, "purpose": "road", "priority": "3"},
        {"id": "P2", "cost_fen": 100_00, "place": VILLAGE, "purpose": "industry", "priority": "2"},
        {"id": "P3", "cost_fen": 250_00, "place": OTHER, "purpose": "road", "priority": "1"},
    ],
    "rules": {
        "floors": [
            {
                "id": "industry",
                "places": [VILLAGE],
                "amount_fen": 180_00,
                "purposes": ["industry"],
            },
            {"id": "all", "places": [VILLAGE], "amount_fen": 1_000_00},
        ]
    },
}


@pytest.fixture(scope="module")
def papers():
    places = [
        Place(COUNTY, "样县", Level.COUNTY),
        Place(TOWNSHIP, "样镇", Level.TOWNSHIP),
        Place(VILLAGE, "甲村", Level.VILLAGE),
        Place(OTHER, "乙村", Level.VILLAGE),
    ]
    answer = allocate(PROBLEM, clock=lambda: 0.0)
    return PlanPapers(
        PROBLEM,
        answer,
        departments={},
        classes={"L1": "中央", "L2": "省级", "L3": "中央"},
        gazetteer=Gazetteer(places),
        year=2026,
    )


def sheet(papers, number, lang="zh"):
    return list(plan_sheets(papers, lang)[number].rows)


def test_all_money_is_what_was_placed_and_what_was_not(papers):
    sums = {row[0].strip("\u3000"): row[2] for row in sheet(papers, 0)}
    assert sums["全部资金"] == 1_300_00
    assert sums["全部资金"] == sums["其中纳入统筹"] + sums["其中只列示"]
    assert sums["全部资金"] == sums["安排的资金（个数为项目）"] + sums["未安排的资金"]
    placed = [fen for label, fen in sums.items() if label.startswith("安排：")]
    assert sum(placed) == sums["安排的资金（个数为项目）"]


def test_the_summary_has_no_word_of_the_contract(papers):
    for row in sheet(papers, 0):
        assert not any("a" <= letter <= "z" for letter in row[0].lower())


def test_a_gap_stands_beside_its_own_floor(papers):
    short = {row["floor"]: row["fen"] for row in papers.answer["shortfalls"]}
    assert short == {"all": 400_00, "industry": 80_00}
    row = next(row for row in sheet(papers, 1) if row[0] == VILLAGE)
    assert row[4:] == (600_00, 1_000_00, short["all"], short["industry"])
    page = next(page for page in village_minutes(papers, "zh") if page.code == VILLAGE)
    assert [text for _, text in page.facts] == ["600.00", "1,000.00；180.00", "400.00；80.00"]
