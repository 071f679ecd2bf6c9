"""Finds the header of a sheet among its first rows and tells which known column is which.

The reader knows no domain: what headers there are, and by what other names, comes in as a `Layout`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bangfu.files.grids import Merge, Value

# Titles, notes and filling instructions stand above the header; more than this no real sheet has.
HEADER_WITHIN = 20
_MAX_DEPTH = 3
# Marks around a header that are no part of its name: required stars, colons, blanks of any width.
_DECORATION = re.compile(r"[\s\u200b\ufeff*:]+")
# What may stand between the two parts of a header in two rows.
_JOINTS = ("", "-", "_", "/")


@dataclass(frozen=True, slots=True)
class Header:
    """A column the reader looks for: its name, other texts it goes by, whether it must be there."""

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Layout:
    """A kind of sheet: its key and the headers it may have, in any order."""

    key: str
    headers: tuple[Header, ...]

    @cached_property
    def by_text(self) -> dict[str, Header]:
        """The header for each normalised text."""
        return {
            normalise_header(text): header
            for header in self.headers
            for text in (header.name, *header.aliases)
        }


@dataclass(frozen=True, slots=True)
class Match:
    """A header found: rows `first` to `last` (counted from 0 in the block), a text per column.

    `known` maps each known header to the columns that bear it, left to right.
    """

    layout: Layout
    first: int
    last: int
    texts: tuple[str, ...]
    known: dict[str, tuple[int, ...]]

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return all(h.name in self.known for h in self.layout.headers if h.required)

    @property
    def explained(self) -> float:
        """From 0 to 1: how many of the row's texts this layout knows."""
        return len(self.known) / max(1, sum(bool(text) for text in self.texts))

    @property
    def likeness(self) -> float:
        """From 0 to 1: how far this layout and this header row explain one another (Dice)."""
        filled = sum(bool(text) for text in self.texts)
        return 2 * len(self.known) / (filled + len(self.layout.headers))


def normalise_header(text: str) -> str:
    """A header text for comparison: full-width to half-width, without blanks, breaks and marks."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", text)).casefold()


def find_header(
    head: Sequence[Sequence[Value]], merges: Sequence[Merge], layouts: Sequence[Layout]
) -> Match | None:
    """The best header in the first rows of a block, for the layout that fits it best.

    `merges` are in block positions. None when no row bears enough known headers: half of a layout's
    required ones, and at least two (or the only one).
    """
    found: list[Match] = []
    rows = [[_text(value) for value in row] for row in head]
    spread = _spread(rows, merges)
    for layout in layouts:
        for last in range(min(len(rows), HEADER_WITHIN)):
            for depth in range(1, min(_MAX_DEPTH, last + 1) + 1):
                if depth > 1 and not _belong_together(rows, merges, last - depth + 1, last):
                    break
                match = _match(rows, spread, layout, last - depth + 1, last)
                if _enough(match):
                    found.append(match)
    most = max((match.explained for match in found), default=0.0)
    return max(found, key=lambda match: _rank(match, most), default=None)


def nearest(text: str, layout: Layout) -> str | None:
    """The known header most like `text`, if any is alike."""
    close = difflib.get_close_matches(normalise_header(text), layout.by_text, n=1, cutoff=0.6)
    return layout.by_text[close[0]].name if close else None


def _rank(match: Match, most: float) -> tuple[bool, float, float, int]:
    # That every required column is there counts only where the layout explains the row not much worse
    # than any other: a household export without its number column is no roster of names.
    # A wide layout is not punished for columns that the file leaves out: offices export what they
    # need. A shallower header wins between equals: the rows above it are titles.
    complete = match.complete and 2 * match.explained >= most
    return (complete, match.explained, match.likeness, match.first)


def _enough(match: Match) -> bool:
    required = [header for header in match.layout.headers if header.required]
    found = sum(header.name in match.known for header in required)
    least = min(2, len(match.layout.headers))
    return len(match.known) >= least and 2 * found >= len(required)


def _text(value: Value) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _spread(rows: list[list[str]], merges: Sequence[Merge]) -> list[list[str]]:
    """The rows with every merged range filled with the text in its corner."""
    filled = [list(row) for row in rows]
    for (top, left), (bottom, right) in merges:
        if not (0 <= top < len(rows) and 0 <= left < len(rows[top])):
            continue
        for row in filled[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    return filled


def _belong_together(rows: list[list[str]], merges: Sequence[Merge], first: int, last: int) -> bool:
    """Whether the rows are tied into one header: merged downwards, or a group over several columns.

    A title merged over the whole width ties nothing.
    """
    width = len(rows[first])
    for (top, left), (bottom, right) in merges:
        if top == first and bottom > top and bottom <= last:
            return True
        if top == bottom == first and 0 < right - left < width - 1:
            return True
    return False


def _match(
    rows: list[list[str]], spread: list[list[str]], layout: Layout, first: int, last: int
) -> Match:
    texts: list[str] = []
    known: dict[str, tuple[int, ...]] = {}
    for column in range(max((len(row) for row in rows[first : last + 1]), default=0)):
        parts: list[str] = []
        for row in spread[first : last + 1]:
            part = row[column].strip() if column < len(row) else ""
            if part and part not in parts[-1:]:
                parts.append(part)
        header = _header(parts, layout)
        texts.append(header.name if header else "".join(parts))
        if header:
            known[header.name] = (*known.get(header.name, ()), column)
    return Match(layout, first, last, tuple(texts), known)


def _header(parts: list[str], layout: Layout) -> Header | None:
    """The known header that a column's parts name: joined, or the lowest part alone."""
    if not parts:
        return None
    for text in (*(joint.join(parts) for joint in _JOINTS), parts[-1]):
        header = layout.by_text.get(normalise_header(text))
        if header:
            return header
    return None
