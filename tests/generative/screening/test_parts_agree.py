"""Screening of packed parts, held against the obvious version in memory."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import ibis
import screening_reference as reference
from hypothesis import given, settings
from screening_cases import PARAMETERS, SCHEMAS, SETTING, Books, books

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.engines.parts import RESULTS, Parts, result, screen_parts, screening_sql, write_part
from bangfu.engines.scope import WHOLE

_SQL: dict[str, str] = {}
_TYPES = {"string": "text", "int64": "bigint", "array<string>": "text[]"}


@cache
def connected() -> ibis.BaseBackend:
    """One connection for all cases."""
    return ibis.duckdb.connect()


def loaded(case: Books, table: Table) -> ibis.Table:
    """A table of the case; those that no case has are empty."""
    connection = connected()
    empty = {name: str(dtype) for name, dtype in schema(table).items()}
    given = SCHEMAS.get(table, {**empty, "household_no": "string"})
    columns = ", ".join(f'"{name}" {_TYPES.get(kind, kind)}' for name, kind in given.items())
    connection.con.execute(f"create or replace table {table} ({columns})")
    for row in case.get(table, []):
        holes = ", ".join("?" * len(given))
        values = [row[column] for column in given]
        connection.con.execute(f"insert into {table} values ({holes})", values)
    return connection.table(str(table))


@settings(max_examples=8)
@given(case=books())
def test_parts_agree_with_the_reference(case: Books) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts, output = Parts(Path(folder) / "parts"), Path(folder) / "results"
        connected().con.execute("drop table if exists numbered_000")
        write_part(connected(), {table: loaded(case, table) for table in Table}, parts)
        if not _SQL:
            _SQL.update(screening_sql(parts, SETTING))
        screen_parts(parts, _SQL, output, workers=1)
        found = {
            name: result(connected(), parts, output, name, WHOLE).to_pyarrow().to_pylist()
            for name in RESULTS
        }
    households = reference.household_rows(case, PARAMETERS)
    expected = {
        "households": households,
        "ranking": reference.ranking_rows(households),
        "poverty": reference.poverty_rows(households, PARAMETERS),
    }
    for name, rows in expected.items():
        names = list(rows[0]) if rows else []
        cut = [[row[column] for column in names] for row in found[name]]
        assert sorted(map(repr, cut)) == sorted(repr([*row.values()]) for row in rows)
