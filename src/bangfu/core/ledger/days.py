"""What an account can give on a day, when postings are dated before others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def free_by_day(now: int, later: Mapping[date, int], day: date) -> dict[date, int]:
    """Fen that a posting could take from an account on `day` and on each later day with movements.

    `now` is what stands in the end, `later` what each day after `day` changed. What may be taken on a
    day is the least that stands at its end or at the end of any day after it.
    """
    free: dict[date, int] = {}
    standing = least = now
    for when in sorted(later, reverse=True):
        free[when] = least
        standing -= later[when]
        least = min(least, standing)
    return {day: least, **dict(reversed(free.items()))}
