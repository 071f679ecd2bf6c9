"""The month's close: from then on it takes no posting."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds import telling
from bangfu.books.funds.booking import refusals_told
from bangfu.books.funds.models import MonthSeal
from bangfu.books.funds.people import FINANCE, require
from bangfu.books.funds.sealing import require_over
from bangfu.books.journal import actions as journal


@transaction.atomic
def close_month(*, by: Actor, place_code: str, month: int, today: date) -> MonthSeal:
    """Seal a month in person. ForbiddenError for who is not of finance."""
    require(by, FINANCE, place_code)
    return seal_month(by=by.username, place_code=place_code, month=month, today=today)


@transaction.atomic
def seal_month(*, by: str, place_code: str, month: int, today: date) -> MonthSeal:
    """Seal a month (YYYYMM) that is over. Afterwards no posting can be dated in it or before.

    Its `digest` and those of its lines are public from now on. InputError when it is not over, ConflictError when it
    is sealed already.
    """
    require_over(month, today)
    with refusals_told(), transaction.atomic():
        sealed = MonthSeal.objects.create(place_code=place_code, month=month)
    sealed.refresh_from_db()
    journal.write(
        by=by,
        place_code=place_code,
        verb="funds.seal_month",
        subject=f"month {month}",
        after={"digest": sealed.digest},
    )
    telling.tell(by=by, seal=sealed, today=today)
    return sealed
