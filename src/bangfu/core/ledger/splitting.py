"""Splitting an amount over the lines that pay a project, exactly, whatever the order of the claims.

The fen of a project's plan are lined up once: fen number k of a line with a part of a fen stands at
(2k − 1) / 2a, ties by the lines' order (Sainte-Laguë's rule). The first C fen of that row are what the
lines have paid when C fen have been claimed. So shares are whole fen that sum to the claim, no running
total ever falls or passes its part, the whole plan claimed is every part to the fen, and the running
totals depend on how much was claimed and not in which pieces. `docs/algorithms/ledger.md` shows it.

Where the books left the row (a plan amended while claims ran, money recovered) the same rule goes on
from where they stand: what is behind its place comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple


class Part(NamedTuple):
    """One line's part of a project: `plan` fen in all, `taken` so far, at most `limit` now.

    0 ≤ taken ≤ limit ≤ plan.
    """

    line: str
    plan: int
    taken: int = 0
    limit: int | None = None

    @property
    def most(self) -> int:
        """What the running total may reach."""
        return self.plan if self.limit is None else self.limit


def split(parts: Sequence[Part], fen: int) -> dict[str, int]:
    """The next `fen` by line, lines that give nothing left out. Lines rank by their names.

    ValueError when there is not so much room, or a part is not in order.
    """
    ranked = sorted(parts)
    if any(not 0 <= part.taken <= part.most <= part.plan for part in ranked):
        raise ValueError("a part needs 0 <= taken <= limit <= plan")
    room = sum(part.most - part.taken for part in ranked)
    if not 0 <= fen <= room:
        raise ValueError(f"{fen} fen asked for, {room} there")
    return {
        part.line: reached - part.taken
        for part, reached in zip(ranked, _reached(ranked, fen), strict=True)
        if reached > part.taken
    }


def unsplit(parts: Sequence[Part], fen: int) -> dict[str, int]:
    """What each line gets back of `fen` that are given up: the last fen of the row leave first.

    Here `taken` is what no line falls below and `limit` where it stands. ValueError as `split`.
    """
    ranked = sorted(parts)
    kept = split(ranked, sum(part.most - part.taken for part in ranked) - fen)
    back = {part.line: part.most - part.taken - kept.get(part.line, 0) for part in ranked}
    return {line: given for line, given in back.items() if given}


def first(parts: Sequence[int], fen: int) -> list[int]:
    """How many of the first `fen` of the row each part has, nothing taken and nothing limited.

    The same row as `split`, without its search: what stands at or before the mark fen / sum is at most
    half a fen a part away, and the few at the edge are put right. ValueError for more than there is.
    """
    whole = sum(parts)
    if not 0 <= fen <= whole:
        raise ValueError(f"{fen} fen asked for, {whole} there")
    if whole == 0:
        return [0] * len(parts)
    totals = [min((2 * part * fen + whole) // (2 * whole), part) for part in parts]
    over = sum(totals) - fen
    if over > 0:
        last = sorted(
            (
                (Fraction(2 * total - 1, 2 * part), at)
                for at, (total, part) in _pairs(totals, parts)
            ),
            reverse=True,
        )
        for _, at in last[:over]:
            totals[at] -= 1
    elif over < 0:
        following = sorted(
            (Fraction(2 * total + 1, 2 * part), at)
            for at, (total, part) in _pairs(totals, parts)
            if total < part
        )
        for _, at in following[:-over]:
            totals[at] += 1
    return totals


def _pairs(totals: Sequence[int], parts: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    return ((at, pair) for at, pair in enumerate(zip(totals, parts, strict=True)) if pair[1])


def _reached(parts: Sequence[Part], fen: int) -> list[int]:
    """The running totals after the next `fen` of the row."""
    # Between two of these marks every line has at most one fen: its fen stand 1 / plan apart.
    marks = 2 * max([1, *(part.plan for part in parts)])
    low, high = 0, marks
    while high - low > 1:
        middle = (low + high) // 2
        standing = sum(_standing_at(part, middle, marks) - part.taken for part in parts)
        low, high = (middle, high) if standing <= fen else (low, middle)
    totals = [_standing_at(part, low, marks) for part in parts]
    missing = fen - sum(total - part.taken for total, part in zip(totals, parts, strict=True))
    following = [
        (Fraction(2 * total + 1, 2 * part.plan), rank)
        for rank, (total, part) in enumerate(zip(totals, parts, strict=True))
        if total < part.most
    ]
    for _, rank in sorted(following)[:missing]:
        totals[rank] += 1
    return totals


def _standing_at(part: Part, mark: int, marks: int) -> int:
    """How many of a line's fen stand at or before mark / marks, within what it has and may reach."""
    place = (2 * part.plan * mark + marks) // (2 * marks)
    return min(max(place, part.taken), part.most)
