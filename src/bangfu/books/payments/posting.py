"""The one place where payments meet the ledger: what a batch posts, and whether its cash is there.

The ledger's last stage today is `allocated`, and its cash stops at `received`. A batch is one posting
that takes its line's announced quota to its project; the cash it needs is held against what has
arrived, under the line's lock. Money that failed stays posted and is what the repayment is made of.
When the ledger has a paid stage, this module is what changes.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from bangfu.books.funds.booking import post
from bangfu.books.funds.models import Balance, FundLine
from bangfu.books.payments.models import Batch, BatchStatus
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.core.ledger.postings import allocation
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.money import format_yuan


def post_batch(*, by: str, batch: Batch, day: date) -> int | None:
    """Post what a batch pays for the first time, as one posting. Gives its number; None when it only
    repays what failed, whose money was posted then.

    ConflictError when the line's announced quota or the cash that has arrived does not suffice.
    """
    # Two batches of one line are weighed one after the other.
    line = FundLine.objects.select_for_update().get(place_code=batch.place_code, number=batch.line)
    if not batch.first_fen:
        return None
    arrived = (
        Balance.objects.filter(line=line, stage=Stage.RECEIVED.value, project=None)
        .values_list("amount", flat=True)
        .first()
        or 0
    )
    left = arrived - _taken(batch)
    if left < batch.first_fen:
        raise ConflictError(
            Text(
                f"{batch.line} 到位资金还剩 {format_yuan(left)} 元，"
                f"这一批需要 {format_yuan(batch.first_fen)} 元。",
                f"Of the cash of {batch.line}, {format_yuan(left)} yuan are left and this batch "
                f"needs {format_yuan(batch.first_fen)}.",
            )
        )
    return post(
        by=by,
        place_code=batch.place_code,
        kind=Kind.ALLOCATE,
        day=day,
        entries=allocation([(batch.line, batch.project, batch.first_fen)]),
        key=f"payments {batch.pk}",
        memo=f"一卡通 {batch.scheme} {batch.term}",
    )


def _taken(batch: Batch) -> int:
    """The cash of the line that batches before this one have taken."""
    sent = Batch.objects.filter(
        place_code=batch.place_code,
        line=batch.line,
        status__in=[BatchStatus.SENT, BatchStatus.RETURNED],
    )
    return sent.exclude(pk=batch.pk).aggregate(total=Sum("first_fen"))["total"] or 0
