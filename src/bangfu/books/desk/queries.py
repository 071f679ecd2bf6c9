"""Figures of a place and of the places below it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Substr

from bangfu.books.households.models import Household, Person
from bangfu.books.places.models import Place
from bangfu.core import places


@dataclass(frozen=True, slots=True)
class Figures:
    """What a place holds: households, people, monitored ones, those whose risk remains."""

    code: str
    name: str
    households: int
    people: int
    monitored: int
    at_risk: int


def below(code: str) -> list[Figures]:
    """The figures of each place one level below `code` (a village has none), within the scope."""
    level = places.level(code)
    if level is places.Level.VILLAGE:
        return []
    digits = places.DIGITS[places.Level(level + 1)]
    low, high = places.code_range(code)
    part = Substr("place_code", 1, digits)
    counted = (
        Household.objects.filter(place_code__gte=low, place_code__lt=high)
        .annotate(part=part)
        .values("part")
        .annotate(
            households=Count("pk"),
            monitored=Count("pk", filter=Q(monitored_class__isnull=False)),
            at_risk=Count("pk", filter=Q(monitored_class__isnull=False) & ~Q(risk_removed=True)),
        )
        .order_by("part")
    )
    people = dict(
        Person.objects.filter(place_code__gte=low, place_code__lt=high)
        .annotate(part=part)
        .values_list("part")
        .annotate(Count("pk"))
        .order_by()
    )
    by_part = {row["part"]: row for row in counted}
    names = Place.objects.filter(code__gte=low, code__lt=high, level=level + 1).values_list(
        "code", "name"
    )
    none = {"households": 0, "monitored": 0, "at_risk": 0}
    return [
        Figures(
            place,
            name,
            by_part.get(place[:digits], none)["households"],
            people.get(place[:digits], 0),
            by_part.get(place[:digits], none)["monitored"],
            by_part.get(place[:digits], none)["at_risk"],
        )
        for place, name in names.order_by("code")
    ]


def of_place(code: str) -> Figures:
    """The figures of the place itself, within the scope."""
    low, high = places.code_range(code)
    inside = {"place_code__gte": low, "place_code__lt": high}
    # All households are counted from the index alone, which their facts are not in.
    monitored = Household.objects.filter(**inside, monitored_class__isnull=False).aggregate(
        rows=Count("pk"), at_risk=Count("pk", filter=~Q(risk_removed=True))
    )
    return Figures(
        code,
        Place.objects.filter(code=code).values_list("name", flat=True).first() or code,
        Household.objects.filter(**inside).count(),
        Person.objects.filter(**inside).count(),
        monitored["rows"],
        monitored["at_risk"],
    )
