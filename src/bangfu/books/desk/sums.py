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


@dataclass(frozen=True, slots=True)
class Line:
    """A place with its figures of the month; None where nothing was counted."""

    code: str
    name: str
    figures: PlaceFigures | None


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
    # Above the county nobody counts: a prefecture's page lists its counties.
    levels = {places.level(code), places.Level(min(places.level(code) + 1, places.Level.VILLAGE))}
    listed = Place.objects.filter(code__gte=low, code__lt=high, level__in=levels).order_by("code")
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
