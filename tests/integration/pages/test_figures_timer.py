"""The figures for readers of sums are counted by a timer, each month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django import app

from bangfu.books.desk.models import PlaceFigures
from bangfu.books.jobs import timers

pytestmark = pytest.mark.usefixtures("two_villages")
COUNTY = "420527000000"
# 17:30 in UTC on the last of November is the first of December in China.
NOW = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)


def test_the_timer_counts_the_month_it_is_in_china(as_web):
    timers.run("desk.count_figures", COUNTY, now=NOW)
    timers.run("desk.count_figures", COUNTY, now=NOW)  # safe to run twice
    with as_web():
        found = PlaceFigures.objects.get(place_code=COUNTY)
    assert found.month == 202612
    assert found.counted_at == NOW


def test_it_comes_once_a_month():
    known = {task.periodic_id: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert known["desk.count_figures"] == "30 17 1 * *"
