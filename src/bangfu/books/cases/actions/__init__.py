"""Verbs on cases. `by` is the actor with the roles held today; `today` and `now` come from one door."""

from bangfu.books.cases.actions.ending import (
    merge_duplicates,
    merge_refusal,
    return_to,
    withdraw,
    withdraw_refusal,
)
from bangfu.books.cases.actions.opening import open_case, reopen
from bangfu.books.cases.actions.quotas import decompose_quota
from bangfu.books.cases.actions.recording import check, decide, decide_in_bulk, record_step

__all__ = [
    "check",
    "decide",
    "decide_in_bulk",
    "decompose_quota",
    "merge_duplicates",
    "merge_refusal",
    "open_case",
    "record_step",
    "reopen",
    "return_to",
    "withdraw",
    "withdraw_refusal",
]
