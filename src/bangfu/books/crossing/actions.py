"""Verbs of what crosses places: offer a household, accept, refuse, withdraw; settle a duplicate."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from bangfu.books.crossing.models import Duplicate, Finding, MoveOffer, OfferState
from bangfu.books.crossing.queries import last_here
from bangfu.books.households.models import Household
from bangfu.books.journal import actions as journal
from bangfu.books.places.days import day_problem
from bangfu.books.places.models import Place
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.language import Text

NO_OFFER = Text(
    "没有这条迁移申请，或者它不在您的范围内。",
    "There is no such offer, or it is not yours to answer.",
)
NO_DUPLICATE = Text(
    "没有这条重复登记，或者它不在您的范围内。",
    "There is no such duplicate, or it is not within your scope.",
)


@transaction.atomic
def offer_move(
    *,
    by: str,
    household: Household,
    to_place: str,
    moved_on: date,
    reason: str,
    today: date,
    document: str = "",
) -> MoveOffer:
    """Offer a household to the village it moves to. It stays until that village, or a superior, accepts.

    InputError for a place that is no village of the books or the household's own, and for a day that lies
    ahead, before the books began or before what is recorded of the household here; ConflictError when an
    offer is open already.
    """
    if (
        to_place == household.place_code
        or not places.is_code(to_place)
        or places.level(to_place) is not places.Level.VILLAGE
        or not Place.objects.filter(code=to_place, valid_to__isnull=True).exists()
    ):
        wrong = Problem(
            "to_place",
            Text("请选另一个村。", "Choose another village."),
            to_place,
        )
        raise InputError(Text("不能迁到这里。", "It cannot move there."), [wrong])
    too_early = _day_problem(household, moved_on, today)
    if too_early is not None:
        raise InputError(
            Text("迁移日期不对。", "The day of the move is wrong."),
            [Problem("moved_on", too_early, moved_on.isoformat())],
        )
    try:
        with transaction.atomic():
            offer = MoveOffer.objects.create(
                household=household,
                place_code=household.place_code,
                from_place=household.place_code,
                to_place=to_place,
                moved_on=moved_on,
                reason=reason,
                document=document,
                offered_by=by,
            )
    except IntegrityError as fault:
        raise ConflictError(
            Text(
                "这一户已有待接收的迁移申请。", "A move of this household is waiting for an answer."
            )
        ) from fault
    journal.write(
        by=by,
        place_code=household.place_code,
        verb="crossing.offer_move",
        subject=f"household {household.pk}",
        reason=reason,
        after={"to": to_place, "on": moved_on.isoformat()},
    )
    return offer


def _day_problem(household: Household, moved_on: date, today: date) -> Text | None:
    """Why a household cannot have left on a day."""
    wrong = day_problem(moved_on, place_code=household.place_code, today=today)
    last = last_here(household.pk)
    if wrong is not None or last is None or moved_on >= last[0]:
        return wrong
    day, what = last
    return Text(
        f"这一户 {day} 在本村还有记录（{what.zh}），迁出不会早于这一天。请核对日期。",
        f"On {day} the household was still here ({what.en}); it did not leave before. Check the day.",
    )


@transaction.atomic
def accept_move(*, by: str, offer_id: int) -> MoveOffer:
    """Take the household in, with all its rows. Whoever's scope holds the receiving place may.

    NotFoundError when there is no open offer, or it is not the actor's to accept.
    """
    with connection.cursor() as cursor:
        cursor.execute("select crossing_accept(%s)", [offer_id])
        [(accepted,)] = cursor.fetchall()
    if not accepted:
        raise NotFoundError(NO_OFFER)
    offer: MoveOffer = MoveOffer.objects.get(pk=offer_id)
    journal.write(
        by=by,
        place_code=offer.to_place,
        verb="crossing.accept_move",
        subject=f"household {offer.household_id}",
        before={"place": offer.from_place},
        after={"place": offer.to_place},
    )
    return offer


@transaction.atomic
def refuse_move(
    *, by: str, offer_id: int, reason: str, now: datetime, held: tuple[str, ...]
) -> None:
    """Send an offer back with a reason. `held`: the actor's places, one of which must receive it."""
    offer = MoveOffer.objects.filter(pk=offer_id, state=OfferState.OPEN).first()
    if offer is None or not any(places.contains(place, offer.to_place) for place in held):
        raise NotFoundError(NO_OFFER)
    _close(by, offer, OfferState.REFUSED, reason, now, at=offer.to_place)


@transaction.atomic
def withdraw_move(
    *, by: str, offer_id: int, reason: str, now: datetime, held: tuple[str, ...]
) -> None:
    """Take an open offer back. `held`: the actor's places, one of which must have made it."""
    offer = MoveOffer.objects.filter(pk=offer_id, state=OfferState.OPEN).first()
    if offer is None or not any(places.contains(place, offer.from_place) for place in held):
        raise NotFoundError(NO_OFFER)
    _close(by, offer, OfferState.WITHDRAWN, reason, now, at=offer.from_place)


@transaction.atomic
def settle_duplicate(
    *, by: str, duplicate_id: int, finding: Finding, note: str, now: datetime
) -> None:
    """Record what the superior found: one person or two, and what is to be done."""
    row = Duplicate.objects.filter(pk=duplicate_id).first()
    if row is None:
        raise NotFoundError(NO_DUPLICATE)
    settled = Duplicate.objects.filter(pk=row.pk, finding=Finding.OPEN).update(
        finding=finding, note=note, settled_by=by, settled_at=now
    )
    if not settled:
        raise ConflictError(
            Text(
                f"{row.settled_by} 已经处理了这一条。",
                f"{row.settled_by} has settled this already.",
            )
        )
    journal.write(
        by=by,
        place_code=row.place_code,
        verb="crossing.settle_duplicate",
        subject=f"households {row.household_a} {row.household_b}",
        reason=note,
        after={"finding": finding.value},
    )


def _close(
    by: str, offer: MoveOffer, state: OfferState, reason: str, now: datetime, *, at: str
) -> None:
    closed = MoveOffer.objects.filter(pk=offer.pk, state=OfferState.OPEN).update(
        state=state, answered_by=by, answered_at=now, answer=reason
    )
    if not closed:
        raise ConflictError(Text("这条申请刚刚被处理了。", "This offer has just been answered."))
    journal.write(
        by=by,
        place_code=at,
        verb=f"crossing.{'refuse' if state is OfferState.REFUSED else 'withdraw'}_move",
        subject=f"household {offer.household_id}",
        reason=reason,
    )
