"""How a Chinese name sounds, so that it can be found by pinyin or by initials."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin

# A surname or given name with several readings is found under each; more than these are rare.
_READINGS = 4


@dataclass(frozen=True, slots=True)
class Sounds:
    """Every reading, separated by blanks: 单小明 → "danxiaoming shanxiaoming chanxiaoming" and
    "dxm sxm cxm"."""

    pinyin: str
    initials: str


@lru_cache(maxsize=40_000)
def _readings(character: str) -> tuple[str, ...]:
    """The readings of one character, the usual one first; a letter or an unknown one reads as itself."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False)[0]
    return tuple(dict.fromkeys(reading.lower() for reading in found if reading.strip()))[:_READINGS]


def sounds(name: str) -> Sounds:
    """The readings of a name: each of the first character's with the usual ones of the rest."""
    characters = [c for c in name if not c.isspace() and c != "·"]
    if not characters:
        return Sounds("", "")
    rest = [_readings(c) for c in characters[1:]]
    tail = "".join(r[0] for r in rest if r)
    tail_initials = "".join(r[0][0] for r in rest if r)
    firsts = _readings(characters[0])
    return Sounds(
        " ".join(first + tail for first in firsts),
        " ".join(dict.fromkeys(first[0] + tail_initials for first in firsts)),
    )
