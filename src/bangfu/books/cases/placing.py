"""Where cases go: their step, their due date, their end; one statement for as many as there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from bangfu.books.cases import rules
from bangfu.books.cases.models import (
    Case,
    State,
)
from bangfu.books.cases.standing import Circumstances
from bangfu.core.workflow import engine
from bangfu.core.workflow.model import Procedure


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a case goes: its step, since when, until when, and the notice it waits for."""

    step: str
    since: date
    due_on: date | None
    notice: str = ""
    closes_on: date | None = None


def due_of(
    procedure: Procedure,
    step_id: str,
    case: Case,
    *,
    began: date,
    done: Mapping[str, date],
    at: Circumstances,
) -> date | None:
    """When a step of a case is due."""
    step = procedure.step(step_id)
    return engine.due_on(
        step,
        rules.limit(at.policy, step.due, place=case.place_code, on=case.opened_on),
        opened=case.opened_on,
        began=began,
        done=done,
        calendar=at.calendar,
    )


def place(stands: Mapping[int, Stand], procedure: Procedure, *, new_round: bool = False) -> None:
    """Put cases at their steps, one statement for all; each gets a new version."""
    several = list(stands.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "update cases_case c set step = v.step, level = v.level, since = v.since,"
            " due_on = v.due_on, notice = v.notice, notice_closes_on = v.closes_on,"
            " version = version + 1, round_no = round_no + %s"
            " from unnest(%s::bigint[], %s::text[], %s::smallint[], %s::date[], %s::date[],"
            " %s::text[], %s::date[]) as v(id, step, level, since, due_on, notice, closes_on)"
            " where c.id = v.id",
            [
                int(new_round),
                list(stands),
                [stand.step for stand in several],
                [procedure.step(stand.step).level for stand in several],
                [stand.since for stand in several],
                [stand.due_on for stand in several],
                [stand.notice for stand in several],
                [stand.closes_on for stand in several],
            ],
        )


def end(
    ids: Sequence[int], state: State, today: date, reason: str, into: int | None = None
) -> None:
    """End cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update cases_case set state = %s, step = '', ended_on = %s, end_reason = %s,"
            " due_on = null, notice = '', notice_closes_on = null, merged_into_id = %s,"
            " version = version + 1 where id = any(%s)",
            [state.value, today, reason, into, list(ids)],
        )
