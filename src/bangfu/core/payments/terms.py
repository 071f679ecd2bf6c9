"""Terms (期): the stretch of time that one payment of a scheme is for, with a code people can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bangfu.core.language import Text


class TermKind(StrEnum):
    """How a scheme divides time."""

    SCHOOL = "school"  # 2026-1 the spring half (March to August), 2026-2 the autumn half
    YEAR = "year"  # 2026
    QUARTER = "quarter"  # 2026-Q3
    MONTH = "month"  # 2026-09
    ONCE = "once"  # once in a life


@dataclass(frozen=True, slots=True)
class Term:
    """A term by its code, from its first to its last day."""

    kind: TermKind
    code: str
    first: date
    last: date
    text: Text

    @property
    def days(self) -> int:
        """Its days, both ends included."""
        return (self.last - self.first).days + 1


_CODE = re.compile(r"(\d{4})(?:-(Q[1-4]|\d{1,2}))?", re.ASCII)
_SPRING, _AUTUMN = 3, 9
# A life is longer than any scheme: the days a "once" excludes others of its group.
ONCE = Term(TermKind.ONCE, "once", date(1949, 10, 1), date(9999, 12, 30), Text("一次性", "once"))


def read_term(kind: TermKind, code: str) -> Term:
    """The term of that code. Raises ValueError when the kind has no such term."""
    if kind is TermKind.ONCE:
        if code != ONCE.code:
            raise ValueError(f"not a term: {code!r}")
        return ONCE
    found = _CODE.fullmatch(code)
    year = int(found[1]) if found else 0
    part = (found[2] or "") if found else ""
    if not 1950 <= year <= 2199:
        raise ValueError(f"not a term: {code!r}")
    if kind is TermKind.YEAR and not part:
        return Term(kind, code, date(year, 1, 1), date(year, 12, 31), Text(f"{year}年", str(year)))
    if kind is TermKind.SCHOOL and part in ("1", "2"):
        return _school(code, year, spring=part == "1")
    if kind is TermKind.QUARTER and part.startswith("Q"):
        number = int(part[1])
        text = Text(f"{year}年第{number}季度", f"quarter {number} of {year}")
        return Term(kind, code, *_months(year, number * 3 - 2, 3), text)
    if kind is TermKind.MONTH and len(part) == 2 and part.isdigit() and 1 <= int(part) <= 12:
        text = Text(f"{year}年{int(part)}月", code)
        return Term(kind, code, *_months(year, int(part), 1), text)
    raise ValueError(f"not a term: {code!r}")


def term_of(kind: TermKind, day: date) -> Term:
    """The term in which a day lies."""
    match kind:
        case TermKind.ONCE:
            return ONCE
        case TermKind.YEAR:
            return read_term(kind, f"{day.year}")
        case TermKind.QUARTER:
            return read_term(kind, f"{day.year}-Q{(day.month - 1) // 3 + 1}")
        case TermKind.MONTH:
            return read_term(kind, f"{day.year}-{day.month:02d}")
    if day.month < _SPRING:
        return read_term(kind, f"{day.year - 1}-2")
    return read_term(kind, f"{day.year}-{1 if day.month < _AUTUMN else 2}")


def _school(code: str, year: int, *, spring: bool) -> Term:
    words = Text("春季学期", "spring term") if spring else Text("秋季学期", "autumn term")
    first, last = _months(year, _SPRING if spring else _AUTUMN, 6)
    return Term(
        TermKind.SCHOOL, code, first, last, Text(f"{year}年{words.zh}", f"{words.en} of {year}")
    )


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """The first day of a month and the last of the `count`-th month from it."""
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
