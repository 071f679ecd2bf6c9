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
    frame,
    plan_found,
    target_found,
    visits_of,
    weights,
)

__all__ = [
    "acceptance_frame",
    "due",
    "evidence_of",
    "found",
    "frame",
    "listed",
    "plan_found",
    "target_found",
    "visits_of",
    "waiting_for",
    "weights",
]
