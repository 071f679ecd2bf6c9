"""Cron expressions of subscriptions: when notices go out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bangfu.books.social_registry.schedules import schedule

FRIDAY = datetime(2026, 11, 20, 12, 0)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("0 0 12 * * ?", FRIDAY),
        ("0 0 12 * * ? *", FRIDAY),
        ("0 0 12 20,25 * ? 2026", FRIDAY),
        ("0 0/30 8-18 ? * 2-6", FRIDAY),
        ("0 12 * * 5", FRIDAY),
        ("*/15 * * * *", FRIDAY),
        ("0 0 12 ? * 6", FRIDAY),  # Friday is the sixth day of a week that begins on Sunday
        ("0 12 * * 7", FRIDAY + timedelta(days=2)),
    ],
)
def test_a_moment_that_is_meant(written, moment):
    found = schedule(written)
    assert found.due(since=moment - timedelta(minutes=1), now=moment)
    assert not found.due(since=moment, now=moment)
    # A moment missed within a day still counts.
    assert found.due(since=moment - timedelta(hours=1), now=moment + timedelta(minutes=7))


@pytest.mark.parametrize(
    "written", ["0 0 12 21 * ?", "0 0 12 * * ? 2027", "30 12 * * *", "0 0 12 ? * 5", "0 0 12 * 1 ?"]
)
def test_a_moment_that_is_not_meant(written):
    assert not schedule(written).due(since=FRIDAY - timedelta(minutes=5), now=FRIDAY)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "weekly",
        "* * * *",
        "60 * * * *",
        "* * * * * * * *",
        "0 0 12 L * ?",
        "5-1 * * * *",
        "*/0 * * * *",
        "0 12 * * MON",
        "-1 * * * *",
        "1,, * * * *",
    ],
)
def test_what_is_no_expression(written):
    with pytest.raises(ValueError):
        schedule(written)
