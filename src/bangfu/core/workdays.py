"""Working days: weekends, the State Council's days off, and the weekends worked in exchange (调休)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`days_off` are holidays on weekdays or not; `worked` are weekend days that are worked."""

    days_off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        if day in self.worked:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def add(self, start: date, days: int) -> date:
        """The working day `days` working days after `start`, which itself does not count.

        Raises ValueError for less than one day.
        """
        if days < 1:
            raise ValueError("working days are counted from 1")
        day = start
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to `end`; 0 when `end` is not later."""
        span = range(1, (end - start).days + 1)
        return sum(self.is_working(start + timedelta(days=n)) for n in span)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or that month's last day when it has no such day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
