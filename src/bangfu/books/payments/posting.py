"""The one place where payments meet the ledger: what a batch takes of its line and project.

The ledger's last stage today is `allocated`, which only a plan reaches, and its cash stops at `received`:
no posting pays yet. Until one does, a batch is held against both, under the lock of its line, and takes
from them the one sum `first_fen` that it keeps. Money that failed stays taken, and its repayment takes
nothing again. When the ledger has a paid stage, `post_batch` posts that sum and gives the posting's
number; nothing else changes.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from bangfu.books.funds.models import Balance, FundLine
from bangfu.books.payments.models import Batch, BatchStatus
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.core.ledger.stages import STAGE_LABELS, Stage
from bangfu.core.money import format_yuan


def post_batch(*, by: str, batch: Batch, day: date) -> int | None:
    """Take what a batch pays for the first time, in one sum. Gives the posting's number, None while the
    ledger has no posting that pays.

    ConflictError when the project's part of the line, or the line's cash, does not suffice.
    """
    # Two batches of one line are weighed one after the other.
    FundLine.objects.select_for_update().get(place_code=batch.place_code, number=batch.line)
    sent = Batch.objects.filter(
        place_code=batch.place_code,
        line=batch.line,
        status__in=[BatchStatus.SENT, BatchStatus.RETURNED],
    )
    for stage, project in ((Stage.ALLOCATED, batch.project), (Stage.RECEIVED, None)):
        taken = sent.filter(project=project) if project else sent
        total = taken.aggregate(total=Sum("first_fen"))["total"] or 0
        left = _held(batch, stage, project) - total
        if left < batch.first_fen:
            raise ConflictError(_short(batch, stage, left))
    return None


def _held(batch: Batch, stage: Stage, project: str | None) -> int:
    rows = Balance.objects.filter(
        place_code=batch.place_code,
        line__number=batch.line,
        stage=stage.value,
        project__number=project,
    )
    return rows.values_list("amount", flat=True).first() or 0


def _short(batch: Batch, stage: Stage, left: int) -> Text:
    label = STAGE_LABELS[stage]
    amounts = format_yuan(left), format_yuan(batch.first_fen)
    return Text(
        f"{batch.line} “{label.zh}”还剩 {amounts[0]} 元，这一批需要 {amounts[1]} 元。",
        f"Of {batch.line}, {amounts[0]} yuan {label.en} are left and this batch needs {amounts[1]}.",
    )
