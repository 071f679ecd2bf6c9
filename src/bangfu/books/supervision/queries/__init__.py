"""What pages and verbs read of supervision. Every query sees the scope's rows only."""

from bangfu.books.supervision.queries.findings import (
    due,
    evidence_of,
    found,
    listed,
    waiting_for,
)
from bangfu.books.supervision.queries.plans import (
    acceptance_frame,
    drawn,
    frame,
    plan_found,
    target_found,
    visits_of,
    waiting_for_acceptance,
    weights,
)

__all__ = [
    "acceptance_frame",
    "drawn",
    "due",
    "evidence_of",
    "found",
    "frame",
    "listed",
    "plan_found",
    "target_found",
    "visits_of",
    "waiting_for",
    "waiting_for_acceptance",
    "weights",
]
