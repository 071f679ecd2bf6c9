"""Pages of screening: what was found by rule and by place, the list, one finding."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.households.listing import household_address
from bangfu.books.places.queries import names
from bangfu.books.screening import actions, queries
from bangfu.books.screening.exporters import shown_members, value_label
from bangfu.books.screening.forms import KINDS, DismissForm, FindingFilter
from bangfu.books.screening.models import Finding, Kind
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.screening.reasons import title
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Table
from bangfu.web.tables import Kind as Shape

PERSONS = {DataClass.PERSONS}
OPEN, DISMISSED = (
    Badge(Text("待处理", "open"), "yellow"),
    Badge(Text("已排除", "dismissed"), "secondary"),
)
GONE = Badge(Text("已消失", "gone"), "green")


def state_of(finding: Finding) -> Badge:
    """Where a finding stands; it carries `dismissed`."""
    if finding.gone_on is not None:
        return GONE
    return DISMISSED if finding.dismissed else OPEN  # type: ignore[attr-defined]


def rule_told(finding: Finding) -> Text:
    """Which rule found it: the number of a check, whose words stand in the finding, else what it says."""
    if finding.kind == Kind.DATA:
        return Text(finding.rule, finding.rule)
    return title(finding.rule)


COLUMNS = (
    Column(
        "finding",
        Text("查到什么", "What was found"),
        lambda f: f.text,
        link=lambda f: address_of("finding", f.pk),
    ),
    Column("kind", Text("类型", "Kind"), lambda f: KINDS[Kind(f.kind)], sort="kind"),
    Column("level", Text("级别", "Level"), lambda f: f.level, Shape.NUMBER, sort="level"),
    Column("rule", Text("规则", "Rule"), rule_told, sort="rule"),
    Column("village", Text("村", "Village"), lambda f: f.village, sort="place_code"),
    Column(
        "household",
        Text("户编号", "Household no."),
        lambda f: f.household_no or None,
        sort="household_no",
        link=lambda f: household_address(f.household_no) if f.household_no else "",
    ),
    Column("person", Text("成员", "Member"), lambda f: f.person or None),
    Column(
        "since", Text("最早发现", "First seen"), lambda f: f.first_seen, Shape.DAY, "first_seen"
    ),
    Column("state", Text("状态", "State"), state_of),
)


@page(classes=PERSONS, purpose="screening")
def overview(request: HttpRequest) -> HttpResponse:
    """What the latest screening found in a place: by level and rule, and by the places below."""
    code = _asked_place(request)
    policy = policy_in_force()
    rules = [(one, rule_title(policy, one.kind, one.rule)) for one in queries.by_rule(code)]
    county = code if places.level(code) is places.Level.COUNTY else _county_of(code)
    may_run = bool(county) and county in request.actor.reach(
        PERSONS, place_code=county, writes=True
    )
    line = [code]
    while (above := places.parent(line[-1])) and request.actor.reach(PERSONS, place_code=above) == (
        above,
    ):
        line.append(above)
    named = names(line)
    context = {
        "code": code,
        "name": short_name(named.get(code, code)),
        "above": [(one, short_name(named.get(one, one))) for one in reversed(line[1:])],
        "run": queries.latest_run(code),
        "kinds": [
            (kind, text, [(one, said) for one, said in rules if one.kind is kind])
            for kind, text in KINDS.items()
        ],
        "below": queries.by_place(code),
        "county": county,
        "may_run": may_run,
    }
    return render(request, "screening/overview.html", context)


@page(classes=PERSONS, purpose="screening")
def run_again(request: HttpRequest) -> HttpResponse:
    """Have a county screened in the background; leads to the task."""
    if request.method != "POST":
        return redirect("screening")
    code = request.POST.get("place", "")
    if not places.is_code(code):
        raise NotFoundError(NO_SUCH_PLACE)
    task = actions.request_run(by=request.actor.username, place_code=code, now=request.now)
    return redirect("task", task.pk)


@page(classes=PERSONS, purpose="screening", writes=False)
def finding_list(request: HttpRequest) -> HttpResponse:
    """Findings of the scope, narrowed by the filters of the address."""
    wanted = {key: str(value) for key, value in request.GET.items()}
    table = Table(
        request,
        COLUMNS,
        queries.filtered(queries.findings(), wanted),
        name="findings",
        title=Text("排查结果", "Findings"),
        order="level",
        decorate=_with_names,
    )
    if table.wants_workbook:
        return table.workbook()
    rule = None
    if wanted.get("rule"):
        first = queries.findings().filter(rule=wanted["rule"]).first()
        rule = rule_title(policy_in_force(), Kind(first.kind), first.rule) if first else None
    place = names([wanted.get("place", "")]).get(wanted.get("place", ""), "")
    empty = Text(
        "没有符合条件的排查结果。还没有排查过时，由县级在“排查”页开始。",
        "No findings match. When nothing was screened yet, the county starts it on the screening page.",
    )
    context = {
        "table": table,
        "filter": FindingFilter(request.GET),
        "rule": rule,
        "rule_id": wanted.get("rule", ""),
        "place": short_name(place) if place else "",
        "empty": speech.say(empty),
    }
    return render(request, "screening/findings.html", context)


@page(classes=PERSONS, purpose="finding")
def finding_page(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One finding: its sentence, its values, its rule; open a case from it, or dismiss it."""
    finding = _found(finding_id)
    form = DismissForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.dismiss(
                by=request.actor.username,
                finding_id=finding.pk,
                reason=data["reason"],
                now=request.now,
            )
        )
        if done is not None:
            return redirect("finding", finding.pk)
    policy = policy_in_force()
    called = queries.names_of([finding.household_no])[finding.household_no]
    writes = request.actor.reach(PERSONS, place_code=finding.place_code, writes=True)
    context = {
        "finding": finding,
        "kind": KINDS[Kind(finding.kind)],
        "state": state_of(finding),
        "village": names([finding.place_code]).get(finding.place_code, finding.place_code),
        "title": rule_title(policy, Kind(finding.kind), finding.rule),
        "values": _values(finding, policy),
        "person": "" if finding.members else called.get(finding.person_no, finding.person_no),
        "members": shown_members(finding.members, speech.current(), called),
        "dismissals": finding.dismissals.order_by("-dismissed_at"),
        "run": queries.latest_run(finding.place_code),
        "writes": bool(writes),
    }
    return page_with(request, "screening/finding.html", form=form, **context)


@page(classes=PERSONS, purpose="finding")
def restore(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Take a dismissal back."""
    finding = _found(finding_id)
    if request.method == "POST":
        actions.restore(by=request.actor.username, finding_id=finding.pk, now=request.now)
    return redirect("finding", finding.pk)


def rule_title(policy: Policy, kind: Kind, rule: str) -> Text:
    """What a rule says, without values. A check that policy no longer has is known by its id."""
    if kind is not Kind.DATA:
        return title(rule)
    return next((c.text for c in policy.all_checks if c.id == rule), Text(rule, rule))


def _found(finding_id: int) -> Finding:
    finding = queries.findings().filter(pk=finding_id).first()
    if finding is None:
        raise NotFoundError(actions.NOT_HERE)
    return finding


def _values(finding: Finding, policy: Policy) -> list[tuple[str, str]]:
    """The values of a check's finding by their labels; a risk's and a clue's stand in its sentence."""
    if finding.kind != Kind.DATA:
        return []
    values: Mapping[str, object] = json.loads(finding.values)
    check = next((one for one in policy.all_checks if one.id == finding.rule), None)
    return [value_label(name, value, speech.current(), check) for name, value in values.items()]


def _asked_place(request: HttpRequest) -> str:
    """The place asked for, or the widest one; NotFoundError for one that is not the actor's."""
    reached = request.actor.reach(PERSONS)
    code: str = request.GET.get("place", "") or reached[0]
    inside = places.is_code(code) and any(places.contains(held, code) for held in reached)
    if not inside:
        raise NotFoundError(NO_SUCH_PLACE)
    return code


def _county_of(code: str) -> str:
    above_county = places.level(code) < places.Level.COUNTY
    return "" if above_county else places.ancestor(code, places.Level.COUNTY)


def _with_names(findings: list[Finding]) -> list[Finding]:
    """With the village of each, and the name of the person it is raised for."""
    named = names(finding.place_code for finding in findings)
    persons = queries.names_of([finding.household_no for finding in findings if finding.person_no])
    for finding in findings:
        village = named.get(finding.place_code, finding.place_code)
        finding.village = short_name(village)  # type: ignore[attr-defined]
        called = persons[finding.household_no]
        finding.person = called.get(finding.person_no, finding.person_no)  # type: ignore[attr-defined]
    return findings
