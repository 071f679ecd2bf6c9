"""Decomposition of a quota (规模分解) from province to county, township and village.

Each parent's quota is split over its children by largest remainder in proportion to their weights,
so that the children always sum to the parent. A parent's weight is the sum of its villages' weights
(by convention rural population × estimated incidence). Quota and recognised count are both kept, and
the difference is reported, never corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bangfu.core.money import split
from bangfu.core.places import Level, ancestor, level

LEVELS = (Level.PROVINCE, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)


@dataclass(frozen=True, slots=True)
class Quota:
    """One place's part. `over` is recognised - quota: above zero over, below zero under."""

    place_code: str
    level: Level
    weight: int
    quota: int
    recognised: int

    @property
    def over(self) -> int:
        return self.recognised - self.quota


def levels_of(codes: Iterable[str]) -> tuple[Level, ...]:
    """The levels of a decomposition over these places, all of one level: from the lowest that holds
    them all in one place (else the province) down to their own."""
    every = set(codes)
    lowest = level(min(every))
    down = [at for at in LEVELS if at <= lowest]
    top = max(
        (at for at in down if len({ancestor(code, at) for code in every}) == 1), default=down[0]
    )
    return tuple(at for at in down if at >= top)


def decompose(
    total: int,
    weights: Mapping[str, int],
    recognised: Mapping[str, int],
    levels: Sequence[Level] = LEVELS,
) -> list[Quota]:
    """The quota of every place at every level, parents before children, by code within a level.

    `weights` and `recognised` are by village code (the lowest of `levels`); a village missing from
    `recognised` has recognised nobody. `levels` go downwards; the first gets the total, split over
    its places when there are several. Ties go to the lower code.

    Raises ValueError when a code is not of the lowest level, a weight is below zero, a village is
    recognised that has no weight, or there is something to split where every weight is zero.
    """
    _check(weights, recognised, levels)
    place_weights = _sums(weights, levels)
    place_recognised = _sums({code: recognised.get(code, 0) for code in weights}, levels)
    quotas: list[Quota] = []
    above = {"": total}
    for index, at in enumerate(levels):
        families: dict[str, list[str]] = {}
        for code in sorted(place_weights[at]):
            family = ancestor(code, levels[index - 1]) if index else ""
            families.setdefault(family, []).append(code)
        shares: dict[str, int] = {}
        for family, codes in families.items():
            parts = split(above[family], [place_weights[at][code] for code in codes])
            shares.update(zip(codes, parts, strict=True))
        quotas += [
            Quota(code, at, place_weights[at][code], shares[code], place_recognised[at][code])
            for code in sorted(shares)
        ]
        above = shares
    return quotas


def _check(
    weights: Mapping[str, int], recognised: Mapping[str, int], levels: Sequence[Level]
) -> None:
    if list(levels) != sorted(set(levels)) or not levels:
        raise ValueError("levels of a decomposition go downwards, each once")
    wrong = sorted(code for code in weights if level(code) is not levels[-1])
    if wrong:
        raise ValueError(f"not places of level {levels[-1].name.lower()}: {wrong[:5]}")
    unknown = sorted(set(recognised) - set(weights))
    if unknown:
        raise ValueError(f"recognised but without a weight: {unknown[:5]}")


def _sums(values: Mapping[str, int], levels: Sequence[Level]) -> dict[Level, dict[str, int]]:
    sums: dict[Level, dict[str, int]] = {at: {} for at in levels}
    for code, value in values.items():
        for at in levels:
            place = ancestor(code, at)
            sums[at][place] = sums[at].get(place, 0) + value
    return sums
