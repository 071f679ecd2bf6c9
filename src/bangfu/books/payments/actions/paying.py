"""Paying a batch: the file to the bank with its one posting, and the bank's return, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.actions import why_not_pay
from bangfu.books.funds.models import ClaimStatus
from bangfu.books.payments import people
from bangfu.books.payments.actions.batches import journal_batch, locked
from bangfu.books.payments.interest import require_batch_unchanged
from bangfu.books.payments.models import Batch, BatchStatus, Payment, PaymentStatus
from bangfu.books.payments.posting import pay_batch, take_back
from bangfu.books.payments.refusals import refusals_told
from bangfu.books.walls import bulk
from bangfu.books.walls.guarded import opened
from bangfu.core.errors import ConflictError, ForbiddenError, InputError
from bangfu.core.language import Text
from bangfu.core.payments.bank import (
    Order,
    digest_of,
    position_of,
    read_return,
    reference,
    write_file,
)
from bangfu.core.places import code_range
from bangfu.core.policy.resolve import Policy

_RECHECK = (Path(__file__).parents[1] / "sql" / "recheck.sql").read_text("utf-8")
HELD_BACK = "付款前复查拦下"
NOT_PAID = "银行未能发放"
# Every row of the batch that the bank paid or failed, in one statement.
_SETTLE = """
update payments_payment p
set status = case when back.failure = '' then 'paid' else 'failed' end,
    failure = back.failure, settled_on = %s
from unnest(%s::int[], %s::text[]) as back (position, failure)
where p.batch_id = %s and p.position = back.position and p.status = 'waiting'
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a return came to; `before` when the same return had been taken already and nothing changed."""

    paid: int
    failed: int
    paid_fen: int
    before: bool = False


@transaction.atomic
def send_batch(*, by: Actor, batch_id: int, policy: Policy, day: date, now: datetime) -> Batch:
    """Pay a batch's claim in one sum and fix its bank file, which `bank_file` then gives out.

    Everybody is looked at once more: who died or left since, or whose account is another, is held back
    with why (`held_count`, `Stop.at_sending`), and that money comes back at once. ForbiddenError for
    who made, claimed or checked it; ConflictError when finance has not checked it, it was sent, nobody
    is left to pay, or the cash is not there; InputError for interest that a repayment has changed.
    """
    batch = locked(batch_id)
    people.require(by, people.FINANCE, batch.place_code)
    if batch.status != BatchStatus.SUBMITTED or batch.claim is None:
        raise ConflictError(
            Text("这一批没有待付款的报账。", "This batch has no claim that waits for payment.")
        )
    people.require_another(by, batch.made_by)
    if batch.claim.status != ClaimStatus.CHECKED:
        raise ConflictError(
            Text("财政还没有审核这一批的报账。", "Finance has not checked the claim of this batch.")
        )
    _hold_back(batch)
    if batch.held_count == batch.payments_count:
        raise ConflictError(
            Text(
                "复查后没有可以发放的，请财政退回报账。",
                "Nobody is left to be paid; finance returns the claim.",
            )
        )
    require_batch_unchanged(batch, policy)
    paid = pay_batch(by=by, batch=batch, day=day)
    if batch.held_fen:
        take_back(by=by, payment_id=paid.pk, fen=batch.held_fen, day=day, reason=HELD_BACK)
    batch.status, batch.payment = BatchStatus.SENT, paid
    batch.sent_by, batch.sent_at = by.username, now
    batch.file_hash = digest_of(_file(batch))
    with refusals_told(), transaction.atomic():
        batch.save()
    journal_batch(
        by,
        batch,
        "payments.send_batch",
        {"posting": paid.posting_id, "stopped": batch.held_count, "file": batch.file_hash},
    )
    return batch


def why_not_send(*, by: Actor, batch: Batch) -> Text | None:
    """Why the actor cannot pay a batch whose claim is checked; None when he can."""
    try:
        people.require_another(by, batch.made_by)
    except ForbiddenError as refused:
        return refused.text
    assert batch.claim is not None
    return why_not_pay(by=by, claim=batch.claim, of_batch=True)


def _hold_back(batch: Batch) -> None:
    """Keep out of the bank's file whom the books no longer let be paid."""
    low, high = code_range(batch.place_code)
    bulk.prepare_for_many()
    with connection.cursor() as cursor:
        cursor.execute(_RECHECK, {"batch": batch.pk, "low": low, "high": high})
        [(batch.held_count, batch.held_fen, told)] = cursor.fetchall()
    batch.stopped_count += told


@transaction.atomic
def bank_file(*, by: Actor, batch_id: int) -> bytes:
    """The bytes for the bank, the same however often they are asked for. Account numbers are opened for
    them alone, and the journal keeps who asked.

    ConflictError when the batch was not sent, or its rows no longer give the file that was fixed.
    """
    batch = locked(batch_id)
    people.require(by, people.FINANCE, batch.place_code)
    if batch.status not in (BatchStatus.SENT, BatchStatus.RETURNED):
        raise ConflictError(Text("这一批还没有付款。", "This batch has not been sent."))
    content = _file(batch)
    if digest_of(content) != batch.file_hash:
        raise ConflictError(
            Text(
                "银行文件与付款时的不一致，数据可能被改动，没有给出文件。请联系审计。",
                "The file is not the one that was fixed; rows may have been altered. It is not given out.",
            )
        )
    journal_batch(by, batch, "payments.bank_file", {"file": batch.file_hash})
    return content


@transaction.atomic
def take_return(*, by: Actor, batch_id: int, content: bytes, day: date, now: datetime) -> Taken:
    """Take in the bank's return of a batch: every payment paid or failed, or nothing at all.

    What was not paid comes back to the project in the ledger, whence it is repaid once. The same lines
    again, in whatever order, change nothing. InputError names every line that is not
    right; ConflictError when another return was taken.
    """
    batch = locked(batch_id)
    people.require(by, people.FINANCE, batch.place_code)
    if batch.status not in (BatchStatus.SENT, BatchStatus.RETURNED):
        raise ConflictError(Text("这一批还没有付款。", "This batch has not been sent."))
    sent = {
        reference(batch.pk, position): fen
        for position, fen in _sent(batch).values_list("position", "fen")
    }
    returned = read_return(content, sent)
    if returned.problems:
        raise InputError(Text("回盘文件没有导入。", "The return was not taken."), returned.problems)
    if batch.status == BatchStatus.RETURNED:
        if returned.digest != batch.return_hash:
            raise ConflictError(
                Text(
                    "这一批已按另一份回盘文件入账，没有写入任何内容。",
                    "Another return of this batch was taken already; nothing was written.",
                )
            )
        return _taken(batch, before=True)
    bulk.prepare_for_many()
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                day,
                [position_of(batch.pk, each.reference) for each in returned.results],
                [each.failure for each in returned.results],
                batch.pk,
            ],
        )
        if cursor.rowcount != len(sent):
            raise ConflictError(
                Text("批次的状态已变，请刷新再试。", "The batch has changed; reload and try again.")
            )
    taken = _taken(batch)
    if taken.failed:
        assert batch.payment_id is not None
        back = batch.fen - batch.held_fen - taken.paid_fen
        take_back(by=by, payment_id=batch.payment_id, fen=back, day=day, reason=NOT_PAID)
    batch.status = BatchStatus.RETURNED
    batch.returned_by, batch.returned_at, batch.return_hash = by.username, now, returned.digest
    batch.paid_count, batch.paid_fen = taken.paid, taken.paid_fen
    with refusals_told(), transaction.atomic():
        batch.save()
    journal_batch(
        by,
        batch,
        "payments.take_return",
        {"paid": taken.paid, "failed": taken.failed, "at": timezone.localtime(now).isoformat()},
    )
    return taken


def _file(batch: Batch) -> bytes:
    rows = (
        _sent(batch).order_by("position").values_list("position", "holder_name", "account", "fen")
    )
    return write_file(
        (
            Order(reference(batch.pk, position), name, opened(account, "account"), fen)
            for position, name, account, fen in rows
        ),
        summary=batch.summary,
    )


def _sent(batch: Batch) -> QuerySet[Payment]:
    """What the bank was told of."""
    return Payment.objects.filter(batch=batch).exclude(status=PaymentStatus.DROPPED)


def _taken(batch: Batch, *, before: bool = False) -> Taken:
    found = Payment.objects.filter(batch=batch).aggregate(
        paid=Count("pk", filter=Q(status="paid")),
        failed=Count("pk", filter=Q(status="failed")),
        fen=Sum("fen", filter=Q(status="paid")),
    )
    return Taken(found["paid"], found["failed"], found["fen"] or 0, before)
