"""Postings: double entries that move amounts between a line's accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bangfu.core.ledger.stages import Kind, Stage


class Account(NamedTuple):
    """Where a balance is kept: a line's stage, and from `allocated` on also a project.

    `line` and `project` are the numbers people know them by; `project` is "" where there is none.
    """

    line: str
    stage: Stage
    project: str = ""


class Entry(NamedTuple):
    """One leg of a posting: `fen` more (positive) or less (negative) on an account."""

    line: str
    stage: Stage
    project: str
    fen: int

    @property
    def account(self) -> Account:
        return Account(self.line, self.stage, self.project)


@dataclass(frozen=True, slots=True)
class Posting:
    """A set of entries that is true as a whole or not at all.

    `number` grows from posting to posting, `place` is the county whose books these are, `document`
    the number of the paper it rests on, `actor` who posted it. `red` marks a reversal and `reverses`
    the number of the posting it takes back.
    """

    number: int
    place: str
    kind: Kind
    day: date
    document: str
    actor: str
    entries: tuple[Entry, ...]
    memo: str = ""
    reverses: int | None = None

    @property
    def red(self) -> bool:
        """Whether this posting takes another one back (红字冲销)."""
        return self.reverses is not None

    @property
    def lines(self) -> tuple[str, ...]:
        """The fund lines it touches, each once, in the order in which they are locked."""
        return tuple(sorted({entry.line for entry in self.entries}))


def move(line: str, taken: Stage, given: Stage, fen: int, project: str = "") -> list[Entry]:
    """The two legs that take `fen` from one stage of a line and give it to another."""
    return [Entry(line, taken, "", -fen), Entry(line, given, project, fen)]


def allocation(pieces: Iterable[tuple[str, str, int]]) -> list[Entry]:
    """The entries of a plan: (line, project, fen) pieces, and one leg per line that pays them."""
    entries: list[Entry] = []
    totals: dict[str, int] = {}
    for line, project, fen in pieces:
        entries.append(Entry(line, Stage.ALLOCATED, project, fen))
        totals[line] = totals.get(line, 0) + fen
    taken = [Entry(line, Stage.ANNOUNCED, "", -fen) for line, fen in sorted(totals.items())]
    return taken + entries


def amendment(
    before: Mapping[tuple[str, str], int], after: Mapping[tuple[str, str], int]
) -> list[Entry]:
    """The entries that turn one plan into the next: fen by (line, project), before and after."""
    changes = {
        piece: after.get(piece, 0) - before.get(piece, 0)
        for piece in sorted(before.keys() | after.keys())
    }
    back: dict[str, int] = {}
    for (line, _), fen in changes.items():
        back[line] = back.get(line, 0) - fen
    free = [Entry(line, Stage.ANNOUNCED, "", fen) for line, fen in back.items() if fen]
    return free + [
        Entry(line, Stage.ALLOCATED, project, fen)
        for (line, project), fen in changes.items()
        if fen
    ]


def within_project(
    project: str, shares: Mapping[str, int], taken: Stage, given: Stage
) -> list[Entry]:
    """The entries that take each line's share of a project from one stage to another."""
    entries: list[Entry] = []
    for line, fen in sorted(shares.items()):
        entries += [Entry(line, taken, project, -fen), Entry(line, given, project, fen)]
    return entries


def payment(project: str, shares: Mapping[str, int]) -> list[Entry]:
    """The entries of a payment: each line's share in the quota book, and the same in the cash book."""
    entries = within_project(project, shares, Stage.CLAIMED, Stage.PAID)
    for line, fen in sorted(shares.items()):
        entries += move(line, Stage.RECEIVED, Stage.DISBURSED, fen)
    return entries


def recovery(project: str, shares: Mapping[str, int]) -> list[Entry]:
    """The entries of a recovery: what was paid is recovered, and its cash has come back."""
    entries = within_project(project, shares, Stage.PAID, Stage.RECOVERED)
    for line, fen in sorted(shares.items()):
        entries += move(line, Stage.DISBURSED, Stage.RECEIVED, fen)
    return entries


def mirrored(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that undo these, leg by leg."""
    return [entry._replace(fen=-entry.fen) for entry in entries]
