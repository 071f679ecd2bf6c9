"""SQL kept between runs: the same answers, for what was asked and for nothing else."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import fields
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from lib.agreement import named_facts
from lib.policies import shipped
from lib.worlds import frames, seeded

from bangfu.books.screening.screened import check_books, screen_books
from bangfu.core.sheets.assemble import empty_table
from bangfu.engines import duckdb, scripts
from bangfu.engines.scope import WHOLE
from bangfu.engines.scripts import Script, Scripts, Statement, key, of_user
from bangfu.engines.snapshots import write_snapshot

ON, LATER = date(2024, 10, 31), date(2025, 10, 31)
COUNTY = "420527000000"


@pytest.fixture(scope="module")
def policy():
    return shipped()


@pytest.fixture(scope="module")
def few(policy):
    """The checks that hold incomes against the line, and their neighbours: SQL for all takes seconds."""
    made = copy(policy)
    made.all_checks = tuple(each for each in policy.all_checks if each.id.startswith("1_02"))
    return made


@pytest.fixture(scope="module")
def books(tmp_path_factory, policy):
    """A sealed snapshot of thirty households, in whom many rules fire."""
    folder = tmp_path_factory.mktemp("books") / "snapshot"
    rows = seeded(named_facts([check.condition for check in policy.checks(ON)]), seed=3, homes=30)
    made = {table: frame for table, frame in frames(rows).items() if frame.width}
    whole = {
        str(table): pl.concat([empty_table(table), frame], how="diagonal_relaxed")
        for table, frame in made.items()
    }
    write_snapshot(folder, whole, place_code=COUNTY, month=202410)
    return folder


def checked(books, policy, kept: Scripts | None, on: date = ON) -> pl.DataFrame:
    with duckdb.open_sealed(books, WHOLE, threads=1, scripts=kept) as (snapshot, _):
        return check_books(snapshot, policy, on)[0]


def screened(books, policy, kept: Scripts | None) -> list[pl.DataFrame]:
    with duckdb.open_sealed(books, WHOLE, threads=1, scripts=kept) as (snapshot, roster):
        found = screen_books(snapshot, roster, policy, ON, place=COUNTY)
    values = [getattr(found, each.name) for each in fields(found)]
    return [each.sort(each.columns) for each in values if isinstance(each, pl.DataFrame)]


@pytest.fixture
def kept(tmp_path) -> Scripts:
    return Scripts(tmp_path / "sql")


@pytest.fixture
def unwritten(monkeypatch):
    """From now on whoever writes SQL fails."""

    def fail(*_: object) -> None:
        raise AssertionError("written again")

    return lambda: monkeypatch.setattr(duckdb.Snapshot, "_written", fail)


def test_findings_are_the_same_by_kept_sql(books, policy, kept, unwritten):
    without = checked(books, policy, None)
    assert without["rule"].n_unique() > 100
    assert without["members"].drop_nulls().len() > 10
    first = checked(books, policy, kept)
    unwritten()
    assert first.equals(without)
    assert checked(books, policy, kept).equals(without)


def test_a_screening_is_the_same_by_kept_sql(books, policy, kept, unwritten):
    without = screened(books, policy, None)
    assert without[0].height == 30
    screened(books, policy, kept)
    unwritten()
    again = screened(books, policy, kept)
    assert all(a.equals(b) for a, b in zip(again, without, strict=True))


def test_another_day_or_another_value_is_written_anew(books, few, kept):
    checked(books, few, kept)
    assert len(list(kept.folder.iterdir())) == 1
    assert checked(books, few, kept, LATER).equals(checked(books, few, None, LATER))
    changed = few.as_if({"income.line": 900_000_00}, place=COUNTY, on=ON)
    found = checked(books, changed, kept)
    assert found.equals(checked(books, changed, None))
    assert not found.equals(checked(books, few, kept))
    assert len(list(kept.folder.iterdir())) == 3


def test_other_columns_are_written_anew(few, kept):
    household = {"place_code": ["420527101200"], "household_no": ["1"]}
    for more in ({}, {"wage_income": [1]}):
        table = {duckdb.Table.HOUSEHOLD: pl.DataFrame({**household, **more})}
        with duckdb.open_frames(table, WHOLE, threads=1, scripts=kept) as snapshot:
            check_books(snapshot, few, ON)
    assert len(list(kept.folder.iterdir())) == 2


def test_a_digest_tells_what_is_asked_and_who_writes(monkeypatch):
    same = key("a", date(2024, 1, 1))
    assert same == key("a", date(2024, 1, 1))
    assert same != key("a", date(2024, 1, 2))
    scripts._code.cache_clear()
    monkeypatch.setattr(scripts, "version", lambda name: "another")
    assert same != key("a", date(2024, 1, 1))
    scripts._code.cache_clear()


SCRIPT = Script((Statement("select 1 as a", {"a": "int8"}),), {"of": ["a"]})


def test_a_script_comes_back_whole_or_not_at_all(kept):
    assert kept.get("k") is None
    kept.put("k", SCRIPT)
    assert kept.get("k") == SCRIPT
    path = kept.folder / "k.json"
    for broken in ("", "[]", "{}", path.read_text("utf-8")[:-9], json.dumps({"statements": [1]})):
        path.write_text(broken, "utf-8")
        assert kept.get("k") is None


def test_only_the_owner_reads_the_folder(kept):
    kept.put("k", SCRIPT)
    assert kept.folder.stat().st_mode & 0o077 == 0


def test_the_oldest_go(kept, monkeypatch):
    monkeypatch.setattr(scripts, "_KEPT", 2)
    for name in "abc":
        kept.put(name, SCRIPT)
    assert len(list(kept.folder.iterdir())) == 2
    assert kept.get("c") == SCRIPT


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path):
    (tmp_path / "file").write_text("")
    nowhere = Scripts(tmp_path / "file" / "sql")
    nowhere.put("k", SCRIPT)
    assert nowhere.get("k") is None


def test_the_users_cache_is_where_others_keep_theirs(monkeypatch, tmp_path):
    assert of_user({"XDG_CACHE_HOME": "/c"}) == Scripts(Path("/c/bangfu/sql"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert of_user({}) == Scripts(tmp_path / ".cache" / "bangfu" / "sql")


def test_a_user_without_a_home_keeps_nothing(monkeypatch):
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert of_user({}) is None
