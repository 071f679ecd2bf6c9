"""Risk types (致贫/返贫风险): which the facts point to, beside those that the books state.

Accidents and natural disasters leave no trace in the facts kept, so they are only ever stated. The
kind "other" has no signal either.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.expressions import share_at_most, true
from bangfu.core.screening.parameters import Parameters

# Flag → the value of the closed list it stands for.
RISKS: dict[str, str] = {
    "risk_illness": "因病",
    "risk_schooling": "因学",
    "risk_disability": "因残",
    "risk_housing": "因安全住房",
    "risk_water": "因安全饮水",
    "risk_work": "因务工就业不稳",
    "risk_labour": "缺劳动力",
    "risk_business": "产业失败",
}
STATED = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")


def risk_flags(facts: ir.Table, parameters: Parameters) -> dict[str, ir.Value]:
    """One flag a risk type that facts can show, over facts, counts and guarantee flags."""
    burden = facts.medical_over_threshold | facts.medical_over_share
    return {
        "risk_illness": (facts.severely_ill > 0) | burden,
        "risk_schooling": facts.students_beyond >= parameters.students_at_least,
        "risk_disability": facts.disabled > 0,
        "risk_housing": facts.housing_unmet,
        "risk_water": facts.water_unmet,
        "risk_work": (facts.able > 0) & (facts.workers == 0),
        "risk_labour": (facts.members > 0)
        & share_at_most(facts.able, facts.members, parameters.labour_share_at_most),
        "risk_business": true(facts.business_cost > facts.business_income),
    }


def stated(facts: ir.Table, risk: str) -> ir.BooleanValue:
    """Whether the books state the risk, in any of the five places."""
    return reduce(or_, (true(facts[name] == risk) for name in STATED))


def risks_shown_not_stated(household: ir.Table, flagged: ir.Table) -> ir.Table:
    """Rows (place_code, household_no, risk): shown by the facts of a monitored household, not stated.

    `flagged` is the screening's household table, `household` the books'.
    """
    joined = flagged.filter(flagged.monitored_open).inner_join(
        household.select("place_code", "household_no", *STATED), ["place_code", "household_no"]
    )
    rows = [
        joined.filter(joined[flag] & ~stated(joined, risk)).select(
            "place_code", "household_no", risk=ibis.literal(risk)
        )
        for flag, risk in RISKS.items()
    ]
    return ibis.union(*rows)
