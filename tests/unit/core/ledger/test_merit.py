"""Everyone's merit: whole units, nothing twice, nothing lost; and the worked table of the page."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.ledger.merit import Achievement, credited, merits

PAGE = (Path(__file__).parents[4] / "docs/algorithms/tracing.md").read_text("utf-8")
PAID = st.dictionaries(st.sampled_from("甲乙丙丁"), st.integers(0, 50), max_size=4)


def slow(units, paid):
    """The plain model: whole parts, then one unit each to the largest rests."""
    givers = [giver for giver in sorted(paid) if paid[giver]]
    whole = sum(paid.values())
    quotas = {giver: Fraction(units * paid[giver], whole) for giver in givers}
    parts = {giver: int(quotas[giver]) for giver in givers}
    while sum(parts.values()) < units:
        behind = max(givers, key=lambda g: (quotas[g] - parts[g], -givers.index(g)))
        parts[behind] += 1
    return {giver: part for giver, part in parts.items() if part}


@given(st.integers(0, 200), PAID)
def test_units_are_whole_and_all_there(units, paid):
    parts = credited(units, paid)
    if any(paid.values()):
        assert parts == slow(units, paid)
        assert sum(parts.values()) == units
    else:
        assert parts == {}


@given(st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 9), PAID), max_size=6))
def test_nothing_is_counted_twice(told):
    achieved = [Achievement(*one) for one in told]
    totals = Counter()
    for one in achieved:
        totals.update(one.paid)
    found = merits(totals, achieved)
    assert sum(one.fen for one in found) == sum(totals.values())
    for measure in "pq":
        there = sum(a.units for a in achieved if a.measure == measure and any(a.paid.values()))
        assert sum(one.units[measure] for one in found) == there


def test_a_tie_goes_to_the_first_name():
    assert credited(1, {"b": 5, "a": 5}) == {"a": 1}


def test_the_worked_table_of_the_page():
    part = PAGE.split("**The merits**")[1].split("\n\n")[1].splitlines()
    givers = [cell.strip() for cell in part[0].strip("|").split("|")][2:]
    rows = {
        cells[0].strip(): [int(cell.replace(",", "")) for cell in cells[1:]]
        for line in part[2:]
        if (cells := line.strip("|").split("|"))
    }
    paid = dict(zip(givers, rows.pop("paid, fen")[1:], strict=True))
    single = {"assets"}
    achieved = [
        one
        for measure, (units, *_) in rows.items()
        for one in (
            [Achievement(measure, 1, paid)] * units
            if measure in single
            else [Achievement(measure, units, paid)]
        )
    ]
    found = {one.giver: one for one in merits(paid, achieved)}
    assert {
        measure: [units, *(found[giver].units[measure] for giver in givers)]
        for measure, (units, *_) in rows.items()
    } == rows
