"""What pages read of moves and duplicates."""

from __future__ import annotations

from django.db.models import QuerySet

from bangfu.books.crossing.models import Duplicate, MoveOffer


def offers() -> QuerySet[MoveOffer]:
    """Offers that the scope's places make or receive, the newest first."""
    return MoveOffer.objects.order_by("-pk")


def duplicates() -> QuerySet[Duplicate]:
    """Duplicates whose two places both lie in the scope."""
    return Duplicate.objects.order_by("-pk")


def places_of(household_no: str, place_code: str) -> list[str]:
    """Where a household has lain, now first: what its past is found by."""
    former = MoveOffer.objects.filter(household_id=household_no, state="accepted").values_list(
        "from_place", flat=True
    )
    return list(dict.fromkeys([place_code, *former.order_by("-pk")]))
