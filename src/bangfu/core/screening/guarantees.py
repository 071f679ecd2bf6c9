"""Three guarantees (义务教育, 基本医疗, 住房安全) and safe water: which one is not met, and by what.

Each guarantee is unmet when any of its reasons holds, and each reason is a flag of its own. What is
not known is not a reason; the data checks ask for it.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.expressions import known_no, true
from bangfu.core.screening.parameters import Parameters

# Guarantee → its reasons.
GUARANTEES: dict[str, tuple[str, ...]] = {
    "education_unmet": ("dropout_stated", "child_out_of_school", "child_without_schooling"),
    "medical_unmet": ("uninsured_stated", "member_uninsured"),
    "housing_unmet": ("dangerous_house_stated", "housing_grade_dangerous"),
    "water_unmet": ("water_unsafe_stated", "water_too_little", "water_too_far", "water_short"),
}


def guarantee_reasons(facts: ir.Table, parameters: Parameters) -> dict[str, ir.Value]:
    """One flag a reason, over a table of household facts and member counts."""
    return {
        "dropout_stated": true(facts.dropout),
        "child_out_of_school": facts.out_of_school > 0,
        "child_without_schooling": facts.no_schooling > 0,
        "uninsured_stated": true(facts.uninsured_member),
        "member_uninsured": facts.uninsured > 0,
        "dangerous_house_stated": true(facts.dangerous_house),
        "housing_grade_dangerous": true(facts.housing_grade.isin(parameters.dangerous_grades)),
        "water_unsafe_stated": known_no(facts.safe_water),
        "water_too_little": true(facts.water_litres < parameters.water_litres_at_least),
        "water_too_far": true(facts.water_minutes > parameters.water_minutes_at_most),
        "water_short": true(facts.water_shortage_days > parameters.water_shortage_days_at_most),
    }


def guarantee_flags(reasons: ir.Table) -> dict[str, ir.Value]:
    """One flag a guarantee, and `unmet_guarantees`, how many there are."""
    flags = {
        guarantee: reduce(or_, (reasons[name] for name in names))
        for guarantee, names in GUARANTEES.items()
    }
    count = reduce(
        lambda total, flag: total + flag.cast("int32"), flags.values(), ibis.literal(0, "int32")
    )
    return {**flags, "unmet_guarantees": count}
