"""Taking a posting back with its mirror image (红字冲销)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bangfu.books.funds.booking import entries_of, post, refusals_told
from bangfu.books.funds.models import Document, Plan, PlanStatus, Posting
from bangfu.core.errors import ConflictError, UsageError
from bangfu.core.language import Text
from bangfu.core.ledger.postings import mirrored
from bangfu.core.ledger.stages import KIND_LABELS, WITHIN_PROJECT, Kind


@transaction.atomic
def reverse(
    *, by: str, posting: int, day: date, memo: str, document: Document | None = None
) -> int:
    """Take a posting back with its mirror image (红字冲销). Gives the number of the reversal.

    A plan whose posting is taken back is withdrawn; of an amendment, the plan it amended stands again.
    ConflictError when what it gave has been used since, when it was reversed before, when it is a
    reversal itself, or for contracts, claims and payments, which have verbs of their own.
    """
    found = Posting.objects.filter(pk=posting).select_related("plan").first()
    if found is None:
        raise UsageError(Text(f"账上没有第 {posting} 笔。", f"There is no posting {posting}."))
    if found.reverses_id is not None:
        raise ConflictError(
            Text(
                "冲销本身不能再冲销，请重新记账。",
                "A reversal is not reversed; post the act again.",
            )
        )
    kind = Kind(found.kind)
    if kind in WITHIN_PROJECT:
        label = KIND_LABELS[kind]
        raise ConflictError(
            Text(
                f"“{label.zh}”不能直接冲销，请结束合同、退回报账、登记退汇或追回。",
                f"A {label.en} is not reversed by itself: end the contract, return the claim, "
                "or record that the payment bounced or was recovered.",
            )
        )
    if found.plan is not None:
        _stand_down(found.plan)
    return post(
        by=by,
        place_code=found.place_code,
        kind=kind,
        day=day,
        entries=mirrored(entries_of(posting)),
        document=document,
        reverses=posting,
        memo=memo,
        verb="funds.reverse",
        reason=memo,
        after={"reverses": posting},
    )


def _stand_down(plan: Plan) -> None:
    """Withdraw a plan whose posting is taken back; the plan it amended, if any, stands again.

    ConflictError when an amendment stands on it.
    """
    if plan.status == PlanStatus.REPLACED:
        raise ConflictError(
            Text(
                "这版计划已经调整过，请先冲销调整。",
                "This plan has been amended since; reverse the amendment first.",
            )
        )
    with refusals_told(), transaction.atomic():
        done = Plan.objects.filter(pk=plan.pk, status=PlanStatus.POSTED).update(
            status=PlanStatus.WITHDRAWN
        )
        if done and plan.amends_id is not None:
            Plan.objects.filter(pk=plan.amends_id).update(status=PlanStatus.POSTED)
