"""Reads of screening."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from bangfu.books.households.models import Person
from bangfu.books.places.queries import names
from bangfu.books.screening.models import Dismissal, Finding, Kind, Run
from bangfu.books.walls import bulk
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.web.statements import Kept

LEVELS = ("1", "2", "3", "4", "5")
UNRATED = "none"
_OPEN = Q(gone_on__isnull=True, dismissed=False)
_STATES = {
    "any": Q(),
    "gone": Q(gone_on__isnull=False),
    "dismissed": Q(gone_on__isnull=True, dismissed=True),
}

_SCHEMA = {
    "roster": pl.String,
    "place_code": pl.String,
    "certificate_token": pl.String,
    "amount": pl.Int64,
    "kind": pl.String,
    "day": pl.Date,
}


def rosters() -> pl.DataFrame:
    """Every roster line in scope: roster, place_code, certificate_token, amount (fen), kind, day."""
    columns = ", ".join(_SCHEMA)
    return bulk.read(
        f"select {columns} from screening_rosterentry order by place_code, roster, line_no", _SCHEMA
    )


def findings() -> QuerySet[Finding]:
    """The findings in scope, each with `dismissed`: whether somebody said that it needs nothing."""
    live = Dismissal.objects.filter(finding=OuterRef("pk"), ended_at__isnull=True)
    return Finding.objects.annotate(dismissed=Exists(live))


# What a screening found of a household and still finds.
of_household = Kept(lambda number: findings().filter(household_no=number, gone_on__isnull=True))


def filtered(query: QuerySet[Finding], wanted: Mapping[str, str]) -> QuerySet[Finding]:
    """Narrowed by the list's filters: kind, rule, level, place, household, monitored, state.

    Unknown values narrow nothing. Without a state, findings that are open.
    """
    if wanted.get("kind") in Kind.values:
        query = query.filter(kind=wanted["kind"])
    if wanted.get("rule"):
        query = query.filter(rule=wanted["rule"])
    if wanted.get("level") == UNRATED:
        query = query.filter(level__isnull=True)
    elif wanted.get("level", "") in LEVELS:
        query = query.filter(level=int(wanted["level"]))
    code = wanted.get("place", "")
    if places.is_code(code):
        low, high = places.code_range(code)
        query = query.filter(place_code__gte=low, place_code__lt=high)
    if wanted.get("household"):
        query = query.filter(household_no=wanted["household"])
    if wanted.get("monitored") in ("yes", "no"):
        query = query.filter(monitored=wanted["monitored"] == "yes")
    return query.filter(_STATES.get(wanted.get("state", ""), _OPEN))


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings of one household, risks first, then by their level."""
    order = {Kind.RISK: 0, Kind.CLUE: 1, Kind.DATA: 2}
    return sorted(found, key=lambda one: (order[Kind(one.kind)], one.level or 9, one.pk))


def names_of(household_nos: Iterable[str]) -> defaultdict[str, dict[str, str]]:
    """The names of the members of households by their number, household by household."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    persons = Person.objects.filter(household_id__in=set(household_nos), name__isnull=False)
    for household_no, person_no, name in persons.values_list("household_id", "person_no", "name"):
        found[household_no][person_no] = name
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as its household's page says it: once, with whom it is about, where that are persons."""

    finding: Finding
    persons: tuple[str, ...]
    more: int = 0  # how many are meant besides those named


def told_once(found: Iterable[Finding], names: Mapping[str, str]) -> list[Told]:
    """The findings of one household in order, those with the same sentence as one. `names` by number.

    What a rule found of the household as a whole is kept once a person and names the members meant;
    two rules of the catalogue may ask the same of the same person.
    """
    together: dict[tuple[str, Text, bool], list[Finding]] = {}
    for one in in_order(found):
        together.setdefault((one.kind, one.text, one.dismissed), []).append(one)  # type: ignore[attr-defined]
    return [_told(same, names) for same in together.values()]


def _told(same: Sequence[Finding], names: Mapping[str, str]) -> Told:
    first = same[0]
    if first.kind != Kind.DATA:  # its sentence names whom it is about
        return Told(first, ())
    meant = json.loads(first.members) if first.members else None
    numbers = (
        [each["person_no"] for each in meant["named"]]
        if meant
        else list(dict.fromkeys(one.person_no for one in same if one.person_no))
    )
    more = meant["count"] - len(numbers) if meant else 0
    return Told(first, tuple(names.get(number) or number for number in numbers), more)


@dataclass(frozen=True, slots=True)
class ByRule:
    """How often a rule fires in a place: open, open in households not monitored, dismissed."""

    kind: Kind
    rule: str
    level: int | None
    open: int
    unwatched: int
    dismissed: int


def by_rule(code: str) -> list[ByRule]:
    """Counts by rule inside a place, the most serious and most frequent first within each kind."""
    rows = (
        _there(code)
        .values("kind", "rule", "level")
        .annotate(
            open=Count("pk", filter=Q(dismissed=False)),
            unwatched=Count("pk", filter=Q(dismissed=False, monitored=False)),
            away=Count("pk", filter=Q(dismissed=True)),
        )
        .order_by()
    )
    found = [
        ByRule(Kind(r["kind"]), r["rule"], r["level"], r["open"], r["unwatched"], r["away"])
        for r in rows
    ]
    return sorted(found, key=lambda one: (one.level or 9, -one.open, one.rule))


@dataclass(frozen=True, slots=True)
class ByPlace:
    """Open findings of a place by kind, and the households with a risk that nobody monitors."""

    code: str
    name: str
    data: int
    risk: int
    clue: int
    households: int


def by_place(code: str) -> list[ByPlace]:
    """Counts of each place one level below that has findings; a village has none below."""
    level = places.level(code)
    if level is places.Level.VILLAGE:
        return []
    digits = places.DIGITS[places.Level(level + 1)]
    is_open = Q(dismissed=False)
    rows = (
        _there(code)
        .annotate(part=Substr("place_code", 1, digits))
        .values("part")
        .annotate(
            data=Count("pk", filter=is_open & Q(kind=Kind.DATA)),
            risk=Count("pk", filter=is_open & Q(kind=Kind.RISK)),
            clue=Count("pk", filter=is_open & Q(kind=Kind.CLUE)),
            households=Count(
                "household_no",
                distinct=True,
                filter=is_open & Q(kind=Kind.RISK, monitored=False),
            ),
        )
        .order_by("part")
    )
    found = {row["part"].ljust(places.CODE_LENGTH, "0"): row for row in rows}
    named = names(found)
    return [
        ByPlace(
            part,
            short_name(named.get(part, part)),
            row["data"],
            row["risk"],
            row["clue"],
            row["households"],
        )
        for part, row in found.items()
    ]


def latest_run(code: str) -> Run | None:
    """The latest screening of the county that holds a place, or of a county inside it."""
    low, high = places.code_range(code)
    county = places.ancestor(code, places.Level.COUNTY) if _below_county(code) else code
    runs = Run.objects.filter(Q(place_code=county) | Q(place_code__gte=low, place_code__lt=high))
    return runs.order_by("-ran_at").first()


def _below_county(code: str) -> bool:
    return places.level(code) > places.Level.COUNTY


def _there(code: str) -> QuerySet[Finding]:
    low, high = places.code_range(code)
    return findings().filter(gone_on__isnull=True, place_code__gte=low, place_code__lt=high)
