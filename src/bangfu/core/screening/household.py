"""The screening of households: one wide row each, with the facts, the flags and the score.

Flags are columns, not sentences: `reasons` turns a row into sentences, so that a nation's screening
stays one pass over its tables.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.deprivation import deprivation_flags, deprivation_score, is_poor
from bangfu.core.screening.expressions import HOUSEHOLD_KEY, true
from bangfu.core.screening.guarantees import GUARANTEES, guarantee_flags, guarantee_reasons
from bangfu.core.screening.income import income_flags, income_values, with_income_of_items
from bangfu.core.screening.medical import medical_flags
from bangfu.core.screening.members import COUNTS, member_counts
from bangfu.core.screening.parameters import Parameters
from bangfu.core.screening.risks import risk_flags

# Any of these makes a household one to look at.
CONCERNS = ("below_line", *GUARANTEES, "medical_over_threshold", "medical_over_share")

# Facts of the books that a reason shows.
CARRIED = (
    "out_of_pocket",
    "business_income",
    "business_cost",
    "housing_grade",
    "water_litres",
    "water_minutes",
    "water_shortage_days",
)


def household_facts(
    household: ir.Table, person: ir.Table, income: ir.Table | None, parameters: Parameters
) -> ir.Table:
    """The household table with member counts (0 without members) and income in fen."""
    if income is not None:
        household = with_income_of_items(household, income, parameters.on.year)
    counts = member_counts(person, parameters)
    joined = household.left_join(counts, list(HOUSEHOLD_KEY))
    filled = {name: joined[name].fill_null(ibis.literal(0, "int32")) for name in COUNTS}
    facts = joined.select(*household.columns, **filled)
    return facts.mutate(**income_values(facts, parameters))


def guarantee_and_risk_flags(facts: ir.Table, parameters: Parameters) -> ir.Table:
    """`household_facts` with every flag but those of multidimensional poverty: income, the guarantees
    and their reasons, medical burden, risks. This is what a case is held against."""
    first = facts.mutate(
        **income_flags(facts),
        **guarantee_reasons(facts, parameters),
        **medical_flags(facts, parameters),
    )
    second = first.mutate(**guarantee_flags(first))
    return second.mutate(**risk_flags(second, parameters))


def household_screening(
    household: ir.Table, person: ir.Table, income: ir.Table | None, parameters: Parameters
) -> ir.Table:
    """One row a household: keys, `CARRIED`, `COUNTS`, income, flags, deprivations and score.

    `concern` says that something stands against the household, `monitored_open` that it is a
    monitoring object whose risk has not been removed.
    """
    facts = household_facts(household, person, income, parameters)
    second = guarantee_and_risk_flags(facts, parameters)
    third = second.mutate(
        monitored_open=facts.monitored_class.notnull() & ~true(facts.risk_removed),
        **deprivation_flags(second, parameters.scheme),
    )
    scored = third.mutate(score=deprivation_score(third, parameters.scheme))
    flags = [name for name in scored.columns if name not in facts.columns]
    return scored.select(
        *HOUSEHOLD_KEY,
        *CARRIED,
        *COUNTS,
        "net_income",
        "reference_income",
        "line",
        *flags,
        poor=is_poor(scored.score, parameters.scheme) & (scored.members > 0),
        concern=reduce(or_, (scored[name] for name in CONCERNS)),
    )
