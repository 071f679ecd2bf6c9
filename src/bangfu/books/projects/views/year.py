"""The county's year: its calendar, key villages, their plans and teams."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.assistance.models import Measure
from bangfu.books.places.queries import names
from bangfu.books.projects import actions, queries
from bangfu.books.projects.actions.year import COUNTY, Listed
from bangfu.books.projects.forms import (
    KeyVillagesForm,
    PlanForm,
    TeamForm,
)
from bangfu.books.projects.models import KeyVillage, Meeting, TeamMember
from bangfu.books.projects.views.doors import EITHER, county_of
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.codes import word
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Table

PARTS = {
    TeamMember.Part.LEADER: Text("联村县领导", "county leader"),
    TeamMember.Part.LEADING_UNIT: Text("队长单位", "leading unit"),
    TeamMember.Part.MEMBER: Text("成员单位", "member unit"),
    TeamMember.Part.ENTERPRISE: Text("规模企业", "enterprise"),
}
HOUSEHOLD_PLANS = (
    Column("no", Text("户编号", "Household no."), lambda h: h.household_no, sort="household_no",
           link=lambda h: address_of("household", h.household_no)),
    Column("village", Text("村", "Village"), lambda h: h.village, sort="place_code"),
    Column("class", Text("监测类别", "Monitored as"), lambda h: word(h.monitored_class),
           sort="monitored_class"),
    Column("measures", Text("当年要办的措施", "Measures due in the year"), lambda h: h.measures),
    Column("planned", Text("户规划", "Plan"),
           lambda h: Badge(Text("有", "there"), "green") if h.planned
           else Badge(Text("没有", "none"), "yellow"), sort="planned"),
)  # fmt: skip
NOT_THERE = Text(
    "没有这一项，或者它不在您的范围内。", "There is no such thing, or it is not yours."
)


def _year(request: HttpRequest) -> int:
    written = request.GET.get("year", "")
    return int(written) if len(written) == 4 and written.isdigit() else request.today.year


@page(either=EITHER, purpose="the county's year")
def year_page(request: HttpRequest) -> HttpResponse:
    """The year's milestones with what the books show of each; the key villages with teams and minutes."""
    county, year = county_of(request), _year(request)
    villages = list(
        KeyVillage.objects.filter(place_code__startswith=places.prefix(county), year=year).order_by(
            "place_code"
        )
    )
    codes = [each.place_code for each in villages]
    teams: dict[str, list[tuple[Text, TeamMember]]] = {}
    for member in TeamMember.objects.filter(place_code__in=codes, year=year).order_by("pk"):
        words = PARTS[TeamMember.Part(member.part)]
        teams.setdefault(member.place_code, []).append((words, member))
    minutes: dict[str, Meeting] = {
        each.place_code: each
        for each in Meeting.objects.filter(
            place_code__in=codes, year=year, kind=Meeting.Kind.VILLAGE
        ).order_by("pk")
    }
    known = names(codes)
    context = {
        "county": county,
        "year": year,
        "lines": queries.milestones(
            county, year, policy=policy_in_force(), persons=sees_persons(request)
        ),
        "sees_persons": sees_persons(request),
        "villages": [
            (
                each,
                short_name(known.get(each.place_code, "")),
                teams.get(each.place_code, []),
                minutes.get(each.place_code),
            )
            for each in villages
        ],
        "open": queries.open_commitments().filter(meeting__year=year).count(),
        "late": queries.open_commitments()
        .filter(meeting__year=year, due_on__lt=request.today)
        .count(),
        "may_list": request.actor.holds(*COUNTY, at=county),
        "years": (year - 1, year + 1),
    }
    return render(request, "projects/year.html", context)


def sees_persons(request: HttpRequest) -> bool:
    """Whether the households of the scope are seen."""
    return DataClass.PERSONS in request.scope.classes


@page(classes={DataClass.PERSONS}, purpose="plans of households", writes=False)
def household_plans_page(request: HttpRequest) -> HttpResponse:
    """The helped households of a year's key villages, each with the measures that are due in it."""
    county, year = county_of(request), _year(request)
    households = queries.helped_households(county, year)
    wanted = request.GET.get("planned", "")
    if wanted in ("yes", "no"):
        households = households.filter(planned=wanted == "yes")
    table = Table(
        request,
        HOUSEHOLD_PLANS,
        households.only("household_no", "place_code", "monitored_class"),
        name="household-plans",
        title=Text(f"{year} 年户规划", f"Plans of households, {year}"),
        order="village",
        decorate=lambda rows: _with_measures(rows, year),
    )
    if table.wants_workbook:
        return table.workbook()
    return render(
        request, "projects/household_plans.html", {"table": table, "year": year, "wanted": wanted}
    )


def _with_measures(households: list[Any], year: int) -> list[Any]:
    """Households with their village's name and what is due for them in a year."""
    due: dict[str, list[str]] = {}
    rows = Measure.objects.filter(
        household_no__in=[each.pk for each in households], due_on__year=year
    ).exclude(ended_on__lt=date(year, 1, 1))
    for measure in rows.order_by("due_on", "pk"):
        due.setdefault(measure.household_no, []).append(f"{measure.content} {measure.due_on}")
    known = names([each.place_code for each in households])
    for each in households:
        each.village = short_name(known.get(each.place_code, ""))
        each.measures = "；".join(due.get(each.pk, ()))
    return households


@page(either=EITHER, purpose="key villages", form=True)
def key_villages_page(request: HttpRequest) -> HttpResponse:
    """Make the list of a year's key villages."""
    county, year = county_of(request), _year(request)
    listed = KeyVillage.objects.filter(place_code__startswith=places.prefix(county), year=year)
    lines = "\n".join(
        f"{each.place_code} {each.registered_households or ''}".strip()
        for each in listed.order_by("place_code")
    )
    form = KeyVillagesForm(
        request.POST or None, initial={"villages": lines}, reach=request.scope.places
    )
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.list_key_villages(
                by=request.actor,
                county=county,
                year=year,
                villages=[Listed(code, number) for code, number in data["villages"]],
            )
        )
        if done is not None:
            return redirect(f"{reverse('county-year')}?year={year}")
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{year} 年整村推进重点村", f"Key villages of {year}"),
        back=f"{reverse('county-year')}?year={year}",
    )


def _village(request: HttpRequest, code: str) -> KeyVillage:
    found = KeyVillage.objects.filter(place_code=code, year=_year(request)).first()
    if found is None:
        raise NotFoundError(NO_SUCH_PLACE)
    return found


@page(either=EITHER, purpose="plan of a village", form=True)
def plan_page(request: HttpRequest, code: str) -> HttpResponse:
    """What a key village's plan is."""
    village = _village(request, code)
    form = PlanForm(request.POST or None, initial={"plan": village.plan})
    if request.method == "POST":
        done = form.carry_out(
            lambda data: (
                actions.plan_key_village(
                    by=request.actor,
                    place_code=code,
                    year=village.year,
                    plan=data["plan"],
                    today=request.today,
                )
                or True
            )
        )
        if done:
            return redirect(f"{reverse('county-year')}?year={village.year}")
    name = names([code]).get(code, code)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{name}：{village.year} 年村级规划", f"{name}: plan of {village.year}"),
        back=f"{reverse('county-year')}?year={village.year}",
    )


@page(either=EITHER, purpose="team of a village", form=True)
def team_page(request: HttpRequest, code: str) -> HttpResponse:
    """Name who leads and who helps a village."""
    village = _village(request, code)
    form = TeamForm(request.POST or None)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.name_team_member(
                by=request.actor,
                place_code=code,
                year=village.year,
                part=TeamMember.Part(data["part"]),
                name=data["name"],
                duty=data["duty"],
            )
        )
        if made is not None:
            return redirect(f"{reverse('county-year')}?year={village.year}")
    name = names([code]).get(code, code)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{name}：“1119”帮扶成员", f"{name}: team of 1119"),
        back=f"{reverse('county-year')}?year={village.year}",
    )


@page(either=EITHER, purpose="milestone of the year", form=True)
def milestone_page(request: HttpRequest, milestone: str) -> HttpResponse:
    """Say that a milestone is passed."""
    county, year = county_of(request), _year(request)
    policy = policy_in_force()
    line = next(
        (
            each
            for each in queries.milestones(
                county, year, policy=policy, persons=sees_persons(request)
            )
            if each.id == milestone
        ),
        None,
    )
    if line is None:
        raise NotFoundError(NOT_THERE)
    form = PlanForm(request.POST or None)
    form.fields["plan"].label = speech.later("办结说明（文号、会议等）", "How (document, meeting)")
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.pass_milestone(
                by=request.actor,
                county=county,
                year=year,
                milestone=milestone,
                said=data["plan"],
                policy=policy,
                today=request.today,
            )
        )
        if made is not None:
            return redirect(f"{reverse('county-year')}?year={year}")
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"办结：{line.text.zh}", f"Passed: {line.text.en}"),
        back=f"{reverse('county-year')}?year={year}",
    )
