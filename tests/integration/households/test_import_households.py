"""Households come in whole or not at all; a repeat changes nothing; nobody is deleted in silence."""

from __future__ import annotations

import polars as pl
import pytest

from bangfu.books.households.actions import import_households
from bangfu.books.households.models import Household, HouseholdHistory, Person, PersonHistory
from bangfu.books.journal.models import Entry
from bangfu.core.errors import InputError


@pytest.fixture
def brought_in(places, as_web, make_batch):
    """The county's first batch, imported."""
    with as_web(reason="first", request="r1"):
        return import_households(by="tester", batch=make_batch())


def _counts(diff):
    return {
        name: (change.added, change.changed, change.absent, change.unchanged)
        for name, change in diff.changes.items()
    }


def test_first_import(brought_in, as_web):
    assert brought_in.written
    assert _counts(brought_in) == {
        "household": (3, 0, 0, 0),
        "person": (6, 0, 0, 0),
        "job": (6, 0, 0, 0),
        "plan": (6, 0, 0, 0),
        "village": (2, 0, 0, 0),
        "income": (3, 0, 0, 0),
    }
    with as_web():
        assert Household.objects.count() == 3
        [entry] = Entry.objects.all()
        past = list(HouseholdHistory.objects.values_list("actor", "reason", "request", "pgh_label"))
    assert (entry.actor, entry.verb, entry.request) == ("tester", "households.import", "r1")
    assert past == [("tester", "first", "r1", "insert")] * 3


def test_repeat_changes_nothing(brought_in, as_web, make_batch):
    with as_web():
        diff = import_households(by="tester", batch=make_batch())
        assert diff.is_empty
        assert PersonHistory.objects.count() == 6
        assert Entry.objects.count() == 1


def test_changed_added_absent(brought_in, as_web, make_batch):
    batch = make_batch(4)
    kept = batch.frames["household"].filter(pl.col("household_no") != "4205270000001")
    changed = kept.with_columns(
        pl.when(pl.col("household_no") == "4205270000000")
        .then(pl.lit("13900000000"))
        .otherwise("household_phone")
        .alias("household_phone")
    )
    only_households = type(batch)(batch.place_code, 2026, {"household": changed}, "second")
    with as_web():
        dry = import_households(by="tester", batch=only_households, dry_run=True)
        assert Household.objects.count() == 3
        assert Entry.objects.count() == 1
    change = dry.changes["household"]
    assert not dry.written
    assert _counts(dry) == {"household": (1, 1, 1, 1)}
    assert change.added_keys == ("4205270000003",)
    assert change.changed_keys == ("4205270000000",)
    assert change.absent_keys == ("4205270000001",)
    with as_web():
        import_households(by="tester", batch=only_households)
        assert Household.objects.count() == 4
        assert HouseholdHistory.objects.filter(pgh_label="update").count() == 1


def test_all_problems_at_once(places, as_web, make_batch):
    batch = make_batch()
    person = batch.frames["person"]
    broken = make_batch(
        household=batch.frames["household"].with_columns(
            pl.when(pl.col("household_no") == "4205270000000")
            .then(pl.lit("420527199001"))
            .otherwise("place_code")
            .alias("place_code")
        ),
        person=pl.concat([person, person.head(1)]),
    )
    with pytest.raises(InputError) as caught, as_web():
        import_households(by="tester", batch=broken)
    rules = sorted(problem.rule for problem in caught.value.problems)
    # Two persons of one household are one missing parent; its income is the other.
    assert rules == ["key", "parent", "parent", "place"]
    with as_web():
        assert Household.objects.count() == 0


@pytest.mark.parametrize("fault", [KeyboardInterrupt, ZeroDivisionError])
def test_a_fault_in_the_middle_leaves_nothing(places, as_web, make_batch, monkeypatch, fault):
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr("bangfu.books.households.actions.importing.journal.write", fail)
    with pytest.raises(fault), as_web():
        import_households(by="tester", batch=make_batch())
    with as_web():
        assert (Household.objects.count(), Person.objects.count()) == (0, 0)
        assert HouseholdHistory.objects.count() == 0
