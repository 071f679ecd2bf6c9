"""When notices go out: the cron expressions of the specification, "second minute hour day month weekday
[year]" (the form of Quartz), and the plain five parts "minute hour day month weekday".

A part is *, ?, a number, a range a-b, a list a,b or a step a/n, a-b/n, */n. Names of days and months, and
L, W, #, are not taken. Weekdays of six and seven parts are 1 (Sunday) to 7, of five 0 (Sunday) to 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# How far back a moment that was missed still counts: a worker that was away for a day tells once.
_LOOK_BACK = timedelta(days=1)
_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes, hours, days, months, weekdays (0 is Sunday) and years that are meant; None is any."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int] | None

    def due(self, *, since: datetime, now: datetime) -> bool:
        """Whether a moment meant lies after `since`, at `now` at the latest. Both in local time."""
        at = now.replace(second=0, microsecond=0)
        first = max(since, now - _LOOK_BACK)
        while at > first:
            if self._means(at):
                return True
            at -= timedelta(minutes=1)
        return False

    def _means(self, at: datetime) -> bool:
        return (
            at.minute in self.minutes
            and at.hour in self.hours
            and at.day in self.days
            and at.month in self.months
            and at.isoweekday() % 7 in self.weekdays
            and (self.years is None or at.year in self.years)
        )


def schedule(written: str) -> Schedule:
    """The schedule of an expression. ValueError when it is none."""
    parts = written.split()
    if len(parts) == 5:
        minute, hour, day, month, weekday = parts
        shift, year = 0, "*"
        weekdays = _part(weekday, 0, 7)
    elif len(parts) in (6, 7):
        second, minute, hour, day, month, weekday, *rest = parts
        _part(second, 0, 59)
        shift, year = 1, rest[0] if rest else "*"
        weekdays = _part(weekday, 1, 7)
    else:
        raise ValueError(written)
    minutes, hours, days, months = (
        _part(part, *bounds)
        for part, bounds in zip((minute, hour, day, month), _BOUNDS, strict=True)
    )
    return Schedule(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset((each - shift) % 7 for each in weekdays),
        years=None if year in ("*", "?") else _part(year, 1970, 2199),
    )


def _part(written: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for piece in written.split(","):
        span, _, step = piece.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            start, dash, end = span.partition("-")
            first = int(start)
            last = int(end) if dash else (high if step else first)
        every = int(step) if step else 1
        if not (low <= first <= last <= high and 1 <= every <= high):
            raise ValueError(written)
        found.update(range(first, last + 1, every))
    return frozenset(found)
