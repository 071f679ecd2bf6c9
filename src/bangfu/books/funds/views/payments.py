"""The payment desk: what waits to be paid, a payment, what came back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.funds import actions, standing
from bangfu.books.funds.actions.payments import NO_PAYMENT
from bangfu.books.funds.forms import PayForm, ReasonForm, RecoverForm, fen_of
from bangfu.books.funds.models import Payment
from bangfu.books.funds.people import FINANCE, READERS
from bangfu.books.funds.views.claims import found
from bangfu.books.funds.views.lines import MONEY
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Kind, Table

NOTHING_OWED = Text(
    "这笔报账没有待支付的份额：还没有提交，或者已经付清。",
    "Nothing of this claim waits to be paid: it is not lodged yet, or it is paid.",
)
WAITING = (
    Column("no", Text("报账号", "Claim"), lambda c: str(c.pk), sort="pk",
           link=lambda c: address_of("claim", c.pk)),
    Column("payee", Text("收款单位", "Payee"), lambda c: c.contract.payee,
           sort="contract__payee"),
    Column("project", Text("项目", "Project"), lambda c: c.contract.project.number,
           sort="contract__project__number"),
    Column("owed", Text("待支付（元）", "Owed (yuan)"), lambda c: c.owed, Kind.MONEY, sort="owed",
           link=lambda c: address_of("claim-pay", c.pk)),
    Column("lines", Text("资金笔数", "Lines"), lambda c: c.lines, Kind.NUMBER, sort="lines",
           link=lambda c: address_of("claim", c.pk) + "#shares"),
    Column("short", Text("资金未到位（元）", "Cash lacking (yuan)"), lambda c: c.short, Kind.MONEY,
           link=lambda c: address_of("claim", c.pk) + "#shares"),
    Column("since", Text("审核通过", "Checked on"), lambda c: c.since, Kind.DAY, sort="since"),
)  # fmt: skip


def _with_cash(claims: list[Any]) -> list[Any]:
    """Add to each claim of a page how much cash its lines lack."""
    short = standing.short_of([claim.pk for claim in claims])
    for claim in claims:
        claim.short = short[claim.pk]
    return claims


@page(classes=MONEY, purpose="payment desk", roles=READERS, writes=False)
def desk_page(request: HttpRequest) -> HttpResponse:
    """Checked claims that wait to be paid, and which of them wait for cash."""
    table = Table(
        request,
        WAITING,
        standing.waiting(),
        name="payments",
        title=Text("待支付", "Waiting for payment"),
        order="since",
        decorate=_with_cash,
    )
    if table.wants_workbook:
        return table.workbook()
    return page_with(request, "funds/desk.html", table=table)


@page(classes=MONEY, purpose="pay a claim", roles=FINANCE, form=True)
def pay_page(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Pay a checked claim, or the shares of some lines."""
    claim = found(claim_id)
    why_not = actions.why_not_pay(by=request.actor, claim=claim)
    if why_not is not None and request.method != "POST":
        return page_with(request, "funds/not_payable.html", claim=claim, why_not=why_not)
    owed = [
        (
            share.number,
            Text(
                f"{share.number} {share.name}：{format_yuan(share.fen)} 元"
                f"（在账 {format_yuan(share.in_hand)} 元）",
                f"{share.number} {share.name}: {format_yuan(share.fen)} yuan "
                f"({format_yuan(share.in_hand)} in hand)",
            ),
        )
        for share in standing.shares_of(claim)
        if share.payment is None
    ]
    if not owed:
        raise ConflictError(NOTHING_OWED)
    form = PayForm(request.POST or None, owed=owed)
    if request.method == "POST":
        paid = form.carry_out(
            lambda data: actions.pay(
                by=request.actor,
                claim_id=claim.pk,
                voucher=data["voucher"],
                day=request.today,
                lines=data["lines"],
            )
        )
        if paid is not None:
            return redirect("payment", paid.pk)
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("支付", "Pay"),
        says=Text(
            f"收款单位：{claim.contract.payee}。支付不得超过各笔资金的到位数。",
            f"Payee: {claim.contract.payee}. No line pays more than has arrived.",
        ),
        back=reverse("claim", args=[claim.pk]),
    )


@page(classes=MONEY, purpose="payment", roles=READERS)
def payment_page(request: HttpRequest, payment_id: int) -> HttpResponse:
    """One payment: its shares and what came back; a POST records that it bounced or was recovered."""
    payment = (
        Payment.objects.select_related("claim__contract__project", "posting")
        .filter(pk=payment_id)
        .first()
    )
    if payment is None:
        raise NotFoundError(NO_PAYMENT)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    bounce = ReasonForm(request.POST if act == "bounce" else None, prefix="bounce")
    recover = RecoverForm(request.POST if act == "recover" else None, prefix="recover")
    done: object = None
    if act == "bounce":
        done = bounce.carry_out(
            lambda data: actions.bounce(
                by=request.actor, payment_id=payment.pk, day=request.today, reason=data["reason"]
            )
        )
    elif act == "recover":
        done = recover.carry_out(
            lambda data: actions.recover(
                by=request.actor,
                payment_id=payment.pk,
                fen=fen_of(data["yuan"]),
                day=request.today,
                reason=data["reason"],
            )
        )
    if done is not None:
        return redirect("payment", payment.pk)
    shares = [s for s in standing.shares_of(payment.claim) if s.payment == payment]
    recovered = sum(share.recovered_fen for share in shares)
    finance = request.actor.holds(*FINANCE, at=payment.place_code)
    return page_with(
        request,
        "funds/payment.html",
        form=bounce if act == "bounce" else recover,
        payment=payment,
        shares=shares,
        bounced=not shares,
        recovered=recovered,
        recoveries=payment.recoveries.select_related("posting").order_by("pk"),
        bounce=bounce if finance and shares and not recovered else None,
        recover=recover if finance and shares and recovered < payment.fen else None,
    )
