"""What was seen in a household's cases: the figures of its last home check, and the clue it began with.

The books keep the year's income as it was imported; what a home check saw stands in its case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from bangfu.books.cases.evidence import AFTER, INCOMES
from bangfu.books.cases.models import Answer, Case, State
from bangfu.books.cases.rules import procedure_of
from bangfu.core.policy.resolve import Policy
from bangfu.web.statements import Kept

OUT_OF_POCKET = "out_of_pocket"
COST = "business_cost"
CLUE = "clue"
# A field of a home check → the figure that it says.
_FIGURES = {name: name for name in (*INCOMES, OUT_OF_POCKET)}
_FIGURES |= {field: fact for field, fact in AFTER.items() if fact in _FIGURES}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a home check saw: net income and what care cost the household itself, in whole fen."""

    on: date
    case_no: int
    net: int
    out_of_pocket: int | None


def _seen() -> QuerySet[Answer]:
    """The figures and clues of cases, the newest record first."""
    return (
        Answer.objects.filter(field__in=[*_FIGURES, CLUE])
        .annotate(
            household_no=F("record__case__household_id"),
            case_no=F("record__case_id"),
            on=F("record__on"),
        )
        .order_by("-record_id")
    )


seen_of_household = Kept(lambda number: _seen().filter(record__case__household_id=number))


def last_verified(seen: Iterable[Any]) -> Verified | None:
    """The figures of the newest home check among the answers; None where none asked for an income."""
    checks: dict[int, dict[str, Any]] = {}
    for answer in seen:
        if answer.field in _FIGURES:
            check = checks.setdefault(answer.record_id, {"on": answer.on, "case": answer.case_no})
            check[_FIGURES[answer.field]] = answer.number
    whole = (check for check in checks.values() if all(name in check for name in INCOMES))
    newest = next(whole, None)
    if newest is None:
        return None
    net = sum(-newest[name] if name == COST else newest[name] for name in INCOMES)
    return Verified(newest["on"], newest["case"], net, newest.get(OUT_OF_POCKET))


def last_verified_by_household(numbers: Sequence[str]) -> dict[str, Verified]:
    """The figures of the newest home check of each household that had one."""
    by_household: dict[str, list[Answer]] = {}
    for answer in _seen().filter(record__case__household_id__in=numbers):
        by_household.setdefault(answer.household_no, []).append(answer)
    found = {number: last_verified(seen) for number, seen in by_household.items()}
    return {number: one for number, one in found.items() if one is not None}


def recognised_for(
    cases: Sequence[Case], seen: Iterable[Any], policy: Policy
) -> tuple[int, str] | None:
    """The newest case that made the household a monitoring object, with the clue recorded in it."""
    case = next((one for one in cases if _recognised(one, policy)), None)
    clues = {answer.case_no: answer.text for answer in seen if answer.field == CLUE}
    return (case.pk, clues[case.pk]) if case is not None and case.pk in clues else None


def _recognised(case: Case, policy: Policy) -> bool:
    if case.state not in (State.OPEN, State.DONE):
        return False
    procedure = procedure_of(policy, case)
    done = procedure.before(case.step) if case.step else procedure.steps
    return any(step.effect == "monitor" for step in done)
