"""Pages of grievances in the office: the list, one with what comes next, figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.models import Role
from bangfu.books.accounts.queries import same_person
from bangfu.books.funds.models import Payment
from bangfu.books.grievances import actions, door, people, queries
from bangfu.books.grievances.forms import (
    KINDS,
    AcceptForm,
    AnswerForm,
    EnterForm,
    LookForm,
    RefuseForm,
)
from bangfu.books.grievances.models import Channel, Grievance, Kind, Link, State
from bangfu.books.grievances.public_views import spots
from bangfu.books.places.models import Place
from bangfu.books.places.queries import names
from bangfu.books.projects.models import Project
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import Form, page_with
from bangfu.web.tables import Badge, Column, Table
from bangfu.web.tables import Kind as ColumnKind

# Below the township nobody deals with grievances: they would often be about the village itself.
OFFICE = ("keeper", "county_officer", "county_approver", "township_head", "auditor")
PERSONS = (DataClass.PERSONS,)
LATE, MINE = "late", "mine"
STATES = {
    State.RECEIVED: Badge(Text("待受理", "to be taken up"), "red"),
    State.REFUSED: Badge(Text("不予受理", "not taken up")),
    State.ACCEPTED: Badge(Text("办理中", "being dealt with"), "yellow"),
    State.ANSWERED: Badge(Text("已答复", "answered"), "green"),
    State.APPEALED: Badge(Text("复查中", "on appeal"), "yellow"),
    State.SETTLED: Badge(Text("已复查", "decided on appeal"), "green"),
}
CHANNELS = {
    Channel.PAGE: Text("网上", "public page"),
    Channel.OFFICE: Text("来信来访来电", "letter, visit, telephone"),
}
NAMED = {True: Text("实名", "named"), False: Text("匿名", "not named")}


def _columns(today: date) -> tuple[Column, ...]:
    def lateness(one: Grievance) -> Badge | None:
        if one.due_on is None or one.state not in queries.OPEN:
            return None
        left = (one.due_on - today).days
        if left < 0:
            return Badge(Text(f"逾期 {-left} 天", f"{-left} days late"), "red")
        return Badge(Text(f"还剩 {left} 天", f"{left} days left"))

    return (
        Column(
            "number",
            Text("编号", "Number"),
            lambda g: g.number,
            sort="number",
            link=lambda g: address_of("grievance", g.pk),
        ),
        Column("kind", Text("事项", "About"), lambda g: KINDS[g.kind], sort="kind"),
        Column(
            "place",
            Text("地方", "Place"),
            lambda g: short_name(g.spot or g.about_place),
            sort="about_place",
        ),
        Column("state", Text("状态", "State"), lambda g: STATES[g.state], sort="state"),
        Column("unit", Text("承办", "Unit"), lambda g: g.unit, sort="unit"),
        Column("due", Text("期限", "Due"), lambda g: g.due_on, ColumnKind.DAY, "due_on"),
        Column("late", Text("剩余", "Time left"), lateness),
        Column("named", Text("署名", "Named"), lambda g: NAMED[g.complainant is not None]),
        Column("channel", Text("来源", "Came by"), lambda g: CHANNELS[g.channel], sort="channel"),
        Column(
            "received",
            Text("收到", "Received"),
            lambda g: g.received_on,
            ColumnKind.DAY,
            "received_on",
        ),
    )


@page(classes=PERSONS, purpose="grievances", roles=OFFICE)
def grievance_list(request: HttpRequest) -> HttpResponse:
    """The grievances of my places: all, those that wait for me, those that are late."""
    spot = Place.objects.filter(code=OuterRef("about_place"))
    table = Table(
        request,
        _columns(request.today),
        _filtered(request).annotate(spot=Subquery(spot.values("name")[:1])),
        name="grievances",
        title=Text("信访举报", "Grievances"),
        order="-received",
    )
    if table.wants_workbook:
        return table.workbook()
    mine = _mine(request)
    context = {
        "table": table,
        "counts": [
            (MINE, Text("待您办理", "yours"), mine.count()),
            (LATE, Text("逾期", "late"), queries.late(request.today).count()),
            *(
                (state.value, STATES[state].text, Grievance.objects.filter(state=state).count())
                for state in State
            ),
        ],
        "chosen": request.GET.get("state", ""),
        "triages": _may(request, "triage"),
    }
    return render(request, "grievances/list.html", context)


def _mine(request: HttpRequest) -> QuerySet[Grievance]:
    return queries.waiting_for(request.actor, policy=policy_in_force(), today=request.today)


def _filtered(request: HttpRequest) -> QuerySet[Grievance]:
    rows = Grievance.objects.all()
    state = request.GET.get("state", "")
    if state == MINE:
        rows = rows & _mine(request)
    elif state == LATE:
        rows = rows & queries.late(request.today)
    elif state in State.values:
        rows = rows.filter(state=state)
    if request.GET.get("kind") in Kind.values:
        rows = rows.filter(kind=request.GET["kind"])
    code = request.GET.get("place", "")
    if places.is_code(code):
        low, high = places.code_range(code)
        rows = rows.filter(about_place__gte=low, about_place__lt=high)
    year = request.GET.get("year", "")
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(received_on__year=int(year))
    chosen = request.GET.get("of", "")
    if chosen in FILTERS:
        rows = rows.filter(**FILTERS[chosen])
    return rows


# What figures count, as the list filters it.
FILTERS: dict[str, dict[str, Any]] = {
    "named": {"complainant__isnull": False},
    "answered": {"answered_on__isnull": False},
    "upheld": {"upheld": True},
    "appealed": {"appealed_on__isnull": False},
    "turned": {"second_upheld": True, "upheld": False},
}


def _may(request: HttpRequest, what: str, at: str | None = None) -> bool:
    place = at or request.scope.places[0]
    held = people.roles(policy_in_force(), what, place=place, on=request.today)
    return bool(request.actor.holds(*held, at=at))


@page(classes=PERSONS, purpose="grievance", roles=OFFICE, form=True)
def enter_page(request: HttpRequest) -> HttpResponse:
    """Enter one that came by letter, visit or telephone; its receipt is shown once."""
    held = request.scope.places[0]
    county = places.ancestor(held, places.Level.COUNTY)
    low, high = places.code_range(county)
    known = [
        (code, name)
        for code, name in Place.objects.filter(code__gte=low, code__lt=high, successor="")
        .order_by("code")
        .values_list("code", "name")
        if places.level(code) >= places.Level.COUNTY
    ]
    form = EnterForm(request.POST or None, spots=spots(known))
    if request.method == "POST":
        secret = door.secret_of(get_random_string(32))
        made = form.carry_out(
            lambda data: actions.enter(
                by=request.actor,
                kind=Kind(data["kind"]),
                about_place=data["about_place"],
                words=data["words"],
                against=data["against"],
                complainant=data["complainant"],
                phone=data["phone"],
                secret=secret,
                policy=policy_in_force(),
                today=request.today,
                now=request.now,
            )
        )
        if made is not None:
            context = {"grievance": made, "secret": secret}
            return render(request, "grievances/entered.html", context)
    return page_with(
        request,
        "grievances/form.html",
        form=form,
        title=Text("登记来信来访来电", "Enter a letter, visit or call"),
        back=reverse("grievances"),
    )


@page(classes=PERSONS, purpose="grievance", roles=OFFICE)
def grievance_page(request: HttpRequest, grievance_id: int) -> HttpResponse:
    """One grievance, and who filed it for a reason that the journal keeps."""
    grievance = queries.found(grievance_id)
    form = LookForm(request.POST or None)
    contact = None
    if request.method == "POST":
        contact = form.carry_out(
            lambda data: actions.look_up_complainant(
                by=request.actor,
                grievance=grievance,
                reason=data["reason"],
                policy=policy_in_force(),
                today=request.today,
            )
        )
    mine = _mine(request).filter(pk=grievance.pk).exists()
    role = Role.objects.filter(code=grievance.answers_role).first()
    return page_with(
        request,
        "grievances/grievance.html",
        form=form,
        grievance=grievance,
        contact=contact,
        state=STATES[State(grievance.state)],
        kind=KINDS[Kind(grievance.kind)],
        channel=CHANNELS[Channel(grievance.channel)],
        spot=short_name(names([grievance.about_place]).get(grievance.about_place, "")),
        named=NAMED[grievance.complainant is not None],
        mine=mine,
        answered_it=grievance.state == State.APPEALED
        and same_person(request.actor.username, grievance.answered_by or ""),
        is_open=grievance.state in queries.OPEN,
        role=Text(role.name_zh, role.name_en) if role else None,
        link=_link(grievance),
        writes=request.may_write,
    )


def _link(grievance: Grievance) -> str:
    """The page of what a grievance belongs to; empty when there is none in sight."""
    if grievance.link_kind == Link.HOUSEHOLD:
        return reverse("household", args=[grievance.link_key])
    if grievance.link_kind == Link.PROJECT:
        project = Project.objects.filter(number=grievance.link_key).first()
        return reverse("project", args=[project.pk]) if project else ""
    if grievance.link_kind == Link.PAYMENT:
        payment = Payment.objects.filter(voucher=grievance.link_key).first()
        return reverse("payment", args=[payment.pk]) if payment else ""
    return ""


def _worked(
    request: HttpRequest,
    grievance: Grievance,
    form: Form,
    title: Text,
    act: Callable[[Mapping[str, Any]], Grievance],
) -> HttpResponse:
    """A form about a grievance: carried out it leads back, to the list where it is no longer seen."""
    if request.method == "POST" and form.carry_out(act):
        seen = Grievance.objects.filter(pk=grievance.pk).exists()
        return redirect("grievance", grievance.pk) if seen else redirect("grievances")
    return page_with(
        request,
        "grievances/form.html",
        form=form,
        title=Text(f"{title.zh}：{grievance.number}", f"{title.en}: {grievance.number}"),
        says=Text(grievance.words, grievance.words),
        back=reverse("grievance", args=[grievance.pk]),
    )


def _here(request: HttpRequest, grievance: Grievance) -> dict[str, Any]:
    return {
        "by": request.actor,
        "grievance": grievance,
        "policy": policy_in_force(),
        "today": request.today,
    }


@page(classes=PERSONS, purpose="grievance", roles=OFFICE, form=True)
def accept_page(request: HttpRequest, grievance_id: int) -> HttpResponse:
    """Take a grievance up and give it out."""
    grievance = queries.found(grievance_id)
    at: dict[str, Any] = {"place": grievance.place_code, "on": request.today}
    roles = people.roles(policy_in_force(), "answer", **at)
    known = {role.code: role for role in Role.objects.filter(code__in=roles)}
    county = places.ancestor(grievance.place_code, places.Level.COUNTY)
    low, high = places.code_range(county)
    offices = [
        (code, name)
        for code, name in Place.objects.filter(code__gte=low, code__lt=high, successor="")
        .order_by("code")
        .values_list("code", "name")
        if places.level(code) in (places.Level.COUNTY, places.Level.TOWNSHIP)
    ]
    form = AcceptForm(
        request.POST or None,
        roles=[
            (code, speech.say(Text(known[code].name_zh, known[code].name_en))) for code in roles
        ],
        spots=offices,
    )
    return _worked(
        request,
        grievance,
        form,
        Text("受理并交办", "Take it up and give it out"),
        lambda data: actions.accept(**_here(request, grievance), **form.told()),
    )


@page(classes=PERSONS, purpose="grievance", roles=OFFICE, form=True)
def refuse_page(request: HttpRequest, grievance_id: int) -> HttpResponse:
    """Not take a grievance up."""
    grievance = queries.found(grievance_id)
    form = RefuseForm(request.POST or None)
    return _worked(
        request,
        grievance,
        form,
        Text("不予受理", "Do not take it up"),
        lambda data: actions.refuse(**_here(request, grievance), reason=data["reason"]),
    )


@page(classes=PERSONS, purpose="grievance", roles=OFFICE, form=True)
def answer_page(request: HttpRequest, grievance_id: int) -> HttpResponse:
    """Answer a grievance."""
    grievance = queries.found(grievance_id)
    form = AnswerForm(request.POST or None)
    return _worked(
        request,
        grievance,
        form,
        Text("答复", "Answer"),
        lambda data: actions.answer(**_here(request, grievance), **data),
    )


@page(classes=PERSONS, purpose="grievance", roles=OFFICE, form=True)
def appeal_page(request: HttpRequest, grievance_id: int) -> HttpResponse:
    """Decide an appeal, or record what the level above decided."""
    grievance = queries.found(grievance_id)
    form = AnswerForm(request.POST or None)
    return _worked(
        request,
        grievance,
        form,
        Text("复查结论", "Decide the appeal"),
        lambda data: actions.decide_appeal(**_here(request, grievance), **data),
    )


@page(classes=PERSONS, purpose="grievances", roles=OFFICE)
def statistics_page(request: HttpRequest) -> HttpResponse:
    """Figures of a year, each with the rows it counts."""
    written = request.GET.get("year", "")
    fits = written.isascii() and written.isdigit() and len(written) == 4 and int(written) > 0
    year = int(written) if fits else request.today.year
    told = queries.statistics(year)
    townships = told["by_township"]
    digits = places.CODE_LENGTH
    codes = [row["township"].ljust(digits, "0") for row in townships]
    known = names(codes)
    context = {
        "year": year,
        "told": told,
        "states": [
            (state.value, STATES[state].text, told["by_state"].get(state.value, 0))
            for state in State
        ],
        "kinds": [(kind.value, KINDS[kind], told["by_kind"].get(kind.value, 0)) for kind in Kind],
        "townships": [
            (code, short_name(known.get(code, code)), row["count"], row["right"])
            for code, row in zip(codes, townships, strict=True)
        ],
    }
    return render(request, "grievances/statistics.html", context)
