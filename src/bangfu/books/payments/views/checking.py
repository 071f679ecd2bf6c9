"""Pages of the checks: what stands at a step, passed or sent back many at once; the board of notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.payments import actions, fitting, people, queries
from bangfu.books.payments.models import Entitlement, EntitlementStatus
from bangfu.books.payments.views.shared import MONEY, PERSONS, STEPS, with_names, words_of
from bangfu.books.places.queries import names
from bangfu.core import places
from bangfu.core.errors import InputError, Problem
from bangfu.core.facts.english import in_english
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.tables import PER_PAGE, Column, Kind, Table

MOST = 5_000  # entitlements that pass in one go
CHECKS = (
    Column("household", Text("户编号", "Household no."), lambda e: e.household_no,
           sort="household_no", link=lambda e: address_of("household-payments", e.household_no)),
    Column("name", Text("姓名", "Name"), lambda e: e.name),
    Column("village", Text("村", "Village"), lambda e: e.village, sort="place_code"),
    Column("scheme", Text("补助项目", "Scheme"), lambda e: words_of(e.scheme), sort="scheme"),
    Column("term", Text("期", "Term"), lambda e: e.term, sort="term"),
    Column("fen", Text("金额（元）", "Amount (yuan)"), lambda e: e.fen, Kind.MONEY, sort="fen"),
    Column("applied", Text("申报", "Applied"), lambda e: e.applied_on, Kind.DAY, sort="applied_on"),
    Column("state", Text("状态", "State"), lambda e: STEPS[EntitlementStatus(e.status)]),
)  # fmt: skip


@dataclass
class Chosen:
    """What an address asks for: a step, and of it a scheme, a term, a place."""

    request: HttpRequest
    status: EntitlementStatus

    def given(self, name: str) -> str:
        return str(self.request.GET.get(name, ""))

    @cached_property
    def standing(self) -> QuerySet[Entitlement]:
        """Everything of the step."""
        return Entitlement.objects.filter(status=self.status)

    @cached_property
    def rows(self) -> QuerySet[Entitlement]:
        """What the filter leaves of it."""
        rows = self.standing
        for name in ("scheme", "term"):
            if self.given(name):
                rows = rows.filter(**{name: self.given(name)})
        place = self.given("place")
        if places.is_code(place):
            low, high = places.code_range(place)
            rows = rows.filter(place_code__gte=low, place_code__lt=high)
        return rows

    def filters(self) -> list[tuple[str, Text, list[tuple[str, object, bool]]]]:
        """The drop-downs: name, label, and each choice with whether it is chosen."""
        villages = sorted(set(self.standing.values_list("place_code", flat=True)))
        towns = sorted({places.ancestor(code, places.Level.TOWNSHIP) for code in villages})
        named = names([*towns, *villages])
        choices: dict[str, tuple[Text, list[tuple[str, object]]]] = {
            "scheme": (
                Text("补助项目", "Scheme"),
                [(each, words_of(each)) for each in self._values("scheme")],
            ),
            "term": (
                Text("期", "Term"),
                [(each, Text(each, each)) for each in self._values("term")],
            ),
            "place": (
                Text("乡镇或村", "Place"),
                [(code, Text(named.get(code, code), named.get(code, code)))
                 for code in sorted([*towns, *villages])],
            ),
        }  # fmt: skip
        return [
            (name, label, [(code, words, code == self.given(name)) for code, words in listed])
            for name, (label, listed) in choices.items()
        ]

    def _values(self, name: str) -> list[str]:
        return sorted(set(self.standing.values_list(name, flat=True)))


NOTHING_DONE = Text("没有办理。", "Nothing was carried out.")
# Neither a key pressed in the field of the reason nor a reason beside "pass" may decide.
PASS_OR_BACK = Text(
    "请点“通过”或“退回”；通过时不填退回原因。",
    "Choose to pass or to send back; passing takes no reason for sending back.",
)


class _Paying:
    """The projects that may pay some of what is shown, and what a project needs for that."""

    def __init__(self, rows: Iterable[Entitlement], *, on: date) -> None:
        policy = policy_in_force()
        schemes = sorted({row.scheme for row in rows})
        pays = {scheme: sorted(policy.schemes.purposes(scheme)) for scheme in schemes}
        households = fitting.served(rows)
        purposes = {name for named in pays.values() for name in named}
        of_purpose = queries.projects_with_money(policy, on=on, purposes=purposes)
        self.projects = [each for each in of_purpose if _pays_one(each, households)]
        # Of another purpose or place: told only where none fits.
        self.elsewhere = 0 if self.projects else len(of_purpose)
        self.others = 0 if of_purpose else len(queries.projects_with_money(policy, on=on))
        self.needed = [
            Text(
                f"“{words_of(scheme).zh}”由用途为“{'、'.join(purposes)}”的项目支付",
                f"{words_of(scheme).en} is paid by projects of the purpose {', '.join(map(in_english, purposes))}",
            )
            for scheme, purposes in pays.items()
        ]


def _pays_one(project: queries.Paying, households: Counter[fitting.Served]) -> bool:
    """Whether a project may pay one of the households at least."""
    return any(
        not fitting.misfits(project.place_code, project.lines, Counter({each: 1}))
        for each in households
    )


@page(classes=PERSONS, purpose="check payments")
def checks(request: HttpRequest) -> HttpResponse:
    """What stands at a step; the township passes or sends back many at once, all or none."""
    wanted = request.GET.get("status", "")
    known = wanted in EntitlementStatus.values
    status = EntitlementStatus(wanted) if known else EntitlementStatus.APPLIED
    if request.method == "POST":
        chosen = Chosen(request, EntitlementStatus.APPLIED)
        return _carried_out(
            chosen, lambda numbers: actions.check(by=request.actor, entitlements=numbers)
        )
    return _shown(Chosen(request, status))


@page(classes=PERSONS | MONEY, purpose="approve payments", roles=people.APPROVERS)
def approve(request: HttpRequest) -> HttpResponse:
    """The county approves or sends back many at once, all or none, and says which project pays."""
    chosen = Chosen(request, EntitlementStatus.CHECKED)
    paying = _Paying(chosen.rows.only("scheme", "household_no", "place_code"), on=request.today)
    if request.method == "POST":
        return _carried_out(
            chosen,
            lambda numbers: actions.approve(
                by=request.actor,
                entitlements=numbers,
                project=request.POST.get("project", "").strip(),
                policy=policy_in_force(),
            ),
            paying=paying,
        )
    return _shown(chosen, paying=paying)


def _carried_out(chosen: Chosen, passes: Callable[[list[int]], int], **more: Any) -> HttpResponse:
    request = chosen.request
    try:
        numbers = _numbers(chosen)
        act, reason = request.POST.get("act"), request.POST.get("reason", "")
        if act == "refuse":
            count = actions.refuse(by=request.actor, entitlements=numbers, reason=reason)
        elif act == "pass" and not reason.strip():
            count = passes(numbers)
        else:
            raise InputError(NOTHING_DONE, [Problem("", PASS_OR_BACK)])
    except InputError as refused:
        return _shown(chosen, refused, **more)
    query = request.GET.copy()
    query["done"] = str(count)
    query.pop("page", None)
    return redirect(f"{request.path}?{query.urlencode()}")


def _numbers(chosen: Chosen) -> list[int]:
    """The entitlements that were ticked, or all that the filter shows."""
    request = chosen.request
    if request.POST.get("all") == "1":
        numbers = list(chosen.rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    else:
        numbers = [int(each) for each in request.POST.getlist("entitlement") if each.isdigit()]
    if not numbers or len(numbers) > MOST:
        words = (
            Text(f"一次最多 {MOST:,} 项，请先筛选。", f"At most {MOST:,} at once; filter first.")
            if numbers
            else Text("请先选择。", "Choose some first.")
        )
        raise InputError(NOTHING_DONE, [Problem("", words)])
    return numbers


def _shown(
    chosen: Chosen,
    refused: InputError | None = None,
    paying: _Paying | None = None,
) -> HttpResponse:
    request, status = chosen.request, chosen.status
    table = Table(
        request,
        CHECKS,
        chosen.rows,
        name="entitlements",
        title=Text("补助审核", "Checks"),
        order="applied",
        decorate=with_names,
    )
    if table.wants_workbook:
        return table.workbook()
    done = request.GET.get("done", "")
    context = {
        "table": table,
        "status": status.value,
        "steps": list(STEPS.items()),
        "filters": chosen.filters(),
        "fen": chosen.rows.aggregate(fen=Sum("fen"))["fen"] or 0,
        "records": table.records[:PER_PAGE],
        "paying": paying,
        "checking": status == EntitlementStatus.APPLIED and request.actor.holds(*people.TOWNSHIP),
        "approving": paying is not None,
        "may_approve": request.actor.holds(*people.APPROVERS),
        "may_notice": request.actor.holds(*people.MAKERS),
        "refused": refused,
        "done": done if done.isdigit() else "",
    }
    return render(request, "payments/checks.html", context, status=422 if refused else 200)


@page(classes=PERSONS, purpose="notices of payments", roles=people.MAKERS)
def notices(request: HttpRequest) -> HttpResponse:
    """What is approved and waits for its notice, by village, scheme and term; put on the board here."""
    refused: InputError | None = None
    if request.method == "POST":
        wanted = [each.split("|") for each in request.POST.getlist("group")]
        try:
            actions.give_notices(
                by=request.actor,
                policy=policy_in_force(),
                groups=[(each[0], each[1], each[2]) for each in wanted if len(each) == 3],
                now=request.now,
                today=request.today,
            )
        except InputError as problem:
            refused = problem
        else:
            return redirect("payment-notices")
    groups = queries.to_be_noticed()
    named = names([each.place_code for each in groups])
    days = policy_in_force().value("payments.notice_days", place=places.NATION, on=request.today)
    context = {
        "groups": [
            (each, named.get(each.place_code, each.place_code), words_of(each.scheme))
            for each in groups
        ],
        "days": days.value,
        "refused": refused,
    }
    return render(request, "payments/notices.html", context, status=422 if refused else 200)
