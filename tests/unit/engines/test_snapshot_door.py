"""A snapshot is read through a scope and no other way."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import bangfu
from bangfu.books.walls.scope import DataClass, for_engines
from bangfu.books.walls.scope import Scope as BooksScope
from bangfu.core.errors import InputError
from bangfu.core.facts.model import Table
from bangfu.core.sheets.assemble import empty_table
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope
from bangfu.engines.snapshots import ROSTER, write_snapshot

COUNTY, HERE, THERE = "420527000000", "420527101207", "420527102201"
SOURCE = Path(bangfu.__file__).parent


@pytest.fixture
def folder(tmp_path):
    """A household, a person, a village sheet and a roster's line in each of two villages."""
    both = {"place_code": [HERE, THERE]}
    tables = {str(table): empty_table(table) for table in Table}
    tables["household"] = pl.DataFrame({"household_no": ["1", "2"], **both})
    tables["person"] = pl.DataFrame({"household_no": ["1", "2"], "person_no": ["1", "1"], **both})
    tables["village"] = pl.DataFrame({**both, "population": [10, 20]})
    tables[ROSTER] = pl.DataFrame(
        {
            "roster": ["低保", "低保"],
            **both,
            "certificate_token": ["a", "b"],
            "amount": [1, 2],
            "kind": ["x", "x"],
            "day": [None, None],
        }
    )
    write_snapshot(tmp_path / "s", tables, place_code=COUNTY, month=202610)
    return tmp_path / "s"


def seen(folder: Path, scope: Scope) -> dict[str, list[str]]:
    with duckdb.open_sealed(folder, scope) as (snapshot, rosters):
        tables = {
            "household": snapshot.tables[Table.HOUSEHOLD],
            "person": snapshot.tables[Table.PERSON],
            "village": snapshot.tables[Table.VILLAGE],
            "roster": rosters,
        }
        return {
            name: sorted(table.select("place_code").to_polars()["place_code"].to_list())
            for name, table in tables.items()
        }


@pytest.mark.parametrize(
    ("places", "visible"),
    [((COUNTY,), [HERE, THERE]), ((HERE,), [HERE]), (("420528000000",), []), ((), [])],
)
def test_places_are_applied_first(folder, places, visible):
    found = seen(folder, Scope.of(places))
    assert found == dict.fromkeys(("household", "person", "village", "roster"), visible)


@pytest.mark.parametrize("held", [{"sums"}, {"money"}, {"sample"}, set()])
def test_without_the_class_no_person_is_read(folder, held):
    found = seen(folder, Scope.of([COUNTY], held))
    assert found.pop("village") == [HERE, THERE]
    assert found == {"household": [], "person": [], "roster": []}


def test_a_scope_of_the_books_is_the_engines_scope():
    books = BooksScope((HERE,), frozenset({DataClass.SUMS}), "what-if")
    assert for_engines(books) == Scope.of([HERE], ["sums"])


def test_an_altered_snapshot_does_not_open(folder):
    path = folder / "person.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(InputError), duckdb.open_sealed(folder, Scope.of([COUNTY])):
        pass


def test_there_is_no_other_door():
    """Outside the engines nobody opens a snapshot's files or goes round the seal."""
    for path in SOURCE.rglob("*.py"):
        if path.is_relative_to(SOURCE / "engines"):
            continue
        text = path.read_text("utf-8")
        for way in ("open_folder", "open_snapshot", "read_parquet", "scan_parquet"):
            assert way not in text, f"{path}: {way}"
