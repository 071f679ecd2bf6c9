"""A county with a village, and notices on its board. Every person is invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from bangfu.books.notices import actions
from bangfu.books.notices.models import Notice
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.language import Text
from bangfu.core.places import NATION, Place
from bangfu.site import clock

VILLAGE, OTHER = "420527101200", "420527102201"
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place("420527000000", "秭归县"),
    Place("420527101000", "茅坪镇"),
    Place("420527102000", "归州镇"),
    Place(VILLAGE, "示例村"),
    Place(OTHER, "旁边村"),
)
# The last character stands outside the basic plane.
ROWS = (
    {"head": "甲虚构", "group": "一组", "members": "3", "class": "边缘易致贫户"},
    {"head": "乙𬭎", "group": "二组", "members": "5", "class": "脱贫不稳定户"},
)
TITLE = Text("监测对象识别公示", "Notice of recognition")
Publish = Callable[..., Notice]


@pytest.fixture
def now() -> datetime:
    """The real moment: the database's own day decides what is open."""
    return clock.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture
def places_known(database) -> None:
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        load_places(by="tester", rows=PLACES, source="test")


@pytest.fixture
def publish(places_known, as_web, now, today) -> Publish:
    """Publish a notice; `days` are counted from today: (0, 4) is open now, (-9, -5) is over."""

    def published(days: tuple[int, int] = (0, 4), **more) -> Notice:
        given = {
            "by": "tester",
            "kind": "recognition",
            "place_code": VILLAGE,
            "subject": "case 1",
            "title": TITLE,
            "rows": ROWS,
            "opens_on": today + timedelta(days=days[0]),
            "closes_on": today + timedelta(days=days[1]),
            # A notice that is over was published in its time.
            "now": now + timedelta(days=min(days[0], 0)),
        } | more
        with as_web():
            return actions.publish(**given)

    return published
