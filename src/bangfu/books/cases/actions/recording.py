"""Carry out the step that a case stands at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import rules
from bangfu.books.cases.carrying import carry_out, lock
from bangfu.books.cases.models import Case
from bangfu.books.cases.standing import Given, circumstances
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.model import Duty


@transaction.atomic
def record_step(
    *,
    by: Actor,
    case_id: int,
    version: int,
    given: Given,
    policy: Policy,
    today: date,
    now: datetime,
) -> Case:
    """Record a step of entering or of what follows the decision.

    Raises NotFoundError for a case that is not in the scope, ConflictError when it has moved on since
    `version`, ForbiddenError without the step's role, InputError with everything that is missing.
    """
    duties = (Duty.ENTER, Duty.FOLLOW)
    return _one(duties, by, case_id, version, given, policy, today, now)


@transaction.atomic
def check(
    *,
    by: Actor,
    case_id: int,
    version: int,
    given: Given,
    policy: Policy,
    today: date,
    now: datetime,
) -> Case:
    """Check a case: it passes, or is rejected with a reason. Errors as in `record_step`."""
    return _one((Duty.CHECK,), by, case_id, version, given, policy, today, now)


@transaction.atomic
def decide(
    *,
    by: Actor,
    case_id: int,
    version: int,
    given: Given,
    policy: Policy,
    today: date,
    now: datetime,
) -> Case:
    """Decide a case, and do what the decision brings. Errors as in `record_step`."""
    return _one((Duty.DECIDE,), by, case_id, version, given, policy, today, now)


@transaction.atomic
def decide_in_bulk(
    *,
    by: Actor,
    chosen: Mapping[int, int],
    passes: bool,
    reason: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> int:
    """Check or decide many cases (id → version seen) in one act, whole or not at all; how many.

    Each case gets its own record, history and journal row. Raises as `record_step` does; an InputError
    names every case that something stands against.
    """
    cases = lock(chosen)
    _of_duty(cases, (Duty.CHECK, Duty.DECIDE), policy)
    given = Given(passes=passes, reason=reason)
    carry_out(cases, given, circumstances(by, policy, today, now))
    return len(cases)


def _one(
    duties: tuple[Duty, ...],
    by: Actor,
    case_id: int,
    version: int,
    given: Given,
    policy: Policy,
    today: date,
    now: datetime,
) -> Case:
    [case] = lock({case_id: version})
    _of_duty([case], duties, policy)
    carry_out([case], given, circumstances(by, policy, today, now))
    case.refresh_from_db()
    return case


def _of_duty(cases: list[Case], duties: tuple[Duty, ...], policy: Policy) -> None:
    for case in cases:
        step = rules.current_step(policy, case)
        if step is None or step.duty not in duties:
            raise UsageError(
                Text(
                    f"个案 {case.pk} 现在的步骤不能这样办理。",
                    f"Case {case.pk} does not stand at a step of this kind.",
                )
            )
