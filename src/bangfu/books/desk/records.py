"""What the records at each level hold: the village book, the township register, the county file.

A record is a set of figures and lists, neutral to how it comes out: desk/exporters.py makes PDF and
Excel of it. Everything is read inside the scope that is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.books.desk import household_listings, listings, summaries
from bangfu.books.households.models import Household
from bangfu.books.places import queries as places_read
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.periods import Span
from bangfu.core.places import Level
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import Gazetteer

TITLES = {
    Level.VILLAGE: Text("村册", "Village book"),
    Level.TOWNSHIP: Text("乡簿", "Township register"),
    Level.COUNTY: Text("县档", "County file"),
}
NO_RECORD = Text(
    "这一级没有簿册：村有册、乡有簿、县有档。",
    "There is no record at this level: villages, townships and counties have one.",
)
# More households than this are printed in the background.
AT_ONCE = 300


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one place: its figures, its lists, and the households whose cards it holds."""

    title: Text
    code: str
    name: str
    figures: Sequence[tuple[Text, int]]
    listings: Sequence[listings.Listing]
    numbers: Sequence[str] = ()


def size(code: str) -> int:
    """How many households a place has."""
    low, high = places.code_range(code)
    return Household.objects.filter(place_code__gte=low, place_code__lt=high).count()


def level_of(code: str) -> Level:
    """The level of a place that has a record. NotFoundError at any other."""
    level = places.level(code)
    if level not in TITLES:
        raise NotFoundError(NO_RECORD)
    return level


def is_large(code: str) -> bool:
    """Whether the record of a place is made in the background."""
    return level_of(code) is Level.COUNTY or size(code) > AT_ONCE


def record_of(code: str, *, policy: Policy, today: date) -> Record:
    """The record of a village, township or county as it stands today."""
    level = level_of(code)
    gazetteer = gazetteer_of(code)
    numbers: list[str] = []
    if level is Level.VILLAGE:
        numbers = list(
            household_listings.inside(code).order_by("household_no").values_list("pk", flat=True)
        )
        lists = [
            household_listings.households_list(code),
            *household_listings.household_lists(numbers),
        ]
    elif level is Level.TOWNSHIP:
        lists = [
            listings.places_list(code, Text("各村", "Villages")),
            household_listings.monitored_list(code, gazetteer),
            household_listings.happenings_list(code, today, gazetteer),
        ]
    else:
        lists = [
            listings.places_list(code, Text("各乡镇", "Townships")),
            listings.cases_list(code, policy, today),
            listings.measures_list(code, today),
            listings.notices_list(code, today),
            listings.summary_list(code, today),
        ]
    return Record(TITLES[level], code, gazetteer.path(code), _figures(code, today), lists, numbers)


def gazetteer_of(code: str) -> Gazetteer:
    """The names of a place, of what lies in it and of what it lies in."""
    county = places.ancestor(code, Level.COUNTY)
    return Gazetteer(places_read.inside(county))


def _figures(code: str, today: date) -> list[tuple[Text, int]]:
    """The key figures of a place today and in this year so far."""
    year = Span.read(str(today.year))
    own = summaries.own_figures(code, year, today=today)
    return [(told.figure.text, told.now) for told in own if told.now is not None]
