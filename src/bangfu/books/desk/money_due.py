"""What waits for who handles money: claims, aid, batches, plans, each kind with the address of its rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds import standing
from bangfu.books.funds.models import Claim, ClaimStatus, PlanStatus
from bangfu.books.funds.people import APPROVERS, CLAIMANTS, FINANCE, PLANNERS
from bangfu.books.payments import people
from bangfu.books.payments.models import BatchStatus, Entitlement, EntitlementStatus
from bangfu.books.payments.queries import TO_PAY, batches
from bangfu.core.language import Text

_CLAIMS, _BATCHES, _PLANS, _OWED = "claims", "payment-batches", "fund-plans", "payments"
_CHECKS, _APPROVALS, _BOARD = "payment-checks", "payment-approve", "payment-notices"
# Whose it is, what waits, the page of its rows and the status that the page is asked for.
_KINDS = (
    (CLAIMANTS, Text("财政退回的报账", "Claims sent back"), _CLAIMS, ClaimStatus.RETURNED),
    (people.TOWNSHIP, Text("待审核的补助", "Aid to check"), _CHECKS, EntitlementStatus.APPLIED),
    (people.APPROVERS, Text("待审批的补助", "Aid to approve"), _APPROVALS, EntitlementStatus.CHECKED),
    (people.MAKERS, Text("待公示的补助", "Aid to put on the board"), _BOARD, EntitlementStatus.APPROVED),
    (CLAIMANTS, Text("待报财政的发放批次", "Batches to submit"), _BATCHES, BatchStatus.MADE),
    (FINANCE, Text("待审核的报账", "Claims to check"), _CLAIMS, ClaimStatus.LODGED),
    (FINANCE, Text("待支付的报账", "Claims to pay"), _OWED, None),
    (FINANCE, Text("待付款的发放批次", "Batches to pay"), _BATCHES, TO_PAY),
    (FINANCE, Text("待银行回盘的批次", "Batches at the bank"), _BATCHES, BatchStatus.SENT),
    (APPROVERS, Text("待批准的资金计划", "Plans to approve"), _PLANS, PlanStatus.PROPOSED),
    (PLANNERS, Text("待公示的计划调整", "Amendments to put on the board"), _PLANS, standing.TO_NOTICE),
    (APPROVERS, Text("待记账的计划调整", "Amendments to post"), _PLANS, standing.TO_POST),
)  # fmt: skip
# These pages show one step each, and are asked for none.
_OF_ONE_STEP = (_APPROVALS, _BOARD, _OWED)
_MODELS = {
    _CLAIMS: Claim,
    **dict.fromkeys((_CHECKS, _APPROVALS, _BOARD), Entitlement),
}


def kinds() -> list[tuple[Text, str]]:
    """Every kind, in the order of the page, with the address of its rows."""
    return [
        (label, reverse(name) + ("" if name in _OF_ONE_STEP else f"?status={status}"))
        for _, label, name, status in _KINDS
    ]


def parts(actor: Actor, today: date) -> list[tuple[Text, QuerySet[Any]]]:
    """The rows of each kind that is the actor's to do, wherever he holds the role."""
    return [
        (label, _rows(name, status or "", today))
        for roles, label, name, status in _KINDS
        if actor.holds(*roles)
    ]


def _rows(name: str, status: str, today: date) -> QuerySet[Any]:
    if name == _OWED:
        return standing.waiting()
    if name == _BATCHES:
        return batches(status)
    if name == _PLANS:
        return standing.plans(status, today)
    return _MODELS[name].objects.filter(status=status)
