"""Drawing a sample that anybody can draw again: the same list and the same seed give the same households."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def draw(numbers: Iterable[str], size: int, seed: str) -> list[str]:
    """`size` of the numbers, each as likely as any other, in their own order; all when there are fewer.

    The numbers are put in the order of the SHA-256 of "seed:number" and the first taken, so that neither
    their order nor what else was drawn plays a part.
    """
    ordered = sorted(set(numbers), key=lambda number: (_lot(seed, number), number))
    return sorted(ordered[:size])


def _lot(seed: str, number: str) -> bytes:
    return hashlib.sha256(f"{seed}:{number}".encode()).digest()
