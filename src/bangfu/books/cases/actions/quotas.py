"""Split the scale of a year over the villages of a county (规模分解)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases.models import Quota
from bangfu.books.cases.queries import population
from bangfu.books.journal import actions as journal
from bangfu.core.errors import ForbiddenError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.places import Level
from bangfu.core.screening.quota import decompose

LEVELS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
ROLES = ("county_officer", "county_approver")


@transaction.atomic
def decompose_quota(
    *, by: Actor, county: str, total: int, weights: Mapping[str, int], today: date
) -> int:
    """Split `total` persons over the villages of a county by weight, for the year of `today`.

    A second split of the year replaces the first; the history keeps it. Returns how many places got a
    part. ForbiddenError without a county role; InputError when there is nothing to split by, or for more
    persons than the village sheets count in the county.
    """
    if not by.holds(*ROLES, at=county):
        raise ForbiddenError(Text("规模分解由县级办理。", "Splitting the quota is for the county."))
    if total < 0 or not any(weights.values()):
        text = Text(
            "规模不能为负，各村权重不能都为零。",
            "The quota cannot be below zero, nor every village's weight zero.",
        )
        raise InputError(text, [Problem("total", text, str(total))])
    people = population(county)
    if total > people:
        text = Text(
            f"规模 {total:,} 人超过各村表上的总人口 {people:,} 人。请核对规模。",
            f"A quota of {total:,} persons is more than the {people:,} people on the village sheets. "
            "Check the quota.",
        )
        raise InputError(text, [Problem("total", text, str(total))])
    parts = decompose(total, weights, {}, LEVELS)
    Quota.objects.filter(place_code__startswith=county[:6], year=today.year).delete()
    Quota.objects.bulk_create(
        Quota(
            place_code=part.place_code,
            year=today.year,
            weight=part.weight,
            quota=part.quota,
            made_on=today,
            made_by=by.username,
        )
        for part in parts
    )
    journal.write(
        by=by.username,
        place_code=county,
        verb="cases.decompose_quota",
        subject=f"quota {today.year}",
        after={"total": total, "places": len(parts)},
    )
    return len(parts)
