"""Pages of the batches: what is ready, a batch from making to the bank's return, its payments and stops."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from bangfu.books.accounts.doors import page
from bangfu.books.funds.models import ClaimStatus
from bangfu.books.funds.people import CLAIMANTS, READERS
from bangfu.books.payments import actions, people, queries
from bangfu.books.payments.actions.batches import NO_BATCH
from bangfu.books.payments.forms import BatchForm, CancelForm, ReturnForm
from bangfu.books.payments.models import (
    Batch,
    BatchStatus,
    Payment,
    PaymentStatus,
    Stop,
    StopReason,
)
from bangfu.books.payments.refusals import WHY_STOPPED
from bangfu.books.payments.views.shared import (
    COUNTY_ROLES,
    MONEY,
    PERSONS,
    own_place,
    with_villages,
    words_of,
)
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table, download

LARGEST_RETURN = 30_000_000  # bytes of a return file: 100,000 lines are a sixth of it
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
        link=lambda b: address_of("payment-batch", b.pk),
    ),
    Column("scheme", Text("补助项目", "Scheme"), lambda b: words_of(b.scheme), sort="scheme"),
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
    """The batches of the scope, all or of one status."""
    wanted = request.GET.get("status", "")
    known = wanted in (*BatchStatus.values, queries.TO_PAY)
    table = Table(
        request,
        BATCHES,
        queries.batches(wanted) if known else Batch.objects.all(),
        name="batches",
        title=Text("发放批次", "Batches"),
        order="-number",
    )
    if table.wants_workbook:
        return table.workbook()
    makes = request.actor.holds(*people.MAKERS)
    return render(request, "payments/batches.html", {"table": table, "makes": makes})


@page(classes=PERSONS | MONEY, purpose="make a batch", roles=people.MAKERS, form=True)
def batch_new(request: HttpRequest) -> HttpResponse:
    """What waits to be paid, by scheme, term and project; collect one of them into a batch."""
    county = own_place(request)
    form = BatchForm(request.POST or None, ready=queries.ready(on=request.today))
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.make_batch(
                by=request.actor, place_code=county, today=request.today, **data
            )
        )
        if made is not None:
            return redirect("payment-batch", made.pk)
    ready = [(each, words_of(each.scheme)) for each in form.ready]
    return page_with(request, "payments/batch_new.html", form=form, ready=ready)


def _found(batch_id: int) -> Batch:
    found = Batch.objects.select_related("claim", "payment").filter(pk=batch_id).first()
    if found is None:
        raise NotFoundError(NO_BATCH)
    return found


@page(classes=MONEY, purpose="payment batch", roles=COUNTY_ROLES)
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: what it holds, where it stands, what came back; the bank's return is taken here."""
    found = _found(batch_id)
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
        scheme=words_of(found.scheme),
        state=_STATES[BatchStatus(found.status)],
        colour=_COLOURS[found.status],
        failed_count=found.payments.filter(status=PaymentStatus.FAILED).count(),
        **_doings(request, found),
    )


def _doings(request: HttpRequest, found: Batch) -> dict[str, object]:
    """What the reader can do with a batch now."""
    made, submitted = (found.status == each for each in (BatchStatus.MADE, BatchStatus.SUBMITTED))
    standing = found.claim.status if found.claim is not None else ""
    at = found.place_code
    to_pay = (
        submitted
        and standing == ClaimStatus.CHECKED
        and request.actor.holds(*people.FINANCE, at=at)
    )
    why_not = actions.why_not_send(by=request.actor, batch=found) if to_pay else None
    return {
        "submits": made and request.actor.holds(*CLAIMANTS, at=at),
        "cancels": (made or (submitted and standing == ClaimStatus.RETURNED))
        and request.actor.holds(*people.MAKERS, at=at),
        "to_check": submitted and standing == ClaimStatus.LODGED,
        "sent_back": submitted and standing == ClaimStatus.RETURNED,
        "pays": to_pay and why_not is None,
        "why_not": why_not,
        "takes": found.status == BatchStatus.SENT and request.actor.holds(*people.FINANCE, at=at),
        "gets_file": bool(found.file_hash) and request.actor.holds(*people.FINANCE, at=at),
        "reads_claim": request.actor.holds(*READERS, at=at),
    }


@page(classes=MONEY, purpose="submit a batch", roles=CLAIMANTS)
@require_POST
def batch_submit(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Claim a batch's sum of finance."""
    actions.submit_batch(
        by=request.actor,
        batch_id=batch_id,
        policy=policy_in_force(),
        day=request.today,
        now=request.now,
    )
    return redirect("payment-batch", batch_id)


@page(classes=MONEY, purpose="cancel a batch", roles=people.MAKERS, form=True)
def batch_cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take a batch back, saying why; what it held waits for another."""
    _found(batch_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST":

        def act(data: dict[str, str]) -> bool:
            actions.cancel_batch(
                by=request.actor, batch_id=batch_id, reason=data["reason"], day=request.today
            )
            return True

        if form.carry_out(act):
            return redirect("payment-batch", batch_id)
    return page_with(request, "payments/batch_cancel.html", form=form, batch_id=batch_id)


@page(classes=MONEY, purpose="pay a batch", roles=people.FINANCE)
@require_POST
def batch_send(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take the batch's money and fix its bank file."""
    actions.send_batch(
        by=request.actor,
        batch_id=batch_id,
        policy=policy_in_force(),
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


PAID = {
    PaymentStatus.WAITING: (Text("待发放", "waiting"), "yellow"),
    PaymentStatus.PAID: (Text("已发放", "paid"), "green"),
    PaymentStatus.FAILED: (Text("发放失败", "failed"), "red"),
    PaymentStatus.DROPPED: (Text("已撤下", "dropped"), "secondary"),
}
PAYMENTS = (
    Column("no", Text("序号", "No."), lambda p: p.position, Kind.NUMBER, sort="position"),
    Column("household", Text("户编号", "Household no."), lambda p: p.household_no,
           sort="household_no"),
    Column("name", Text("户名", "Holder"), lambda p: p.holder_name),
    Column("account", Text("账号末四位", "Account ends"), lambda p: p.account_end),
    Column("fen", Text("金额（元）", "Amount (yuan)"), lambda p: p.fen, Kind.MONEY, sort="fen"),
    Column("attempt", Text("第几次", "Attempt"), lambda p: p.attempt, Kind.NUMBER, sort="attempt"),
    Column("state", Text("状态", "State"), lambda p: Badge(*PAID[PaymentStatus(p.status)]),
           sort="status"),
    Column("failure", Text("原因", "Why"), lambda p: p.failure),
    Column("on", Text("日期", "Day"), lambda p: p.settled_on, Kind.DAY, sort="settled_on"),
)  # fmt: skip
WHEN = {
    False: Text("制作批次时", "when it was made"),
    True: Text("付款前复查", "before it was sent"),
}
STOPS = (
    Column("household", Text("户编号", "Household no."), lambda s: s.household_no,
           sort="household_no"),
    Column("village", Text("村", "Village"), lambda s: s.village, sort="place_code"),
    Column("reason", Text("为什么", "Why"), lambda s: WHY_STOPPED[StopReason(s.reason)],
           sort="reason"),
    Column("when", Text("何时", "When"), lambda s: WHEN[s.at_sending], sort="at_sending"),
)  # fmt: skip


@page(classes=MONEY, purpose="payments of a batch", roles=COUNTY_ROLES)
def batch_payments(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What a batch holds, one by one; those of one state when asked for."""
    rows = Payment.objects.filter(batch=_found(batch_id))
    status = request.GET.get("status", "")
    if status in PaymentStatus.values:
        rows = rows.filter(status=status)
    title = Text(f"批次 {batch_id} 的发放", f"Payments of batch {batch_id}")
    return _listed(request, PAYMENTS, rows, "payments", title, batch_id, order="no")


@page(classes=MONEY, purpose="stops of a batch", roles=COUNTY_ROLES)
def batch_stops(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Who was kept out of a batch, and why."""
    rows = Stop.objects.filter(batch=_found(batch_id))
    title = Text(f"批次 {batch_id} 拦下的", f"Kept out of batch {batch_id}")
    return _listed(request, STOPS, rows, "stops", title, batch_id, order="household")


def _listed(
    request: HttpRequest,
    columns: tuple[Column, ...],
    rows: QuerySet[Payment] | QuerySet[Stop],
    name: str,
    title: Text,
    batch_id: int,
    *,
    order: str,
) -> HttpResponse:
    if DataClass.PERSONS in request.actor.classes:
        columns = tuple(_to_household(column) for column in columns)
    table = Table(
        request, columns, rows, name=name, title=title, order=order, decorate=with_villages
    )
    if table.wants_workbook:
        return table.workbook()
    context = {"table": table, "title": title, "batch_id": batch_id}
    return render(request, "payments/batch_rows.html", context)


def _to_household(column: Column) -> Column:
    """The household's column leads to the household, for who may see it."""
    if column.key != "household":
        return column
    return replace(column, link=lambda row: address_of("household-payments", row.household_no))
