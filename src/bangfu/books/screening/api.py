"""Findings in the API: what screening found and why, by place, rule and household; dismissals."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import StringConstraints

from bangfu.books.accounts.doors import endpoint
from bangfu.books.screening import actions, queries
from bangfu.books.screening.models import Dismissal, Finding, Kind
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.web.rest import (
    REFUSED,
    Body,
    HouseholdNo,
    Key,
    Limit,
    PlaceCode,
    Reason,
    Refusal,
    Said,
    page_of,
    written_out,
)

router = Router(tags=["findings"])
PERSONS = {DataClass.PERSONS}
Value = str | int | float | bool | None
# A check's id or a reason's code.
Rule = Annotated[str, StringConstraints(pattern=r"^[0-9a-z_]{1,60}$")]
KindName = Annotated[Kind, written_out(Kind)]
State = Literal["open", "dismissed", "gone", "any"]


class FindingLine(Schema):
    """A finding: the rule that found it, whom it means, and why, in one sentence with its values.

    `kind` is data, risk or clue; `level` is 1 (most serious) to 5, null when a rule has none. `state` is open,
    dismissed or gone (the latest screening finds it no more).
    """

    id: int
    place_code: str
    kind: KindName
    rule: str
    level: int | None
    household_no: str
    person_no: str
    reason: Said
    monitored: bool
    state: Literal["open", "dismissed", "gone"]
    first_seen: date
    gone_on: date | None


class Findings(Schema):
    """Findings in the order of their ids; ask again with `after` = `next` for more."""

    items: list[FindingLine]
    next: int | None


class DismissalOut(Schema):
    """Why somebody said that a finding needs nothing; ended when `ended_at` is set."""

    reason: str
    dismissed_by: str
    dismissed_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class FindingDetail(FindingLine):
    """A finding with the values that its rule rests on, and its dismissals, the latest first."""

    values: dict[str, Value | list[Value]]
    dismissals: list[DismissalOut]


class DismissIn(Body):
    """Why a finding needs nothing."""

    reason: Reason


@router.get("", response={200: Findings, REFUSED: Refusal}, url_name="findings")
@endpoint(classes=PERSONS, purpose="screening")
def findings(
    request: HttpRequest,
    after: Key | None = None,
    limit: Limit = 50,
    place: PlaceCode | None = None,
    kind: KindName | None = None,
    rule: Rule | None = None,
    household: HouseholdNo | None = None,
    state: State = "open",
) -> Findings:
    """Findings of the scope: of a place, a kind, a rule, a household where these are given."""
    wanted = {
        "place": place or "",
        "kind": kind or "",
        "rule": rule or "",
        "household": household or "",
        "state": "" if state == "open" else state,
    }
    query = queries.filtered(queries.findings(), wanted)
    items, following = page_of(query, _line, after=after, limit=limit)
    return Findings(items=items, next=following)


@router.get("/{finding_id}", response={200: FindingDetail, REFUSED: Refusal}, url_name="finding")
@endpoint(classes=PERSONS, purpose="finding")
def finding(request: HttpRequest, finding_id: Key) -> FindingDetail:
    """One finding."""
    return _detail(finding_id)


@router.post(
    "/{finding_id}/dismiss",
    response={200: FindingDetail, REFUSED: Refusal},
    url_name="finding-dismiss",
)
@endpoint(classes=PERSONS, purpose="finding")
def dismiss(request: HttpRequest, finding_id: Key, given: DismissIn) -> FindingDetail:
    """Say why a finding needs nothing."""
    actions.dismiss(
        by=request.actor.username,
        finding_id=finding_id,
        reason=given.reason,
        now=request.now,
    )
    return _detail(finding_id)


@router.post(
    "/{finding_id}/restore",
    response={200: FindingDetail, REFUSED: Refusal},
    url_name="finding-restore",
)
@endpoint(classes=PERSONS, purpose="finding")
def restore(request: HttpRequest, finding_id: Key) -> FindingDetail:
    """Take a dismissal back."""
    actions.restore(by=request.actor.username, finding_id=finding_id, now=request.now)
    return _detail(finding_id)


def _detail(finding_id: int) -> FindingDetail:
    one = queries.findings().filter(pk=finding_id).first()
    if one is None:
        raise NotFoundError(actions.NOT_HERE)
    return FindingDetail(
        **_line(one).model_dump(),
        values=json.loads(one.values),
        dismissals=[_dismissal(each) for each in one.dismissals.order_by("-dismissed_at")],
    )


def _dismissal(one: Dismissal) -> DismissalOut:
    return DismissalOut(**{name: getattr(one, name) for name in DismissalOut.model_fields})


def _line(one: Finding) -> FindingLine:
    own = FindingLine.model_fields.keys() - {"reason", "state", "kind"}
    dismissed: bool = one.dismissed  # type: ignore[attr-defined]
    return FindingLine(
        **{name: getattr(one, name) for name in own},
        kind=Kind(one.kind),
        reason=Said(zh=one.text_zh, en=one.text_en),
        state="gone" if one.gone_on else "dismissed" if dismissed else "open",
    )
