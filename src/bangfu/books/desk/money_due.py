"""What waits for who handles money: claims, batches, plans, each kind with the address of its rows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds import standing
from bangfu.books.funds.models import Claim, ClaimStatus, Plan, PlanStatus
from bangfu.books.funds.people import APPROVERS, CLAIMANTS, FINANCE
from bangfu.books.payments.models import Batch, BatchStatus
from bangfu.core.language import Text

_CLAIMS, _BATCHES, _PLANS, _OWED = "claims", "payment-batches", "fund-plans", "payments"
# Whose it is, what waits, the page of its rows and the status that the page is asked for.
_KINDS = (
    (CLAIMANTS, Text("财政退回的报账", "Claims sent back"), _CLAIMS, ClaimStatus.RETURNED),
    (CLAIMANTS, Text("待报财政的发放批次", "Batches to submit"), _BATCHES, BatchStatus.MADE),
    (FINANCE, Text("待审核的报账", "Claims to check"), _CLAIMS, ClaimStatus.LODGED),
    (FINANCE, Text("待支付的报账", "Claims to pay"), _OWED, None),
    (FINANCE, Text("待付款的发放批次", "Batches to pay"), _BATCHES, BatchStatus.SUBMITTED),
    (FINANCE, Text("待银行回盘的批次", "Batches at the bank"), _BATCHES, BatchStatus.SENT),
    (APPROVERS, Text("待批准的资金计划", "Plans to approve"), _PLANS, PlanStatus.PROPOSED),
)
_MODELS = {_CLAIMS: Claim, _BATCHES: Batch, _PLANS: Plan}


def kinds() -> list[tuple[Text, str]]:
    """Every kind, in the order of the page, with the address of its rows."""
    return [
        (label, reverse(name) + (f"?status={status.value}" if status else ""))
        for _, label, name, status in _KINDS
    ]


def parts(actor: Actor) -> list[tuple[Text, QuerySet[Any]]]:
    """The rows of each kind that is the actor's to do, wherever he holds the role."""
    return [
        (
            label,
            _MODELS[name].objects.filter(status=status) if status else standing.waiting(),
        )
        for roles, label, name, status in _KINDS
        if actor.holds(*roles)
    ]
