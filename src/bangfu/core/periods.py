"""Months, dates and spells. Nothing here reads a clock: "today" always comes in as an argument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.core.language import Text


def months_between(start: int, end: int) -> int:
    """Whole months from month `start` to month `end`, both as YYYYMM; negative when end is earlier."""
    return (end // 100 - start // 100) * 12 + (end % 100 - start % 100)


def month_of(day: date) -> int:
    """The month of a date, as YYYYMM."""
    return day.year * 100 + day.month


def age_on(birth: date, day: date) -> int:
    """Completed years on `day`. Somebody born on 29 February completes a year on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_month(value: int) -> bool:
    """Whether a number is a month written YYYYMM, between 1900 and 2199."""
    return 1900 <= value // 100 <= 2199 and 1 <= value % 100 <= 12


_WRITTEN = re.compile(r"([12]\d{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")
_MONTHS = 12
_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A month, a quarter or a year that is reported on: `months` of them, `first_month` the first (1-12)."""

    year: int
    first_month: int
    months: int

    @classmethod
    def read(cls, written: str) -> Span:
        """From "2026-10", "2026-Q4" or "2026". Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"not a period: {written!r}")
        year, quarter, month = found.groups()
        if quarter:
            return cls(int(year), (int(quarter) - 1) * _QUARTER + 1, _QUARTER)
        return cls(int(year), int(month), 1) if month else cls(int(year), 1, _MONTHS)

    @classmethod
    def month_of(cls, day: date) -> Span:
        """The month in which a day lies."""
        return cls(day.year, day.month, 1)

    @property
    def code(self) -> str:
        """As `read` takes it."""
        if self.months == _MONTHS:
            return f"{self.year}"
        if self.months == _QUARTER:
            return f"{self.year}-Q{self.first_month // _QUARTER + 1}"
        return f"{self.year}-{self.first_month:02d}"

    @property
    def text(self) -> Text:
        """As people say it."""
        if self.months == _MONTHS:
            return Text(f"{self.year} 年", f"{self.year}")
        if self.months == _QUARTER:
            number = self.first_month // _QUARTER + 1
            return Text(f"{self.year} 年第 {number} 季度", f"quarter {number} of {self.year}")
        return Text(f"{self.year} 年 {self.first_month} 月", self.code)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.first_month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self._moved(1).first - timedelta(days=1)

    @property
    def before(self) -> Span:
        """The period of the same length before it."""
        return self._moved(-1)

    def wider(self) -> tuple[Span, ...]:
        """The quarter and the year in which a month lies; of a quarter, its year."""
        year = Span(self.year, 1, _MONTHS)
        quarter = Span(self.year, (self.first_month - 1) // _QUARTER * _QUARTER + 1, _QUARTER)
        return {1: (quarter, year), _QUARTER: (year,)}.get(self.months, ())

    def _moved(self, by: int) -> Span:
        months = self.year * _MONTHS + self.first_month - 1 + by * self.months
        return Span(months // _MONTHS, months % _MONTHS + 1, self.months)
