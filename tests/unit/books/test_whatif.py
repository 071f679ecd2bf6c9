"""A what-if over laid books says what a screening under the changed policy would say, household by household."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from lib.policies import shipped
from lib.screening_scenarios import COUNTY, ON, load, world
from lib.worlds import frames

from bangfu.books.screening import whatif
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core.errors import UsageError
from bangfu.core.places import Level
from bangfu.core.screening.screen import screen
from bangfu.core.screening.setting import setting
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE

PERSONS = frozenset({DataClass.PERSONS})
BOOKS = frames(world(load()))
CHANGES: dict[str, dict[str, Any]] = {
    "line": {"income.line": 3_000_000},
    "no line": {"income.line": 0},
    "medical": {"screening.medical_threshold": 1},
    "water": {"screening.water_minutes_at_most": 0},
    "inside the rows": {"screening.school_age_at_most": 6},
    "cutoff": {"deprivation.national_cutoff": {"numerator": 1, "denominator": 20}},
    "two": {"income.line": 0, "deprivation.national_cutoff": {"numerator": 1, "denominator": 1}},
}


def laid_of(*places: str, classes: frozenset[DataClass] = PERSONS, place: str = COUNTY):
    scope = Scope(places or (COUNTY,), classes, "test")
    return whatif.Laid(whatif.Asked(scope, place, shipped(), ON), BOOKS)


@pytest.fixture(scope="module")
def laid() -> Iterator[whatif.Laid]:
    made = laid_of()
    yield made
    made.close()


def from_scratch(changes: dict[str, Any]) -> pl.DataFrame:
    made = setting(shipped().as_if(changes, place=COUNTY, on=ON), place=COUNTY, on=ON)
    with duckdb.open_frames(BOOKS, WHOLE, threads=1) as snapshot, snapshot.keeping() as keep:
        return snapshot.frame(screen(snapshot.tables, made, keep=keep).households)


@pytest.mark.parametrize("name", CHANGES)
def test_as_a_screening_under_that_policy(laid, name):
    keys = ["place_code", "household_no"]
    moved = laid.moved(CHANGES[name]).sort(keys)
    anew = from_scratch(CHANGES[name]).sort(keys)
    for group in whatif.GROUPS:
        assert moved[f"{group}_then"].to_list() == anew[group].to_list()
    assert (moved["concern_then"] != moved["concern_now"]).any() or (
        moved["poor_then"] != moved["poor_now"]
    ).any()


def test_weights_move_the_poor(laid):
    rows = shipped().value("deprivation.national", place=COUNTY, on=ON).value
    heavier = tuple({**row, "weight": 1000 if not n else 1} for n, row in enumerate(rows))
    changes = {"deprivation.national": heavier}
    moved = laid.moved(changes).sort("place_code", "household_no")
    anew = from_scratch(changes).sort("place_code", "household_no")
    assert moved["poor_then"].to_list() == anew["poor"].to_list()
    assert moved["concern_then"].to_list() == moved["concern_now"].to_list()


def test_no_change_moves_nobody(laid):
    moved = laid.moved({})
    assert moved["concern_now"].equals(moved["concern_then"], check_names=False)
    assert moved.height == BOOKS["household"].height


def test_counts_are_of_the_households_listed(laid):
    moved = laid.moved(CHANGES["line"])
    for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE):
        for place, groups in whatif.moves(moved, level).items():
            for group, move in groups.items():
                comes = whatif.who(moved, group=group, comes_in=True, place=place)
                falls = whatif.who(moved, group=group, comes_in=False, place=place)
                assert (len(comes), len(falls)) == (move.comes_in, move.falls_out)
                assert move.then == move.now + move.comes_in - move.falls_out


def test_the_door_admits_the_scope_and_the_place_only():
    """Even where the frames handed in hold more."""
    villages = sorted(BOOKS["household"]["place_code"].unique())
    one = laid_of(villages[0])
    assert one.frame["place_code"].unique().to_list() == [villages[0]]
    one.close()
    inside = laid_of(COUNTY, place=villages[1])
    assert inside.frame["place_code"].unique().to_list() == [villages[1]]
    inside.close()
    nobody = laid_of(classes=frozenset({DataClass.SUMS}))
    assert nobody.frame.is_empty()
    nobody.close()


def test_a_place_of_its_own_overrides_what_lies_in_it():
    policy = shipped()
    changed = policy.as_if({"income.line": 1}, place=COUNTY, on=ON)
    assert changed.value("income.line", place=COUNTY, on=ON).value == 1
    assert policy.value("income.line", place=COUNTY, on=ON).value != 1
    elsewhere = "110000000000"
    assert changed.value("income.line", place=elsewhere, on=ON) == policy.value(
        "income.line", place=elsewhere, on=ON
    )
    with pytest.raises(UsageError):
        policy.as_if({"no.such": 1}, place=COUNTY, on=ON)
