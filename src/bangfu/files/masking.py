"""Hides ID, bank and phone numbers in what a message quotes from a cell."""

from __future__ import annotations

import re

from bangfu.core.identity import mask, mask_phone

# Eleven digits from 1 are a phone; anything longer, also as Excel damages it, may be a person.
_PERSONAL = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|(?:\d[ -]?){10,}[\dXx]", re.ASCII)


def mask_personal(value: str) -> str:
    """The value with every long run of digits masked: 420527********1234, 139****1234."""
    return _PERSONAL.sub(_masked, value)


def _masked(found: re.Match[str]) -> str:
    text = found[0]
    if len(text) == 11 and text.isdigit():
        return mask_phone(text)
    return mask(text)
