"""DuckDB over a snapshot: a folder of Parquet files, or frames in memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import polars as pl
from ibis.backends.duckdb import Backend
from ibis.formats.polars import PolarsSchema

from bangfu.core.errors import UsageError
from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.language import Text
from bangfu.core.policy.rules.compose import Keep
from bangfu.core.policy.rules.nodes import NUMBER
from bangfu.core.screening.checks import Flag, Hits, Legend, Plan, Shown, hits
from bangfu.core.screening.findings import findings
from bangfu.core.screening.witnesses import with_members, witnesses
from bangfu.engines.expressions import unfused
from bangfu.engines.numbering import numbered
from bangfu.engines.scope import Scope
from bangfu.engines.scripts import Script, Scripts, Statement, key
from bangfu.engines.snapshots import ROSTER, open_snapshot

# Asks for the rows of a table expression.
Fetch = Callable[[ir.Table], object]
# Names of temporary tables: a number each, never used twice in a process.
_NUMBERS = count()
# Between two steps of a query DuckDB asks for the interpreter's lock; a thread that holds it gives it
# up after so many seconds, where the interpreter's own 0.005 make ten small queries wait for longer
# than they run.
_GIVES_WAY = 0.0003


class Snapshot:
    """The tables of one period's books, seen through a scope.

    `tables` holds one Ibis table for every kind of row, a view of that name; a table the source lacks
    is empty. Queries run one after the other in a thread of their own, while the caller puts the next
    together: writing the SQL of the rules takes as long as running it. `scripts` keeps that SQL.
    `threads` run it, all there are when None.
    """

    def __init__(
        self,
        connection: Backend,
        sources: Mapping[Table, ir.Table],
        scope: Scope,
        scripts: Scripts | None = None,
        threads: int | None = None,
    ) -> None:
        self.connection = connection
        self.scripts = scripts
        self.threads = threads
        self.tables = {
            table: view(
                connection,
                str(table),
                scope.admit(
                    sources[table] if table in sources else _empty(connection, table),
                    persons=table is not Table.VILLAGE,
                ),
            )
            for table in Table
        }
        self._queries = ThreadPoolExecutor(max_workers=1)
        self._failed: duckdb.Error | None = None
        self._closed = False
        self._gave_way = sys.getswitchinterval()
        sys.setswitchinterval(_GIVES_WAY)

    def places(self) -> list[str]:
        """The village codes that have households, persons or a village row."""
        kinds = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE)
        columns = [self.tables[kind].select("place_code") for kind in kinds]
        return sorted(self.frame(ibis.union(*columns, distinct=True))["place_code"].to_list())

    def frame(self, table: ir.Table) -> pl.DataFrame:
        """The rows of a table expression."""
        return self.fetch(table).result()

    def fetch(self, table: ir.Table) -> Future[pl.DataFrame]:
        """The rows of a table expression, once they are there."""
        return self._submit(self._statement(table))

    @contextmanager
    def keeping(self) -> Iterator[Keep]:
        """Keeps table expressions as temporary tables until the end of the block."""
        names: list[str] = []

        def keep(table: ir.Table) -> ir.Table:
            names.append(f"kept_{next(_NUMBERS)}")
            self._submit(self._statement(table, names[-1]))
            return ibis.table(table.schema(), name=names[-1])

        try:
            yield keep
        finally:
            self._drop(names)

    def answers(
        self, asked: object, write: Callable[[Keep, Fetch], Any]
    ) -> tuple[Any, list[Future[pl.DataFrame]]]:
        """What `write` says of the tables that it fetches, and the rows of each, once they are there.

        What it says is of JSON's types. The `repr` of `asked` tells in full what the tables depend on
        besides the columns of the books: what was written for the same is not written again.
        """
        schemas = [(str(kind), str(table.schema())) for kind, table in self.tables.items()]
        found = key(asked, schemas)
        script = self.scripts.get(found) if self.scripts else None
        self._use(leaving=0 if script else 1)
        if script is not None:
            waiting = [self._submit(each) for each in script.statements]
        else:
            script, waiting = self._written(f"kept_{found[:16]}", write)
            if self.scripts:
                self.scripts.put(found, script)
        self._drop([each.name for each in script.statements if each.name])
        rows = [
            each
            for each, statement in zip(waiting, script.statements, strict=True)
            if not statement.name
        ]
        return script.meaning, rows

    def _written(
        self, prefix: str, write: Callable[[Keep, Fetch], Any]
    ) -> tuple[Script, list[Future[pl.DataFrame]]]:
        """A script as it is written, each statement running at once."""
        statements: list[Statement] = []
        waiting: list[Future[pl.DataFrame]] = []

        def add(table: ir.Table, name: str = "") -> None:
            statements.append(self._statement(table, name))
            waiting.append(self._submit(statements[-1]))

        def keep(table: ir.Table) -> ir.Table:
            name = f"{prefix}_{len(statements)}"
            add(table, name)
            return ibis.table(table.schema(), name=name)

        meaning = write(keep, add)
        return Script(tuple(statements), meaning), waiting

    def close(self) -> None:
        """Give back the memory of the connection; a query that still runs is broken off."""
        self._closed = True
        sys.setswitchinterval(self._gave_way)
        self.connection.con.interrupt()
        self._queries.shutdown(cancel_futures=True)
        self.connection.disconnect()

    def _use(self, *, leaving: int) -> None:
        """Run what follows on all processors but those left to the thread that writes the SQL."""
        threads = self.threads or max(1, (os.cpu_count() or 1) - leaving)
        self._queries.submit(self._execute, f"SET threads = {threads}")

    def _statement(self, table: ir.Table, name: str = "") -> Statement:
        columns = {column: str(dtype) for column, dtype in table.schema().items()}
        return Statement(_sql(self.connection, table), columns, name)

    def _submit(self, statement: Statement) -> Future[pl.DataFrame]:
        return self._queries.submit(self._carry_out, statement)

    def _carry_out(self, statement: Statement) -> pl.DataFrame:
        """Keep the table, or give its rows."""
        if statement.name:
            # Ibis's own create_table takes three statements and writes the query out thrice.
            self._execute(f"CREATE TEMP TABLE {statement.name} AS {statement.query}")
            return pl.DataFrame()
        # Ibis's own to_polars reads pandas in, which takes longer than the query.
        found: pl.DataFrame = self._execute(statement.query).pl()
        return found.cast(PolarsSchema.from_ibis(ibis.schema(dict(statement.columns))))

    def _drop(self, names: Iterable[str]) -> None:
        # With its connection a temporary table is gone, and so with the process: a block of `keeping` that
        # nobody ended ends as late as that.
        if self._closed or sys.is_finalizing():
            return
        for name in names:
            # Ibis's own drop_table writes an empty statement with the sqlglot we are locked to.
            self._queries.submit(self._execute, f"DROP TABLE IF EXISTS {name}")

    def _execute(self, query: str) -> duckdb.DuckDBPyConnection:
        """Run a query, unless one before it failed: then its error is the one to tell."""
        if self._failed is not None:
            raise self._failed
        try:
            made: duckdb.DuckDBPyConnection = self.connection.con.execute(query)
        except duckdb.Error as error:
            self._failed = error
            raise
        return made


@contextmanager
def open_sealed(
    folder: Path, scope: Scope, *, threads: int | None = None, scripts: Scripts | None = None
) -> Iterator[tuple[Snapshot, ir.Table]]:
    """A sealed snapshot and its rosters, as far as the scope reaches: the one door to a snapshot.

    Raises UsageError when there is none, InputError when it is not as it was sealed.
    """
    open_snapshot(folder)
    with open_folder(folder, scope, threads=threads, scripts=scripts) as snapshot:
        rosters = snapshot.connection.read_parquet(folder / f"{ROSTER}.parquet")
        yield snapshot, view(snapshot.connection, ROSTER, scope.admit(rosters))


@contextmanager
def open_folder(
    folder: Path, scope: Scope, *, threads: int | None = None, scripts: Scripts | None = None
) -> Iterator[Snapshot]:
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
    sources = {table: connection.read_parquet(path) for table, path in there.items()}
    with closing(Snapshot(connection, sources, scope, scripts, threads)) as snapshot:
        yield snapshot


@contextmanager
def open_frames(
    frames: Mapping[Table, pl.DataFrame],
    scope: Scope,
    *,
    threads: int | None = None,
    scripts: Scripts | None = None,
) -> Iterator[Snapshot]:
    """The snapshot of frames in memory, columns named as the facts."""
    connection = _connect(threads)
    sources = {}
    for name, frame in numbered({str(t): f for t, f in frames.items()}).items():
        source = f"source_{name}"
        connection.con.register(source, frame.to_arrow())
        sources[Table(name)] = connection.table(source)
    with closing(Snapshot(connection, sources, scope, scripts, threads)) as snapshot:
        yield snapshot


@contextmanager
def open_live(
    frames: Mapping[Table, pl.DataFrame],
    rosters: pl.DataFrame,
    scope: Scope,
    *,
    threads: int | None = None,
    scripts: Scripts | None = None,
) -> Iterator[tuple[Snapshot, ir.Table]]:
    """Frames and rosters just read from the live books, as far as the scope reaches."""
    with open_frames(frames, scope, threads=threads, scripts=scripts) as snapshot:
        snapshot.connection.con.register("source_roster", rosters.to_arrow())
        admitted = scope.admit(snapshot.connection.table("source_roster"))
        yield snapshot, view(snapshot.connection, ROSTER, admitted)


def run(plan: Plan, snapshot: Snapshot) -> pl.DataFrame:
    """The findings of the plan's checks in a snapshot."""

    def write(keep: Keep, fetch: Fetch) -> Any:
        made: list[Hits] = []
        for each in hits(plan, snapshot.tables, keep):
            fetch(each.rows)
            made.append(each)
        there = witnesses(plan, snapshot.tables, made, keep)
        if there is not None:
            fetch(there.rows)
        legends = [asdict(each.legend) for each in made]
        return {"legends": legends, "asked": there.asked if there else {}}

    meaning, waiting = snapshot.answers(plan, write)
    legends = [_legend(each) for each in meaning["legends"]]
    found = findings(
        plan, [(each, rows.result()) for each, rows in zip(legends, waiting, strict=False)]
    )
    there = waiting[len(legends)].result() if meaning["asked"] else None
    return with_members(found, meaning["asked"], there)


def _legend(told: Mapping[str, Any]) -> Legend:
    return Legend(
        Table(told["grain"]),
        {rule: Flag(**flag) for rule, flag in told["flags"].items()},
        {rule: tuple(Shown(**each) for each in shown) for rule, shown in told["shown"].items()},
    )


def view(connection: Backend, name: str, table: ir.Table) -> ir.Table:
    """The table expression under a name of its own, which SQL for any snapshot may use."""
    connection.con.execute(f'CREATE TEMP VIEW "{name}" AS {_sql(connection, table)}')
    return connection.table(name)


def _sql(connection: Backend, table: ir.Table) -> str:
    with unfused():
        return str(connection.compile(table))


def _connect(threads: int | None) -> Backend:
    # One processor is left to the thread that writes the SQL.
    return ibis.duckdb.connect(threads=threads or max(1, (os.cpu_count() or 1) - 1))


def _empty(connection: Backend, table: Table) -> ir.Table:
    """A table without rows, of the columns that rules may read."""
    numbers = dict.fromkeys(NUMBER.values(), "int64")
    columns = {name: ibis.null(dtype) for name, dtype in {**schema(table), **numbers}.items()}
    name = f"empty_{table}"
    connection.con.execute(f"CREATE TEMP TABLE {name} (nothing INTEGER)")
    return connection.table(name).select(**columns)
