"""Pages of who keeps the books: accounts and their roles, places, the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts import actions, queries, second_factor
from bangfu.books.accounts.doors import page
from bangfu.books.accounts.forms import (
    GrantForm,
    JournalFilter,
    MergeForm,
    OperatorForm,
    PasswordForm,
    ReasonForm,
    RecodeForm,
    RenameForm,
)
from bangfu.books.accounts.models import Operator, Role
from bangfu.books.journal import words
from bangfu.books.journal.models import Entry
from bangfu.books.places import actions as places_actions
from bangfu.books.places import queries as places_read
from bangfu.books.places.models import Place
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table

KEEPERS = (actions.KEEPER,)
JOURNAL_READERS = (actions.KEEPER, "county_officer", "auditor")
OPERATORS = (
    Column(
        "username",
        Text("用户名", "User name"),
        lambda o: o.username,
        sort="username",
        link=lambda o: address_of("operator", o.username),
    ),
    Column("name", Text("姓名", "Name"), lambda o: o.display_name, sort="display_name"),
    Column("place", Text("所属地方", "Place"), lambda o: o.place_name, sort="place_code"),
    Column("roles", Text("角色", "Roles"), lambda o: o.role_names),
    Column(
        "last", Text("上次登录", "Last log-in"), lambda o: o.last_login, Kind.DAY, sort="last_login"
    ),
    Column(
        "state",
        Text("状态", "State"),
        lambda o: (
            Badge(Text("可用", "open"), "green") if o.is_active else Badge(Text("停用", "closed"))
        ),
        sort="is_active",
    ),
)
ENTRIES = (
    Column("at", Text("时间", "At"), lambda e: e.at, Kind.DAY, sort="at"),
    Column("actor", Text("谁", "Who"), lambda e: e.who, sort="actor"),
    Column("verb", Text("做了什么", "What"), lambda e: words.verb(e.verb), sort="verb"),
    Column("subject", Text("对象", "Subject"), lambda e: words.subject(e.subject), sort="subject"),
    Column("place", Text("地方", "Place"), lambda e: e.place_name, sort="place_code"),
    Column("reason", Text("原因", "Reason"), lambda e: e.reason),
    Column("before", Text("之前", "Before"), lambda e: words.details(e.verb, e.before)),
    Column("after", Text("之后", "After"), lambda e: words.details(e.verb, e.after)),
)
PLACES = (
    Column(
        "code",
        Text("代码", "Code"),
        lambda p: p.code,
        sort="code",
        link=lambda p: address_of("place-keeping", p.code),
    ),
    Column("name", Text("名称", "Name"), lambda p: p.name, sort="name"),
    Column("until", Text("到", "Until"), lambda p: p.valid_to, Kind.DAY, sort="valid_to"),
    Column("successor", Text("并入、换成", "Became"), lambda p: p.successor),
)


@page(purpose="operators", roles=KEEPERS)
def operators(request: HttpRequest) -> HttpResponse:
    """The accounts of my places."""

    def decorate(rows: list[Operator]) -> list[Operator]:
        names = places_read.names(row.place_code for row in rows)
        for row in rows:
            held = queries.grants_of(row.username, on=request.today)
            row.place_name = names.get(row.place_code, row.place_code)  # type: ignore[attr-defined]
            row.role_names = speech.listed(
                speech.say(Text(grant.role.name_zh, grant.role.name_en)) for grant in held
            )  # type: ignore[attr-defined]
        return rows

    table = Table(
        request,
        OPERATORS,
        queries.operators_of(request.scope.places),
        name="operators",
        title=Text("账号", "Accounts"),
        order="username",
        decorate=decorate,
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "accounts/operators.html", {"table": table})


@page(purpose="operators", roles=KEEPERS, form=True)
def new_operator(request: HttpRequest) -> HttpResponse:
    """Open an account."""
    form = OperatorForm(request.POST or None, reach=request.scope.places)
    if request.method == "POST":
        made = form.carry_out(lambda data: _open_account(request, dict(data)))
        if made is not None:
            return redirect("operator", made)
    return page_with(request, "accounts/operator_new.html", form=form)


@page(purpose="operators", roles=KEEPERS)
def operator(request: HttpRequest, username: str) -> HttpResponse:
    """One account: its roles with dates, its locks; what a keeper may do to it."""
    found = queries.operators_of(request.scope.places).filter(username=username).first()
    if found is None:
        raise NotFoundError(actions.NO_OPERATOR)
    sent = request.POST.get("do", "")
    forms: dict[str, Form] = {
        "grant": GrantForm(_data(request, "grant"), reach=request.scope.places),
        "password": PasswordForm(_data(request, "password")),
        "act": ReasonForm(request.POST if sent not in ("", "grant", "password") else None),
    }
    if sent and _done(request, found, sent, forms):
        return redirect("operator", username)
    form = forms.get(sent, forms["act"]) if sent else None
    grants = list(queries.grants_of(username, on=request.today))
    names = places_read.names([found.place_code, *(grant.place_code for grant in grants)])
    for grant in grants:
        grant.place_name = names.get(grant.place_code, grant.place_code)  # type: ignore[attr-defined]
    return page_with(
        request,
        "accounts/operator.html",
        form=form,
        operator=found,
        forms=forms,
        place_name=names.get(found.place_code, found.place_code),
        grants=grants,
        factor=second_factor.is_set(username),
        locked=not AxesProxyHandler.is_allowed(request, {"username": username}),
    )


@page(purpose="roles", roles=JOURNAL_READERS)
def roles(request: HttpRequest) -> HttpResponse:
    """What each role sees and whether it may write."""
    return render(request, "accounts/roles.html", {"roles": Role.objects.order_by("level", "code")})


@page(purpose="journal", roles=JOURNAL_READERS)
def journal(request: HttpRequest) -> HttpResponse:
    """Who did what, where, when and why."""
    form = JournalFilter(request.GET or None)
    asked: Mapping[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = Entry.objects.all()
    for name in ("actor", "verb"):
        if asked.get(name):
            found = found.filter(**{name: asked[name].strip()})
    if asked.get("subject"):
        found = found.filter(subject__contains=asked["subject"].strip())
    if asked.get("since"):
        found = found.filter(at__date__gte=asked["since"])
    if asked.get("until"):
        found = found.filter(at__date__lte=asked["until"])

    def decorate(rows: list[Entry]) -> list[Entry]:
        names = places_read.names(row.place_code for row in rows)
        people = queries.display_names(row.actor for row in rows)
        for row in rows:
            name = people.get(row.actor)
            row.who = f"{name} ({row.actor})" if name else row.actor  # type: ignore[attr-defined]
            row.place_name = names.get(row.place_code, row.place_code)  # type: ignore[attr-defined]
        return rows

    table = Table(
        request,
        ENTRIES,
        found,
        name="journal",
        title=Text("日志", "Journal"),
        order="-at",
        decorate=decorate,
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "accounts/journal.html", {"table": table, "filter": form})


@page(purpose="places", roles=KEEPERS)
def place_list(request: HttpRequest) -> HttpResponse:
    """The divisions of my places."""
    low, high = places.code_range(request.scope.places[0])
    table = Table(
        request,
        PLACES,
        Place.objects.filter(code__gte=low or "0", code__lt=high),
        name="divisions",
        title=Text("区划", "Divisions"),
        order="code",
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "accounts/places.html", {"table": table})


@page(purpose="places", roles=KEEPERS)
def place_keeping(request: HttpRequest, code: str) -> HttpResponse:
    """One division: rename it, give it another code, merge it into another."""
    found = Place.objects.filter(pk=code).first()
    if found is None or not any(places.contains(held, code) for held in request.scope.places):
        raise NotFoundError(places_actions.NO_PLACE)
    by, sent = request.actor.username, request.POST.get("do", "")
    forms: dict[str, Any] = {
        "rename": RenameForm(_data(request, "rename"), auto_id="rename_%s"),
        "recode": RecodeForm(_data(request, "recode"), auto_id="recode_%s"),
        "merge": MergeForm(_data(request, "merge"), reach=request.scope.places, auto_id="merge_%s"),
    }
    verbs: dict[str, Callable[..., None]] = {
        "rename": places_actions.rename_place,
        "recode": places_actions.recode_place,
        "merge": places_actions.merge_place,
    }
    if sent in verbs:
        done = forms[sent].carry_out(lambda data: verbs[sent](by=by, code=code, **data) or True)
        if done:
            return redirect("place-keeping", code)
    return page_with(request, "accounts/place.html", form=forms.get(sent), place=found, forms=forms)


def _data(request: HttpRequest, name: str) -> Any:
    """What was sent, for the one form of several that was."""
    return request.POST if request.POST.get("do") == name else None


def _open_account(request: HttpRequest, data: dict[str, Any]) -> str:
    by, code = request.actor.username, data["place_code"]
    password = data.pop("password")
    data["id_number"] = data["id_number"] or None
    made = actions.add_operator(by=by, **data)
    actions.set_password(by=by, username=made.username, password=password, place_code=code)
    return made.username


def _done(request: HttpRequest, found: Operator, sent: str, forms: Mapping[str, Any]) -> bool:
    """Carry out what was sent for an account; whether it was done."""
    by, username = request.actor.username, found.username
    named = {"by": by, "username": username}
    verbs: dict[str, Callable[[Mapping[str, Any]], object]] = {
        "grant": lambda data: actions.grant_role(**named, **data),
        "password": lambda data: actions.set_password(
            **named, password=data["password"], place_code=found.place_code
        ),
        "end-grant": lambda data: actions.end_grant(
            by=by,
            grant_id=_number(request.POST.get("grant")),
            on=request.today,
            reason=data["reason"],
        ),
        "close": lambda data: actions.set_active(**named, active=False, reason=data["reason"]),
        "open": lambda data: actions.set_active(**named, active=True, reason=data["reason"]),
        "log-out": lambda data: actions.force_log_out(**named, reason=data["reason"]),
        "remove-factor": lambda data: second_factor.remove(
            **named, reason=data["reason"], place_code=found.place_code
        ),
        "unlock": lambda data: _unlock(found, by, data["reason"]),
    }
    if sent not in verbs:
        return False
    form = forms.get(sent, forms["act"])
    return form.carry_out(lambda data: verbs[sent](data) or True) is not None


def _unlock(found: Operator, by: str, reason: str) -> None:
    actions.note_unlock(by=by, username=found.username, reason=reason)
    reset(username=found.username)


def _number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else 0
