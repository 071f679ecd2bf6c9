"""Making a batch: what waits to be paid is collected, and what must not be paid is kept out, with why."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.booking import project_ids
from bangfu.books.funds.models import ClaimStatus
from bangfu.books.journal import actions as journal
from bangfu.books.payments import people
from bangfu.books.payments.interest import require_batch_unchanged
from bangfu.books.payments.models import (
    Batch,
    BatchStatus,
    Payment,
    PaymentStatus,
    StopReason,
)
from bangfu.books.payments.models.batches import ATTEMPTS
from bangfu.books.payments.posting import claim_batch, release_claim, words_of
from bangfu.books.payments.refusals import WHY_STOPPED, refusals_told
from bangfu.books.walls import bulk
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.payments.bank import summary_of
from bangfu.core.places import code_range
from bangfu.core.policy.resolve import Policy

_COLLECT = (Path(__file__).parents[1] / "sql" / "collect.sql").read_text("utf-8")
# Causes that are named when a batch would be empty.
TOLD = 50
NO_BATCH = Text(
    "没有这个批次，或者它不在您的范围内。", "There is no such batch, or it is not yours to see."
)


@transaction.atomic
def make_batch(
    *,
    by: Actor,
    place_code: str,
    scheme: str,
    term: str,
    project: str,
    today: date,
) -> Batch:
    """Collect a county's entitlements whose notice is over, and keep out the dead, the moved and those
    whose account is not theirs, each with its reason.

    What failed before is collected once more. It weighs nothing in the ledger until it is submitted.
    ConflictError when nothing waits; InputError, naming the causes, when all that waits is kept out.
    """
    people.require(by, people.MAKERS, place_code)
    project_ids(place_code, [project])
    low, high = code_range(place_code)
    bulk.prepare_for_many()
    with refusals_told(), transaction.atomic():
        batch: Batch = Batch.objects.create(
            place_code=place_code,
            scheme=scheme,
            term=term,
            project=project,
            made_by=by.username,
            made_on=today,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                _COLLECT,
                {
                    "scheme": scheme,
                    "term": term,
                    "project": project,
                    "low": low,
                    "high": high,
                    "today": today,
                    "attempts": ATTEMPTS,
                    "batch": batch.pk,
                },
            )
            [(payments, stopped, fen)] = cursor.fetchall()
    if not payments and not stopped:
        raise ConflictError(
            Text(
                "没有可发放的补助：公示期满、没有待发或已发的才能进入批次。",
                "Nothing waits to be paid: its notice must be over, and it must not be in a batch or paid.",
            )
        )
    if not payments:
        raise InputError(
            Text(
                f"一笔也不能发放，{stopped} 项被拦下，没有做批次。处理好原因再做。",
                f"Nobody can be paid: {stopped} are held back, and no batch was made. Mend the causes first.",
            ),
            [
                Problem(stop.household_no, WHY_STOPPED[StopReason(stop.reason)])
                for stop in batch.stops.order_by("household_no", "pk")[:TOLD]
            ],
        )
    batch.payments_count, batch.stopped_count = payments, stopped
    batch.fen = int(fen)
    batch.save(update_fields=["payments_count", "stopped_count", "fen"])
    journal_batch(
        by,
        batch,
        "payments.make_batch",
        {"payments": payments, "stopped": stopped, "fen": batch.fen},
    )
    return batch


@transaction.atomic
def submit_batch(*, by: Actor, batch_id: int, policy: Policy, day: date, now: datetime) -> Batch:
    """Send a batch to finance: its sum is committed and claimed in the ledger, with its roster.

    ConflictError when it is empty, was submitted before, or the plan leaves its project less; InputError
    for interest that a repayment has changed.
    """
    batch = locked(batch_id)
    if batch.status != BatchStatus.MADE:
        raise ConflictError(
            Text("这一批已经报财政或撤销。", "This batch was submitted or cancelled already.")
        )
    if not batch.payments_count:
        raise ConflictError(Text("这一批没有可发放的。", "This batch holds no payment."))
    require_batch_unchanged(batch, policy)
    claim = claim_batch(by=by, batch=batch, policy=policy, day=day, now=now)
    batch.status, batch.claim = BatchStatus.SUBMITTED, claim
    batch.summary = summary_of(*words_of(batch, policy))
    with refusals_told(), transaction.atomic():
        batch.save(update_fields=["status", "claim", "summary"])
    journal_batch(by, batch, "payments.submit_batch", {"claim": claim.pk, "fen": batch.fen})
    return batch


@transaction.atomic
def cancel_batch(*, by: Actor, batch_id: int, reason: str, day: date) -> None:
    """Take a batch back before it is paid; what it held waits for another.

    One that was submitted is taken back when finance has returned its claim: its commitment ends.
    ConflictError while the claim stands, and for one that was paid.
    """
    batch = locked(batch_id)
    people.require(by, people.MAKERS, batch.place_code)
    if not reason.strip():
        problem = Problem("reason", Text("请写明原因。", "Say why."))
        raise InputError(Text("没有撤销。", "It was not cancelled."), [problem])
    if batch.status not in (BatchStatus.MADE, BatchStatus.SUBMITTED):
        raise ConflictError(
            Text("这一批已经付款或撤销。", "This batch was paid or cancelled already.")
        )
    if batch.claim is not None:
        if batch.claim.status != ClaimStatus.RETURNED:
            raise ConflictError(
                Text(
                    "这一批已报财政。请财政先退回报账，再撤销。",
                    "This batch is with finance. It is cancelled when finance has returned its claim.",
                )
            )
        release_claim(by=by, claim=batch.claim, day=day, reason=reason)
    bulk.prepare_for_many()
    Payment.objects.filter(batch=batch).update(status=PaymentStatus.DROPPED)
    batch.status = BatchStatus.CANCELLED
    with refusals_told(), transaction.atomic():
        batch.save(update_fields=["status"])
    journal_batch(by, batch, "payments.cancel_batch", reason=reason)


def locked(batch_id: int) -> Batch:
    """The batch of that number, held for a change. NotFoundError outside the scope."""
    found: Batch | None = (
        Batch.objects.select_for_update(of=["self"])
        .select_related("claim")
        .filter(pk=batch_id)
        .first()
    )
    if found is None:
        raise NotFoundError(NO_BATCH)
    return found


def journal_batch(
    by: Actor,
    batch: Batch,
    verb: str,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """What was done with a batch."""
    journal.write(
        by=by.username,
        place_code=batch.place_code,
        verb=verb,
        subject=f"batch {batch.pk}",
        reason=reason,
        after=after,
    )
