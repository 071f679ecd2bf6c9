"""Pages of the rates: all of a year, and one with its formula and the rows it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from bangfu.books.accounts.doors import page
from bangfu.books.funds.people import READERS
from bangfu.books.indicators import queries, showing, typed
from bangfu.books.indicators.forms import NumbersForm
from bangfu.books.projects.views.doors import county_of
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.indicators.model import Row, Subject
from bangfu.core.indicators.published import read
from bangfu.core.indicators.rates import rates
from bangfu.core.indicators.spread import curve
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with
from bangfu.web.tables import PER_PAGE, workbook_response

MONEY = {DataClass.MONEY}
NO_RATE = Text("没有这项指标。", "There is no such rate.")


def _year(request: HttpRequest) -> int:
    written = request.GET.get("year", "")
    return int(written) if len(written) == 4 and written.isdigit() else request.today.year


@page(classes=MONEY, purpose="rates", roles=READERS, writes=False)
def rates_page(request: HttpRequest) -> HttpResponse:
    """Every rate of the county's year, held against the policy; who gets less than his share."""
    county, year, policy = county_of(request), _year(request), policy_in_force()
    facts = queries.year_facts(county, year, on=request.today, policy=policy)
    found = rates(facts, policy)
    if request.GET.get("as") == "xlsx":
        return workbook_response(f"rates-{county}-{year}", showing.sheets(found, year))
    divide = next(one for one in found if one.code == "divide")
    points = curve(facts, policy)
    context = {
        "county": county,
        "year": year,
        "years": [one for one in queries.years(county) if one != year],
        "lines": [showing.shown(one, year) for one in found],
        "missed": [one for one in found if one.verdict == "missed"],
        "points": showing.percents(points),
        "lorenz": showing.lorenz_chart(points) if points else None,
        "divide": divide,
        "divide_chart": showing.divide_chart(divide) if divide.missing is None else None,
    }
    return render(request, "indicators/rates.html", context)


@page(classes=MONEY, purpose="rate", roles=READERS)
def rate_page(request: HttpRequest, code: str) -> HttpResponse:
    """One rate: its formula, its two numbers, what the policy asks, and every row it counts."""
    county, year = county_of(request), _year(request)
    found = queries.readings(county, year, on=request.today, policy=policy_in_force())
    reading = next((one for one in found if one.code == code), None)
    if reading is None:
        raise NotFoundError(NO_RATE)
    if request.GET.get("as") == "xlsx":
        return workbook_response(f"{code}-{county}-{year}", [showing.rows_sheet(reading, year)])
    rows = _asked(request, reading.rows)
    numbered = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "year": year,
        "line": showing.shown(reading, year),
        "reading": reading,
        "counts": reading.row_counts or reading.counts,
        "numbered": numbered,
        "rows": [(showing.row_cells(reading, row), _address(row, year)) for row in numbered],
        "only": request.GET.get("only", ""),
    }
    return render(request, "indicators/rate.html", context)


@page(classes=MONEY, purpose="numbers that fight", roles=READERS, writes=False)
def numbers_page(request: HttpRequest) -> HttpResponse:
    """Paste a sentence or a table and hear which numbers fight; and what is typed in the books."""
    county, year = county_of(request), _year(request)
    form = NumbersForm(request.POST or None)
    checks = None
    if request.method == "POST":
        checks = form.carry_out(lambda data: read(data["text"]))
    return page_with(
        request,
        "indicators/numbers.html",
        form=form,
        year=year,
        checks=checks,
        fights=sum(not check.agrees for check in checks or ()),
        typed=typed.fights(county, year),
    )


def _asked(request: HttpRequest, rows: Sequence[Row]) -> list[Row]:
    """All rows, or those that make up the top number, or those that do not."""
    only = request.GET.get("only", "")
    if only == "counted":
        return [row for row in rows if row.top]
    if only == "rest":
        return [row for row in rows if row.top != row.bottom]
    return list(rows)


def _address(row: Row, year: int) -> str:
    """Where a row leads in the books."""
    if row.subject is Subject.LINE:
        return reverse("fund-line", args=[row.key])
    if row.subject is Subject.PROJECT:
        return reverse("project", args=[row.key])
    name = "place" if row.subject is Subject.VILLAGE else "purpose"
    return f"{reverse('projects')}?{urlencode({name: row.key, 'year': year})}"
