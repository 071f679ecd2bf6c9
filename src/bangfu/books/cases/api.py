"""Cases in the API: the lists, each with its steps, and the same verbs as on the pages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field as Limits
from ninja import Router, Schema, Status

from bangfu.books.accounts.doors import endpoint
from bangfu.books.cases import actions, rules, showing
from bangfu.books.cases.forms import MOST_PHOTOS
from bangfu.books.cases.models import Case, State
from bangfu.books.cases.standing import Given, circumstances
from bangfu.books.cases.views.cases import ACTS, found
from bangfu.books.households.queries import the_household
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.engine import may_return_to
from bangfu.core.workflow.model import Kind, Step
from bangfu.files.policy_folder import policy_in_force
from bangfu.files.uploads import Sort, Upload, take
from bangfu.web.rest import (
    REFUSED,
    Body,
    HouseholdNo,
    Key,
    Limit,
    Line,
    Name,
    PlaceCode,
    Reason,
    Refusal,
    Said,
    page_of,
    said,
    written_out,
)

router = Router(tags=["cases"])
PERSONS = {DataClass.PERSONS}
AT_ONCE = 5_000
Whole = Annotated[int, Limits(ge=-(2**53), le=2**53)]
Version = Annotated[int, Limits(ge=1, le=2**31 - 1)]
Answer = bool | Whole | Line | list[Line]
StateName = Annotated[State, written_out(State)]
# A schema that lists what its keys look like allows others too, unless it says so.
NAMES_ONLY = Limits(json_schema_extra={"additionalProperties": False})


class CaseLine(Schema):
    """A case in a list. `version` grows with every act; a verb names the version it has seen."""

    id: int
    kind: str
    procedure: str
    place_code: str
    household_no: str | None
    about: str
    title: str
    state: StateName
    step: str
    round: int
    version: int
    opened_on: date
    due_on: date | None
    notice_closes_on: date | None
    ended_on: date | None


class Cases(Schema):
    """Cases in the order of their ids; ask again with `after` = `next` for more."""

    items: list[CaseLine]
    next: int | None


class RecordOut(Schema):
    """What a step recorded, by whom and when. Photos are on the case's page."""

    by: str
    on: date
    passes: bool
    reason: str
    answers: dict[str, bool | int | date | str | list[str]]


class FieldOut(Schema):
    """One thing a step asks: day is "2026-11-22", money whole fen, photos base64."""

    id: str
    kind: Annotated[Kind, written_out(Kind)]
    text: Said
    required: bool
    choices: list[str]


class StepOut(Schema):
    """One step: done, now or ahead; `hinders` says what keeps it waiting."""

    id: str
    text: Said
    roles: list[str]
    state: str
    due_on: date | None
    hinders: list[Said]
    fields: list[FieldOut]
    record: RecordOut | None


class CaseDetail(CaseLine):
    """A case with its steps, and to which of them it may be sent back."""

    end_reason: str
    steps: list[StepOut]
    may_return_to: list[str]


class Judged(Body):
    """A condition answered by hand: whether it holds, and why."""

    holds: bool
    why: Line


class StepIn(Body):
    """What a step records: answers by field, photos as base64 by field, and a judgement."""

    answers: Annotated[dict[Name, Answer], NAMES_ONLY] = {}
    judged: Annotated[dict[Name, Judged], NAMES_ONLY] = {}
    photos: Annotated[
        dict[Name, Annotated[list[str], Limits(max_length=MOST_PHOTOS)]], NAMES_ONLY
    ] = {}
    passes: bool = True
    reason: Line = ""


class OpenIn(StepIn):
    """A case to open, for a household or for a village or county, with its first step."""

    kind: Name
    household_no: HouseholdNo | None = None
    place_code: PlaceCode | None = None
    finding: Annotated[Line, Limits(max_length=200)] = ""


class ActIn(StepIn):
    """The step a case stands at, by who saw it at `version`."""

    version: Version


class ReturnIn(Body):
    """A case to send back to an earlier step."""

    version: Version
    step: Name
    reason: Reason


class WithdrawIn(Body):
    """A case to end."""

    version: Version
    reason: Reason


class MergeIn(Body):
    """A case to end because `keep` is about the same."""

    version: Version
    keep: Key
    reason: Reason


class Seen(Body):
    """A case, and the version of it that was seen."""

    id: Key
    version: Version


class BulkIn(Body):
    """Many cases to check or decide in one act, whole or not at all."""

    cases: Annotated[list[Seen], Limits(min_length=1, max_length=AT_ONCE)]
    passes: bool
    reason: Line = ""


class BulkOut(Schema):
    """How many cases were decided."""

    decided: int


@router.get("", response={200: Cases, REFUSED: Refusal}, url_name="cases")
@endpoint(classes=PERSONS, purpose="cases")
def cases(
    request: HttpRequest,
    after: Key | None = None,
    limit: Limit = 50,
    place: PlaceCode | None = None,
    household_no: HouseholdNo | None = None,
    kind: Name | None = None,
    state: StateName | None = None,
    step: Name | None = None,
) -> Cases:
    """Cases of the scope, narrowed by what is given."""
    low, high = places.code_range(place or places.NATION)
    wanted = {"household_id": household_no, "kind": kind, "state": state, "step": step}
    query = Case.objects.filter(
        place_code__gte=low,
        place_code__lt=high,
        **{name: value for name, value in wanted.items() if value is not None},
    )
    items, following = page_of(query, _line, after=after, limit=limit)
    return Cases(items=items, next=following)


@router.post("", response={201: CaseDetail, REFUSED: Refusal}, url_name="cases")
@endpoint(classes=PERSONS, purpose="open a case")
def open_case(request: HttpRequest, given: OpenIn) -> Status[CaseDetail]:
    """Open a case and record its first step."""
    policy = policy_in_force()
    if (given.household_no is None) == (given.place_code is None):
        raise InputError(
            Text(
                "户编号和地方代码给其中一个。",
                "Give a household number or a place code, one of them.",
            )
        )
    place = given.place_code or the_household(given.household_no or "").place_code
    first = policy.procedures.find(given.kind, place=place, on=request.today).steps[0]
    case = actions.open_case(
        by=request.actor,
        kind=given.kind,
        household_no=given.household_no,
        place_code=given.place_code,
        finding=given.finding,
        given=_given(given, first),
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return Status(201, _detail(request, case, policy))


@router.post("/decisions", response={200: BulkOut, REFUSED: Refusal}, url_name="case-decisions")
@endpoint(classes=PERSONS, purpose="decide cases in bulk")
def decide(request: HttpRequest, given: BulkIn) -> BulkOut:
    """Check or decide many cases in one act."""
    decided = actions.decide_in_bulk(
        by=request.actor,
        chosen={each.id: each.version for each in given.cases},
        passes=given.passes,
        reason=given.reason,
        policy=policy_in_force(),
        today=request.today,
        now=request.now,
    )
    return BulkOut(decided=decided)


@router.get("/{case_id}", response={200: CaseDetail, REFUSED: Refusal}, url_name="case")
@endpoint(classes=PERSONS, purpose="case")
def case(request: HttpRequest, case_id: Key) -> CaseDetail:
    """One case with its steps."""
    return _detail(request, found(case_id), policy_in_force())


@router.post("/{case_id}/step", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-step")
@endpoint(classes=PERSONS, purpose="case")
def carry_out(request: HttpRequest, case_id: Key, given: ActIn) -> CaseDetail:
    """Carry out the step that a case stands at."""
    policy = policy_in_force()
    standing = found(case_id)
    step = rules.current_step(policy, standing)
    act = ACTS.get(step.duty, actions.record_step) if step else actions.record_step
    done = act(
        by=request.actor,
        case_id=case_id,
        version=given.version,
        given=_given(given, step),
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return _detail(request, done, policy)


@router.post(
    "/{case_id}/return", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-return"
)
@endpoint(classes=PERSONS, purpose="return a case")
def send_back(request: HttpRequest, case_id: Key, given: ReturnIn) -> CaseDetail:
    """Send a case back to an earlier step."""
    policy = policy_in_force()
    actions.return_to(
        by=request.actor,
        chosen={case_id: given.version},
        step=given.step,
        reason=given.reason,
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return _detail(request, found(case_id), policy)


@router.post(
    "/{case_id}/withdraw", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-withdraw"
)
@endpoint(classes=PERSONS, purpose="withdraw a case")
def withdraw(request: HttpRequest, case_id: Key, given: WithdrawIn) -> CaseDetail:
    """End a case that should not go on."""
    policy = policy_in_force()
    actions.withdraw(
        by=request.actor,
        case_id=case_id,
        version=given.version,
        reason=given.reason,
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return _detail(request, found(case_id), policy)


@router.post(
    "/{case_id}/merge", response={200: CaseDetail, REFUSED: Refusal}, url_name="case-merge"
)
@endpoint(classes=PERSONS, purpose="merge cases")
def merge(request: HttpRequest, case_id: Key, given: MergeIn) -> CaseDetail:
    """End a case that repeats another."""
    policy = policy_in_force()
    actions.merge_duplicates(
        by=request.actor,
        keep=given.keep,
        duplicate=case_id,
        version=given.version,
        reason=given.reason,
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return _detail(request, found(case_id), policy)


@router.post(
    "/{case_id}/reopen", response={201: CaseDetail, REFUSED: Refusal}, url_name="case-reopen"
)
@endpoint(classes=PERSONS, purpose="relapse")
def reopen(request: HttpRequest, case_id: Key, given: StepIn) -> Status[CaseDetail]:
    """A removed risk is back: a new case of recognition, with the removal behind it."""
    policy = policy_in_force()
    old = found(case_id)
    first = policy.procedures.find("monitoring", place=old.place_code, on=request.today).steps[0]
    case = actions.reopen(
        by=request.actor,
        case_id=case_id,
        given=_given(given, first),
        policy=policy,
        today=request.today,
        now=request.now,
    )
    return Status(201, _detail(request, case, policy))


def _given(sent: StepIn, step: Step | None) -> Given:
    """What was sent, typed as the step's fields are; what does not fit is refused by the verb."""
    kinds: Mapping[str, Kind] = {field.id: field.kind for field in step.fields} if step else {}
    return Given(
        answers={name: _typed(value, kinds.get(name)) for name, value in sent.answers.items()},
        judged={name: (each.holds, each.why) for name, each in sent.judged.items()},
        photos={name: [_photo(name, one) for one in some] for name, some in sent.photos.items()},
        passes=sent.passes,
        reason=sent.reason,
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


def _line(case: Case) -> CaseLine:
    return CaseLine(
        **{
            name: getattr(case, name)
            for name in CaseLine.model_fields.keys() - {"household_no", "round"}
        },
        household_no=case.household_id,
        round=case.round_no,
    )


def _detail(request: HttpRequest, case: Case, policy: Policy) -> CaseDetail:
    at = circumstances(request.actor, policy, request.today, request.now)
    step = rules.current_step(policy, case)
    returns = may_return_to(rules.procedure_of(policy, case), step) if step else ()
    return CaseDetail(
        **_line(case).model_dump(),
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
