"""Between the messages of the API and what the verbs take and the queries give."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from bangfu.books.cases import rules, showing
from bangfu.books.cases.api.shapes import (
    Answer,
    CaseDetail,
    CaseLine,
    FieldOut,
    RecordOut,
    StepIn,
    StepOut,
)
from bangfu.books.cases.models import Case
from bangfu.books.cases.standing import Given, circumstances
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.engine import may_return_to
from bangfu.core.workflow.model import Kind, Step
from bangfu.files.uploads import Sort, Upload, take
from bangfu.web.rest import said


def given_of(sent: StepIn, step: Step | None) -> Given:
    """What was sent, typed as the step's fields are; what does not fit is refused by the verb."""
    kinds: Mapping[str, Kind] = {field.id: field.kind for field in step.fields} if step else {}
    return Given(
        answers={name: _typed(value, kinds.get(name)) for name, value in sent.answers.items()},
        judged={name: (each.holds, each.why) for name, each in sent.judged.items()},
        photos={name: [_photo(name, one) for one in some] for name, some in sent.photos.items()},
        passes=sent.passes,
        reason=sent.reason,
        confirmed=sent.confirmed,
    )


def _typed(value: Answer, kind: Kind | None) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if kind is Kind.DAY and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _photo(name: str, written: str) -> Upload:
    try:
        return take(name, base64.b64decode(written, validate=True), [Sort.PHOTO])
    except binascii.Error as fault:
        says = Text("照片要写成 base64。", "A photo is written as base64.")
        raise InputError(says, [Problem(name, says)]) from fault


def line_of(case: Case) -> CaseLine:
    """A case as a line of a list."""
    return CaseLine(
        **{
            name: getattr(case, name)
            for name in CaseLine.model_fields.keys() - {"household_no", "round"}
        },
        household_no=case.household_id,
        round=case.round_no,
    )


def detail_of(request: HttpRequest, case: Case, policy: Policy) -> CaseDetail:
    """A case with its steps, as who asks sees it today."""
    at = circumstances(request.actor, policy, request.today, request.now)
    step = rules.current_step(policy, case)
    returns = may_return_to(rules.procedure_of(policy, case), step) if step else ()
    return CaseDetail(
        **line_of(case).model_dump(),
        end_reason=case.end_reason,
        steps=[_step(line) for line in showing.steps(case, at)],
        may_return_to=[earlier.id for earlier in returns],
    )


def _step(line: showing.StepLine) -> StepOut:
    record = line.record
    return StepOut(
        id=line.step.id,
        text=said(line.step.text),
        roles=list(line.step.roles),
        state=line.state,
        due_on=line.due_on,
        hinders=[said(text) for text in line.hinders],
        fields=[
            FieldOut(
                id=field.id,
                kind=field.kind,
                text=said(field.text),
                required=field.required,
                choices=list(field.choices),
            )
            for field in line.step.fields
        ],
        record=None
        if record is None
        else RecordOut(
            by=record.actor_name,
            on=record.on,
            passes=record.passes,
            reason=record.reason,
            answers={each.field: each.value for each in record.answers.all()},
        ),
    )
