"""Ruled tables, set as lines of text.

Typst lays a table out cell by cell, and cells made up most of the time of a card. Here the columns
are fixed and the widths of texts known (printing/widths.py), so that a table is one paragraph of
lines, each with its texts and the gaps between them, and one curve for its rules. `ruled` in
frame.typ draws what `Ruled.data` and `Ruled.parts` say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, zip_longest
from typing import Any

from bangfu.printing.widths import EM, width

LINE = 103  # half ems in a line of the page
_HALF = EM // 2
_BEFORE, _AFTER = _HALF, 300  # between a rule and the text beside it
_EXACT = 30  # a gap of spaces may be off by so much, which no eye sees
_MOST_LINES = 12  # in a part of a table; a part is never broken between pages
_WORD = re.compile(r"[!-~]+|\s+|.")
_NEVER_FIRST = frozenset("，。．、：；？！》）』」】〗〕〉］｝”’")
_EMPTY = "—"
# So many half ems of space; neither broken at nor trimmed, as common spaces are.
_SPACES = tuple("\u2003" * (halves // 2) + "\u2002" * (halves % 2) for halves in range(64))

Part = dict[str, Any]
Line = tuple[str, int]  # a text and how wide it is


@dataclass(frozen=True, slots=True)
class Ruled:
    """A kind of table: the width of each column in half ems, `LINE` in all, and how it is drawn.

    `shaded` names the columns that hold labels, `right` those set to the right, as amounts are;
    `headed` says that the first row holds heads.
    """

    columns: tuple[int, ...]
    shaded: tuple[int, ...] = ()
    right: tuple[int, ...] = ()
    headed: bool = False

    @property
    def data(self) -> dict[str, Any]:
        """What frame.typ needs to draw the rules: where columns begin and end, what is shaded."""
        edges = [at * _HALF for at in accumulate(self.columns, initial=0)]
        return {"edges": edges, "shaded": list(self.shaded), "headed": self.headed}

    def parts(self, rows: Sequence[Sequence[str]]) -> list[Part]:
        """The table cut between rows into parts of at most twelve lines.

        A part has the `heights` of its rows in lines, and its `pieces`: texts, and numbers for the
        gaps between them in thousandths of the font size. A short row is filled with empty cells.
        """
        parts: list[Part] = []
        room = 0
        for lines in self._rows(rows):
            if len(lines) > room:
                parts.append({"heights": [], "pieces": []})
                room = _MOST_LINES
            room -= len(lines)
            part = parts[-1]
            part["heights"].append(len(lines))
            for line in lines:
                self._set(line, part["pieces"])
        return parts

    def paired(self, pairs: Sequence[tuple[str, str]]) -> list[Part]:
        """Labels and values side by side, as many pairs in a row as there are columns for."""
        cells = [text for pair in pairs for text in pair]
        wide = len(self.columns)
        return self.parts([cells[at : at + wide] for at in range(0, len(cells), wide)])

    def _rows(self, rows: Sequence[Sequence[str]]) -> Iterator[list[tuple[Line, ...]]]:
        """Each row as its lines; one that is longer than a part goes on as further rows."""
        limits = [column * _HALF - _BEFORE - _AFTER for column in self.columns]
        for row in rows:
            cells = list(map(wrapped, row, limits))
            if max(map(len, cells)) == 1:
                yield [tuple(cell[0] for cell in cells)]
                continue
            lines = list(zip_longest(*cells, fillvalue=("", 0)))
            for at in range(0, len(lines), _MOST_LINES):
                yield lines[at : at + _MOST_LINES]

    def _set(self, line: Sequence[Line], pieces: list[str | int]) -> None:
        """Append one line: every text at its place, by a few spaces where they fit, else by a gap."""
        at, begins, words = 0, 0, ""
        for number, ((text, wide), column) in enumerate(zip(line, self.columns, strict=False)):
            ends = begins + column * _HALF
            if text:
                to = ends - _BEFORE - wide if number in self.right else begins + _BEFORE
                halves, rest = divmod(to - at + _EXACT, _HALF)
                if rest <= 2 * _EXACT and halves < len(_SPACES):
                    words += _SPACES[halves]
                    at += halves * _HALF
                else:
                    pieces += [words, to - at] if words else [to - at]
                    words, at = "", to
                words += text
                at += wide
            begins = ends
        pieces.append(words + "\n")


@lru_cache(maxsize=1 << 16)
def wrapped(text: str, limit: int) -> tuple[Line, ...]:
    """`text` in lines no wider than `limit`, a dash for none.

    Latin words stay whole where they fit, and no line begins with a closing mark.
    """
    text = " ".join(text.split()) or _EMPTY
    wide = width(text)
    if wide <= limit:
        return ((text, wide),)
    lines, line = [], ""
    for word in _WORD.findall(text):
        if width(line + word) <= limit:
            line += word
            continue
        if word in _NEVER_FIRST and len(line) > 1:
            line, word = line[:-1], line[-1] + word
        lines.append(line)
        line = word
        while width(line) > limit and len(line) > 1:
            most = next(
                n for n in range(len(line) - 1, 0, -1) if n == 1 or width(line[:n]) <= limit
            )
            lines.append(line[:most])
            line = line[most:]
    stripped = [line.strip() for line in (*lines, line)]
    return tuple((line, width(line)) for line in stripped if line)
