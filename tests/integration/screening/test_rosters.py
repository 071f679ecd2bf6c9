"""Rosters in the books: replaced whole, kept as tokens, scoped to who handed them in."""

from datetime import UTC, datetime

import polars as pl
import pytest

from bangfu.books.screening.actions import import_rosters, register_snapshot
from bangfu.books.screening.models import RosterEntry, Snapshot
from bangfu.books.screening.queries import rosters
from bangfu.books.walls.scope import DataClass

COUNTY, OTHER = "420527000000", "520000000000"


def medical(*amounts):
    return pl.DataFrame(
        {
            "_row": list(range(4, 4 + len(amounts))),
            "name": ["演示"] * len(amounts),
            "certificate_token": [f"{n:064x}" for n in range(len(amounts))],
            "out_of_pocket": list(amounts),
        }
    )


def bring(as_web, frame, **more):
    with as_web():
        return import_rosters(
            by="tester", place_code=COUNTY, rosters={"medical": frame}, source="test", **more
        )


def test_a_repeated_roster_changes_nothing(as_web):
    assert bring(as_web, medical(100, 200))["medical"].added == 2
    again = bring(as_web, medical(100, 200))["medical"]
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)


def test_a_newer_roster_replaces_the_older(as_web):
    bring(as_web, medical(100, 200, 300))
    change = bring(as_web, medical(100, 250))["medical"]
    assert (change.changed, change.absent) == (1, 1)
    with as_web():
        assert rosters()["amount"].to_list() == [100, 250]


def test_a_dry_run_writes_nothing(as_web):
    assert bring(as_web, medical(100), dry_run=True)["medical"].added == 1
    with as_web():
        assert not RosterEntry.objects.exists()


def test_names_are_not_kept(as_web):
    bring(as_web, medical(100))
    with as_web():
        assert "演示" not in str(list(RosterEntry.objects.values()))


@pytest.mark.parametrize("scope", [{"places": (OTHER,)}, {"classes": (DataClass.SUMS,)}])
def test_others_see_no_roster(as_web, scope_of, scope):
    bring(as_web, medical(100))
    narrowed = scope_of(*scope.get("places", ()), classes=scope.get("classes", tuple(DataClass)))
    with as_web(narrowed):
        assert rosters().height == 0


def test_a_snapshot_is_registered_once(as_web):
    told = {
        "place_code": COUNTY,
        "month": 202610,
        "digest": "d" * 64,
        "households": 1,
        "persons": 2,
    }
    for _ in range(2):
        with as_web():
            register_snapshot(by="tester", made_at=datetime(2026, 11, 22, tzinfo=UTC), **told)
    with as_web():
        assert Snapshot.objects.count() == 1
