"""Counting a county's households for readers of sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from bangfu.books.desk.models import PlaceFigures
from bangfu.books.households.models import Household, Person
from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.core import places
from bangfu.core.disclosure import left_out

COUNTED = ("households", "people", "monitored", "at_risk")
Counts = dict[str, dict[str, int]]


@transaction.atomic
def count_figures(*, by: str, place_code: str, month: int, now: datetime, small: int) -> int:
    """Count a county's places for a month, in place of what stood there; gives how many places.

    The scope must give persons and sums of the county. Counts below `small` are left out, with what
    would tell them.
    """
    shown = _shown(_counts(place_code), place_code, small)
    rows = [
        PlaceFigures(place_code=code, month=month, counted_at=now, **shown[code])
        for code in sorted(shown)
    ]
    PlaceFigures.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["place_code", "month"],
        update_fields=[*COUNTED, "counted_at"],
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="desk.count_figures",
        subject=f"figures {month}",
        after={"places": len(rows)},
    )
    return len(rows)


def _counts(place_code: str) -> Counts:
    """The figures of every place inside, from the county down."""
    low, high = places.code_range(place_code)
    inside = {"place_code__gte": low, "place_code__lt": high}
    counts: Counts = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for code in Place.objects.filter(
        code__gte=low, code__lt=high, level__gte=places.level(place_code)
    ).values_list("code", flat=True):
        counts[code]  # a place without a household counts nothing, and is there
    monitored = Q(monitored_class__isnull=False)
    by_village = (
        Household.objects.filter(**inside)
        .values("place_code")
        .annotate(
            households=Count("pk"),
            monitored=Count("pk", filter=monitored),
            at_risk=Count("pk", filter=monitored & ~Q(risk_removed=True)),
        )
    )
    people = Person.objects.filter(**inside).values("place_code").annotate(people=Count("pk"))
    for row in (*by_village, *people):
        code = row.pop("place_code")
        for name, count in row.items():
            for level in range(places.level(place_code), places.level(code) + 1):
                counts[places.ancestor(code, places.Level(level))][name] += count
    return counts


def _shown(
    counts: Mapping[str, Mapping[str, int]], top: str, small: int
) -> dict[str, dict[str, int | None]]:
    """The counts with the small ones left out, from the top down."""
    below: dict[str, list[str]] = defaultdict(list)
    for code in counts:
        above = places.parent(code)
        if code != top and above is not None:
            below[above].append(code)
    shown: dict[str, dict[str, int | None]] = {code: dict(found) for code, found in counts.items()}
    for name in COUNTED:
        hidden = set(left_out({top: counts[top][name]}, small=small))
        for parent in sorted(counts):  # a place comes before what lies in it
            parts = {code: counts[code][name] for code in below[parent]}
            hidden |= left_out(parts, small=small, total_left_out=parent in hidden)
        for code in hidden:
            shown[code][name] = None
    return shown
