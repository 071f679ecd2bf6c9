"""How evenly something is shared out: the Lorenz curve and its Gini, exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

Point = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a group of `weight` equal holders has together. `key` decides among equals."""

    key: str
    weight: int
    amount: int


def lorenz(holdings: Iterable[Holding]) -> list[Point]:
    """The curve from (0, 0) to (1, 1): the share of holders, poorest first, and the share they have.

    Raises ValueError when a weight is not positive, an amount negative, or there is nothing to share.
    """
    rows = list(holdings)
    holders, total = sum(row.weight for row in rows), sum(row.amount for row in rows)
    if not total or any(row.weight <= 0 or row.amount < 0 for row in rows):
        raise ValueError("a Lorenz curve needs holders and something they have")
    rows.sort(key=lambda one: (Fraction(one.amount, one.weight), one.key))
    points = [(Fraction(0), Fraction(0))]
    weight = amount = 0
    for row in rows:
        weight, amount = weight + row.weight, amount + row.amount
        points.append((Fraction(weight, holders), Fraction(amount, total)))
    return points


def gini(curve: Iterable[Point]) -> Fraction:
    """0 when everybody has the same, towards 1 when one has all: one less twice the area below."""
    below = sum(
        ((x2 - x1) * (y1 + y2) for (x1, y1), (x2, y2) in pairwise(curve)), start=Fraction(0)
    )
    return 1 - below
