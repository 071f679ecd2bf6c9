"""Spells of monitoring that the household's row no longer tells: it holds the last one only.

A household whose risk was removed and that was recognised again (返贫) had a spell before; its months
stand in the history.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import F, OuterRef, Q, QuerySet, Subquery


def relapsed(spell: Q) -> QuerySet[Any, Any]:
    """The numbers of households with an ended spell that is as `spell` says, and a later one.

    A spell ends with the version whose removal the next version lifts, in a month not before it: one
    that lifts a removal and leaves the month of recognition corrects an error.
    """
    history = apps.get_model("households", "HouseholdHistory")
    after = history.objects.filter(
        place_code=OuterRef("place_code"),
        household_no=OuterRef("household_no"),
        pgh_id__gt=OuterRef("pgh_id"),
    ).order_by("pgh_id")
    return (
        history.objects.filter(spell, risk_removed=True)
        .annotate(
            still=Subquery(after.values("risk_removed")[:1]),
            again=Subquery(after.values("identified_month")[:1]),
        )
        .filter(still=False, again__gte=F("removed_month"))
        .values("household_no")
    )
