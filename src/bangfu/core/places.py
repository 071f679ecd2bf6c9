"""Places: 12-digit codes of the statistical division (统计用区划代码).

`PP CC DD TTT VVV`: province, prefecture, county (2 digits each), township, village (3 each). A place
lies in another when it begins with the other's significant digits, which go by those groups:
420527101200 is a village, 420527101000 the township it lies in. The nation is all zeros.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache

CODE_LENGTH = 12
NATION = "0" * CODE_LENGTH
# Of the codes asked for most; a page asks for one a dozen times.
_KEPT = 20_000


class Level(IntEnum):
    """The five levels and the nation above them."""

    NATION = 0
    PROVINCE = 1
    PREFECTURE = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5


# How many leading digits a code of each level is told by.
DIGITS = {
    Level.NATION: 0,
    Level.PROVINCE: 2,
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}


@dataclass(frozen=True, slots=True)
class Place:
    """One division, as valid from `valid_from` until the day before `valid_to`.

    `successor` is the code that took its people when it was merged or recoded.
    """

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None

    @property
    def level(self) -> Level:
        return level(self.code)


@lru_cache(maxsize=_KEPT)
def is_code(code: str) -> bool:
    """Twelve ASCII digits, with no lower group filled below an empty one.

    The county group alone may be empty: Dongguan, Zhongshan and Danzhou have no counties (直筒子市),
    and their townships lie in the prefecture itself (441900003000).
    """
    if len(code) != CODE_LENGTH or not (code.isascii() and code.isdigit()):
        return False
    county = (DIGITS[Level.PREFECTURE], DIGITS[Level.COUNTY])
    return all(int(code[a:b]) for a, b in _filled_groups(code) if (a, b) != county)


@lru_cache(maxsize=_KEPT)
def level(code: str) -> Level:
    """The level a 12-digit code names, by its trailing zeros."""
    for candidate in (
        Level.VILLAGE,
        Level.TOWNSHIP,
        Level.COUNTY,
        Level.PREFECTURE,
        Level.PROVINCE,
    ):
        above = DIGITS[Level(candidate - 1)]
        if int(code[above : DIGITS[candidate]]):
            return candidate
    return Level.NATION


@lru_cache(maxsize=_KEPT)
def prefix(code: str) -> str:
    """The significant digits of a code, given in 12 digits or already shortened to a level group.

    Raises ValueError when `code` is not digits of a whole level ("42052", "4205x7").
    """
    if not code.isascii() or not (code.isdigit() or code == "") or len(code) not in DIGITS.values():
        raise ValueError(f"not a place code: {code!r}")
    full = code.ljust(CODE_LENGTH, "0")
    if not is_code(full):
        raise ValueError(f"not a place code: {code!r}")
    return full[: DIGITS[level(full)]]


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` lies in `outer` (a place lies in itself)."""
    return inner.startswith(prefix(outer))


def code_range(code: str) -> tuple[str, str]:
    """Half-open range of the codes inside `code`, for a btree: ':' follows '9' in ASCII."""
    digits = prefix(code)
    return digits, f"{digits}:"


def parent(code: str) -> str | None:
    """The code one level up, or None for the nation."""
    own = level(code)
    if own is Level.NATION:
        return None
    return code[: DIGITS[Level(own - 1)]].ljust(CODE_LENGTH, "0")


def ancestor(code: str, at: Level) -> str:
    """The code of the place at level `at` in which `code` lies."""
    return code[: DIGITS[at]].ljust(CODE_LENGTH, "0")


def _filled_groups(code: str) -> list[tuple[int, int]]:
    bounds = sorted(DIGITS.values())
    own = DIGITS[level(code)]
    return [(low, high) for low, high in itertools.pairwise(bounds) if high <= own]
