"""Verbs of money to households. Each is whole or not at all."""

from bangfu.books.payments.actions.accounts import close_account, record_account
from bangfu.books.payments.actions.applying import apply, apply_for_many
from bangfu.books.payments.actions.batches import cancel_batch, make_batch, submit_batch
from bangfu.books.payments.actions.checking import approve, check, give_notice, give_notices, refuse
from bangfu.books.payments.actions.lending import record_loan, record_repayment
from bangfu.books.payments.actions.paying import (
    Taken,
    bank_file,
    send_batch,
    take_return,
    why_not_send,
)

__all__ = [
    "Taken",
    "apply",
    "apply_for_many",
    "approve",
    "bank_file",
    "cancel_batch",
    "check",
    "close_account",
    "give_notice",
    "give_notices",
    "make_batch",
    "record_account",
    "record_loan",
    "record_repayment",
    "refuse",
    "send_batch",
    "submit_batch",
    "take_return",
    "why_not_send",
]
