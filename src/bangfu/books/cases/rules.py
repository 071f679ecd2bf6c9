"""The numbers behind a case: what the policy says for its place on the day it was opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from bangfu.books.cases.models import Case
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workdays import WorkCalendar
from bangfu.core.workflow.engine import Limit
from bangfu.core.workflow.model import Criteria, Procedure, Step


def procedure_of(policy: Policy, case: Case) -> Procedure:
    """The procedure a case runs by."""
    return policy.procedures.by_id[case.procedure]


def current_step(policy: Policy, case: Case) -> Step | None:
    """The step a case stands at; None once it has ended."""
    return procedure_of(policy, case).step(case.step) if case.step else None


def limit(policy: Policy, key: str, *, place: str, on: date) -> Limit | None:
    """The time limit behind a key; None without one."""
    if not key:
        return None
    found = policy.value(key, place=place, on=on)
    return Limit(found.value, found.unit)


def number(policy: Policy, key: str, *, place: str, on: date) -> int:
    """The number behind a key; 0 without one."""
    return policy.value(key, place=place, on=on).value if key else 0


def majority(policy: Policy, step: Step, *, place: str, on: date) -> Fraction | None:
    """The share of those present that a vote must exceed."""
    if not step.majority:
        return None
    return Fraction(policy.value(step.majority, place=place, on=on).value)


def most(policy: Policy, step: Step, *, place: str, on: date) -> dict[str, int]:
    """How many choices a field takes at most, by the key that says so."""
    keys = {field.most for field in step.fields if field.most}
    return {key: number(policy, key, place=place, on=on) for key in keys}


def conditions(policy: Policy, step: Step, *, place: str, on: date) -> Criteria | None:
    """The list of conditions that a step shows."""
    if not step.criteria:
        return None
    return policy.procedures.list(step.criteria, place=place, on=on)


def calendar(policy: Policy) -> WorkCalendar:
    """Every day off and every weekend day worked that the policy knows."""

    def days(key: str) -> Sequence[date]:
        return [day for value in policy.values if value.key == key for day in value.value]

    return WorkCalendar(
        frozenset(days("calendar.days_off")), frozenset(days("calendar.worked_weekends"))
    )


def label(case: Case) -> str:
    """How a case is named in the journal and in problems: it says nothing personal."""
    return f"case {case.pk}"


def named(procedure: Procedure, step: Step) -> Text:
    """A procedure and a step of it, as read out."""
    return Text(
        f"{procedure.text.zh}·{step.text.zh}",
        f"{procedure.text.en}: {step.text.en}",
    )
