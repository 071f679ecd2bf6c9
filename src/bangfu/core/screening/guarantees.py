"""Three guarantees (义务教育, 基本医疗, 住房安全) and safe water, and the reasons each may be unmet.

When a guarantee is unmet, and when a reason holds, are definitions of these names in `policy/`; a
guarantee is unmet when any of its reasons holds. Each reason has its sentence in `reasons`.
"""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

# Guarantee → its reasons.
GUARANTEES: dict[str, tuple[str, ...]] = {
    "education_unmet": ("dropout_stated", "child_out_of_school", "child_without_schooling"),
    "medical_unmet": ("uninsured_stated", "member_uninsured"),
    "housing_unmet": ("dangerous_house_stated", "housing_grade_dangerous"),
    "water_unmet": ("water_unsafe_stated", "water_too_little", "water_too_far", "water_short"),
}


def unmet_guarantees(facts: ir.Table) -> ir.IntegerValue:
    """How many guarantees are unmet."""
    return reduce(
        lambda total, name: total + facts[name].cast("int32"),
        GUARANTEES,
        ibis.literal(0, "int32"),
    )
