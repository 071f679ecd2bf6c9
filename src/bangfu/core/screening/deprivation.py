"""Deprivation indicators, their dimensions and whole-number weights.

A scheme is data (`policy/`): which indicators, in which dimension, of which weight, and the cut-off
k as a fraction of the sum of the weights. How an indicator is read from a household's facts is a
condition: one of `CONDITIONS`, or one that the caller compiled from the rule language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add

import ibis.expr.types as ir

from bangfu.core.screening.expressions import known_no, true

Condition = Callable[[ir.Table], ir.BooleanValue]

# Conditions over the screening's household table.
CONDITIONS: dict[str, Condition] = {
    "income": lambda t: t.below_line,
    "adult_schooling": lambda t: (t.members > 0) & (t.finished_school + t.students_beyond == 0),
    "school_attendance": lambda t: t.education_unmet,
    "health": lambda t: (t.severely_ill > 0) | (t.chronically_ill > 0),
    "medical_insurance": lambda t: t.medical_unmet,
    "housing": lambda t: t.housing_unmet,
    "water": lambda t: t.water_unmet,
    "electricity": lambda t: known_no(t.electricity),
    "toilet": lambda t: known_no(t.sanitary_toilet),
    "road": lambda t: known_no(t.paved_access),
    "land": lambda t: t.cropland == 0,
    "labour": lambda t: (t.members > 0) & (t.able + t.weak == 0),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One deprivation. `weight` is a whole number above zero."""

    id: str
    dimension: str
    weight: int
    condition: Condition

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


def deprivation_flags(facts: ir.Table, scheme: Scheme) -> dict[str, ir.Value]:
    """One flag an indicator, over the screening's household table. Missing is not deprived."""
    return {indicator.column: true(indicator.condition(facts)) for indicator in scheme.indicators}


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
