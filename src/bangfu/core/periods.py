"""Months, dates and spells. Nothing here reads a clock: "today" always comes in as an argument."""

from __future__ import annotations

from datetime import date


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
