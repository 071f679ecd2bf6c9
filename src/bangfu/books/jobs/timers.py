"""Work that comes by itself: on its hour, place by place, as the system and not as a person.

    @timer("notices.turn", cron="10 16 * * *")        # minute and hour in UTC: 00:10 in China
    def turn(tick: Tick) -> None: ...

At its time one job a county is put into the queue; each runs in one transaction that reaches this
county and nothing else. A handler must be safe to run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from bangfu.books.jobs import queue
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Tick:
    """One run of a timer, in one county."""

    place_code: str
    now: datetime
    today: date
    by: str = SYSTEM


Handler = Callable[[Tick], None]


_known: dict[str, Handler] = {}


@app.task(name="jobs.spread")
def spread(timestamp: int, *, name: str) -> None:
    """A timer's time has come: one job a county into the queue, all or none."""
    with _let_go(), within(Scope((), frozenset(), name), by=SYSTEM):
        codes = Place.objects.values_list("code", flat=True)
        for code in sorted(code for code in codes if places.level(code) == places.Level.COUNTY):
            queue.defer(queue.TIMER, name=name, place_code=code)


def timer(name: str, *, cron: str) -> Callable[[Handler], Handler]:
    """Register a timer. `name` is "app.verb"."""

    def register(handler: Handler) -> Handler:
        if name in _known:
            raise ValueError(f"two timers {name}")
        _known[name] = handler
        app.periodic(cron=cron, periodic_id=name, task_kwargs={"name": name})(spread)
        return handler

    return register


def run(name: str, place_code: str, *, now: datetime) -> None:
    """One run in one county."""
    scope = Scope((place_code,), frozenset(DataClass), name)
    with _let_go(), within(scope, by=SYSTEM, reason=name):
        _known[name](Tick(place_code, now, timezone.localdate(now)))


@contextmanager
def _let_go() -> Iterator[None]:
    """Close the thread's connection at the end: a worker's threads come and go."""
    try:
        yield
    finally:
        connection.close()
