"""The one door to the clock. Everything inside takes its day and its moment as arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

# The whole of China keeps one time.
ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today in China."""
    return now().astimezone(ZONE).date()
