"""Money to households, held against what was claimed and posted for it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum

from bangfu.books.funds.models import ClaimPaper
from bangfu.books.funds.records import altered_rows
from bangfu.books.funds.verify import Progress
from bangfu.books.funds.verify import verify as recount
from bangfu.books.payments.models import (
    Account,
    Batch,
    BatchStatus,
    Entitlement,
    Loan,
    Payment,
    PaymentStatus,
    Repayment,
)
from bangfu.books.payments.posting import ROSTER, roster_of
from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.payments.bank import digest_of

# What has a history: what was approved, to which account, what was lent, and what was paid for it.
RECORDED = (Entitlement, Account, Loan, Repayment, Batch, Payment)


def verify(
    *,
    published: Mapping[tuple[str, int], str] | None = None,
    progress: Progress | None = None,
) -> list[Problem]:
    """The ledger recounted (`funds.verify`), and every batch of payments to households held against it.

    What households were approved for and lent is held against its history where the scope sees persons.
    """
    problems = recount(published=published, progress=progress)
    return [*problems, *altered_batches(), *altered_rows(RECORDED)]


def altered_batches() -> list[Problem]:
    """Batches whose payments are not the roster they were claimed with, or do not sum to what was posted."""
    claimed = Batch.objects.exclude(claim=None).select_related("claim").order_by("pk")
    return [problem for batch in claimed for problem in _of_batch(batch)]


def _of_batch(batch: Batch) -> list[Problem]:
    assert batch.claim is not None
    papers = ClaimPaper.objects.filter(claim=batch.claim_id, code=ROSTER)
    problems = []
    if digest_of(roster_of(batch)) not in set(papers.values_list("digest", flat=True)):
        problems.append(
            _problem(
                batch,
                Text(
                    "各笔发放与报账时的发放清册不一致。",
                    "Its payments are not those of the roster it was claimed with.",
                ),
            )
        )
    rows = Payment.objects.filter(batch=batch)
    whole = rows.aggregate(fen=Sum("fen"))["fen"] or 0
    if not whole == batch.fen == batch.claim.fen:
        problems.append(
            _problem(
                batch,
                Text(
                    f"各笔合计 {format_yuan(whole)} 元，批次记 {format_yuan(batch.fen)} 元，"
                    f"报账 {format_yuan(batch.claim.fen)} 元。",
                    f"Its payments sum to {format_yuan(whole)} yuan, it says {format_yuan(batch.fen)}, "
                    f"claimed were {format_yuan(batch.claim.fen)}.",
                ),
            )
        )
    paid = rows.filter(status=PaymentStatus.PAID).aggregate(fen=Sum("fen"))["fen"] or 0
    if batch.status == BatchStatus.RETURNED and paid != batch.paid_fen:
        problems.append(
            _problem(
                batch,
                Text(
                    f"已发放各笔合计 {format_yuan(paid)} 元，回盘时为 {format_yuan(batch.paid_fen)} 元。",
                    f"What was paid sums to {format_yuan(paid)} yuan; the bank's return said "
                    f"{format_yuan(batch.paid_fen)}.",
                ),
            )
        )
    return problems


def _problem(batch: Batch, text: Text) -> Problem:
    return Problem(f"batch {batch.pk}", text, rule="ledger.batch")
