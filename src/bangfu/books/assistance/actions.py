"""Verbs of assistance: agree a measure, start it, end it with its result, record a visit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.households.queries import the_household
from bangfu.books.journal import actions as journal
from bangfu.books.places.days import day_problem
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.facts.dictionary import HELP
from bangfu.core.language import Text

_NEEDED = Text("请填写。", "Please fill this in.")


@transaction.atomic
def agree_measure(
    *,
    by: str,
    household_no: str,
    family: str,
    content: str,
    responsible: str,
    agreed_on: date,
    due_on: date | None = None,
    case_no: str = "",
    today: date,
) -> Measure:
    """Agree a measure with a household. InputError with what is missing or wrong."""
    household = the_household(household_no)
    problems = [
        *_missing(content=content, responsible=responsible),
        *_wrong_day("agreed_on", agreed_on, household.place_code, today),
    ]
    if family not in HELP:
        problems.append(Problem("family", Text("请选择措施类别。", "Choose a family.")))
    if due_on is not None and due_on < agreed_on:
        problems.append(
            Problem("due_on", Text("期限不能早于商定日期。", "It is due before it was agreed."))
        )
    _refuse(problems)
    measure = Measure.objects.create(
        place_code=household.place_code,
        household_no=household_no,
        family=family,
        content=content,
        responsible=responsible,
        agreed_on=agreed_on,
        due_on=due_on,
        case_no=case_no,
    )
    _journal(by, measure, "agree_measure", {"family": family, "content": content})
    return measure


@transaction.atomic
def start_measure(*, by: str, measure_id: int, on: date, today: date) -> Measure:
    """Record that a measure is being carried out. ConflictError when it was started before."""
    measure = _measure(measure_id)
    if measure.started_on is not None:
        raise ConflictError(
            Text(
                f"这项措施已在 {measure.started_on} 登记开始，没有再记。",
                f"This measure was started on {measure.started_on} already; nothing was recorded.",
            )
        )
    problems = _wrong_day("on", on, measure.place_code, today)
    if on < measure.agreed_on:
        problems.append(
            Problem(
                "on",
                Text(
                    f"开始不能早于商定日期 {measure.agreed_on}。",
                    f"It cannot start before it was agreed, on {measure.agreed_on}.",
                ),
            )
        )
    _refuse(problems)
    measure.started_on = on
    measure.save(update_fields=["started_on"])
    _journal(by, measure, "start_measure", {"on": on.isoformat()})
    return measure


@transaction.atomic
def end_measure(*, by: str, measure_id: int, on: date, result: str, today: date) -> Measure:
    """Record that a measure has ended, and what came of it. ConflictError when it ended before."""
    measure = _measure(measure_id)
    if measure.ended_on is not None:
        raise ConflictError(
            Text(
                f"这项措施已在 {measure.ended_on} 登记结束，没有改动。",
                f"This measure ended on {measure.ended_on} already; nothing was changed.",
            )
        )
    problems = [*_missing(result=result), *_wrong_day("on", on, measure.place_code, today)]
    if measure.started_on is None or on < measure.started_on:
        problems.append(
            Problem(
                "on",
                Text("结束不能早于开始；请先登记开始。", "It cannot end before it was started."),
            )
        )
    _refuse(problems)
    measure.ended_on, measure.result = on, result
    measure.save(update_fields=["ended_on", "result"])
    _journal(by, measure, "end_measure", {"on": on.isoformat(), "result": result})
    return measure


@transaction.atomic
def record_visit(
    *,
    by: str,
    household_no: str,
    visited_on: date,
    visitors: str,
    seen: str,
    asked: str = "",
    today: date,
) -> Visit:
    """Record a visit. InputError with what is missing."""
    household = the_household(household_no)
    _refuse(
        [
            *_missing(visitors=visitors, seen=seen),
            *_wrong_day("visited_on", visited_on, household.place_code, today),
        ]
    )
    visit = Visit.objects.create(
        place_code=household.place_code,
        household_no=household_no,
        visited_on=visited_on,
        visitors=visitors,
        seen=seen,
        asked=asked,
    )
    journal.write(
        by=by,
        place_code=household.place_code,
        verb="assistance.record_visit",
        subject=f"household {household_no}",
        after={"on": visited_on.isoformat()},
    )
    return visit


def _measure(measure_id: int) -> Measure:
    found = Measure.objects.select_for_update().filter(pk=measure_id).first()
    if found is None:
        raise NotFoundError(
            Text(
                "没有这项措施，或者它不在您的范围内。",
                "There is no such measure, or it is not yours.",
            )
        )
    return found


def _missing(**texts: str) -> list[Problem]:
    return [Problem(name, _NEEDED) for name, text in texts.items() if not text.strip()]


def _wrong_day(where: str, day: date, place_code: str, today: date) -> list[Problem]:
    wrong = day_problem(day, place_code=place_code, today=today)
    return [Problem(where, wrong)] if wrong else []


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(Text("还有需要改的地方。", "Something needs changing."), problems)


def _journal(by: str, measure: Measure, verb: str, after: object) -> None:
    journal.write(
        by=by,
        place_code=measure.place_code,
        verb=f"assistance.{verb}",
        subject=f"household {measure.household_no}",
        after=after,
    )
