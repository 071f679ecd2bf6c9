"""The calendar of the policy screens each county by night, as the system and inside the county only."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django import app

from bangfu.books.households.models import Household, Person
from bangfu.books.jobs import timers
from bangfu.books.places.actions import load_places
from bangfu.books.screening.models import Finding, Run
from bangfu.core.places import NATION, Place

COUNTY, OTHER = "420527000000", "420528000000"
HOMES = {"4205270000000001": "420527101200", "4205280000000001": "420528101200"}
# 18:00 in UTC is 02:00 of the next day in China: the 5th, which the policy names, and the 6th.
NAMED = datetime(2026, 11, 4, 18, tzinfo=UTC)
NOT_NAMED = datetime(2026, 11, 5, 18, tzinfo=UTC)


@pytest.fixture
def everywhere(as_web, scope_of):
    return lambda: as_web(scope_of(NATION))


@pytest.fixture
def counties(everywhere):
    with everywhere():
        rows = [Place("420000000000", "湖北省"), Place("420500000000", "宜昌市")]
        for county, village in zip((COUNTY, OTHER), HOMES.values(), strict=True):
            rows += [Place(county, "县"), Place(village[:9] + "000", "镇"), Place(village, "村")]
        load_places(by="tester", rows=rows, source="test")
        for number, village in HOMES.items():
            Household.objects.create(
                household_no=number,
                place_code=village,
                household_type="脱贫户",
                dangerous_house=True,
                housing_grade="D",
            )
            Person.objects.create(
                household_id=number, place_code=village, person_no="1", name="甲", relation="户主"
            )


def _runs(everywhere) -> list[tuple[str, str, int]]:
    with everywhere():
        return list(Run.objects.order_by("pk").values_list("place_code", "ran_by", "households"))


def test_a_named_day_screens_the_county_once_and_nothing_beside_it(counties, everywhere):
    timers.run("screening.calendar", COUNTY, now=NAMED)
    timers.run("screening.calendar", COUNTY, now=NAMED)  # safe to run twice
    assert _runs(everywhere) == [(COUNTY, timers.SYSTEM, 1)]
    with everywhere():
        assert str(Run.objects.get().on) == "2026-11-05"
        found = set(Finding.objects.values_list("household_no", flat=True))
    assert found == {"4205270000000001"}


def test_other_days_are_left_to_people(counties, everywhere):
    timers.run("screening.calendar", COUNTY, now=NOT_NAMED)
    assert _runs(everywhere) == []


def test_a_county_without_households_is_left_alone(counties, everywhere):
    with everywhere():
        Person.objects.filter(place_code=HOMES["4205280000000001"]).delete()
        Household.objects.filter(place_code=HOMES["4205280000000001"]).delete()
    timers.run("screening.calendar", OTHER, now=NAMED)
    assert _runs(everywhere) == []


def test_it_comes_every_night():
    known = {task.periodic_id: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert known["screening.calendar"] == "0 18 * * *"
