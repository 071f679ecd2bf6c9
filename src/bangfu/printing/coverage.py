"""Which characters the embedded fonts can print: a missing one would come out as an empty box."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from types import ModuleType

import pylopdf_fonts_jp
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw

# The printers' own sign for a character there is no type for, to be written over by hand.
GETA = "〓"
_SEGMENTED_COVERAGE = 12  # the format of a character map that reaches beyond the basic plane


# The fonts of every document, and those for what they do not hold: rare characters of names, of which
# the fonts for Taiwan, Hong Kong and Japan know two thousand more.
USUAL = (pylopdf_fonts_zh_cn,)
RESERVE = (pylopdf_fonts_zh_tw, pylopdf_fonts_jp)


def folders(text: str) -> list[str]:
    """Where the fonts lie that a text is set with."""
    packages = USUAL + RESERVE if _beyond(text) else USUAL
    return [str(Path(package.serif_path()).parent) for package in packages]


def unprintable(text: str) -> set[str]:
    """The characters of `text` that none of the documents' fonts holds."""
    beyond = _beyond(text)
    return beyond - _held(RESERVE) if beyond else beyond


def printable(text: str) -> str:
    """The text with 〓 for each character that cannot be printed."""
    for c in unprintable(text):
        text = text.replace(c, GETA)
    return text


def _beyond(text: str) -> set[str]:
    return {c for c in set(text) - _held(USUAL) if not c.isspace()}


@cache
def _held(packages: tuple[ModuleType, ...]) -> frozenset[str]:
    paths = [path for each in packages for path in (each.serif_path(), each.sans_path())]
    return frozenset(chain.from_iterable(map(_characters, paths)))


def _characters(path: str | Path) -> Iterator[str]:
    """What the font's character map reaches (OpenType table `cmap`, format 12)."""
    font = Path(path).read_bytes()
    (tables,) = struct.unpack_from(">H", font, 4)
    directory = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0]
        for at in range(12, 12 + 16 * tables, 16)
    }
    cmap = directory[b"cmap"]
    (maps,) = struct.unpack_from(">H", font, cmap + 2)
    for at in range(cmap + 4, cmap + 4 + 8 * maps, 8):
        start = cmap + struct.unpack_from(">I", font, at + 4)[0]
        if struct.unpack_from(">H", font, start)[0] == _SEGMENTED_COVERAGE:
            (groups,) = struct.unpack_from(">I", font, start + 12)
            for group in range(groups):
                low, high = struct.unpack_from(">II", font, start + 16 + 12 * group)
                yield from map(chr, range(low, high + 1))
