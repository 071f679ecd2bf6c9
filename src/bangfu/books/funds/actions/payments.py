"""Payments: money leaves for a claim that finance has checked, comes back from the bank, or is recovered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.actions.claims import NO_CLAIM
from bangfu.books.funds.booking import entries_of, lock_projects, post, refusals_told
from bangfu.books.funds.models import Claim, ClaimShare, ClaimStatus, Payment, Recovery
from bangfu.books.funds.people import FINANCE, require, require_another
from bangfu.books.journal import actions as journal
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem, UserError
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.ledger.postings import mirrored, payment, recovery, within_project
from bangfu.core.ledger.splitting import Part, split
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.money import format_yuan

NO_PAYMENT = Text(
    "没有这笔支付，或者它不在您的范围内。", "There is no such payment, or it is not yours to see."
)

PAID_BY_BATCH = Text(
    "发放到户的报账由它的发放批次付款，银行回盘也在批次里登记。",
    "Payments to households are paid by their batch, which also takes the bank's return.",
)


@transaction.atomic
def pay(
    *,
    by: Actor,
    claim_id: int,
    voucher: str,
    day: date,
    lines: Collection[str] | None = None,
    of_batch: bool = False,
) -> Payment:
    """Pay what a checked claim has not been paid: all of its lines, or those named, each its whole share.

    `voucher` is the treasury's number of the payment. A claim of payments to households is paid by its
    batch (`of_batch`) and by nothing else. ForbiddenError for who claimed or checked;
    ConflictError when a line's cash has not arrived, or somebody has paid meanwhile.
    """
    claim = (
        Claim.objects.select_for_update(no_key=True, of=["self"])
        .select_related("contract__project")
        .filter(pk=claim_id)
        .first()
    )
    if claim is None:
        raise NotFoundError(NO_CLAIM)
    _require_payable(by, claim, of_batch=of_batch)
    if not voucher.strip():
        problem = Problem("voucher", Text("必须填写。", "Must be filled in."))
        raise InputError(Text("没有支付。", "Nothing was paid."), [problem])
    shares = _unpaid(claim, lines)
    fens = {share.line.number: share.fen for share in shares}
    number = post(
        by=by.username,
        place_code=claim.place_code,
        kind=Kind.PAY,
        day=day,
        entries=payment(claim.contract.project.number, fens),
        memo=voucher,
    )
    with refusals_told(), transaction.atomic():
        paid: Payment = Payment.objects.create(
            place_code=claim.place_code,
            claim=claim,
            claimed_by=claim.claimed_by,
            checked_by=claim.checked_by,
            paid_by=by.username,
            voucher=voucher,
            fen=sum(fens.values()),
            posting_id=number,
        )
        ClaimShare.objects.filter(pk__in=[share.pk for share in shares]).update(payment=paid)
    _journal(by, paid, "funds.pay", {"claim": claim.pk, "fen": paid.fen, "posting": number})
    return paid


def why_not_pay(*, by: Actor, claim: Claim, of_batch: bool = False) -> Text | None:
    """Why the actor cannot pay a claim as it stands; None when he can."""
    try:
        _require_payable(by, claim, of_batch=of_batch)
    except UserError as refused:
        return refused.text
    return None


def _require_payable(by: Actor, claim: Claim, *, of_batch: bool) -> None:
    require(by, FINANCE, claim.place_code)
    if claim.status != ClaimStatus.CHECKED:
        raise ConflictError(Text("这笔报账还没有审核。", "This claim has not been checked."))
    if (claim.kind == ClaimKind.HOUSEHOLDS) != of_batch:
        raise ConflictError(PAID_BY_BATCH)
    require_another(by, claim.claimed_by, claim.checked_by)


@transaction.atomic
def bounce(*, by: Actor, payment_id: int, day: date, reason: str) -> int:
    """Take back a payment that the bank returned (退汇): its shares wait to be paid again.

    Gives the number of the reversal. ConflictError when it bounced before or part was recovered.
    """
    paid = _held(payment_id)
    require(by, FINANCE, paid.place_code)
    _why(reason)
    if paid.claim.kind == ClaimKind.HOUSEHOLDS:
        raise ConflictError(PAID_BY_BATCH)
    shares = ClaimShare.objects.filter(payment=paid)
    if not shares.exists() or shares.filter(recovered_fen__gt=0).exists():
        raise ConflictError(
            Text(
                "这笔支付已经退汇，或者已有追回。",
                "This payment has bounced already, or part of it was recovered.",
            )
        )
    number = post(
        by=by.username,
        place_code=paid.place_code,
        kind=Kind.PAY,
        day=day,
        entries=mirrored(entries_of(paid.posting_id)),
        reverses=paid.posting_id,
        memo=paid.voucher,
    )
    shares.update(payment=None)
    _journal(by, paid, "funds.bounce", {"posting": number}, reason)
    return number


@transaction.atomic
def recover(*, by: Actor, payment_id: int, fen: int, day: date, reason: str) -> Recovery:
    """Record that `fen` of a payment came back (追回), split over its lines. Their cash is there again;
    the quota waits on the project until `restore` frees it.

    ConflictError when so much has not been paid, or has come back already.
    """
    paid = _held(payment_id)
    require(by, FINANCE, paid.place_code)
    _why(reason)
    lock_projects(paid.place_code, [paid.claim.contract.project.number])
    shares = {
        share.line.number: share
        for share in ClaimShare.objects.filter(payment=paid).select_related("line")
    }
    left = sum(share.fen - share.recovered_fen for share in shares.values())
    if not 0 < fen <= left:
        raise ConflictError(
            Text(
                f"这笔支付尚未追回的有 {format_yuan(left)} 元。",
                f"{format_yuan(left)} yuan of this payment have not come back.",
            )
        )
    parts = [Part(line, share.fen, share.recovered_fen) for line, share in shares.items()]
    back = split(parts, fen)
    number = post(
        by=by.username,
        place_code=paid.place_code,
        kind=Kind.RECOVER,
        day=day,
        entries=recovery(paid.claim.contract.project.number, back),
        memo=paid.voucher,
    )
    came: Recovery = Recovery.objects.create(
        place_code=paid.place_code,
        payment=paid,
        fen=fen,
        reason=reason,
        recovered_by=by.username,
        posting_id=number,
    )
    for line, part in back.items():
        share = shares[line]
        share.recovered_fen += part
        share.save(update_fields=["recovered_fen"])
    _journal(by, paid, "funds.recover", {"fen": fen, "posting": number}, reason)
    return came


@transaction.atomic
def reassign(*, by: Actor, recovery: Recovery, day: date) -> int:
    """Keep what came back of a payment for its project: it can be committed anew, as the plan gives it.

    Gives the number. ConflictError when it was freed or kept before.
    """
    require(by, FINANCE, recovery.place_code)
    paid = _held(recovery.payment_id)
    project = paid.claim.contract.project.number
    lock_projects(paid.place_code, [project])
    back = {
        entry.line: entry.fen
        for entry in entries_of(recovery.posting_id)
        if entry.stage is Stage.RECOVERED
    }
    number = post(
        by=by.username,
        place_code=paid.place_code,
        kind=Kind.REASSIGN,
        day=day,
        entries=within_project(project, back, Stage.RECOVERED, Stage.ALLOCATED),
        key=f"reassign {recovery.pk}",
        memo=paid.voucher,
    )
    _journal(by, paid, "funds.reassign", {"fen": recovery.fen, "posting": number})
    return number


def _unpaid(claim: Claim, lines: Collection[str] | None) -> list[ClaimShare]:
    shares = list(
        ClaimShare.objects.filter(claim=claim, payment=None)
        .select_related("line")
        .order_by("line__number")
    )
    if lines is not None:
        unknown = set(lines) - {share.line.number for share in shares}
        if unknown:
            raise ConflictError(
                Text(
                    f"没有待支付的份额：{'、'.join(sorted(unknown))}。",
                    f"These lines owe nothing on this claim: {', '.join(sorted(unknown))}.",
                )
            )
        shares = [share for share in shares if share.line.number in lines]
    if not shares:
        raise ConflictError(Text("这笔报账已经付清。", "This claim is paid in full."))
    return shares


def _held(payment_id: int) -> Payment:
    """A payment whose claim is held until the transaction ends."""
    found = Payment.objects.filter(pk=payment_id).select_related("claim__contract__project").first()
    if found is None:
        raise NotFoundError(NO_PAYMENT)
    Claim.objects.select_for_update(no_key=True).get(pk=found.claim_id)
    return found


def _why(reason: str) -> None:
    if not reason.strip():
        problem = Problem("reason", Text("必须填写。", "Must be filled in."))
        raise InputError(Text("请写明原因。", "Say why."), [problem])


def _journal(by: Actor, paid: Payment, verb: str, after: dict[str, int], reason: str = "") -> None:
    journal.write(
        by=by.username,
        place_code=paid.place_code,
        verb=verb,
        subject=f"payment {paid.pk}",
        reason=reason,
        after=after,
    )
