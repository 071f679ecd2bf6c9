"""Pages of red flags: all of them by rule, place, department and state; one with its rows; relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.funds.people import READERS
from bangfu.books.places.queries import names
from bangfu.books.projects.views.doors import county_of
from bangfu.books.red_flags import actions, queries
from bangfu.books.red_flags.forms import FINDING, RelationForm, SayForm
from bangfu.books.red_flags.models import Flag, FlagRow, Relation, State
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.red_flags.model import Kind as About
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table

MONEY = {DataClass.MONEY}
BOTH = {DataClass.MONEY, DataClass.PERSONS}
STATES = {
    State.OPEN: Badge(Text("待核实", "to be looked at"), "yellow"),
    State.DISMISSED: Badge(Text("已排除", "dismissed"), "secondary"),
    State.FINDING: Badge(Text("已转督查", "taken to an inspection"), "red"),
}
# Where each kind of thing has its page, by the key that a flag or a row names it with.
_PAGES = {
    About.LINE: "fund-line",
    About.PROJECT: "project",
    About.CONTRACT: "contract",
    About.PAYMENT: "payment",
    About.NOTICE: "notice",
    About.HOUSEHOLD: "household",
}


def address(kind: str, key: str, year: int) -> str:
    """The page of a thing that a flag is about; empty where it has none."""
    about = About(kind)
    if about in _PAGES:
        return reverse(_PAGES[about], args=[key])
    if about is About.VILLAGE:
        return f"{reverse('projects')}?place={key}&year={year}"
    if about is About.RELATION:
        return reverse("relations")
    if about is About.COUNTY:
        return f"{reverse('indicators')}?year={year}"
    return ""


def _row_address(flag: Flag, row: FlagRow) -> str:
    """A row's page; a posting is shown among the movements of the line that the flag is about."""
    if row.kind == About.POSTING and flag.subject_kind == About.LINE:
        return f"{reverse('fund-line', args=[flag.subject_key])}#movements"
    return address(row.kind, row.key, flag.year)


def _year(request: HttpRequest) -> int:
    written = request.GET.get("year", "")
    return int(written) if len(written) == 4 and written.isdigit() else request.today.year


def _filtered(request: HttpRequest, county: str, year: int) -> QuerySet[Flag]:
    get = request.GET
    code = get.get("place", "")
    asked = places.is_code(code) and places.contains(county, code)
    found = queries.flags(
        place_code=code if asked else places.NATION, gone=get.get("state") == "gone"
    )
    found = found.filter(county_code=county, year=year)
    if get.get("rule"):
        found = found.filter(rule=get["rule"])
    if get.get("department"):
        found = found.filter(department=get["department"])
    if get.get("state") in State.values:
        found = found.filter(state=get["state"])
    return found


@page(classes=MONEY, purpose="red flags", roles=READERS, writes=False)
def flag_list(request: HttpRequest) -> HttpResponse:
    """The red flags of the county's year, and how many each rule found."""
    county, year = county_of(request), _year(request)
    rules = queries.rules(policy_in_force(), county=county, on=request.today)
    known = queries.flags().filter(county_code=county, year=year)
    villages = names(known.values_list("place_code", flat=True).distinct())
    columns = (
        Column("rule", Text("规则", "Rule"), lambda f: _title(rules, f.rule), sort="rule"),
        Column("label", Text("对象", "About"), lambda f: _label(f, villages), sort="label",
               link=lambda f: address_of("red-flag", f.pk)),
        Column("why", Text("为什么", "Why"), lambda f: f.reason),
        Column("place", Text("地方", "Place"),
               lambda f: _place(f, villages), sort="place_code"),
        Column("department", Text("责任单位", "Department"), lambda f: f.department,
               sort="department"),
        Column("state", Text("状态", "State"), lambda f: STATES[State(f.state)], sort="state"),
        Column("found", Text("发现", "Found"), lambda f: f.found_on, Kind.DAY, sort="found_on"),
    )  # fmt: skip
    table = Table(
        request,
        columns,
        _filtered(request, county, year),
        name="red-flags",
        title=Text("疑点", "Red flags"),
        order="rule",
    )
    if table.wants_workbook:
        return table.workbook()
    counts = queries.counts(county=county, year=year)
    context = {
        "table": table,
        "year": year,
        "run": queries.last_run(county=county, year=year),
        "rules": [(rule, *counts.get(name, (0, 0))) for name, rule in rules.items()],
        "chosen": {
            key: request.GET.get(key, "") for key in ("rule", "place", "department", "state")
        },
        "departments": sorted(
            set(known.exclude(department="").values_list("department", flat=True))
        ),
        "villages": sorted((code, short_name(name)) for code, name in villages.items()),
        "states": [(state.value, badge.text) for state, badge in STATES.items()],
        "looks": request.actor.holds(*actions.LOOKERS, at=county),
    }
    return render(request, "red_flags/list.html", context)


def _place(flag: Flag, known: Mapping[str, str]) -> str:
    return short_name(known.get(flag.place_code, flag.place_code))


def _label(flag: Flag, known: Mapping[str, str]) -> str:
    """What a flag is about; what is about the county's year is told with the county."""
    county = flag.subject_kind == About.COUNTY
    return f"{_place(flag, known)} {flag.label}" if county else flag.label


def _title(rules: Any, name: str) -> Text | str:
    return rules[name].title if name in rules else name


@page(classes=BOTH, purpose="look for red flags", roles=actions.LOOKERS)
def look_page(request: HttpRequest) -> HttpResponse:
    """Run every rule over the county's year."""
    year = _year(request)
    if request.method == "POST":
        actions.look(
            by=request.actor.username,
            place_code=county_of(request),
            year=year,
            policy=policy_in_force(),
            today=request.today,
            now=request.now,
        )
    return redirect(f"{reverse('red-flags')}?year={year}")


@page(classes=MONEY, purpose="red flag", roles=READERS)
def flag_page(request: HttpRequest, flag_id: int) -> HttpResponse:
    """One flag: why, what to do next, the rows that made it fire; say what it is."""
    flag = queries.found(flag_id)
    form = SayForm(request.POST or None)
    if request.method == "POST" and form.carry_out(lambda data: _say(request, flag, data)):
        if form.cleaned_data["act"] == FINDING:
            return redirect(f"{reverse('watch-finding-new')}?flag={flag.pk}")
        return redirect("red-flag", flag.pk)
    policy = policy_in_force()
    rules = queries.rules(policy, county=flag.county_code, on=request.today)
    rule, places_of = rules.get(flag.rule), names([flag.place_code])
    return page_with(
        request,
        "red_flags/flag.html",
        form=form,
        flag=flag,
        rule=rule,
        conditions=queries.conditions(flag, rule, policy, on=request.today) if rule else [],
        title=_title(rules, flag.rule),
        state=STATES[State(flag.state)],
        place=_place(flag, places_of),
        label=_label(flag, places_of),
        about=address(flag.subject_kind, flag.subject_key, flag.year),
        rows=[(row, _row_address(flag, row)) for row in queries.rows(flag)],
        decides=request.actor.holds(*actions.DECIDERS, at=flag.county_code),
    )


def _say(request: HttpRequest, flag: Flag, data: Any) -> Flag:
    terms = {"by": request.actor, "flag_id": flag.pk, "today": request.today}
    if data["act"] == FINDING:
        return actions.take_to_finding(**terms, note=data["reason"])
    return actions.dismiss(**terms, reason=data["reason"])


@page(classes=MONEY, purpose="red flag", roles=READERS)
def flag_reopen(request: HttpRequest, flag_id: int) -> HttpResponse:
    """Take back what was said of a flag."""
    flag = queries.found(flag_id)
    if request.method == "POST":
        actions.reopen(by=request.actor, flag_id=flag.pk)
    return redirect("red-flag", flag.pk)


def _relation_columns() -> tuple[Column, ...]:
    return (
        Column("decider", Text("申报人", "Who declared"), lambda r: r.decider, sort="decider"),
        Column("party", Text("关系单位", "Firm"), lambda r: r.party, sort="party"),
        Column("code", Text("信用代码", "Credit code"), lambda r: r.party_code),
        Column("what", Text("关系", "Relation"), lambda r: r.what),
        Column("on", Text("申报", "Declared"), lambda r: r.declared_on, Kind.DAY, "declared_on"),
        Column("ended", Text("结束", "Ended"), lambda r: r.ended_on, Kind.DAY, "ended_on"),
    )


@page(classes=MONEY, purpose="declared relations", roles=READERS)
def relations_page(request: HttpRequest) -> HttpResponse:
    """The relations that those who decide have declared; declare another."""
    county = county_of(request)
    form = RelationForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.declare_relation(
                by=request.actor, place_code=county, today=request.today, **data
            )
        )
        if done is not None:
            return redirect("relations")
    table = Table(
        request,
        _relation_columns(),
        queries.relations(),
        name="relations",
        title=Text("利害关系申报", "Declared relations"),
        order="-on",
    )
    if table.wants_workbook:
        return table.workbook()
    decides = request.actor.holds(*actions.DECIDERS, at=county)
    running: list[Relation] = (
        list(queries.relations().filter(ended_on=None)[:50]) if decides else []
    )
    return page_with(
        request,
        "red_flags/relations.html",
        form=form,
        table=table,
        decides=decides,
        running=running,
        empty=speech.say(Text("还没有申报。", "Nothing is declared yet.")),
    )


@page(classes=MONEY, purpose="declared relations", roles=READERS)
def relation_end(request: HttpRequest, relation_id: int) -> HttpResponse:
    """A declared relation is over."""
    if not Relation.objects.filter(pk=relation_id).exists():
        raise NotFoundError(actions.NO_RELATION)
    if request.method == "POST":
        actions.end_relation(by=request.actor, relation_id=relation_id, today=request.today)
    return redirect("relations")
