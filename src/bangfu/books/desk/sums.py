"""The place page of who reads sums: figures as counted for the month, no person behind them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bangfu.books.accounts.doors import page
from bangfu.books.desk.crumbs import crumbs
from bangfu.books.desk.models import PlaceFigures
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.periods import Span, month_of


@dataclass(frozen=True, slots=True)
class Line:
    """A place with its figures of the month; None where nothing was counted."""

    code: str
    name: str
    figures: PlaceFigures | None


@dataclass(frozen=True, slots=True)
class Change:
    """One counted figure of a period and of the period before; None where it is left out or missing."""

    text: Text
    now: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.now is None or self.before is None else self.now - self.before


FIGURES = {
    "households": Text("户", "Households"),
    "people": Text("人", "People"),
    "monitored": Text("监测对象（户）", "Monitored households"),
    "at_risk": Text("风险未消除（户）", "Risk not removed"),
}


def changes(code: str, span: Span) -> dict[str, object]:
    """Context of the sums' summary: `counted` and `compared`, the months taken, and `lines`, a place with
    its changes each.

    A period stands as its last counted month does; the one before likewise.
    """
    listed = _listed(code)
    codes = [place.code for place in listed]
    counted, now = _last_counted(codes, span)
    compared, before = _last_counted(codes, span.before)
    lines = [
        (
            place,
            [
                Change(
                    text,
                    getattr(now[place.code], name),
                    getattr(before.get(place.code), name, None),
                )
                for name, text in FIGURES.items()
            ],
        )
        for place in listed
        if place.code in now
    ]
    return {"counted": counted, "compared": compared, "lines": lines, "figures": FIGURES}


def _last_counted(codes: list[str], span: Span) -> tuple[int | None, dict[str, PlaceFigures]]:
    months = (month_of(span.first), month_of(span.last))
    rows = PlaceFigures.objects.filter(place_code__in=codes, month__range=months)
    month = rows.order_by("-month").values_list("month", flat=True).first()
    return month, {row.place_code: row for row in rows.filter(month=month)}


def _listed(code: str) -> list[Place]:
    """The place and those a level below. Above the county nobody counts: a prefecture lists its counties."""
    low, high = places.code_range(code)
    levels = {places.level(code), places.Level(min(places.level(code) + 1, places.Level.VILLAGE))}
    found = Place.objects.filter(code__gte=low, code__lt=high, level__in=levels)
    return list(found.order_by("code"))


@page(classes={DataClass.SUMS}, purpose="sums", place="code")
def sums(request: HttpRequest, code: str) -> HttpResponse:
    """One place and those a level below, as last counted."""
    low, high = places.code_range(code)
    month = (
        PlaceFigures.objects.filter(place_code__gte=low, place_code__lt=high)
        .order_by("-month")
        .values_list("month", flat=True)
        .first()
    )
    listed = _listed(code)
    counted = {
        row.place_code: row
        for row in PlaceFigures.objects.filter(
            place_code__in=[place.code for place in listed], month=month
        )
    }
    lines = [Line(place.code, place.name, counted.get(place.code)) for place in listed]
    context = {
        "code": code,
        "name": next((line.name for line in lines if line.code == code), code),
        "crumbs": crumbs(code, reached=request.actor.reach({DataClass.SUMS}), view="sums"),
        "month": month,
        "lines": [line for line in lines if line.figures or line.code != code],
    }
    return render(request, "desk/sums.html", context)
