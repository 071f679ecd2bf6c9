"""What others ask about notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from bangfu.books.notices.models import Notice, Objection, Row
from bangfu.core import places
from bangfu.core.language import Text


class State(StrEnum):
    """Where a notice stands on a day."""

    COMING = "coming"
    OPEN = "open"
    OVER = "over"
    WITHDRAWN = "withdrawn"


STATE_WORDS = {
    State.COMING: Text("未开始", "not open yet"),
    State.OPEN: Text("公示中", "open"),
    State.OVER: Text("已期满", "over"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the notice of a subject stands on a day. A step may go on when it is over and no objection
    is open; what upheld objections mean is for the step to decide."""

    notice_id: int
    opens_on: date
    closes_on: date
    over: bool
    open_objections: int
    upheld_objections: int


def standing(subject: str, *, on: date) -> Standing | None:
    """The latest notice of `subject` that was not withdrawn; None when there is none in the scope."""
    notice = (
        Notice.objects.filter(subject=subject, withdrawn_at__isnull=True)
        .annotate(
            unanswered=Count(
                "objections", filter=Q(objections__pk__isnull=False, objections__answer=None)
            ),
            upheld=Count("objections", filter=Q(objections__upheld=True)),
        )
        .order_by("-opens_on", "-pk")
        .first()
    )
    if notice is None:
        return None
    return Standing(
        notice.pk,
        notice.opens_on,
        notice.closes_on,
        on > notice.closes_on,
        notice.unanswered,
        notice.upheld,
    )


@dataclass(frozen=True, slots=True)
class Weight:
    """An objection that is open or upheld. `spares` are those on the list whom its grounds do not name
    while they name others; one that names nobody spares nobody."""

    upheld: bool
    spares: frozenset[str]


def weighing(subject: str, *, field: str) -> list[Weight]:
    """The open and the upheld objections to every notice of a subject, withdrawn ones too: a list that
    was put up again without a row keeps its objections. `field` is the column that holds the names."""
    notices = {notice.pk: notice for notice in Notice.objects.filter(subject=subject)}
    found = list(
        Objection.objects.filter(notice_id__in=list(notices))
        .filter(Q(answered_at=None) | Q(upheld=True))
        .values_list("grounds", "upheld")
    )
    if not found:
        return []
    names = {
        row.cells[notices[row.notice_id].fields.index(field)]
        for row in Row.objects.filter(notice_id__in=list(notices))
        if field in notices[row.notice_id].fields
    }
    weights = []
    for grounds, upheld in found:
        named = {name for name in names if name and name in grounds}
        weights.append(Weight(bool(upheld), frozenset(names - named if named else ())))
    return weights


def state(notice: Notice, *, on: date) -> State:
    """Where one notice stands on a day."""
    if notice.withdrawn_at is not None:
        return State.WITHDRAWN
    if on < notice.opens_on:
        return State.COMING
    return State.OVER if on > notice.closes_on else State.OPEN


def listed(
    *, on: date, state: State | None = None, place_code: str = places.NATION, objected: bool = False
) -> QuerySet[Notice]:
    """Notices in a place, with `state` and `unanswered` on each; `objected`: with an open objection."""
    low, high = places.code_range(place_code)
    query = Notice.objects.filter(place_code__gte=low, place_code__lt=high).annotate(
        state=Case(
            When(withdrawn_at__isnull=False, then=Value(State.WITHDRAWN.value)),
            When(opens_on__gt=on, then=Value(State.COMING.value)),
            When(closes_on__lt=on, then=Value(State.OVER.value)),
            default=Value(State.OPEN.value),
            output_field=CharField(),
        ),
        unanswered=Count(
            "objections", filter=Q(objections__pk__isnull=False, objections__answer=None)
        ),
    )
    if state is not None:
        query = query.filter(state=state.value)
    return query.filter(unanswered__gt=0) if objected else query


def objections_of(notice: Notice) -> QuerySet[Objection]:
    """The objections to a notice, those not answered first."""
    return Objection.objects.filter(notice=notice).order_by("answered_at", "filed_at", "pk")
