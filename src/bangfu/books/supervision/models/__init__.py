"""Tables of supervision: the quarter's plan and its targets, visits, findings and what is done about them."""

from bangfu.books.supervision.models.bulletins import Bulletin
from bangfu.books.supervision.models.findings import (
    Evidence,
    Finding,
    Severity,
    Step,
    SubjectKind,
)
from bangfu.books.supervision.models.plans import (
    Chosen,
    Plan,
    Purpose,
    Target,
    TargetKind,
    Visit,
    VisitPaper,
)

__all__ = [
    "Bulletin",
    "Chosen",
    "Evidence",
    "Finding",
    "Plan",
    "Purpose",
    "Severity",
    "Step",
    "SubjectKind",
    "Target",
    "TargetKind",
    "Visit",
    "VisitPaper",
]
