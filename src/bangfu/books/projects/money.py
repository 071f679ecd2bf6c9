"""What the ledger holds for a project: a later app keeps the ledger, and tells it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bangfu.books.projects.models import Project


@dataclass(frozen=True, slots=True)
class LineSum:
    """What one line gives a project, in fen; each stage includes those after it. `line_id` is its page's."""

    line_id: int
    line: str
    plan: int
    committed: int
    claimed: int
    paid: int


Teller = Callable[[Project], list[LineSum]]
_TELLERS: list[Teller] = []


def told_by(teller: Teller) -> None:
    """Say who knows the money of projects; once, when the app that keeps the ledger is loaded."""
    assert not _TELLERS, teller
    _TELLERS.append(teller)


def lines_of(project: Project) -> list[LineSum]:
    """The lines that pay a project, as far as the scope sees them."""
    [teller] = _TELLERS
    return teller(project)
