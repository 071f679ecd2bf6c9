"""Which projects are drawn to be looked at before acceptance: a later app draws, and tells it here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bangfu.books.projects.models import Project
from bangfu.core.projects.conditions import Lot


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where a project stands in its list; `address` is the page on which its visit is recorded."""

    lot: Lot
    address: str


Teller = Callable[[Iterable[Project]], dict[int, Drawn]]
_TELLERS: list[Teller] = []


def told_by(teller: Teller) -> None:
    """Say who knows what is drawn; once, when the app that draws is loaded."""
    assert not _TELLERS, teller
    _TELLERS.append(teller)


def drawn(projects: Iterable[Project]) -> dict[int, Drawn]:
    """By id, those of the projects that stand in a list for acceptance, as far as the scope sees it."""
    [teller] = _TELLERS
    return teller(projects)
