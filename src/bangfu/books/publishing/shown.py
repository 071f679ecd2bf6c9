"""What is published, as the public sees it: every read goes by the alias `public`.

Its role selects publications that are open and their rows, so nothing here asks what is open: what it
finds is. Call these inside `notices.public_door.public_page`, which opens the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import CharField, Max, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat, ExtractYear, Substr

from bangfu.books.notices.board import ALIAS, level_of
from bangfu.books.publishing.models import (
    Copied,
    DrawLine,
    Kind,
    MovementCopy,
    PaymentCopy,
    PlanPiece,
    ProjectCopy,
    Publication,
)
from bangfu.core import places

PER_PAGE = 50
IN_FEED = 50
Row = TypeVar("Row", bound=Copied)
_NAMES = {places.Level.TOWNSHIP: "township", places.Level.VILLAGE: "village"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place by its name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """What is planned and paid of something, in fen; `of` is the largest sum beside it, for its bar."""

    name: str
    planned_fen: int
    paid_fen: int
    of: int
    code: str = ""

    @property
    def planned_width(self) -> str:
        """Per cent of the bar's width."""
        return _width(self.planned_fen, self.of)

    @property
    def paid_width(self) -> str:
        """Per cent of the bar's width."""
        return _width(self.paid_fen, self.of)


def counties() -> list[Spot]:
    """The counties that have something public."""
    found: dict[str, str] = {}
    rows = publications().values_list("place_code", "county").distinct().order_by("place_code")
    for code, county in rows:
        found.setdefault(places.ancestor(code, places.Level.COUNTY), county)
    return [Spot(code, name) for code, name in found.items()]


def line_to(code: str) -> list[Spot]:
    """A place and those above it, from the county down; empty when nothing of it is public."""
    county = places.ancestor(code, places.Level.COUNTY)
    named = (
        publications().filter(place_code__startswith=county[:6]).values_list("county", flat=True)
    )
    found = named.first()
    if found is None:
        return []
    line = [Spot(county, found)]
    for level, column in _NAMES.items():
        if level <= level_of(code):
            at = places.ancestor(code, level)
            names = (
                inside(model, at).exclude(**{column: ""}).values_list(column, flat=True).first()
                for model in (PlanPiece, ProjectCopy, PaymentCopy)
            )
            name = next((name for name in names if name), None)
            if name is None:
                return []
            line.append(Spot(at, name))
    return line


def years(code: str) -> list[int]:
    """The years of which something of a place is public, the latest first."""
    found = set(inside(PlanPiece, code).values_list("publication__period", flat=True).distinct())
    found |= set(inside(ProjectCopy, code).values_list("year", flat=True).distinct())
    paid = inside(PaymentCopy, code).annotate(year=ExtractYear("day"))
    return sorted(found | set(paid.values_list("year", flat=True).distinct()), reverse=True)


def by_purpose(code: str, year: int) -> list[Share]:
    """Planned and paid by purpose (用途), the largest plan first."""
    planned = _sums(inside(PlanPiece, code).filter(publication__period=year), "purpose")
    paid = _sums(inside(PaymentCopy, code).filter(day__year=year), "purpose")
    return _shares(planned, paid, {})


def below(code: str, year: int) -> list[Share]:
    """Planned and paid in the places right below a county or township."""
    if level_of(code) is places.Level.VILLAGE:
        return []
    level = places.Level(level_of(code) + 1)
    names: dict[str, str] = {}
    sums = []
    for model, when in (
        (PlanPiece, {"publication__period": year}),
        (PaymentCopy, {"day__year": year}),
    ):
        digits = places.DIGITS[level]
        rest = Value("0" * (places.CODE_LENGTH - digits), output_field=CharField())
        rows = (
            inside(model, code)
            .filter(**when)
            .exclude(**{_NAMES[level]: ""})
            .annotate(at=Concat(Substr("place_code", 1, digits), rest))
            .values("at")
            .annotate(called=Max(_NAMES[level]), fen=Sum("fen"))
        )
        found = {row["at"]: int(row["fen"]) for row in rows}
        names |= {row["at"]: row["called"] for row in rows}
        sums.append(found)
    planned, paid = sums
    return _shares(planned, paid, names)


def projects(code: str, year: int, *, page: int = 1) -> list[ProjectCopy]:
    """The projects of a place and year, by number; one more than a page."""
    start = (page - 1) * PER_PAGE
    rows = inside(ProjectCopy, code).filter(year=year).select_related(None).order_by("number")
    return list(rows[start : start + PER_PAGE + 1])


def series_of(rows: Iterable[Copied]) -> dict[int, UUID]:
    """The series of the publications that rows belong to, by publication."""
    keys = {row.publication_id for row in rows}
    return dict(publications().filter(pk__in=keys).values_list("pk", "series"))


def of_kind(code: str, kind: Kind, year: int | None = None) -> list[Publication]:
    """Publications of a kind that say something of a place, the latest period first."""
    rows = about(code).filter(kind=kind)
    if year is not None:
        first, last = (
            (year * 100, year * 100 + 12) if kind in (Kind.MONTH, Kind.SEAL) else (year, year)
        )
        rows = rows.filter(period__gte=first, period__lte=last)
    return list(rows.order_by("-period"))


def has_closed_month(code: str, year: int) -> bool:
    """Whether a month of the year is closed in the county of a place: what was paid is known from then on."""
    county = places.ancestor(code, places.Level.COUNTY)
    closed = inside(MovementCopy, county).filter(day__year=year)
    return bool(of_kind(county, Kind.MONTH, year)) or closed.exists()


def latest(code: str) -> list[Publication]:
    """What was published last of a place, for its feed."""
    return list(about(code).order_by("-published_at", "-pk")[:IN_FEED])


def publication(kind: Kind, series: UUID) -> Publication | None:
    """One publication; None when there is none, it is over or withdrawn."""
    return publications().filter(kind=kind, series=series).first()


def rows_of(model: type[Row], found: Publication, code: str = "") -> QuerySet[Row]:
    """The rows of a publication, of a place where one is given."""
    rows = inside(model, code) if code else _read(model)
    return rows.filter(publication_id=found.pk)


def of_project(model: type[Row], code: str, number: str) -> QuerySet[Row]:
    """The rows that name a project: bank numbers are a county's own."""
    county = places.ancestor(code, places.Level.COUNTY)
    return inside(model, county).filter(project_number=number)


def copy_of(code: str, number: str) -> ProjectCopy | None:
    """A project's own copy, by its number."""
    county = places.ancestor(code, places.Level.COUNTY)
    return inside(ProjectCopy, county).filter(number=number).first()


def about(code: str) -> QuerySet[Publication]:
    """Publications at a place or below, those of the county that have a row there, draws that met it."""
    low, high = _range(code)
    told = Q(place_code__gte=low, place_code__lt=high)
    if level_of(code) > places.Level.COUNTY:
        for model in (PlanPiece, PaymentCopy):
            told |= Q(pk__in=inside(model, code).values("publication_id"))
        drawn = inside(DrawLine, code).exclude(chosen="")
        told |= Q(pk__in=drawn.values("publication_id"))
    return publications().filter(told)


def publications() -> QuerySet[Publication]:
    """Every open publication."""
    return Publication.objects.using(ALIAS).only(*Publication.public_reads)


def inside(model: type[Row], code: str) -> QuerySet[Row]:
    """The rows of a model at a place or below."""
    low, high = _range(code)
    return _read(model).filter(place_code__gte=low, place_code__lt=high)


def _read(model: type[Row]) -> QuerySet[Row]:
    columns = [name.removesuffix("_id") for name in model.public_reads]  # type: ignore[attr-defined]
    return model._default_manager.using(ALIAS).only(*columns)


def _range(code: str) -> tuple[str, str]:
    digits = code[: places.DIGITS[level_of(code)]]
    return digits, f"{digits}:"


def _sums(rows: QuerySet[Any], by: str) -> dict[str, int]:
    return {
        row[by]: int(row["sum"]) for row in rows.values(by).annotate(sum=Sum("fen")).order_by(by)
    }


def _shares(
    planned: Mapping[str, int], paid: Mapping[str, int], names: Mapping[str, str]
) -> list[Share]:
    keys = sorted({*planned, *paid}, key=lambda key: (-planned.get(key, 0), key))
    of = max([*planned.values(), *paid.values()], default=0)
    return [
        Share(names.get(key, key), planned.get(key, 0), paid.get(key, 0), of, key if names else "")
        for key in keys
    ]


def _width(fen: int, of: int) -> str:
    """A share of the bar in per cent with one digit, without a float."""
    tenths = max(fen, 0) * 1000 // of if of else 0
    return f"{tenths // 10}.{tenths % 10}"
