"""Income of a year over the members of that year, not over those who are there today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bangfu.books.households.actions.happening import ARRIVALS, DEPARTURES
from bangfu.books.households.models import Happening, Household


def income_per_head(
    household: Household, net: int, year: int, *, members: int, happenings: Iterable[Happening]
) -> int | None:
    """Net income per head of a year in whole fen; None when nobody was there.

    The sheet's own figure stands where it states this net income, as in the list of households. Otherwise
    it is divided among those who were there at the year's end; `members` are those of today.
    """
    if household.stated_income_per_head is not None and household.stated_net_income == net:
        return household.stated_income_per_head
    then = members_on(date(year, 12, 31), members=members, happenings=happenings)
    return net // then if then > 0 else None


def members_on(day: date, *, members: int, happenings: Iterable[Happening]) -> int:
    """How many the household had at the end of a day: `members`, those of today, less who came and more
    who left since."""
    since = [one.kind for one in happenings if one.happened_on > day]
    came, left = (sum(kind in kinds for kind in since) for kinds in (ARRIVALS, DEPARTURES))
    return members - came + left
