"""Households of two villages for the page tests; every person is invented."""

from __future__ import annotations

import pytest

from bangfu.books.households.models import Household, Person
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION, Place

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


@pytest.fixture
def two_villages(database):
    """One monitored household in each of two villages of two townships."""
    everywhere = Scope((NATION,), frozenset(DataClass), "test")
    with within(everywhere, by="tester"):
        load_places(by="tester", rows=PLACES, source="test")
        for number, (village, name) in enumerate(((VILLAGE, "甲虚构"), (OTHER, "乙虚构")), 1):
            Household.objects.create(
                household_no=f"420527000000{number:04d}",
                place_code=village,
                monitored_class="突发严重困难户",
                risk_1="因病",
            )
            Person.objects.create(
                household_id=f"420527000000{number:04d}",
                place_code=village,
                person_no="1",
                name=name,
                relation="户主",
            )
