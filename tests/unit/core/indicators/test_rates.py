"""docs/algorithms/indicators.md, computed again from the page itself; and what always holds of a rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lib.policies import shipped

from bangfu.core.indicators.concentration import Holding, gini, lorenz
from bangfu.core.indicators.facts import Line, Piece, Project, Village, YearFacts
from bangfu.core.indicators.model import Measure, rounded, said
from bangfu.core.indicators.rates import rates
from bangfu.core.indicators.spread import curve
from bangfu.core.projects import likeness

PAGE = (Path(__file__).parents[4] / "docs/algorithms/indicators.md").read_text("utf-8")
COUNTY, ON = "420527000000", date(2026, 7, 15)
ADDITIVE = {
    "integration", "arrival", "completion", "payment", "payment-0630", "per-village",
    "per-household", "growth", "industry", "management", "pieces", "small-projects", "overlap",
}  # fmt: skip


def table(head: str) -> list[list[str]]:
    """The rows of the page's table whose head begins so."""
    lines = PAGE[PAGE.index(f"\n| {head}") + 1 :].splitlines()[2:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def fen(yuan: str) -> int:
    return int(yuan) * 100


def page_facts() -> YearFacts:
    june = date(2026, 6, 30)
    return YearFacts(
        COUNTY,
        2026,
        ON,
        [
            Line(
                name,
                name,
                2026,
                fen(announced),
                fen(arrived),
                fen(paid),
                ((june, fen(by)),),
                owes == "yes",
            )
            for name, announced, arrived, paid, by, owes in table("line")
        ],
        [
            Project(name, name, name, village, purpose, "县局", 100, finished == "yes", True)
            for name, village, purpose, finished in table("project")
        ],
        [
            Piece(line, project, fen(agreed), fen(held))
            for line, project, agreed, held in table("from line")
        ],
        [
            Village(code, code, int(households), fen(last) if last else None)
            for code, households, last in table("key village")
        ],
        [],
    )


def by_code(facts: YearFacts):
    return {reading.code: reading for reading in rates(facts, shipped())}


def test_the_page_says_what_comes_out():
    found = [
        [one.code, said(one.value, one.measure), str(one.value), one.verdict or ""]
        for one in rates(page_facts(), shipped())
    ]
    assert found == table("rate | value")


def test_the_curve_of_the_page():
    assert [(str(x), str(y)) for x, y in curve(page_facts(), shipped())] == [
        ("0", "0"), ("1/6", "0"), ("2/3", "7/22"), ("1", "1"),
    ]  # fmt: skip


def test_every_rate_of_the_rules_comes_out_and_has_its_words():
    codes = [row[0] for row in table("code")]
    found = rates(page_facts(), shipped())
    assert [one.code.replace("0630", "MMDD") for one in found] == codes
    assert all(text.zh and text.en for one in found for text in (one.name, one.formula))


def test_a_year_without_books_gives_reasons_and_no_zero():
    empty = YearFacts(COUNTY, 2026, ON, [], [], [], [], [])
    found = rates(empty, shipped())
    assert all(one.value is None and one.missing is not None for one in found)
    assert curve(empty, shipped()) == []


def test_before_any_money_is_given_nothing_has_shrunk():
    found = by_code(replace(page_facts(), pieces=[]))
    for code in ("per-village", "per-household", "growth"):
        assert found[code].missing is not None


def test_nothing_on_record_of_building_is_no_rate_of_zero():
    facts = page_facts()
    unknown = [replace(p, finished=False, followed=False) for p in facts.projects]
    assert by_code(replace(facts, projects=unknown))["completion"].missing is not None
    followed = [replace(p, finished=False) for p in facts.projects]
    assert by_code(replace(facts, projects=followed))["completion"].value == 0


def test_a_line_of_another_year_is_agreed_and_not_in_the_payment():
    facts = page_facts()
    lines = [replace(facts.lines[0], year=2025), facts.lines[1]]
    found = by_code(replace(facts, lines=lines))
    assert found["payment"].bottom == fen("3000000")
    assert found["arrival"].bottom == by_code(facts)["arrival"].bottom


def test_cut_offs_are_those_that_have_passed():
    facts = page_facts()
    codes = by_code(replace(facts, on=date(2026, 6, 29))).keys()
    assert not [code for code in codes if code.startswith("payment-")]
    ended = by_code(replace(facts, on=date(2027, 3, 1)))
    assert [c for c in ended if c.startswith("payment-")] == [
        "payment-0630", "payment-0930", "payment-1231",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("paid", "verdict"), [("3999999", "missed"), ("4000000", "met"), ("4000001", "met")]
)
def test_a_cut_off_is_kept_to_the_fen(paid, verdict):
    facts = page_facts()
    first, second = facts.lines
    day = date(2026, 6, 30)
    lines = [replace(first, paid_by=((day, fen(paid)),)), second]
    reading = by_code(replace(facts, lines=lines))["payment-0630"]
    assert (reading.top, reading.verdict) == (fen(paid), verdict)
    assert "50.00 %" in reading.reading.zh


def test_twins_of_one_place_count_and_look_alikes_do_not():
    facts = page_facts()
    one, other, third = (
        likeness.Piece(name, "420527101200", "", "", "", 1) for name in ("P1", "P2", "P3")
    )
    twins = [
        likeness.Pair(one, other, likeness.Likeness.SEVERAL_DEPARTMENTS, Fraction(1), Fraction(0)),
        likeness.Pair(other, third, likeness.Likeness.ALIKE, Fraction(1, 2), Fraction(0)),
    ]
    assert by_code(replace(facts, twins=twins))["overlap"].value == Fraction(2, 4)


amounts = st.integers(0, 10**12)
pieces = st.lists(
    st.tuples(st.sampled_from("LMN"), st.sampled_from("PQRS"), amounts, amounts),
    unique_by=lambda row: row[:2],
)


@given(pieces, st.lists(st.tuples(amounts, amounts, amounts), min_size=3, max_size=3))
def test_the_rows_of_a_rate_add_up_to_it(rows, sums):
    village = "420527101200"
    facts = YearFacts(
        COUNTY,
        2026,
        ON,
        [
            Line(name, name, 2026, total[0], total[1], total[2])
            for name, total in zip("LMN", sums, strict=True)
        ],
        [Project(p, p, p, village, "产业发展", "", 1, p == "P", True) for p in "PQRS"],
        [Piece(*row) for row in rows],
        [Village(village, "村", 7, 100), Village("420527101201", "邻村", None, None)],
        [],
    )
    for reading in rates(facts, shipped()):
        if reading.code in ADDITIVE and reading.missing is None:
            assert sum(row.top for row in reading.rows) == reading.top
            assert sum(row.bottom for row in reading.rows) == reading.bottom
        if reading.code in {"integration", "arrival"} and reading.value is not None:
            assert 0 <= reading.value <= 1


holdings = st.lists(
    st.builds(Holding, st.uuids().map(str), st.integers(1, 50), st.integers(0, 10**9)), min_size=1
).filter(lambda rows: any(row.amount for row in rows))


@given(holdings, st.integers(2, 9), st.randoms(use_true_random=False))
def test_gini_is_a_share_that_knows_no_scale_and_no_order(rows, factor, random):
    value = gini(lorenz(rows))
    assert 0 <= value < 1
    scaled = [Holding(row.key, row.weight, row.amount * factor) for row in rows]
    random.shuffle(scaled)
    assert gini(lorenz(scaled)) == value


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12))
def test_gini_is_half_the_mean_difference(values):
    """The other definition: the mean difference of all pairs over twice the mean."""
    n, total = len(values), sum(values)
    pairs = sum(abs(a - b) for a in values for b in values)
    by_pairs = Fraction(pairs, 2 * n * total)
    assert gini(lorenz(Holding(str(i), 1, v) for i, v in enumerate(values))) == by_pairs


@given(st.integers(1, 12), st.integers(1, 10**6))
def test_a_village_is_its_households_one_by_one(weight, amount):
    whole = [Holding("a", weight, amount * weight), Holding("b", 3, 0)]
    single = [Holding(f"a{i}", 1, amount) for i in range(weight)]
    assert gini(lorenz(whole)) == gini(lorenz([*single, Holding("b", 3, 0)]))


@pytest.mark.parametrize("rows", [[], [Holding("a", 1, 0)], [Holding("a", 0, 1)]])
def test_a_curve_needs_something_to_share(rows):
    with pytest.raises(ValueError):
        lorenz(rows)


@pytest.mark.parametrize(
    ("number", "digits", "written"),
    [
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(5, 1000), 2, "0.01"),
        (Fraction(-5, 1000), 2, "-0.01"),
        (Fraction(-4, 1000), 2, "0.00"),
        (Fraction(1234567), 0, "1,234,567"),
        (Fraction(2469, 2), 0, "1,235"),
    ],
)
def test_numbers_are_rounded_half_away_from_zero(number, digits, written):
    assert rounded(number, digits) == written


def test_growth_of_seed_002_from_460_to_836():
    """836 over 460 in four years: 81.74 % in all, and more than a tenth a year."""
    village = Village("420527101200", "村", 1, 460 * 10**6)
    facts = page_facts()
    facts = replace(
        facts,
        pieces=[Piece("L1", "P1", 836 * 10**6, 836 * 10**6)],
        villages=[village],
    )
    growth = by_code(facts)["growth"]
    assert said(growth.value, Measure.PERCENT) == "81.74 %"
    assert growth.verdict == "met"
    assert by_code(facts)["per-village"].verdict == "met"
    for last, verdict in ((760 * 10**6, "met"), (760 * 10**6 + 1, "missed")):
        now = replace(facts, villages=[replace(village, last_year=last)])
        assert by_code(now)["growth"].verdict == verdict
