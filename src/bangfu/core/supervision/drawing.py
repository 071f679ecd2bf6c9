"""Drawing by weight and by lot, in whole numbers, so that anybody can draw again with pencil and paper.

The list is fixed, with its digest, before the seed is known; the seed is a public number of a day to
come. Who has list and seed draws the same (docs/algorithms/inspection-draw.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from bangfu.core import sampling


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn, each in the order it came: by weight, and by lot from the others."""

    by_risk: tuple[str, ...]
    by_lot: tuple[str, ...]


def draw(weights: Mapping[str, int], *, by_risk: int, by_lot: int, seed: str) -> Drawn:
    """Draw `by_risk` with a chance that goes by weight, then `by_lot` of the others, all alike.

    Each is drawn once; fewer when the list is shorter. Weights are whole and at least 1, else ValueError.
    """
    if any(weight < 1 for weight in weights.values()):
        raise ValueError("weights are whole numbers from 1")
    left = dict(sorted(weights.items()))
    risky = []
    for turn in range(1, min(by_risk, len(left)) + 1):
        key = _pointed_at(left, number(seed, turn, sum(left.values())))
        del left[key]
        risky.append(key)
    return Drawn(tuple(risky), tuple(sampling.draw(left, by_lot, f"{seed}:lot")))


def number(seed: str, turn: int, total: int) -> int:
    """The number of a turn, from 0 to total - 1: SHA-256 of "seed:turn" as a whole number, modulo total."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{turn}".encode()).digest()) % total


def _pointed_at(weights: Mapping[str, int], pointer: int) -> str:
    """The key in whose stretch a number falls, the keys' weights laid one after another."""
    for key, weight in weights.items():
        if pointer < weight:
            return key
        pointer -= weight
    raise ValueError("the number lies beyond the weights")


def digest(weights: Mapping[str, int]) -> str:
    """The SHA-256 of the list: a line "key<tab>weight" each, in the order of the keys, each line ended."""
    return hashlib.sha256(written(weights).encode()).hexdigest()


def written(weights: Mapping[str, int]) -> str:
    """The list as its digest takes it."""
    return "".join(f"{key}\t{weight}\n" for key, weight in sorted(weights.items()))
