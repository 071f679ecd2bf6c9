"""Notices in the API: what hangs on the boards of the scope, with its rows."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema

from bangfu.books.accounts.doors import endpoint
from bangfu.books.notices import queries
from bangfu.books.notices.models import Notice
from bangfu.books.notices.queries import State
from bangfu.books.notices.views import CLASSES, NOT_HERE
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.web.rest import REFUSED, Key, Limit, PlaceCode, Refusal, Said, page_of, written_out

router = Router(tags=["notices"])
StateName = Annotated[State, written_out(State)]


class NoticeLine(Schema):
    """A notice; open from `opens_on` to `closes_on`, both days included."""

    id: int
    kind: str
    place_code: str
    subject: str
    title: Said
    state: StateName
    opens_on: date
    closes_on: date
    unanswered_objections: int


class Notices(Schema):
    """Notices in the order of their ids; ask again with `after` = `next` for more."""

    items: list[NoticeLine]
    next: int | None


class NoticeDetail(NoticeLine):
    """A notice with its rows, whose cells are in the order of `fields`."""

    fields: list[str]
    rows: list[list[str]]


@router.get("", response={200: Notices, REFUSED: Refusal}, url_name="notices")
@endpoint(classes=CLASSES, purpose="notices")
def notices(
    request: HttpRequest,
    after: Key | None = None,
    limit: Limit = 50,
    place: PlaceCode | None = None,
    state: StateName | None = None,
) -> Notices:
    """Notices of the scope, of a place and a state where these are given."""
    query = queries.listed(on=request.today, state=state, place_code=place or places.NATION)
    items, following = page_of(query, _line, after=after, limit=limit)
    return Notices(items=items, next=following)


@router.get("/{notice_id}", response={200: NoticeDetail, REFUSED: Refusal}, url_name="notice")
@endpoint(classes=CLASSES, purpose="notice")
def notice(request: HttpRequest, notice_id: Key) -> NoticeDetail:
    """One notice."""
    found = queries.listed(on=request.today).filter(pk=notice_id).first()
    if found is None:
        raise NotFoundError(NOT_HERE)
    rows = found.rows.order_by("position").values_list("cells", flat=True)
    return NoticeDetail(**_line(found).model_dump(), fields=found.fields, rows=list(rows))


def _line(notice: Notice) -> NoticeLine:
    return NoticeLine(
        id=notice.pk,
        kind=notice.kind,
        place_code=notice.place_code,
        subject=notice.subject,
        title=Said(zh=notice.title_zh, en=notice.title_en),
        state=notice.state,
        opens_on=notice.opens_on,
        closes_on=notice.closes_on,
        unanswered_objections=notice.unanswered,
    )
