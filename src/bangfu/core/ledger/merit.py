"""Everyone's merit recorded (各记其功): what each giver's money achieved, nothing counted twice.

A project that several paid for is one project. What it achieved is divided among those who paid for it,
by what they paid, in whole units: the parts always add up to what there is, and no unit is anybody's
twice. A single thing (one project, one asset) falls to who paid the most of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bangfu.core.money import split


class Achievement(NamedTuple):
    """Something that money achieved: `units` whole units of `measure`, paid for by `paid` (giver → fen)."""

    measure: str
    units: int
    paid: Mapping[str, int]


@dataclass(slots=True)
class Merit:
    """What one giver's money came to: fen paid, and whole units by measure."""

    giver: str
    fen: int = 0
    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def credited(units: int, paid: Mapping[str, int]) -> dict[str, int]:
    """Whole units by giver, in proportion to what each paid, by largest remainder; they sum to `units`.

    Ties go to the giver whose name comes first. Units that nobody paid for are nobody's: {}.
    """
    givers = sorted(giver for giver, fen in paid.items() if fen > 0)
    if not givers:
        return {}
    parts = split(units, [paid[giver] for giver in givers])
    return {giver: part for giver, part in zip(givers, parts, strict=True) if part}


def merits(paid: Mapping[str, int], achieved: Iterable[Achievement]) -> list[Merit]:
    """The merit of every giver: fen as paid, and its part of everything achieved; by fen, then name."""
    found = {giver: Merit(giver, fen) for giver, fen in paid.items()}
    for one in achieved:
        for giver, part in credited(one.units, one.paid).items():
            found.setdefault(giver, Merit(giver)).units[one.measure] += part
    return sorted(found.values(), key=lambda merit: (-merit.fen, merit.giver))
