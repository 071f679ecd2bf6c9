"""What a step leaves behind: records, answers, photos, conditions, and who acted in the round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import psycopg
from django.db import IntegrityError, connection

from bangfu.books.attachments import store
from bangfu.books.cases.models import (
    Answer,
    Attachment,
    Condition,
    StepRecord,
)
from bangfu.books.cases.standing import Circumstances, Given, Group
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.core.workflow import engine
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import Criteria, Duty, Kind, Step

_OWN = Text(
    "同一轮中填报、审核、审批须由不同的人办理，没有写入任何内容。",
    "In one round entering, checking and deciding are for different people; nothing was written.",
)


def write_records(
    group: Group,
    given: Given,
    verdict: engine.Verdict,
    subjects: Mapping[int, str],
    at: Circumstances,
) -> list[StepRecord]:
    """A record of the step for every case of the group."""
    reason = given.reason.strip() or verdict.reason.zh
    return StepRecord.objects.bulk_create(
        StepRecord(
            case=case,
            place_code=case.place_code,
            round_no=case.round_no,
            step=group.step.id,
            actor=at.by.username,
            actor_name=at.by.display_name,
            person_token=at.by.person_token,
            at=at.now,
            on=at.today,
            passes=verdict.passes,
            reason=reason,
            notice=subjects.get(case.pk, ""),
        )
        for case in group.cases
    )


_COLUMN = {
    Kind.TEXT: "text",
    Kind.SIGNATURE: "text",
    Kind.CHOICE: "text",
    Kind.NUMBER: "number",
    Kind.MONEY: "number",
    Kind.DAY: "day",
    Kind.YES_NO: "flag",
    Kind.CHOICES: "choices",
}


def write_answers(records: Sequence[StepRecord], given: Given, step: Step) -> None:
    """The answers and photos of the step, the same for every record."""
    filled = []
    for known in step.fields:
        value = given.answers.get(known.id)
        if value is not None and value not in ("", ()):
            stored = list(value) if isinstance(value, tuple) else value
            filled.append((known.id, {_COLUMN[known.kind]: stored}))
    Answer.objects.bulk_create(
        Answer(record=record, place_code=record.place_code, field=name, **column)
        for record in records
        for name, column in filled
    )
    for photos in given.photos.values():
        for photo in photos:
            store.put(photo.content)
    Attachment.objects.bulk_create(
        Attachment(
            record=record,
            place_code=record.place_code,
            field=name,
            digest=photo.digest,
            size=len(photo.content),
            media="image/jpeg",
        )
        for record in records
        for name, photos in given.photos.items()
        for photo in {photo.digest: photo for photo in photos}.values()
    )


def write_conditions(
    records: Sequence[StepRecord],
    held: Mapping[int, Mapping[str, tuple[Evidence, bool]]],
    listed: Criteria | None,
) -> None:
    """Every condition with its evidence, as it stood."""
    if listed is None:
        return
    Condition.objects.bulk_create(
        Condition(
            record=record,
            place_code=record.place_code,
            criterion=name,
            met=found.met,
            computed=computed,
            evidence_zh=found.text.zh,
            evidence_en=found.text.en,
        )
        for record in records
        for name, (found, computed) in held[record.case_id].items()
    )


_ROUND = {
    Duty.ENTER: (
        "entered_by = case when %(who)s = any(entered_by) then entered_by"
        " else array_append(entered_by, %(who)s::text) end,"
        " entered_tokens = case when %(token)s::text is null or %(token)s = any(entered_tokens)"
        " then entered_tokens else array_append(entered_tokens, %(token)s::varchar) end"
    ),
    Duty.CHECK: "checked_by = %(who)s, checked_token = %(token)s",
    Duty.DECIDE: "decided_by = %(who)s, decided_token = %(token)s",
}


def write_round(group: Group, at: Circumstances) -> None:
    """Write who acted into the round. The database refuses a person who has another part in it."""
    sets = _ROUND.get(group.step.duty)
    if sets is None:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                # By the rounds' own key: a join with the cases would hang on the planner's guess.
                f"update cases_round r set {sets}"
                " from unnest(%(ids)s::bigint[], %(numbers)s::integer[]) as v(case_id, number)"
                " where r.case_id = v.case_id and r.number = v.number",
                {
                    "who": at.by.username,
                    "token": at.by.person_token,
                    "ids": [case.pk for case in group.cases],
                    "numbers": [case.round_no for case in group.cases],
                },
            )
    except IntegrityError as fault:
        if isinstance(fault.__cause__, psycopg.errors.CheckViolation):
            raise ConflictError(_OWN) from fault
        raise
