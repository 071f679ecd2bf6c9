"""Screening on DuckDB and on PostgreSQL, held against the obvious version in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb
import ibis
import psycopg
import pytest
import screening_reference as reference
from hypothesis import HealthCheck, given, settings
from screening_cases import PARAMETERS, SCHEMAS, SETTING, Books, books, unbound
from tests.lib.postgres import running

from bangfu.core.facts.model import Table
from bangfu.core.screening.screen import screen
from bangfu.engines.expressions import unfused

RESULTS = (
    "households",
    "ranking",
    "poverty",
    "poverty_by_indicator",
    "classes",
    "unstated_risks",
    "clues",
)
Row = dict[str, Any]


@cache
def compiled(dialect: str) -> tuple[dict[str, str], dict[str, str]]:
    """The SQL of every table that is kept, in order, and of every result."""
    kept: dict[str, str] = {}

    def keep(table: ibis.Table) -> ibis.Table:
        name = f"kept_{len(kept)}"
        kept[name] = ibis.to_sql(table, dialect)
        return ibis.table(table.schema(), name=name)

    kinds = (Table.HOUSEHOLD, Table.PERSON, Table.INCOME, Table.VILLAGE)
    with unfused():
        found = screen(
            {kind: unbound(str(kind)) for kind in kinds},
            SETTING,
            roster=unbound("roster"),
            keep=keep,
        )
        return kept, {name: ibis.to_sql(getattr(found, name), dialect) for name in RESULTS}


_TYPES = {
    "string": "text",
    "int64": "bigint",
    "boolean": "boolean",
    "date": "date",
    "array<string>": "text[]",
    "decimal(14, 2)": "decimal(14, 2)",
}


class DuckDB:
    dialect = "duckdb"

    def __init__(self) -> None:
        self.connection = duckdb.connect()

    def execute(self, sql: str, rows: list[list[Any]] | None = None) -> None:
        if rows is None:
            self.connection.execute(sql)
        else:
            self.connection.execute(sql.replace("%s", "?"), [v for row in rows for v in row])

    def rows(self, sql: str) -> list[Row]:
        cursor = self.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class Postgres:
    dialect = "postgres"

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def execute(self, sql: str, rows: list[list[Any]] | None = None) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, None if rows is None else [v for row in rows for v in row])

    def rows(self, sql: str) -> list[Row]:
        with self.connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(sql).fetchall()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A bare server of this module's own: screening needs no migrated books."""
    with running() as connection:
        yield Postgres(connection)


def load(engine: DuckDB | Postgres, case: Books) -> None:
    for name, schema in SCHEMAS.items():
        columns = ", ".join(f"{column} {_TYPES[kind]}" for column, kind in schema.items())
        engine.execute(f"drop table if exists {name}")
        engine.execute(f"create temporary table {name} ({columns})")
        places = ", ".join(["%s"] * len(schema))
        rows = [[row[column] for column in schema] for row in case[name]]
        if rows:
            engine.execute(
                f"insert into {name} values {', '.join([f'({places})'] * len(rows))}", rows
            )


def screened(engine: DuckDB | Postgres, case: Books) -> dict[str, list[Row]]:
    """Every result table, as the engine computes it."""
    load(engine, case)
    kept, results = compiled(engine.dialect)
    for name, sql in kept.items():
        engine.execute(f"drop table if exists {name}")
        engine.execute(f"create temporary table {name} as {sql}")
    return {name: engine.rows(sql) for name, sql in results.items()}


def same(found: list[Row], expected: list[Row]) -> None:
    """The same rows in any order, on the columns that are expected."""
    names = list(expected[0]) if expected else []
    cut = [[row[name] for name in names] for row in found]
    assert sorted(map(repr, cut)) == sorted(repr(list(row.values())) for row in expected)
    assert len(found) == len(expected)


def agrees(engine: DuckDB | Postgres, case: Books) -> None:
    found = screened(engine, case)
    households = reference.household_rows(case, PARAMETERS)
    same(found["households"], households)
    same(found["ranking"], reference.ranking_rows(households))
    same(found["poverty"], reference.poverty_rows(households, PARAMETERS))
    same(found["classes"], reference.class_rows(case, households))
    same(found["unstated_risks"], reference.unstated_rows(case, households))
    clues = [(r["clue"], r["household_no"], r["person_no"], r["amount"]) for r in found["clues"]]
    expected = reference.clue_rows(case, households, PARAMETERS)
    assert sorted(map(repr, clues)) == sorted(map(repr, expected))
    for row in found["poverty"]:
        points = [
            one["points"]
            for one in found["poverty_by_indicator"]
            if one["place_code"] == row["place_code"]
        ]
        assert sum(points) == row["score"]


@settings(max_examples=12)
@given(case=books())
def test_duckdb_agrees_with_the_reference(case: Books) -> None:
    agrees(DuckDB(), case)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=books())
def test_postgres_agrees_with_the_reference(postgres: Postgres, case: Books) -> None:
    agrees(postgres, case)


@pytest.mark.hard
@settings(max_examples=6000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=books())
def test_both_engines_agree_with_the_reference_on_many(postgres: Postgres, case: Books) -> None:
    agrees(DuckDB(), case)
    agrees(postgres, case)
