"""When two names are one party: by credit code where both have one, else by the name without its marks."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\W_]+")


def party(name: str, code: str = "") -> str:
    """What a party is told by: its credit code, or its bare name."""
    return code.strip().upper() or bare(name)


def bare(name: str) -> str:
    """A name without blanks, brackets and widths: 某建设（宜昌）有限公司 is 某建设宜昌有限公司."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two (name, code) are one party: the codes decide where both are known."""
    if one[1] and other[1]:
        return one[1].strip().upper() == other[1].strip().upper()
    return bool(bare(one[0])) and bare(one[0]) == bare(other[0])
