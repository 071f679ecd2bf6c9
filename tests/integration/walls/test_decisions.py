"""Every table and every column has a decision in decisions/: who sees it, whether its history is
kept, whether it is guarded, what the web role may do. A new one fails here until somebody decides."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from django.db import connections

DECISIONS = {
    table: words
    for path in sorted(Path(__file__).with_name("decisions").glob("*.toml"))
    for table, words in tomllib.loads(path.read_text("utf-8")).items()
}
HISTORY_COLUMNS = {"pgh_id", "pgh_created_at", "pgh_label", "actor", "reason", "request"}
CLASSES = ("persons", "sums", "sample", "money")


@pytest.fixture
def rows(db_owner):
    def fetched(query: str) -> list[tuple]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    return fetched


@pytest.fixture
def columns(rows) -> dict[str, dict[str, str]]:
    """Type by column by table."""
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows(
        "select table_name, column_name, data_type from information_schema.columns"
        " where table_schema = 'public'"
    ):
        found.setdefault(table, {})[column] = kind
    return found


def _histories(columns) -> set[str]:
    return {
        f"{table}history" for table in columns if not table.endswith("history")
    } & columns.keys()


def test_every_table_is_decided(columns):
    assert DECISIONS.keys() == columns.keys() - _histories(columns)


def test_every_column_is_decided(columns):
    decided = {
        table: set().union(
            *(words[group].split() for group in ("plain", "personal", "token", "guarded"))
        )
        for table, words in DECISIONS.items()
    }
    assert decided == {table: set(columns[table]) for table in DECISIONS}


def test_guarded_columns_are_sealed_and_no_other_column_is_bytes(columns):
    for table, words in DECISIONS.items():
        sealed = {name for name, kind in columns[table].items() if kind == "bytea"}
        assert sealed == set(words["guarded"].split()), table


def test_history_is_kept_as_decided(columns):
    for table, words in DECISIONS.items():
        past = columns.get(f"{table}history")
        if words["history"].startswith("none: "):
            assert past is None, table
        else:
            left_out = set(words["history"].removeprefix("kept").removeprefix(" without ").split())
            assert set(past or ()) == (set(columns[table]) - left_out) | HISTORY_COLUMNS, table


def test_walls_stand_as_decided(columns, rows):
    forced = dict(
        rows(
            "select relname, relrowsecurity and relforcerowsecurity from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        )
    )
    policies: dict[str, dict[str, str]] = {}
    for table, name, condition in rows("select tablename, policyname, qual from pg_policies"):
        policies.setdefault(table, {})[name] = condition
    for table, words in DECISIONS.items():
        for each in {table, f"{table}history"} & columns.keys():
            wall, named = words["wall"], policies.get(each, {})
            assert forced[each] is not wall.startswith("none: "), each
            if wall.startswith("place"):
                assert "scope" in named, each
                asked = {name for name in CLASSES if f"'{name}'" in named.get("data_class", "")}
                assert asked == set(wall.split()[1:]), each
            elif wall == "own":
                assert "own" in named, each
            elif wall == "reference":
                assert {"readable", "added", "changed", "removed"} <= named.keys(), each


def test_the_web_role_may_do_what_is_decided(columns, rows):
    for table, words in DECISIONS.items():
        for each, allowed in ((table, words["web"].split()), (f"{table}history", ["select"])):
            if each in columns:
                rights = ("select", "insert", "update", "delete", "truncate")
                calls = ", ".join(
                    f"has_table_privilege('bangfu_web', '{each}', '{right}')" for right in rights
                )
                [granted] = rows(f"select {calls}")
                assert [r for r, yes in zip(rights, granted, strict=True) if yes] == allowed, each


def test_nothing_belongs_to_the_web_role(rows):
    assert rows("select relname from pg_class where relowner = 'bangfu_web'::regrole") == []
    assert (
        rows("select 1 from pg_roles where rolname like 'bangfu%' and (rolsuper or rolbypassrls)")
        == []
    )


def test_the_web_role_calls_no_function_of_the_owner_but_these(rows):
    """Trigger functions run with the owner's rights too, but nobody can call those."""
    known = {
        # Locks the heads of the lines a posting touches, which the web role may only read.
        "funds_open",
        # Accepts the offer of a household that moves, in the name of the receiving place.
        "crossing_accept",
    }
    found = rows(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
        " and prorettype <> 'trigger'::regtype and has_function_privilege('bangfu_web', oid, 'execute')"
    )
    assert {name for (name,) in found} == known
