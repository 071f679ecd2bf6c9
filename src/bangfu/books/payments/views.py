"""Pages of money to households: schemes, who is entitled, applications, checks, batches, a household's money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from bangfu.books.accounts.doors import page
from bangfu.books.households.models import Person
from bangfu.books.households.queries import the_household
from bangfu.books.payments import actions, people, queries
from bangfu.books.payments.actions.batches import NO_BATCH
from bangfu.books.payments.eligibility import Verdict, verdicts
from bangfu.books.payments.forms import ApplyForm, BatchForm, ReturnForm
from bangfu.books.payments.models import Batch, BatchStatus, Entitlement, EntitlementStatus
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import InputError, NotFoundError, Problem, UsageError
from bangfu.core.language import Text
from bangfu.core.payments.schemes import Scheme
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table, download

PERSONS, MONEY = {DataClass.PERSONS}, {DataClass.MONEY}
# Batches are kept by county: below it nobody has pages of them.
COUNTY_ROLES = (*people.MAKERS, *people.FINANCE, "auditor")
NO_SCHEME = Text("没有这项补助。", "There is no such scheme.")
LARGEST_RETURN = 30_000_000  # bytes of a return file: 100,000 lines are a sixth of it


def _words(scheme: str) -> Text:
    return policy_in_force().schemes.words(scheme)


def _scheme(scheme: str, place: str, request: HttpRequest) -> Scheme:
    try:
        return policy_in_force().schemes.find(scheme, place=place, on=request.today)
    except UsageError:
        raise NotFoundError(NO_SCHEME) from None


def _own_place(request: HttpRequest) -> str:
    """The widest place the actor works at, the nation when none."""
    held = [role.place_code for role in request.actor.held]
    return max(held, key=lambda code: (-len(places.prefix(code)), code), default=places.NATION)


@page(purpose="payment schemes")
def schemes(request: HttpRequest) -> HttpResponse:
    """What is in force for the actor's place, with amounts and sources."""
    policy, place = policy_in_force(), _own_place(request)
    shown = []
    for scheme in policy.schemes.in_force(place=place, on=request.today):
        keys = [key for key in (scheme.rate, scheme.most, scheme.cap) if key]
        values = [
            value
            for key in keys
            for value in policy.in_force(key, request.today)
            if places.contains(value.place, place)
        ]
        found = {value.key: value for value in reversed(values)}
        amounts = [(each, Text(each.unit.zh, each.unit.name)) for each in found.values()]
        shown.append((scheme, amounts, policy.sources[scheme.source]))
    return render(
        request,
        "payments/schemes.html",
        {
            "schemes": shown,
            "village": places.prefix(place) and places.level(place) is places.Level.VILLAGE,
            "place": place,
        },
    )


@page(classes=PERSONS, purpose="who is entitled", place="code")
def entitled(request: HttpRequest, code: str, scheme: str) -> HttpResponse:
    """Everybody of a village held against a scheme: who meets it, and why not who does not."""
    if places.level(code) is not places.Level.VILLAGE:
        raise NotFoundError(NO_SCHEME)
    found = _scheme(scheme, code, request)
    answers = verdicts(policy_in_force(), found, place=code, on=request.today)
    everyone = request.GET.get("all") == "1"
    shown = [each for each in answers if everyone or each.entitled]
    named = {
        (person.household_id, person.person_no): person.name
        for person in Person.objects.filter(place_code=code)
    }
    heads = dict(
        Person.objects.filter(place_code=code, relation="户主").values_list("household_id", "name")
    )

    def name(verdict: Verdict) -> str:
        key = (verdict.household_no, verdict.person_no)
        return (named.get(key) if verdict.person_no else heads.get(verdict.household_no)) or "—"

    return render(
        request,
        "payments/entitled.html",
        {
            "scheme": found,
            "code": code,
            "rows": [(each, name(each)) for each in shown],
            "met": sum(each.entitled for each in answers),
            "everyone": everyone,
            "all": len(answers),
        },
    )


@page(classes=PERSONS, purpose="apply for a payment")
def apply(request: HttpRequest, household_no: str, scheme: str) -> HttpResponse:
    """Apply for a member of a household."""
    household = the_household(household_no)
    found = _scheme(scheme, household.place_code, request)
    form = ApplyForm(
        request.POST or None,
        scheme=found,
        persons=list(Person.objects.filter(household=household).order_by("person_no")),
        today=request.today,
        household_no=household_no,
    )

    def act(data: Any) -> object:
        return actions.apply(
            by=request.actor,
            policy=policy_in_force(),
            scheme=found.id,
            term=data["term"],
            household_no=household_no,
            person_no=data["person_no"],
            quantity=data.get("quantity"),
            base_fen=data.get("base"),
            loan_id=data.get("loan_id"),
            today=request.today,
        )

    if request.method == "POST" and form.carry_out(act) is not None:
        return redirect("household-payments", household_no)
    return page_with(
        request,
        "households/verb.html",
        form=form,
        heading=Text(f"申报{found.text.zh}", f"Apply: {found.text.en}"),
        household_no=household_no,
        draft=request.path,
    )


@page(classes=PERSONS, purpose="payments of a household")
def household(request: HttpRequest, household_no: str) -> HttpResponse:
    """What was paid to a household, what is asked for, and its loans."""
    found = the_household(household_no)
    policy = policy_in_force()
    entitlements = Entitlement.objects.filter(household_no=household_no).order_by("-pk")
    return render(
        request,
        "payments/household.html",
        {
            "household_no": household_no,
            "money": [(each, _words(each.scheme)) for each in queries.paid_to(household_no)],
            "entitlements": [
                (each, _words(each.scheme), STEPS[EntitlementStatus(each.status)])
                for each in entitlements
            ],
            "loans": queries.loans(on=request.today, household_no=household_no),
            "schemes": policy.schemes.in_force(place=found.place_code, on=request.today),
            "may_apply": request.actor.holds(*people.VILLAGE, at=found.place_code),
        },
    )


STEPS = {
    EntitlementStatus.APPLIED: Text("待乡镇审核", "waiting for the township"),
    EntitlementStatus.CHECKED: Text("待县级审批", "waiting for the county"),
    EntitlementStatus.APPROVED: Text("待公示", "to be put on notice"),
    EntitlementStatus.NOTICED: Text("已公示", "on notice or after it"),
    EntitlementStatus.REFUSED: Text("已退回", "sent back"),
}
CHECKS = (
    Column(
        "household",
        Text("户编号", "Household no."),
        lambda e: e.household_no,
        sort="household_no",
        link=lambda e: reverse("household-payments", args=[e.household_no]),
    ),
    Column("scheme", Text("补助项目", "Scheme"), lambda e: _words(e.scheme), sort="scheme"),
    Column("term", Text("期", "Term"), lambda e: e.term, sort="term"),
    Column("fen", Text("金额（元）", "Amount (yuan)"), lambda e: e.fen, Kind.MONEY, sort="fen"),
    Column("applied", Text("申报", "Applied"), lambda e: e.applied_on, Kind.DAY, sort="applied_on"),
)


@page(classes=PERSONS, purpose="check payments")
def checks(request: HttpRequest) -> HttpResponse:
    """What stands at a step; the township checks many at once, all or none."""
    wanted = request.GET.get("status", "")
    known = wanted in EntitlementStatus.values
    status = EntitlementStatus(wanted) if known else EntitlementStatus.APPLIED
    if request.method == "POST":
        return _carried_out(
            request,
            EntitlementStatus.APPLIED,
            lambda numbers: actions.check(by=request.actor, entitlements=numbers),
        )
    return _checks_page(request, status)


@page(classes=PERSONS | MONEY, purpose="approve payments", roles=people.APPROVERS)
@require_POST
def approve(request: HttpRequest) -> HttpResponse:
    """The county approves many at once, all or none, and says what pays them."""
    return _carried_out(
        request,
        EntitlementStatus.CHECKED,
        lambda numbers: actions.approve(
            by=request.actor,
            entitlements=numbers,
            project=request.POST.get("project", "").strip(),
        ),
    )


def _carried_out(
    request: HttpRequest, status: EntitlementStatus, act: Callable[[list[int]], int]
) -> HttpResponse:
    numbers = [int(each) for each in request.POST.getlist("entitlement") if each.isdigit()]
    try:
        if not numbers:
            problem = Problem("", Text("请先选择。", "Choose some first."))
            raise InputError(Text("没有办理。", "Nothing was carried out."), [problem])
        act(numbers)
    except InputError as refused:
        return _checks_page(request, status, refused)
    return redirect(f"{reverse('payment-checks')}?status={status.value}")


def _checks_page(
    request: HttpRequest, status: EntitlementStatus, refused: InputError | None = None
) -> HttpResponse:
    table = Table(
        request,
        CHECKS,
        Entitlement.objects.filter(status=status),
        name="entitlements",
        title=Text("补助审核", "Checks"),
        order="applied",
    )
    if table.wants_workbook:
        return table.workbook()
    context = {
        "table": table,
        "status": status.value,
        "records": table.records[:50],
        "checking": status == EntitlementStatus.APPLIED,
        "approving": status == EntitlementStatus.CHECKED,
        "refused": refused,
    }
    return render(request, "payments/checks.html", context, status=422 if refused else 200)


_COLOURS = {
    "made": "yellow",
    "submitted": "yellow",
    "sent": "yellow",
    "returned": "green",
    "cancelled": "secondary",
}
_STATES = {
    BatchStatus.MADE: Text("待报财政", "to be submitted to finance"),
    BatchStatus.SUBMITTED: Text("待财政付款", "waiting for finance"),
    BatchStatus.SENT: Text("待银行回盘", "waiting for the bank's return"),
    BatchStatus.RETURNED: Text("已回盘", "returned"),
    BatchStatus.CANCELLED: Text("已撤销", "cancelled"),
}
BATCHES = (
    Column(
        "number",
        Text("批次", "Batch"),
        lambda b: b.pk,
        sort="pk",
        link=lambda b: reverse("payment-batch", args=[b.pk]),
    ),
    Column("scheme", Text("补助项目", "Scheme"), lambda b: _words(b.scheme), sort="scheme"),
    Column("term", Text("期", "Term"), lambda b: b.term, sort="term"),
    Column("project", Text("项目", "Project"), lambda b: b.project, sort="project"),
    Column("count", Text("笔数", "Payments"), lambda b: b.payments_count, Kind.NUMBER),
    Column("fen", Text("金额（元）", "Amount (yuan)"), lambda b: b.fen, Kind.MONEY, sort="fen"),
    Column(
        "state",
        Text("状态", "State"),
        lambda b: Badge(_STATES[BatchStatus(b.status)], _COLOURS[b.status]),
        sort="status",
    ),
)


@page(classes=MONEY, purpose="payment batches", roles=COUNTY_ROLES)
def batches(request: HttpRequest) -> HttpResponse:
    """The batches of the scope."""
    table = Table(
        request,
        BATCHES,
        Batch.objects.all(),
        name="batches",
        title=Text("发放批次", "Batches"),
        order="-number",
    )
    if table.wants_workbook:
        return table.workbook()
    makes = request.actor.holds(*people.MAKERS)
    return render(request, "payments/batches.html", {"table": table, "makes": makes})


@page(classes=PERSONS | MONEY, purpose="make a batch", roles=people.MAKERS)
def batch_new(request: HttpRequest) -> HttpResponse:
    """Collect what waits into a batch."""
    county = _own_place(request)
    found = policy_in_force().schemes.in_force(place=county, on=request.today)
    form = BatchForm(request.POST or None, schemes=found)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.make_batch(
                by=request.actor,
                place_code=county,
                today=request.today,
                **data,
            )
        )
        if made is not None:
            return redirect("payment-batch", made.pk)
    return page_with(request, "payments/batch_new.html", form=form)


@page(classes=MONEY, purpose="payment batch", roles=COUNTY_ROLES)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: what it holds, what came back; the bank's return is taken here."""
    found = Batch.objects.filter(pk=batch_id).first()
    if found is None:
        raise NotFoundError(NO_BATCH)
    form = ReturnForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        taken = form.carry_out(
            lambda data: actions.take_return(
                by=request.actor,
                batch_id=batch_id,
                content=data["file"].read(LARGEST_RETURN),
                day=request.today,
                now=request.now,
            )
        )
        if taken is not None:
            return redirect("payment-batch", batch_id)
    return page_with(
        request,
        "payments/batch.html",
        form=form,
        batch=found,
        scheme=_words(found.scheme),
        state=_STATES[BatchStatus(found.status)],
        colour=_COLOURS[found.status],
        failed=found.payments.filter(status="failed").order_by("position")[:200],
        pays=request.actor.holds(*people.FINANCE, at=found.place_code),
    )


@page(classes=MONEY, purpose="pay a batch", roles=people.FINANCE)
@require_POST
def batch_send(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take the batch's money and fix its bank file."""
    actions.send_batch(
        by=request.actor,
        batch_id=batch_id,
        day=request.today,
        now=request.now,
    )
    return redirect("payment-batch", batch_id)


@page(classes=MONEY, purpose="bank file", roles=people.FINANCE)
@require_POST
def batch_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The bank file. By POST: the journal keeps who asked."""
    content = actions.bank_file(by=request.actor, batch_id=batch_id)
    response = download(content, f"batch-{batch_id}.csv", "text/csv; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


@page(classes=PERSONS, purpose="micro loans")
def loans(request: HttpRequest) -> HttpResponse:
    """What households owe. A loan is not aid."""
    rows = queries.loans_of_households(on=request.today)
    return render(request, "payments/loans.html", {"rows": rows})
