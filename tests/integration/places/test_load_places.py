"""Divisions come in by code, whole or not at all, and a repeat changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.books.journal.models import Entry
from bangfu.books.places import queries
from bangfu.books.places.actions import load_places
from bangfu.books.places.models import Place, PlaceHistory
from bangfu.core import places
from bangfu.core.errors import InputError, UsageError

NATION, COUNTY = places.NATION, "420527000000"
ROWS = [
    places.Place("420000000000", "湖北省"),
    places.Place("420500000000", "宜昌市"),
    places.Place(COUNTY, "秭归县"),
    places.Place("420527101000", "水田坝乡"),
    places.Place("420527101200", "王家桥村"),
    places.Place("420527101201", "上坝村", valid_to=date(2020, 1, 1), successor="420527101200"),
]


@pytest.fixture
def loaded(as_web, scope_of):
    with as_web(scope_of(NATION)):
        return load_places(by="tester", rows=ROWS, source="zigui.csv")


def test_level_and_parent_follow_from_the_code(loaded):
    assert (loaded.added, loaded.changed, loaded.absent) == (6, 0, 0)
    # Places are a reference: read without a scope.
    found = Place.objects.order_by("code").values_list("code", "level", "parent")
    assert list(found)[3:5] == [
        ("420527101000", 4, COUNTY),
        ("420527101200", 5, "420527101000"),
    ]


def test_a_repeat_changes_nothing(loaded, as_web, scope_of):
    with as_web(scope_of(NATION)):
        again = load_places(by="tester", rows=ROWS, source="zigui.csv")
        assert (again.added, again.changed, again.absent, again.unchanged) == (0, 0, 0, 6)
        assert PlaceHistory.objects.count() == 6
        assert Entry.objects.count() == 1


def test_dry_run_says_what_would_change(loaded, as_web, scope_of):
    rows = [
        *ROWS[:4],
        places.Place("420527101200", "王家桥社区"),
        places.Place("420527102200", "新村"),
    ]
    with as_web(scope_of(NATION)):
        change = load_places(by="tester", rows=rows, source="new.csv", dry_run=True)
        assert Place.objects.get(code="420527101200").name == "王家桥村"
    assert change.added_keys == ("420527102200",)
    assert change.changed_keys == ("420527101200",)
    assert change.absent_keys == ("420527101201",)


def test_another_countys_list_makes_nothing_absent(loaded, as_web, scope_of):
    rows = [
        *ROWS[:2],
        places.Place("420528000000", "长阳县"),
        places.Place("420528100000", "龙舟坪镇"),
    ]
    with as_web(scope_of(NATION)):
        change = load_places(by="tester", rows=rows, source="changyang.csv", dry_run=True)
    assert (change.added, change.absent) == (2, 0)


def test_two_names_for_one_code_are_refused(as_web, scope_of):
    rows = [*ROWS, places.Place(COUNTY, "姊归县")]
    with pytest.raises(InputError, match="1 problem"), as_web(scope_of(NATION)):
        load_places(by="tester", rows=rows, source="x")
    assert Place.objects.count() == 0


def test_a_county_cannot_write_the_province(as_web):
    with pytest.raises(UsageError, match="outside your scope"), as_web():
        load_places(by="tester", rows=ROWS, source="x")


def test_townships_without_a_county(as_web, scope_of):
    """东莞: its townships lie in the prefecture itself."""
    rows = [places.Place("441900000000", "东莞市"), places.Place("441900003001", "岗贝社区")]
    with as_web(scope_of(NATION)):
        load_places(by="tester", rows=rows, source="x")
    assert [place.code for place in queries.inside("441900000000")] == [row.code for row in rows]


def test_inside_on_a_day(loaded):
    before = queries.inside("420527101000", on=date(2019, 12, 31))
    after = queries.inside("420527101000", on=date(2020, 1, 1))
    assert [place.code for place in before] == ["420527101000", "420527101200", "420527101201"]
    assert [place.code for place in after] == ["420527101000", "420527101200"]
    assert len(queries.inside(NATION)) == 6


def test_successors(loaded, as_web, scope_of):
    assert queries.current_code("420527101201") == "420527101200"
    assert queries.former_codes("420527101200") == ["420527101201"]
    assert queries.former_codes("420527101000") == []
    with pytest.raises(KeyError):
        queries.current_code("999999999999")
    with as_web(scope_of(NATION)):
        Place.objects.filter(code="420527101200").update(successor="420527101201")
    with pytest.raises(ValueError, match="circle"):
        queries.current_code("420527101200")


@pytest.mark.hard
def test_every_village_of_the_nation(as_web, scope_of):
    rows = [
        places.Place(f"{11 + n // 20_000:02d}{1 + n // 1000 % 20:02d}01001{1 + n % 999:03d}", "村")
        for n in range(620_573)
    ]
    with as_web(scope_of(NATION)):
        change = load_places(by="tester", rows=rows, source="villages.csv")
    assert change.added == len({row.code for row in rows})
