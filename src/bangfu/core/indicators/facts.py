"""The plain rows that rates are reckoned from. Money is whole fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.core.projects.likeness import Pair


@dataclass(frozen=True, slots=True)
class Line:
    """A fund line. `paid_by` is what was paid by the end of each day asked for; `owes_industry` says that
    its documents ask for a share of it for industry."""

    key: str
    name: str
    year: int
    announced: int
    arrived: int
    paid: int
    paid_by: Sequence[tuple[date, int]] = ()
    owes_industry: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """A project that the year's plan or the ledger gives money to. `place_code` is where it is built.

    `followed`: how far it is built is on record.
    """

    key: str
    number: str
    name: str
    place_code: str
    purpose: str
    department: str
    cost: int
    finished: bool
    followed: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """What one line gives one project: as agreed in the approved plan, and as the ledger holds it."""

    line: str
    project: str
    agreed: int
    held: int


@dataclass(frozen=True, slots=True)
class Village:
    """A key village. `households` are its registered ones, `last_year` its money of the year before."""

    code: str
    name: str
    households: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A county's year. `twins` are the pairs of its projects that resemble one another."""

    county: str
    year: int
    on: date
    lines: Sequence[Line]
    projects: Sequence[Project]
    pieces: Sequence[Piece]
    villages: Sequence[Village]
    twins: Sequence[Pair]
