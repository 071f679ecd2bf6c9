"""Pages of households."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.households.models import Household, Person
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web.tables import Badge, Column, Kind, Table

NOT_HERE = Text(
    "没有这一户，或者它不在您的范围内。", "There is no such household, or it is not yours to see."
)

COLUMNS = (
    Column(
        "no",
        Text("户编号", "Household no."),
        lambda h: h.household_no,
        sort="household_no",
        link=lambda h: reverse("household", args=[h.household_no]),
    ),
    Column("head", Text("户主", "Head"), lambda h: h.head),
    Column("village", Text("村", "Village"), lambda h: h.place_code, sort="place_code"),
    Column("class", Text("监测类别", "Class"), lambda h: h.monitored_class, sort="monitored_class"),
    Column(
        "removed",
        Text("风险", "Risk"),
        lambda h: (
            None
            if not h.monitored_class
            else (
                Badge(Text("已消除", "removed"), "green")
                if h.risk_removed
                else Badge(Text("未消除", "not removed"), "yellow")
            )
        ),
    ),
    Column(
        "income",
        Text("工资性收入（元）", "Wage income (yuan)"),
        lambda h: h.wage_income,
        Kind.MONEY,
        sort="wage_income",
    ),
)


@page(classes={DataClass.PERSONS}, purpose="households")
def household_list(request: HttpRequest) -> HttpResponse:
    """Households of the scope, filtered by the address."""
    head = Person.objects.filter(household_id=OuterRef("pk"), relation="户主").values("name")[:1]
    query = Household.objects.annotate(head=Subquery(head))
    code = request.GET.get("place", "")
    if places.is_code(code):
        low, high = places.code_range(code)
        query = query.filter(place_code__gte=low, place_code__lt=high)
    if request.GET.get("class") == "any":
        query = query.filter(monitored_class__isnull=False)
    if request.GET.get("removed") == "no":
        query = query.exclude(risk_removed=True)
    table = Table(
        request, COLUMNS, query, name="households", title=Text("农户", "Households"), order="no"
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "households/list.html", {"table": table})


@page(classes={DataClass.PERSONS}, purpose="household")
def household(request: HttpRequest, household_no: str) -> HttpResponse:
    """One household: its card."""
    found = Household.objects.filter(pk=household_no).first()
    if found is None:
        raise NotFoundError(NOT_HERE)
    members = Person.objects.filter(household_id=household_no).order_by("person_no")
    return render(request, "households/household.html", {"household": found, "members": members})
