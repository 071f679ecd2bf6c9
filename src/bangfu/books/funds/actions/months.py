"""The month's close: from then on it takes no posting."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.booking import refusals_told
from bangfu.books.funds.models import MonthSeal
from bangfu.books.funds.people import FINANCE, require
from bangfu.books.journal import actions as journal
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.periods import is_month, month_of


@transaction.atomic
def close_month(*, by: Actor, place_code: str, month: int, today: date) -> MonthSeal:
    """Seal a month in person. ForbiddenError for who is not of finance."""
    require(by, FINANCE, place_code)
    return seal_month(by=by.username, place_code=place_code, month=month, today=today)


@transaction.atomic
def seal_month(*, by: str, place_code: str, month: int, today: date) -> MonthSeal:
    """Seal a month (YYYYMM) that has begun. Afterwards no posting can be dated in it or before.

    Its `digest` is what to keep outside the database. ConflictError when it is sealed already.
    """
    if not is_month(month) or month > month_of(today):
        raise UsageError(
            Text(f"{month} 不是已开始的月份。", f"{month} is not a month that has begun (YYYYMM).")
        )
    with refusals_told(place_code), transaction.atomic():
        sealed = MonthSeal.objects.create(place_code=place_code, month=month)
    sealed.refresh_from_db()
    journal.write(
        by=by,
        place_code=place_code,
        verb="funds.seal_month",
        subject=f"month {month}",
        after={"digest": sealed.digest},
    )
    return sealed
