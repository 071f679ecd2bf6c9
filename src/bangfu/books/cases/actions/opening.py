"""Open a case, and reopen one when a removed risk is back."""

from __future__ import annotations

from datetime import date, datetime

import psycopg
from django.db import IntegrityError, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import effects, subjects
from bangfu.books.cases.carrying import NOT_HERE, carry_out
from bangfu.books.cases.models import Case, Quota, Round, State
from bangfu.books.cases.offering import LEVEL
from bangfu.books.cases.standing import Given, circumstances
from bangfu.books.households.models import Household
from bangfu.books.households.queries import the_household
from bangfu.books.journal import actions as journal
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, NotFoundError, UsageError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.model import Procedure, Subject

RELAPSE = "monitoring"


@transaction.atomic
def open_case(
    *,
    by: Actor,
    kind: str,
    household_no: str | None = None,
    place_code: str | None = None,
    about: str = "",
    title: str = "",
    finding: str = "",
    given: Given,
    policy: Policy,
    today: date,
    now: datetime,
    reopens: Case | None = None,
) -> Case:
    """Open a case of a kind for a household, or for a village or county by its code, and record its
    first step. `finding` names what it came from. A case of what a later app keeps lies at its
    `place_code`; `about` names it ("project 17"), `title` in words.

    ConflictError when one of this kind is open already; InputError when it makes no sense as things
    stand or something is missing; NotFoundError for a household out of scope; ForbiddenError without
    the role of the first step.
    """
    place, household = _subject(household_no, place_code)
    procedure = policy.procedures.find(kind, place=place, on=today)
    _fits(procedure, place, household, about)
    _given(procedure, place, today)
    if household is not None:
        refused = effects.refusal(procedure, household)
        if refused is not None:
            raise InputError(refused)
    first = procedure.steps[0]
    case = Case(
        kind=kind,
        procedure=procedure.id,
        place_code=place,
        household=household,
        about=about,
        title=title,
        finding=finding,
        opened_on=today,
        opened_by=by.username,
        step=first.id,
        level=first.level,
        since=today,
        reopens=reopens,
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as fault:
        if not isinstance(fault.__cause__, psycopg.errors.UniqueViolation):
            raise
        raise ConflictError(_open_already(procedure, household, place, about)) from fault
    Round.objects.create(case=case, place_code=place, number=1, began_on=today)
    journal.write(
        by=by.username,
        place_code=place,
        verb="cases.open",
        subject=f"case {case.pk}",
        reason=finding,
        after={"kind": kind, "procedure": procedure.id},
    )
    carry_out([case], given, circumstances(by, policy, today, now))
    case.refresh_from_db()
    return case


@transaction.atomic
def reopen(
    *, by: Actor, case_id: int, given: Given, policy: Policy, today: date, now: datetime
) -> Case:
    """A removed risk is back: a new case of recognition that carries the removal's history.

    UsageError when the case is no removal that was carried out; otherwise as `open_case`.
    """
    old = Case.objects.filter(pk=case_id).first()
    if old is None:
        raise NotFoundError(NOT_HERE)
    removal = {step.effect for step in policy.procedures.by_id[old.procedure].steps}
    if old.state != State.DONE or "remove_risk" not in removal:
        raise UsageError(
            Text(
                "只有已办结的风险消除可以返贫重开。",
                "Only a removal that was done can be reopened.",
            )
        )
    return open_case(
        by=by,
        kind=RELAPSE,
        household_no=old.household_id,
        given=given,
        policy=policy,
        today=today,
        now=now,
        reopens=old,
    )


def _subject(household_no: str | None, place_code: str | None) -> tuple[str, Household | None]:
    if household_no is None:
        assert place_code is not None
        return place_code, None
    household = the_household(household_no)
    return household.place_code, household


def _fits(procedure: Procedure, place: str, household: Household | None, about: str) -> None:
    """The subject is of the procedure's kind."""
    if procedure.subject is Subject.HOUSEHOLD:
        fits = household is not None and not about
    elif procedure.subject in subjects.KEPT:
        fits = household is None and about.startswith(f"{procedure.subject} ")
    else:
        fits = household is None and not about and places.level(place) is LEVEL[procedure.subject]
    if not fits:
        raise UsageError(
            Text(
                f"“{procedure.text.zh}”不是为这样的对象办理的。",
                f'"{procedure.text.en}" is not for this kind of subject.',
            )
        )


def _given(procedure: Procedure, place: str, today: date) -> None:
    """What must stand before: the quota of the village for the year (指标分解)."""
    if procedure.given != "quota":
        return
    if not Quota.objects.filter(place_code=place, year=today.year).exists():
        raise InputError(
            Text(
                f"{today.year} 年的规模还没有分解到本村，先由县里分解指标。",
                f"The quota of {today.year} has not been split down to this village yet; the county "
                "does that first.",
            )
        )


def _open_already(
    procedure: Procedure, household: Household | None, place: str, about: str
) -> Text:
    standing = Case.objects.filter(
        kind=procedure.kind, household=household, place_code=place, about=about, state=State.OPEN
    ).first()
    number = f"（个案 {standing.pk}）" if standing else ""
    return Text(
        f"已有一件“{procedure.text.zh}”在办{number}，不能重复开办。",
        f'A case "{procedure.text.en}" is open already{f" (case {standing.pk})" if standing else ""}.',
    )
