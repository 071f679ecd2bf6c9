"""What the members of a household come to: one group-by over the person table, joined to nothing.

This is the widest step of a nation's screening, so every fact about members that screening needs is
a count in this one pass.
"""

from __future__ import annotations

import ibis.expr.types as ir

from bangfu.core.facts import codes
from bangfu.core.screening.expressions import HOUSEHOLD_KEY, aged, known_no, true
from bangfu.core.screening.parameters import Parameters

ABLE = ("普通劳动力", "技能劳动力")
WEAK = ("弱劳动力或半劳动力",)
# 低保 or 特困供养, rural or urban: the last value of each list says that the person has none.
LOW_INCOME_AID = codes.LOW_INCOME_AID[:-1]
DESTITUTE_AID = codes.DESTITUTE_AID[:-1]
# Levels of education that leave compulsory school unfinished.
UNFINISHED = ("文盲或半文盲", "小学")
# Schooling up to the end of compulsory school; whoever is at any other school is beyond it.
UP_TO_COMPULSORY = codes.SCHOOLING[: codes.SCHOOLING.index("普通高中一年级")]

# Every count, so that households without members get 0.
COUNTS = (
    "members",
    "out_of_school",
    "no_schooling",
    "uninsured",
    "severely_ill",
    "chronically_ill",
    "disabled",
    "able",
    "weak",
    "workers",
    "students_beyond",
    "finished_school",
    "on_low_income_aid",
    "on_destitute_aid",
)


def no_schooling(person: ir.Table, parameters: Parameters) -> ir.BooleanValue:
    """Of compulsory school age, not through it, and in the books neither a school nor a reason."""
    unfinished = person.education.isnull() | person.education.isin(UNFINISHED)
    return (
        aged(person.birth, parameters.school_age, parameters.on)
        & person.schooling.isnull()
        & person.no_school_reason.isnull()
        & unfinished
    )


def uninsured(person: ir.Table) -> ir.BooleanValue:
    """Known to have neither the residents' nor the employees' basic medical insurance."""
    resident, employee = person.resident_medical, person.employee_medical
    return (known_no(resident) & ~true(employee)) | (known_no(employee) & ~true(resident))


def disabled(person: ir.Table) -> ir.BooleanValue:
    """Recorded as disabled."""
    return true(person.health.contains("残疾"))


def member_counts(person: ir.Table, parameters: Parameters) -> ir.Table:
    """Per household: how many members there are, and how many of each kind (see `COUNTS`)."""
    kinds = {
        "out_of_school": person.schooling.isnull() & person.no_school_reason.notnull(),
        "no_schooling": no_schooling(person, parameters),
        "uninsured": uninsured(person),
        "severely_ill": person.health.contains("患有大病"),
        "chronically_ill": person.health.contains("长期慢性病"),
        "disabled": disabled(person),
        "able": person.skill.isin(ABLE),
        "weak": person.skill.isin(WEAK),
        "workers": person.work_months >= parameters.work_months_at_least,
        "students_beyond": person.schooling.notin(UP_TO_COMPULSORY),
        "finished_school": person.education.notin(UNFINISHED),
        "on_low_income_aid": person.low_income_aid.isin(LOW_INCOME_AID),
        "on_destitute_aid": person.destitute_aid.isin(DESTITUTE_AID),
    }
    counts = {name: person.count(where=condition) for name, condition in kinds.items()}
    counted = person.group_by(*HOUSEHOLD_KEY).aggregate(members=person.count(), **counts)
    # Half the width of a count: at a nation's size this is gigabytes.
    return counted.mutate(**{name: counted[name].cast("int32") for name in COUNTS})
