"""Figures of a place and of the places below it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Substr

from bangfu.books.households.models import Household, Person
from bangfu.books.places.models import Place
from bangfu.core import places
from bangfu.web.statements import Statement


@dataclass(frozen=True, slots=True)
class Figures:
    """What a place holds: households, people (None where they were not counted), monitored ones, those
    whose risk remains."""

    code: str
    name: str
    households: int
    people: int | None
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


def of_place(code: str, *, people: bool = True) -> Figures:
    """The figures of the place itself, within the scope. `people` are three times the households to count,
    for who shows them."""
    inside = list(places.code_range(code))
    asked = Statement(_OF_PLACE, (code, *inside, people, *inside, *inside))
    [(name, households, members, monitored, at_risk)] = asked.rows()
    return Figures(code, name or code, households, members, monitored, at_risk)


# All households are counted from the index alone, which their facts are not in.
_OF_PLACE = """
select (select name from places_place where code = %s),
  (select count(*) from households_household where place_code >= %s and place_code < %s),
  case when %s then
    (select count(*) from households_person where place_code >= %s and place_code < %s) end,
  count(*), count(*) filter (where risk_removed is not true)
from households_household
where place_code >= %s and place_code < %s and monitored_class is not null
"""
