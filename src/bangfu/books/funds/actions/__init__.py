"""Verbs of the funds: papers, movements, plans, contracts, claims, payments, seals.

Each is whole or not at all.
"""

from bangfu.books.funds.actions.amendments import (
    amend_by_hand,
    approve_amendment,
    give_up_plan,
    notice_amendment,
    post_amendment,
    propose_amendment,
    publish_amendment,
    withdraw_amendment,
)
from bangfu.books.funds.actions.claims import (
    add_paper,
    check_claim,
    draft_claim,
    drop_claim,
    lodge_claim,
    remove_paper,
    return_claim,
)
from bangfu.books.funds.actions.commitments import end_contract, sign_contract
from bangfu.books.funds.actions.lines import (
    announce,
    bring_in,
    carry_over,
    pledge,
    receive,
    record_document,
    restore,
    take_back,
)
from bangfu.books.funds.actions.months import close_month, seal_month
from bangfu.books.funds.actions.payments import bounce, pay, reassign, recover, why_not_pay
from bangfu.books.funds.actions.plans import (
    approve_and_post,
    approve_plan,
    post_plan,
    propose_by_hand,
    propose_plan,
    withdraw_plan,
)
from bangfu.books.funds.actions.reversals import reverse

__all__ = [
    "add_paper",
    "amend_by_hand",
    "announce",
    "approve_amendment",
    "approve_and_post",
    "approve_plan",
    "bounce",
    "bring_in",
    "carry_over",
    "check_claim",
    "close_month",
    "draft_claim",
    "drop_claim",
    "end_contract",
    "give_up_plan",
    "lodge_claim",
    "notice_amendment",
    "pay",
    "pledge",
    "post_amendment",
    "post_plan",
    "propose_amendment",
    "propose_by_hand",
    "propose_plan",
    "publish_amendment",
    "reassign",
    "receive",
    "record_document",
    "recover",
    "remove_paper",
    "restore",
    "return_claim",
    "reverse",
    "seal_month",
    "sign_contract",
    "take_back",
    "why_not_pay",
    "withdraw_amendment",
    "withdraw_plan",
]
