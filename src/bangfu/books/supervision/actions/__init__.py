"""Verbs of supervision."""

from bangfu.books.supervision.actions.findings import (
    About,
    Flag,
    answer,
    close,
    note_finding,
    order,
    recheck,
)
from bangfu.books.supervision.actions.plans import Sizes, draw_plan, fix_plan, record_visit

__all__ = [
    "About",
    "Flag",
    "Sizes",
    "answer",
    "close",
    "draw_plan",
    "fix_plan",
    "note_finding",
    "order",
    "recheck",
    "record_visit",
]
