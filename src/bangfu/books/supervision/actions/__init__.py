"""Verbs of supervision."""

from bangfu.books.supervision.actions.bulletins import (
    draft_bulletin,
    edit_bulletin,
    issue_bulletin,
)
from bangfu.books.supervision.actions.findings import (
    About,
    Flag,
    answer,
    close,
    note_finding,
    order,
    recheck,
)
from bangfu.books.supervision.actions.plans import (
    Sizes,
    draw_plan,
    fix_acceptance,
    fix_plan,
    record_visit,
)

__all__ = [
    "About",
    "Flag",
    "Sizes",
    "answer",
    "close",
    "draft_bulletin",
    "draw_plan",
    "edit_bulletin",
    "fix_acceptance",
    "fix_plan",
    "issue_bulletin",
    "note_finding",
    "order",
    "recheck",
    "record_visit",
]
