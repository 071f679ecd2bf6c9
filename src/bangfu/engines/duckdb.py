"""DuckDB over a snapshot: a folder of Parquet files, or frames in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import ibis
import ibis.expr.types as ir
import polars as pl
from ibis.backends.duckdb import Backend

from bangfu.core.errors import UsageError
from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.language import Text
from bangfu.core.policy.rules.compose import Keep
from bangfu.core.screening.checks import Plan, hits
from bangfu.core.screening.findings import findings
from bangfu.engines.expressions import unfused
from bangfu.engines.scope import Scope
from bangfu.engines.snapshots import ROSTER, open_snapshot

# Names of temporary tables: a number each, never used twice in a process.
_NUMBERS = count()


class Snapshot:
    """The tables of one period's books, seen through a scope.

    `tables` holds one Ibis table for every kind of row; a table the source lacks is empty.
    """

    def __init__(
        self, connection: Backend, sources: Mapping[Table, ir.Table], scope: Scope
    ) -> None:
        self.connection = connection
        self.tables = {
            table: scope.admit(
                sources[table] if table in sources else _empty(connection, table),
                persons=table is not Table.VILLAGE,
            )
            for table in Table
        }

    def places(self) -> list[str]:
        """The village codes that have households, persons or a village row."""
        kinds = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE)
        columns = [self.tables[kind].select("place_code") for kind in kinds]
        return sorted(ibis.union(*columns, distinct=True).place_code.to_polars().to_list())

    @contextmanager
    def keeping(self) -> Iterator[Keep]:
        """Keeps table expressions as temporary tables until the end of the block."""
        names: list[str] = []

        def keep(table: ir.Table) -> ir.Table:
            names.append(f"kept_{next(_NUMBERS)}")
            # Ibis's own create_table takes three statements and writes the query out thrice.
            with unfused():
                query = self.connection.compile(table)
            self.connection.con.execute(f"CREATE TEMP TABLE {names[-1]} AS {query}")
            return self.connection.table(names[-1])

        try:
            yield keep
        finally:
            for name in names:
                # Ibis's own drop_table writes an empty statement with the sqlglot we are locked to.
                self.connection.con.execute(f"DROP TABLE IF EXISTS {name}")

    def close(self) -> None:
        """Give back the memory of the connection."""
        self.connection.disconnect()


@contextmanager
def open_sealed(
    folder: Path, scope: Scope, *, threads: int | None = None
) -> Iterator[tuple[Snapshot, ir.Table]]:
    """A sealed snapshot and its rosters, as far as the scope reaches: the one door to a snapshot.

    Raises UsageError when there is none, InputError when it is not as it was sealed.
    """
    open_snapshot(folder)
    with open_folder(folder, scope, threads=threads) as snapshot:
        rosters = snapshot.connection.read_parquet(folder / f"{ROSTER}.parquet")
        yield snapshot, scope.admit(rosters)


@contextmanager
def open_folder(folder: Path, scope: Scope, *, threads: int | None = None) -> Iterator[Snapshot]:
    """The snapshot in a folder of `household.parquet`, `person.parquet` and so on.

    Raises UsageError when the folder holds no such file.
    """
    files = {table: folder / f"{table}.parquet" for table in Table}
    there = {table: path for table, path in files.items() if path.exists()}
    if not there:
        raise UsageError(
            Text(
                f"{folder} 里没有快照文件（household.parquet 等）。",
                f"{folder} holds no snapshot (household.parquet and so on).",
            )
        )
    connection = _connect(threads)
    try:
        sources = {table: connection.read_parquet(path) for table, path in there.items()}
        yield Snapshot(connection, sources, scope)
    finally:
        connection.disconnect()


@contextmanager
def open_frames(
    frames: Mapping[Table, pl.DataFrame], scope: Scope, *, threads: int | None = None
) -> Iterator[Snapshot]:
    """The snapshot of frames in memory, columns named as the facts."""
    connection = _connect(threads)
    try:
        sources = {}
        for table, frame in frames.items():
            name = f"source_{table}"
            connection.con.register(name, frame.to_arrow())
            sources[table] = connection.table(name)
        yield Snapshot(connection, sources, scope)
    finally:
        connection.disconnect()


def run(plan: Plan, snapshot: Snapshot) -> pl.DataFrame:
    """The findings of the plan's checks in a snapshot."""
    with snapshot.keeping() as keep:
        made = hits(plan, snapshot.tables, keep)
        with unfused():
            return findings(plan, [(each, each.rows.to_polars()) for each in made])


def _connect(threads: int | None) -> Backend:
    settings = {} if threads is None else {"threads": threads}
    return ibis.duckdb.connect(**settings)


def _empty(connection: Backend, table: Table) -> ir.Table:
    """A table without rows, of the columns that rules may read."""
    columns = {name: ibis.null(dtype) for name, dtype in schema(table).items()}
    name = f"empty_{table}"
    connection.con.execute(f"CREATE TEMP TABLE {name} (nothing INTEGER)")
    return connection.table(name).select(**columns)
