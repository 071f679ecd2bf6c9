"""The screening of households: one wide row each, with the facts, the flags and the score.

Flags are columns, not sentences: `reasons` turns a row into sentences, so that a nation's screening
stays one pass over its tables.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.screening.asked import COUNTS, laid
from bangfu.core.screening.deprivation import deprivation_score, is_poor
from bangfu.core.screening.expressions import HOUSEHOLD_KEY, by_place
from bangfu.core.screening.guarantees import GUARANTEES, unmet_guarantees
from bangfu.core.screening.medical import medical_flags
from bangfu.core.screening.risks import risk_flags
from bangfu.core.screening.setting import Setting

# Any of these makes a household one to look at.
CONCERNS = ("below_line", *GUARANTEES, "medical_over_threshold", "medical_over_share")


def household_facts(composer: Composer, setting: Setting) -> ir.Table:
    """Every household with all that the screening asks of it in the rule language."""
    rows = laid(composer, Table.HOUSEHOLD, setting.of_household)
    # Half the width of a count: at a nation's size this is gigabytes.
    return rows.mutate(**{name: rows[name].cast("int32") for name in COUNTS})


def household_screening(facts: ir.Table, setting: Setting) -> ir.Table:
    """One row a household: keys, facts, counts, income, flags, deprivations and score.

    `facts` is `household_facts`. `concern` says that something stands against the household,
    `monitored_open` that it is a monitoring object whose risk has not been removed.
    """
    parameters = setting.parameters
    scheme = parameters.scheme
    first = facts.mutate(
        line=by_place(facts.place_code, parameters.lines),
        income_unknown=facts.net_income.isnull() & (facts.members > 0),
        unmet_guarantees=unmet_guarantees(facts),
        **medical_flags(facts, parameters),
    )
    second = first.mutate(score=deprivation_score(first, scheme), **risk_flags(first, parameters))
    computed = [name for name in second.columns if name not in facts.columns]
    return second.select(
        *HOUSEHOLD_KEY,
        *setting.of_household,
        *computed,
        poor=is_poor(second.score, scheme) & (second.members > 0),
        concern=reduce(or_, (second[name] for name in CONCERNS)),
    )
