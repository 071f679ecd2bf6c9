"""What a scheme pays, in whole fen (docs/algorithms/payments.md).

Everything is reckoned exactly and rounded once, at the end, half a fen up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bangfu.core.payments.schemes import Formula

DAYS_OF_A_YEAR = 360  # as banks reckon a yearly rate by the day


@dataclass(frozen=True, slots=True)
class Debt:
    """A loan as interest sees it: the yearly `rate` (0.0345 is 3.45 %), `principal` outstanding from each
    day on ((2026-01-01, 5000000), (2026-03-01, 0)), in order of the days."""

    rate: Decimal
    principal: Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Given:
    """What an amount is worked out from besides policy: a `quantity`, a `base` in fen, or a debt."""

    quantity: Decimal | None = None
    base: int | None = None
    debt: Debt | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What policy gives: the `rate` (fen for fixed and per unit, else a share), at most how many units,
    and at most how many fen (of the payment; of a loan, the principal that counts)."""

    rate: Decimal | int
    most: int | None = None
    cap: int | None = None


def amount(formula: Formula, limits: Limits, given: Given, *, first: date, last: date) -> int:
    """The fen of one term. Raises ValueError when what the formula needs is not given, or is negative."""
    exact = _FORMULAS[formula](limits, given, first, last)
    return rounded(exact)


def rounded(exact: Fraction) -> int:
    """Whole fen, half a fen up."""
    return int((exact * 2 + 1) // 2)


def _fixed(limits: Limits, given: Given, first: date, last: date) -> Fraction:
    return Fraction(limits.rate)


def _per_unit(limits: Limits, given: Given, first: date, last: date) -> Fraction:
    if given.quantity is None or given.quantity < 0:
        raise ValueError("a quantity is needed")
    counted = given.quantity if limits.most is None else min(given.quantity, Decimal(limits.most))
    return Fraction(limits.rate) * Fraction(counted)


def _share(limits: Limits, given: Given, first: date, last: date) -> Fraction:
    if given.base is None or given.base < 0:
        raise ValueError("a base is needed")
    exact = Fraction(limits.rate) * given.base
    return exact if limits.cap is None else min(exact, Fraction(limits.cap))


def _interest(limits: Limits, given: Given, first: date, last: date) -> Fraction:
    if given.debt is None:
        raise ValueError("a loan is needed")
    return Fraction(limits.rate) * interest(given.debt, first=first, last=last, cap=limits.cap)


def interest(debt: Debt, *, first: date, last: date, cap: int | None = None) -> Fraction:
    """The exact interest in fen of the days `first` to `last`, both included, on at most `cap` of it."""
    total = 0
    steps = list(debt.principal)
    for number, (start, owed) in enumerate(steps):
        end = steps[number + 1][0] if number + 1 < len(steps) else None
        low = max(start, first).toordinal()
        high = last.toordinal() + 1 if end is None else min(end.toordinal(), last.toordinal() + 1)
        if high > low:
            total += (owed if cap is None else min(owed, cap)) * (high - low)
    return Fraction(debt.rate) * total / DAYS_OF_A_YEAR


_FORMULAS = {
    Formula.FIXED: _fixed,
    Formula.PER_UNIT: _per_unit,
    Formula.SHARE: _share,
    Formula.INTEREST: _interest,
}
