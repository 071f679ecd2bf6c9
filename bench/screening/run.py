"""Screen an invented nation: run.py FOLDER (bangfu | by_hand) [whole | sliced]; prints a JSON line.

Two threads and 11 GB for DuckDB. Both ways fill the same three tables (households, ranking, poverty)
and print a digest of each, so that equal results show as equal digests. "sliced", the default, works
province by province, which bounds the memory; every result belongs to one province. SQL is compiled
once for all slices.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import duckdb
import ibis
from parameters import SETTING, by_hand_values

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.screening.household import household_facts, household_screening
from bangfu.core.screening.poverty import poverty
from bangfu.core.screening.ranking import ranking

HERE = Path(__file__).parent
SCHEME = SETTING.parameters.scheme
TABLES = ("households", "ranking", "poverty")


def by_hand(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The hand-written SQL of each table, over the views household, person and households_here."""
    sums = ",\n  ".join(
        f"coalesce(sum(members) filter ({where}), 0)::bigint as {kind}_{one.id}"
        for one in SCHEME.indicators
        for kind, where in (("raw", one.column), ("censored", f"{one.column} and poor"))
    )
    script = (
        (HERE / "by_hand.sql")
        .read_text(encoding="utf-8")
        .format(indicator_sums=sums, **by_hand_values())
    )
    parts = script.split("\n-- ")[1:]
    return {part.split("\n")[0]: part.split("\n", 1)[1].rstrip(";\n") for part in parts}


def bangfu(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The SQL that core's table expressions compile to."""
    backend = ibis.duckdb.from_connection(connection)
    kept = {Table.HOUSEHOLD, Table.PERSON}
    tables = {
        table: backend.table(table) if table in kept else empty(backend, table) for table in Table
    }
    # Nothing that is asked for names single persons.
    tables[Table.PERSON] = tables[Table.PERSON].mutate(person_no=ibis.null("string"))
    wide = household_screening(household_facts(Composer(tables, SETTING.asking), SETTING), SETTING)
    here = ibis.table(wide.schema(), name="households_here")
    made = (wide, ranking(here), poverty(here, SCHEME))
    return {name: ibis.to_sql(table, "duckdb") for name, table in zip(TABLES, made, strict=True)}


def empty(backend: ibis.BaseBackend, table: Table) -> ibis.Table:
    """A table without rows: the invented nation has no income items, work rows or village sheets."""
    return backend.create_table(f"empty_{table}", schema=schema(table), temp=True)


def look_at(connection: duckdb.DuckDBPyConnection, folder: Path, province: str | None) -> None:
    """Point the views at one province, or at everything."""
    where = f"where place_code >= '{province}' and place_code < '{province}:'" if province else ""
    for name in ("household", "person"):
        connection.execute(
            f"create or replace view {name} as "
            f"select * from read_parquet('{folder}/{name}_*.parquet') {where}"
        )
    if connection.execute(
        "select 1 from duckdb_tables() where table_name = 'households'"
    ).fetchone():
        connection.execute(
            f"create or replace view households_here as select * from households {where}"
        )


def fill(
    connection: duckdb.DuckDBPyConnection, folder: Path, sql: dict[str, str], sliced: bool
) -> dict[str, float]:
    """Fill the three tables; seconds by table."""
    steps = dict.fromkeys(TABLES, 0.0)
    provinces = connection.execute(
        f"select distinct place_code[:2] from read_parquet('{folder}/household_*.parquet') order by 1"
    ).fetchall()
    for number, (province,) in enumerate(provinces if sliced else [(None,)]):
        for name in TABLES:
            started = time.perf_counter()
            look_at(connection, folder, province)
            target = f"insert into {name} by name" if number else f"create table {name} as"
            connection.execute(f"{target}\n{sql[name]}")
            steps[name] += time.perf_counter() - started
    return steps


def digest(connection: duckdb.DuckDBPyConnection) -> dict[str, list[int]]:
    """Rows of each table and a digest that does not depend on the order of rows or columns."""
    found = {}
    for table in TABLES:
        columns = ", ".join(
            sorted(r[0] for r in connection.execute(f"describe {table}").fetchall())
        )
        sql = f"select count(*), bit_xor(hash({columns})) from {table}"
        found[table] = list(connection.execute(sql).fetchone())
    return found


if __name__ == "__main__":
    folder, way = Path(sys.argv[1]), sys.argv[2]
    sliced = sys.argv[3:] != ["whole"]
    connection = duckdb.connect(
        config={"threads": 2, "memory_limit": "11GB", "temp_directory": str(folder / "spill")}
    )
    connection.execute("set preserve_insertion_order = false")
    started, used = time.perf_counter(), time.process_time()
    look_at(connection, folder, None)
    sql = {"bangfu": bangfu, "by_hand": by_hand}[way](connection)
    compiled = time.perf_counter() - started
    steps = fill(connection, folder, sql, sliced)
    result = {
        "way": way,
        "slices": sliced,
        "seconds": time.perf_counter() - started,
        "processor_seconds": time.process_time() - used,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "compile": compiled,
        **steps,
    }
    rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in result.items()}
    print(json.dumps({**rounded, "digest": digest(connection)}))
