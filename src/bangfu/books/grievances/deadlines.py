"""Until when: the days that policy gives, counted as policy counts them."""

from __future__ import annotations

from datetime import date

from bangfu.books.cases.rules import calendar
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.engine import Limit


def until(policy: Policy, what: str, *, place: str, start: date) -> date:
    """The last day for "triage", "answer", "appeal" or "second", counted from the day after `start`."""
    found = policy.value(f"grievances.{what}_days", place=place, on=start)
    return Limit(found.value, found.unit).after(start, calendar(policy))
