"""Making a batch: what waits to be paid is collected, and what must not be paid is kept out, with why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import connection, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.booking import line_ids, project_ids
from bangfu.books.journal import actions as journal
from bangfu.books.payments import people
from bangfu.books.payments.models import Batch, BatchStatus, Payment, PaymentStatus
from bangfu.books.payments.models.batches import ATTEMPTS
from bangfu.books.payments.refusals import refusals_told
from bangfu.books.walls import bulk
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.places import code_range

_COLLECT = (Path(__file__).parents[1] / "sql" / "collect.sql").read_text("utf-8")
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
    line: str,
    project: str,
    today: date,
) -> Batch:
    """Collect a county's entitlements whose notice is over, and keep out the dead, the moved and those
    whose account is not theirs, each with its reason.

    What failed before is collected once more. ConflictError when nothing waits.
    """
    people.require(by, people.MAKERS, place_code)
    line_ids(place_code, [line])
    project_ids(place_code, [project])
    low, high = code_range(place_code)
    bulk.plan_anew()
    with refusals_told(), transaction.atomic():
        batch: Batch = Batch.objects.create(
            place_code=place_code,
            scheme=scheme,
            term=term,
            line=line,
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
                    "line": line,
                    "project": project,
                    "low": low,
                    "high": high,
                    "today": today,
                    "attempts": ATTEMPTS,
                    "batch": batch.pk,
                },
            )
            [(payments, stopped, fen, first)] = cursor.fetchall()
    if not payments and not stopped:
        raise ConflictError(
            Text(
                "没有可发放的补助：公示期满、没有待发或已发的才能进入批次。",
                "Nothing waits to be paid: its notice must be over, and it must not be in a batch or paid.",
            )
        )
    batch.payments_count, batch.stopped_count = payments, stopped
    batch.fen, batch.first_fen = int(fen), int(first)
    batch.save(update_fields=["payments_count", "stopped_count", "fen", "first_fen"])
    journal_batch(
        by,
        batch,
        "payments.make_batch",
        {"payments": payments, "stopped": stopped, "fen": batch.fen},
    )
    return batch


@transaction.atomic
def cancel_batch(*, by: Actor, batch_id: int, reason: str) -> None:
    """Take a batch back before it goes to the bank; what it held waits for another."""
    batch = locked(batch_id)
    people.require(by, people.MAKERS, batch.place_code)
    if batch.status != BatchStatus.MADE:
        raise ConflictError(
            Text("银行文件已出，不能撤销。", "Its file went to the bank; it is not taken back.")
        )
    bulk.plan_anew()
    Payment.objects.filter(batch=batch).update(status=PaymentStatus.DROPPED)
    batch.status = BatchStatus.CANCELLED
    batch.save(update_fields=["status"])
    journal_batch(by, batch, "payments.cancel_batch", {"reason": reason})


def locked(batch_id: int) -> Batch:
    """The batch of that number, held for a change. NotFoundError outside the scope."""
    found: Batch | None = Batch.objects.select_for_update().filter(pk=batch_id).first()
    if found is None:
        raise NotFoundError(NO_BATCH)
    return found


def journal_batch(by: Actor, batch: Batch, verb: str, after: dict[str, object]) -> None:
    """What was done with a batch."""
    journal.write(
        by=by.username,
        place_code=batch.place_code,
        verb=verb,
        subject=f"batch {batch.pk}",
        after=after,
    )
