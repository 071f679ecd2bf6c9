"""The monthly seal (月封): the heads of every line, hashed, so that what was written stays written.

A seal follows the one before it. Whoever keeps its 64 digits (on paper, in a bulletin) can tell later
whether the books of that month are still the ones that were sealed, whoever had the database.

Canonical text, fields parted by a tab:

    seal <place> <month YYYYMM> <digest of the seal before, or ->
    head <line> <number of postings on it> <digest of the last one>      sorted as text
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bangfu.core.ledger.digest import NOTHING, text_digest


class Head(NamedTuple):
    """The end of a line's chain: how many postings touched it, and the digest of the last one."""

    line: str
    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What one month's end looked like. Lines that nothing has touched have no head.

    `previous` is the digest of the seal before, "" for the first.
    """

    place: str
    month: int
    previous: str
    heads: tuple[Head, ...]
    digest: str


def seal(place: str, month: int, previous: str, heads: Iterable[Head]) -> Seal:
    """Seal the heads of all lines of `place` at the end of `month` (YYYYMM)."""
    kept = tuple(sorted(heads))
    return Seal(place, month, previous, kept, seal_digest(place, month, previous, kept))


def seal_digest(place: str, month: int, previous: str, heads: Iterable[Head]) -> str:
    """SHA-256 over the canonical text of a seal, as 64 lower-case hexadecimal digits."""
    rows = sorted(f"head\t{line}\t{position}\t{digest}\n" for line, position, digest in heads)
    return text_digest("".join([f"seal\t{place}\t{month}\t{previous or NOTHING}\n", *rows]))
