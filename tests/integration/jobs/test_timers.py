"""Timers run county by county, as the system, and reach nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from bangfu.books.jobs import timers
from bangfu.books.jobs.timers import Tick
from bangfu.books.jobs.worker import work
from bangfu.books.journal.models import Entry
from bangfu.books.places.actions import load_places
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.core.places import Place as Code

# 20:30 in UTC is the next day in China.
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")
COUNTIES = ("420527000000", "420528000000")


@pytest.fixture
def counties(database):
    rows = (
        Code("420000000000", "湖北省"),
        Code("420500000000", "宜昌市"),
        Code(COUNTIES[0], "秭归县"),
        Code("420527101000", "茅坪镇"),
        Code(COUNTIES[1], "长阳县"),
    )
    with within(EVERYWHERE, by="tester"):
        load_places(by="tester", rows=rows, source="test")


def test_a_timer_runs_once_a_county_inside_it(counties, monkeypatch):
    def handler(tick: Tick) -> None:
        ran.append((tick.place_code, tick.today, tick.by))
        Entry.objects.create(
            actor=tick.by, place_code=tick.place_code, verb="test.tick", subject="x"
        )
        seen.append(set(Entry.objects.filter(verb="test.tick").values_list("place_code")))

    ran: list[tuple[str, date, str]] = []
    seen: list[set[tuple[str]]] = []
    monkeypatch.setitem(timers._known, "test.tick", handler)
    timers.spread(timestamp=0, name="test.tick")
    work(lambda: NOW, wait=False)
    assert sorted(ran) == [(code, date(2026, 11, 23), "system") for code in COUNTIES]
    assert all(len(codes) == 1 for codes in seen)
    with within(EVERYWHERE, by="tester"):
        assert Place.objects.count() == 5


def test_a_timer_that_fails_writes_nothing_and_stays_known(counties, monkeypatch):
    def handler(tick: Tick) -> None:
        Entry.objects.create(
            actor=tick.by, place_code=tick.place_code, verb="test.tick", subject="x"
        )
        raise RuntimeError("a fault")

    monkeypatch.setitem(timers._known, "test.tick", handler)
    timers.spread(timestamp=0, name="test.tick")
    work(lambda: NOW, wait=False)
    with within(EVERYWHERE, by="tester"):
        assert not Entry.objects.filter(verb="test.tick").exists()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where status = 'failed'")
        assert cursor.fetchall() == [(2,)]
