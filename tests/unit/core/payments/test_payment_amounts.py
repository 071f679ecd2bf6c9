"""Amounts to the fen: the worked table of docs/algorithms/payments.md, and what holds of all of them."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.payments.amounts import Debt, Given, Limits, amount, interest, rounded
from bangfu.core.payments.schemes import Formula
from bangfu.core.payments.terms import ONCE, TermKind, read_term, term_of

PAGE = (Path(__file__).parents[4] / "docs/algorithms/payments.md").read_text("utf-8")
_OWED = re.compile(r"(\d+)(?: at ([\d.]+))? from (\d{4}-\d\d-\d\d)")
FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def rows():
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and cells[0] in set(Formula):
            yield cells


def given_of(written: str) -> Given:
    if written.startswith("quantity"):
        return Given(quantity=Decimal(written.split()[1]))
    if written.startswith("base"):
        return Given(base=int(written.split()[1]))
    steps = _OWED.findall(written)
    if steps:
        principal = [(date.fromisoformat(day), int(fen)) for fen, _, day in steps]
        return Given(debt=Debt(Decimal(steps[0][1]), principal))
    return Given()


def test_the_page_has_every_formula():
    assert {row[0] for row in rows()} == set(Formula)


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"{row[0]} {row[3]}")
def test_worked_table(row):
    formula, rate, limit, written, first, last, fen = row
    number = int(limit) if limit else None
    per_unit = formula == "per_unit"
    limits = Limits(
        Decimal(rate), most=number if per_unit else None, cap=None if per_unit else number
    )
    found = amount(
        Formula(formula),
        limits,
        given_of(written),
        first=date.fromisoformat(first),
        last=date.fromisoformat(last),
    )
    assert found == int(fen)


money = st.integers(0, 10**10)
shares = st.decimals(0, 1, places=4)


@given(money, shares, st.none() | money)
def test_a_share_is_within_half_a_fen_of_exact_and_never_above_its_cap(base, share, cap):
    found = amount(Formula.SHARE, Limits(share, cap=cap), Given(base=base), first=FIRST, last=LAST)
    exact = Fraction(share) * base
    assert cap is None or found <= cap
    assert abs(found - (exact if cap is None else min(exact, cap))) <= Fraction(1, 2)


@given(money, shares, st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(1, 400))
def test_interest_of_two_stretches_is_that_of_both(owed, rate, middle, days):
    debt = Debt(rate, [(date(2020, 1, 1), owed)])
    first, last = middle - timedelta(days=days), middle + timedelta(days=days)
    whole = interest(debt, first=first, last=last)
    before = interest(debt, first=first, last=middle)
    after = interest(debt, first=middle + timedelta(days=1), last=last)
    assert whole == before + after


@given(st.lists(st.tuples(st.integers(0, 120), money), min_size=1, max_size=6), shares)
def test_interest_counts_day_by_day(steps, rate):
    """Against a plain walk over the days."""
    principal = [(FIRST + timedelta(days=day), owed) for day, owed in sorted(dict(steps).items())]
    total = 0
    for offset in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=offset)
        owed = [fen for since, fen in principal if since <= day]
        total += min(owed[-1], 5_000_000) if owed else 0
    found = interest(Debt(rate, principal), first=FIRST, last=LAST, cap=5_000_000)
    assert found == Fraction(rate) * total / 360


def test_half_a_fen_goes_up():
    assert [rounded(Fraction(n, 2)) for n in (0, 1, 2, 3)] == [0, 1, 1, 2]


@pytest.mark.parametrize("formula", [Formula.PER_UNIT, Formula.SHARE, Formula.INTEREST])
def test_what_is_needed_and_not_given_is_refused(formula):
    with pytest.raises(ValueError, match="needed"):
        amount(formula, Limits(Decimal(1)), Given(), first=FIRST, last=LAST)


@given(st.sampled_from(TermKind), st.dates(date(1951, 3, 1), date(2199, 12, 31)))
def test_every_day_lies_in_one_term_and_terms_meet(kind, day):
    term = term_of(kind, day)
    assert term.first <= day <= term.last
    assert read_term(kind, term.code) == term
    if kind is not TermKind.ONCE and term.last < date(2199, 12, 31):
        assert term_of(kind, term.last + timedelta(days=1)).first == term.last + timedelta(days=1)


def test_leap_day_ends_the_autumn_term():
    assert read_term(TermKind.SCHOOL, "2027-2").last == date(2028, 2, 29)
    assert term_of(TermKind.SCHOOL, date(2028, 2, 29)).code == "2027-2"
    assert read_term(TermKind.SCHOOL, "2026-2").last == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (TermKind.YEAR, "2026-1"),
        (TermKind.SCHOOL, "2026-3"),
        (TermKind.SCHOOL, "2026"),
        (TermKind.QUARTER, "2026-Q5"),
        (TermKind.MONTH, "2026-13"),
        (TermKind.MONTH, "2026-1"),
        (TermKind.MONTH, "２０２６-01"),
        (TermKind.ONCE, "2026"),
    ],
)
def test_no_such_term(kind, code):
    with pytest.raises(ValueError, match="not a term"):
        read_term(kind, code)


def test_once_excludes_for_ever():
    assert ONCE.first < FIRST < LAST < ONCE.last
