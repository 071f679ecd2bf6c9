"""What the API of cases takes and gives: the shapes of its messages."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Field as Limits
from ninja import Schema

from bangfu.books.cases.forms import MOST_PHOTOS
from bangfu.books.cases.models import State
from bangfu.core.workflow.model import Kind
from bangfu.web.rest import Body, HouseholdNo, Key, Line, Name, PlaceCode, Reason, Said, written_out

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
    """What a step records: answers by field, photos as base64 by field, and a judgement.

    Votes without a majority end the case: they are refused until `confirmed` says that this is meant.
    """

    answers: Annotated[dict[Name, Answer], NAMES_ONLY] = {}
    judged: Annotated[dict[Name, Judged], NAMES_ONLY] = {}
    photos: Annotated[
        dict[Name, Annotated[list[str], Limits(max_length=MOST_PHOTOS)]], NAMES_ONLY
    ] = {}
    passes: bool = True
    reason: Line = ""
    confirmed: bool = False


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
