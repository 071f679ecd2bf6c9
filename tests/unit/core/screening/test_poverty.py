"""Alkire-Foster: the worked table of docs/algorithms/poverty.md, identities, schemes refused."""

from __future__ import annotations

from fractions import Fraction

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.screening.deprivation import Indicator, Scheme, deprivation_score, is_poor
from bangfu.core.screening.poverty import (
    measure,
    poverty,
    poverty_by_indicator,
    together,
)

NAMES = ("income", "schooling", "health", "housing", "water")
SCHEME = Scheme(
    "worked",
    tuple(
        Indicator(name, dimension, weight)
        for name, dimension, weight in (
            ("income", "income", 2),
            ("schooling", "education", 2),
            ("health", "health", 2),
            ("housing", "living", 1),
            ("water", "living", 1),
        )
    ),
    Fraction(3, 8),
)
# Village, members, and the deprivations of the household, as in the manual.
WORKED = [
    ("520101100201", 4, (1, 1, 0, 0, 0)),
    ("520101100201", 3, (0, 0, 0, 1, 1)),
    ("520101100201", 3, (1, 0, 0, 1, 0)),
    ("520101100202", 5, (0, 0, 1, 0, 0)),
    ("520101100202", 5, (1, 1, 1, 1, 1)),
]


def households(rows) -> ibis.Table:
    table = ibis.memtable(
        pa.Table.from_pylist(
            [
                {
                    "place_code": place,
                    "members": members,
                    **dict(zip(NAMES, map(bool, flags), strict=True)),
                }
                for place, members, flags in rows
            ]
        )
    )
    flagged = table.mutate(**{f"deprived_{name}": table[name] for name in NAMES})
    scored = flagged.mutate(score=deprivation_score(flagged, SCHEME))
    return scored.mutate(poor=is_poor(scored.score, SCHEME) & (scored.members > 0))


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


def rows_of(duckdb, table: ibis.Table) -> list[dict]:
    return duckdb.to_pyarrow(table).to_pylist()


def test_the_worked_table(duckdb) -> None:
    villages = poverty(households(WORKED), SCHEME)
    rows = {row["place_code"]: row for row in rows_of(duckdb, villages)}
    first = measure(rows["520101100201"], SCHEME)
    second = measure(rows["520101100202"], SCHEME)
    both = together([first, second], SCHEME)
    assert (first.headcount, first.intensity, first.adjusted_headcount) == (
        Fraction(7, 10),
        Fraction(25, 56),
        Fraction(5, 16),
    )
    assert (second.headcount, second.intensity, second.adjusted_headcount) == (
        Fraction(1, 2),
        Fraction(1),
        Fraction(1, 2),
    )
    assert (both.headcount, both.intensity, both.adjusted_headcount) == (
        Fraction(3, 5),
        Fraction(65, 96),
        Fraction(13, 32),
    )
    assert both.raw_headcounts()["housing"] == Fraction(11, 20)
    assert both.censored_headcounts()["housing"] == Fraction(8, 20)
    assert both.dimension_contributions() == {
        "income": Fraction(24, 160),
        "education": Fraction(18, 160),
        "health": Fraction(10, 160),
        "living": Fraction(13, 160),
    }
    by_indicator = rows_of(duckdb, poverty_by_indicator(villages, SCHEME))
    income = [r for r in by_indicator if r["indicator"] == "income"]
    assert sorted((r["place_code"], r["censored"], r["points"], r["score"]) for r in income) == [
        ("520101100201", 7, 14, 25),
        ("520101100202", 5, 10, 40),
    ]


def test_a_score_at_the_cut_off_is_poor(duckdb) -> None:
    found = rows_of(duckdb, households([("v", 1, (1, 0, 0, 1, 0)), ("v", 1, (1, 0, 0, 0, 0))]))
    assert [(row["score"], row["poor"]) for row in found] == [(3, True), (2, False)]


def test_nobody_and_nobody_poor_measure_zero(duckdb) -> None:
    rows = rows_of(duckdb, poverty(households([("a", 0, (1,) * 5), ("b", 2, (0,) * 5)]), SCHEME))
    for row in rows:
        found = measure(row, SCHEME)
        assert (found.headcount, found.intensity, found.adjusted_headcount) == (0, 0, 0)
        assert set(found.contributions().values()) == {0}


_BACKEND = ibis.duckdb.connect()
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]), st.integers(0, 9), st.tuples(*[st.integers(0, 1)] * 5)
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=15)
@given(_ROWS)
def test_decompositions_add_up_exactly(rows) -> None:
    backend = _BACKEND
    groups = [measure(row, SCHEME) for row in rows_of(backend, poverty(households(rows), SCHEME))]
    whole = together(groups, SCHEME)
    m0 = whole.adjusted_headcount
    assert m0 == whole.headcount * whole.intensity
    assert sum(whole.contributions().values()) == m0
    assert sum(whole.dimension_contributions().values()) == m0
    if whole.people:
        parts = (Fraction(one.people, whole.people) * one.adjusted_headcount for one in groups)
        assert sum(parts) == m0


@pytest.mark.parametrize(
    ("indicators", "cutoff"),
    [
        ((), Fraction(1, 3)),
        ((("a", 1), ("a", 2)), Fraction(1, 3)),
        ((("a", 0),), Fraction(1, 3)),
        ((("a", 1),), Fraction(0)),
        ((("a", 1),), Fraction(4, 3)),
    ],
)
def test_schemes_that_make_no_measure_are_refused(indicators, cutoff) -> None:
    with pytest.raises(ValueError, match="scheme"):
        Scheme("x", tuple(Indicator(n, "d", w) for n, w in indicators), cutoff)
