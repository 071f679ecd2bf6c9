"""What pages, plans, claims and documents read of projects. Every query sees the scope's rows only."""

from bangfu.books.projects.queries.allocating import as_problem
from bangfu.books.projects.queries.bank import (
    ELEVEN,
    about,
    admission,
    bank,
    cases_of,
    found,
    named,
    pieces,
    project_of,
    twins,
    unfilled,
)
from bangfu.books.projects.queries.delivery import (
    accepted_cost_fen,
    documents,
    missing_documents,
    payable_fen,
    results_of_unit,
    standing,
    what_is_payable,
)
from bangfu.books.projects.queries.year import (
    MilestoneLine,
    commitments,
    helped_households,
    milestones,
    open_commitments,
)

__all__ = [
    "ELEVEN",
    "MilestoneLine",
    "about",
    "accepted_cost_fen",
    "admission",
    "as_problem",
    "bank",
    "cases_of",
    "commitments",
    "documents",
    "found",
    "helped_households",
    "milestones",
    "missing_documents",
    "named",
    "open_commitments",
    "payable_fen",
    "pieces",
    "project_of",
    "results_of_unit",
    "standing",
    "twins",
    "unfilled",
    "what_is_payable",
]
