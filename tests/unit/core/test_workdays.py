"""Working days: weekends, holidays, and weekends worked in exchange."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.workdays import WorkCalendar, add_months

# Labour Day 2026: off from 1 to 5 May, Saturday 9 May is worked.
LABOUR = WorkCalendar(
    frozenset(date(2026, 5, day) for day in range(1, 6)), frozenset({date(2026, 5, 9)})
)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 4, 30), 1, date(2026, 5, 6)),
        (date(2026, 5, 7), 2, date(2026, 5, 9)),
        (date(2026, 5, 8), 2, date(2026, 5, 11)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
    ],
)
def test_working_days_pass_over_holidays(start, days, end):
    assert LABOUR.add(start, days) == end
    assert LABOUR.between(start, end) == days


def test_at_least_one_day():
    with pytest.raises(ValueError, match="from 1"):
        WorkCalendar().add(date(2026, 1, 1), 0)


DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(1, 60), st.frozensets(DAYS, max_size=40), st.frozensets(DAYS, max_size=10))
def test_the_day_added_is_worked_and_counts_back(start, days, off, worked):
    calendar = WorkCalendar(off, worked)
    end = calendar.add(start, days)
    assert calendar.is_working(end)
    assert calendar.between(start, end) == days
    assert calendar.between(start, end - timedelta(days=1)) == days - 1


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 6, 30), 0, date(2026, 6, 30)),
    ],
)
def test_months_end_on_the_same_day_or_the_last(day, months, end):
    assert add_months(day, months) == end
