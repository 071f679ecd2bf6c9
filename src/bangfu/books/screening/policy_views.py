"""Policy as pages: every value in force at a place with its source, the rules, and the what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.accounts.roles import ROLES
from bangfu.books.households.listing import COLUMNS, decorated
from bangfu.books.households.models import Household
from bangfu.books.places.models import Place
from bangfu.books.places.queries import names
from bangfu.books.screening import whatif
from bangfu.books.screening.policy_forms import PolicyFilter, Present, WhatIfForm
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import InputError, NotFoundError, UsageError
from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Table as Facts
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.core.policy.model import Check, Resolved, Source
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.units import UNITS
from bangfu.core.screening.reasons import REASONS, title
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.forms import page_with
from bangfu.web.tables import Table

PERSONS = {DataClass.PERSONS}
_ROLES = {code: Text(zh, en) for code, zh, en, *_ in ROLES}
NO_RULE = Text("没有这条规则。", "There is no such rule.")
NO_KEY = Text("没有这个政策值。", "There is no such policy value.")
GROUPS = {
    "concern": Text("需要关注", "of concern"),
    "poor": Text("多维贫困", "multidimensionally poor"),
}
DIRECTIONS = {
    "in": Text("将进入“{group}”的农户", "Households that would become {group}"),
    "out": Text("将退出“{group}”的农户", "Households that would no longer be {group}"),
}
# The values that a reason rests on, where no definition of policy says so.
RESTS_ON: dict[str, tuple[str, ...]] = {
    "medical_over_threshold": ("screening.medical_threshold",),
    "medical_over_share": ("screening.medical_share",),
    "risk_illness": ("screening.medical_threshold", "screening.medical_share"),
    "risk_schooling": ("screening.students_at_least",),
    "risk_work": ("screening.work_months_at_least",),
    "risk_labour": ("screening.labour_share_at_most",),
    "poor": ("screening.deprivation_scheme",),
    "medical_not_monitored": ("screening.medical_roster_threshold",),
    "medical_not_in_books": ("screening.medical_roster_threshold",),
    "dangerous_house_not_in_sheet": ("screening.dangerous_grades",),
    "dangerous_house_not_on_roster": ("screening.dangerous_grades",),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it."""

    value: Resolved
    place: str

    @property
    def written(self) -> str:
        return _written(self.value.written)

    @property
    def is_keyed(self) -> bool:
        """Whether names of the policy files' own stand in it: of its parts, or of other values."""
        told = self.value.written
        return isinstance(told, Mapping) or (
            isinstance(told, list | tuple) and any("." in str(each) for each in told)
        )

    @property
    def unit(self) -> Text:
        if self.value.unit == "table":
            return Text("", "")
        return Text(UNITS[self.value.unit].zh, self.value.unit)

    @property
    def link(self) -> str:
        return link_of(self.value.source)


def link_of(source: Source) -> str:
    """The address of a source as a link; empty when it has none on the web."""
    first = source.address.split(" ")[0]
    if first.startswith(("https://", "http://")):
        return first
    host = first.split("/")[0]
    return f"https://{first}" if "." in host and first.isascii() else ""


@page(purpose="policy", writes=False)
def values(request: HttpRequest) -> HttpResponse:
    """Every value in force at a place on a day, with its source, file and line."""
    policy = policy_in_force()
    choices = _place_choices(request.actor)
    asked = PolicyFilter(request.GET or None, places=choices)
    given = asked.cleaned_data if asked.is_bound and asked.is_valid() else {}
    place = given.get("place") or choices[0][0]
    on = given.get("on") or request.today
    sought = str(given.get("q") or "").strip().casefold()
    found = [
        value
        for key in policy.keys
        if (value := _in_force(policy, key, place, on)) is not None and _fits(value, sought)
    ]
    context = {
        "filter": asked if asked.is_bound else PolicyFilter(places=choices, initial={"on": on}),
        "place": short_name(dict(choices).get(place, place)),
        "on": on,
        "values": _shown(found),
        "unverified": sum(value.status == "unverified" for value in found),
        "checks": [check for check in policy.checks(on, place) if _check_fits(check, sought)],
        "sees_persons": bool(request.actor.reach(PERSONS)),
    }
    return page_with(request, "screening/policy.html", **context)


@page(purpose="policy")
def value_history(request: HttpRequest, key: str) -> HttpResponse:
    """One value over time and places."""
    policy = policy_in_force()
    found = [policy.resolved(value) for value in policy.every(key)]
    if not found:
        raise NotFoundError(NO_KEY)
    context = {"key": key, "title": found[0].title, "values": _shown(found)}
    return render(request, "screening/policy_value.html", context)


@page(purpose="policy")
def rule(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule in words and as it is written, with its source: a check, a definition or a reason."""
    policy = policy_in_force()
    check = next((one for one in policy.all_checks if one.id == rule), None)
    definition = policy.definitions.get(rule)
    if check is None and definition is None and rule not in REASONS:
        raise NotFoundError(NO_RULE)
    stated = check or definition
    keys = {spec.node.key for spec in stated.parameters.values()} if stated else set()
    rests_on = sorted(key for key in (*keys, *RESTS_ON.get(rule, ())) if key)
    context = {
        "rule": rule,
        "text": stated.text if stated else title(rule),
        "stated": stated,
        "check": check,
        "source": policy.sources[check.source] if check else None,
        "link": link_of(policy.sources[check.source]) if check else "",
        "keys": [(key, policy.every(key)[0].title) for key in rests_on],
    }
    return render(request, "screening/policy_rule.html", context)


@page(classes=PERSONS, purpose="what-if", writes=False)
def what_if(request: HttpRequest) -> HttpResponse:
    """Move a line, a weight or a threshold and see who would come in or fall out. Nothing is saved."""
    place, form = _asked(request)
    changes = form.changes() if form.is_bound and form.is_valid() else {}
    with whatif.laid_books(_books(request, place)) as laid:
        moved = laid.moved(changes)
    total = whatif.moves(moved, places.level(place)).get(place)
    below = [
        (level, label, whatif.moves(moved, level))
        for level, label in (
            (places.Level.TOWNSHIP, Text("按乡镇", "By township")),
            (places.Level.VILLAGE, Text("按村", "By village")),
        )
        if level > places.level(place)
    ]
    named = names(code for _, _, found in below for code in found)
    context = {
        "place": place,
        "name": short_name(names([place]).get(place, place)),
        "choices": _person_places(request.actor),
        "asked": bool(changes),
        "total": [(group, text, total[group]) for group, text in GROUPS.items()] if total else [],
        "groups": GROUPS,
        "below": [
            (
                label,
                [
                    (code, short_name(named.get(code, code)), found[code])
                    for code in found
                    if level is places.Level.TOWNSHIP or _any(found[code])
                ],
            )
            for level, label, found in below
        ],
        "query": urlencode([(k, v) for k, v in request.GET.items() if v]),
    }
    return page_with(request, "screening/what_if.html", form=form, **context)


@page(classes=PERSONS, purpose="what-if", writes=False)
def what_if_households(request: HttpRequest) -> HttpResponse:
    """The households behind a number of the what-if."""
    place, form = _asked(request)
    at, group = request.GET.get("at", place), request.GET.get("group", "")
    which = request.GET.get("which", "")
    known = places.is_code(at) and places.contains(place, at)
    if not known or group not in GROUPS or which not in DIRECTIONS or not form.is_valid():
        return redirect("what-if")
    with whatif.laid_books(_books(request, place)) as laid:
        moved = laid.moved(form.changes())
    numbers = whatif.who(moved, group=group, comes_in=which == "in", place=at)
    template, said = DIRECTIONS[which], GROUPS[group]
    heading = Text(template.zh.format(group=said.zh), template.en.format(group=said.en))
    table = Table(
        request,
        COLUMNS,
        Household.objects.filter(pk__in=numbers),
        name="what-if",
        title=heading,
        order="no",
        decorate=decorated,
    )
    if table.wants_workbook:
        return table.workbook()
    back = {k: v for k, v in request.GET.items() if k not in ("at", "group", "which", "page", "as")}
    context = {
        "table": table,
        "heading": heading,
        "name": short_name(names([at]).get(at, at)),
        "back": urlencode(back),
    }
    return render(request, "screening/what_if_households.html", context)


def _asked(request: HttpRequest) -> tuple[str, WhatIfForm]:
    """The place of a what-if and its form; what is in force is what it starts from."""
    reached = request.actor.reach(PERSONS)
    place = request.GET.get("place") or reached[0]
    if not places.is_code(place) or not any(places.contains(held, place) for held in reached):
        raise NotFoundError(NO_SUCH_PLACE)
    policy = policy_in_force()
    try:
        present = Present.of(policy, place=place, on=request.today)
    except UsageError as missing:
        raise InputError(missing.text) from missing
    sent = {k: v for k, v in request.GET.items() if k != "place"}
    form = WhatIfForm(sent or None, policy=policy, present=present, on=request.today)
    return place, form


def _books(request: HttpRequest, place: str) -> whatif.Asked:
    return whatif.Asked(request.scope, place, policy_in_force(), request.today)


def _any(groups: Mapping[str, whatif.Move]) -> bool:
    return any(move.comes_in or move.falls_out for move in groups.values())


def _in_force(policy: Policy, key: str, place: str, on: date) -> Resolved | None:
    """The value of a key; None where it has none there on that day."""
    current = (v for v in policy.in_force(key, on) if places.contains(v.place, place))
    found = next(current, None)
    return None if found is None else policy.resolved(found)


def _shown(found: list[Resolved]) -> list[Shown]:
    named = {NATION: speech.say(Text("全国", "nation")), **names(value.place for value in found)}
    return [Shown(value, named.get(value.place, value.place)) for value in found]


def _fits(value: Resolved, sought: str) -> bool:
    told = f"{value.key} {value.title.zh} {value.title.en} {value.source.text.zh} {value.source.id}"
    return not sought or sought in told.casefold()


def _check_fits(check: Check, sought: str) -> bool:
    return not sought or sought in f"{check.id} {check.text.zh} {check.text.en}".casefold()


def _written(value: Any) -> str:
    """A value as its file has it, roles and facts in words; a table row by row."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_written(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        rows = any(isinstance(each, Mapping) for each in value)
        told = [_written(each) for each in value]
        return "\n".join(told) if rows else speech.listed(told)
    if isinstance(value, bool):
        return speech.say(Text("是", "yes") if value else Text("否", "no"))
    if isinstance(value, str):
        named = _ROLES.get(value) or _facts().get(value)
        return speech.say(named) if named else value
    return f"{value:,}" if isinstance(value, int) and abs(value) > 9999 else str(value)


@cache
def _facts() -> dict[str, Text]:
    return {name: Text(fact.zh, fact.en) for table in Facts for name, fact in plain(table).items()}


def _place_choices(actor: Actor) -> list[tuple[str, str]]:
    """The places where the actor holds a role, the nation, and what lies one level below the first."""
    held = sorted({role.place_code for role in actor.held} - {NATION}, key=places.level)
    return [*_with_below(held), (NATION, speech.say(Text("全国", "nation")))]


def _person_places(actor: Actor) -> list[tuple[str, str]]:
    return _with_below([code for code in actor.reach(PERSONS) if code != NATION])


def _with_below(codes: list[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for code in codes:
        low, high = places.code_range(code)
        below = Place.objects.filter(
            code__gte=low, code__lt=high, level__lte=places.level(code) + 1
        )
        found |= dict(below.order_by("code").values_list("code", "name"))
        found.setdefault(code, code)
    return list(found.items())
