"""How wide a text comes out in a table, so that its place on the line is known before typesetting.

Widths are whole thousandths of the font size (`EM`). Typst measures the characters that are not a
full em wide once; a test holds `width` against what Typst makes of whole texts.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from bangfu.printing.typesetting import ask

EM = 1000
# Latin with accents, Greek, Cyrillic, dashes and marks, currencies, letter-like, half-width signs.
_MEASURED = ((0x20, 0x250), (0x370, 0x460), (0x2010, 0x2070), (0x20A0, 0x2200), (0xFF61, 0xFFA0))
_CLOSING = "，。．、：；？！》）』」】〗〕〉］｝”’"
_OPENING = "《（『「【〖〔〈［｛“‘"
# Between two of these Typst, like print, gives up half an em.
_SQUEEZED = re.compile(f"[{_CLOSING}](?=[{_CLOSING}{_OPENING}·])|[{_OPENING}](?=[{_OPENING}])")


@lru_cache(maxsize=1 << 16)
def width(text: str) -> int:
    """The width of `text` set on one line."""
    advance = _advances()
    total = sum([advance.get(char, EM) for char in text])
    return total if text.isascii() else total - len(_SQUEEZED.findall(text)) * EM // 2


@cache
def _advances() -> dict[str, int]:
    """The advance of every character that may not be one em wide, among Chinese ones."""
    chars = [chr(code) for start, stop in _MEASURED for code in range(start, stop)]
    told = ask("widths.typ", "<widths>", [f"国{char}国" for char in chars])
    return {char: wide - 2 * EM for char, wide in zip(chars, told, strict=True)}
