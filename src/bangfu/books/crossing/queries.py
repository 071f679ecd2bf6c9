"""What pages read of moves and duplicates."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from bangfu.books.crossing.models import Duplicate, MoveOffer, OfferState
from bangfu.books.households.actions.happening import KINDS
from bangfu.books.households.models import Happening
from bangfu.core.language import Text

_CAME_HERE = Text("迁到本村", "its move to this village")


def offers() -> QuerySet[MoveOffer]:
    """Offers that the scope's places make or receive, the newest first."""
    return MoveOffer.objects.order_by("-pk")


def duplicates() -> QuerySet[Duplicate]:
    """Duplicates whose two places both lie in the scope."""
    return Duplicate.objects.order_by("-pk")


def last_here(household_no: str) -> tuple[date, Text] | None:
    """The latest day that shows a household where it lies, as far as the scope sees, and what happened
    then: the move that brought it, or a birth, a split, another event of it. None when nothing did."""
    came = MoveOffer.objects.filter(household_id=household_no, state=OfferState.ACCEPTED)
    events = Happening.objects.filter(household_no=household_no)
    found = [(day, _CAME_HERE) for day in came.values_list("moved_on", flat=True)]
    found += [(day, KINDS[kind]) for day, kind in events.values_list("happened_on", "kind")]
    return max(found, key=lambda one: one[0], default=None)


def places_of(household_no: str, place_code: str) -> list[str]:
    """Where a household has lain, now first: what its past is found by."""
    former = MoveOffer.objects.filter(household_id=household_no, state="accepted").values_list(
        "from_place", flat=True
    )
    return list(dict.fromkeys([place_code, *former.order_by("-pk")]))
