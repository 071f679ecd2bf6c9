"""Deprivation indicators, their dimensions and whole-number weights.

A scheme is data (`policy/`): which indicators, in which dimension, of which weight, and the cut-off
k as a fraction of the sum of the weights. How an indicator is read from a household's facts is a
condition in the rule language (`policy/deprivation.toml`), laid beside the facts as a flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add

import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Indicator:
    """One deprivation. `weight` is a whole number above zero."""

    id: str
    dimension: str
    weight: int

    @property
    def column(self) -> str:
        """Its flag in the household table."""
        return f"deprived_{self.id}"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Indicators and the cut-off: poor is who is deprived in `cutoff` of the weights, or more.

    Raises ValueError for a weight or cut-off that makes no measure.
    """

    id: str
    indicators: tuple[Indicator, ...]
    cutoff: Fraction

    def __post_init__(self) -> None:
        ids = [indicator.id for indicator in self.indicators]
        if not ids or len(set(ids)) != len(ids):
            raise ValueError(f"scheme {self.id}: needs indicators, each once")
        if any(indicator.weight <= 0 for indicator in self.indicators):
            raise ValueError(f"scheme {self.id}: weights are whole numbers above zero")
        if not 0 < self.cutoff <= 1:
            raise ValueError(f"scheme {self.id}: the cut-off is a share of the weights")

    @property
    def weight(self) -> int:
        """The sum of the weights."""
        return sum(indicator.weight for indicator in self.indicators)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions, in the order of their first indicator."""
        return tuple(dict.fromkeys(indicator.dimension for indicator in self.indicators))


def deprivation_score(flagged: ir.Table, scheme: Scheme) -> ir.IntegerValue:
    """The weights of the indicators in which a row is deprived, added up."""
    return reduce(
        add,
        (
            flagged[indicator.column].cast("int32") * indicator.weight
            for indicator in scheme.indicators
        ),
    )


def is_poor(score: ir.IntegerValue, scheme: Scheme) -> ir.BooleanValue:
    """score / weights >= cut-off, multiplied out."""
    return score * scheme.cutoff.denominator >= scheme.cutoff.numerator * scheme.weight
