"""A province or a nation in parts: many snapshots gathered as packed Parquet, screened part by part.

Every place lies in one part, so each result of a part stands for itself: time grows with the rows,
memory with the largest part. A part is a folder of tables of facts like a snapshot's, packed (see
`core.facts.packing`), its households numbered anew and its rows in the order of those numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from bangfu.core.errors import UsageError
from bangfu.core.facts.model import Table
from bangfu.core.facts.packing import PLACE, packed
from bangfu.core.language import Text
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.nodes import KEYS, NUMBER
from bangfu.core.screening.household import household_facts, household_screening
from bangfu.core.screening.poverty import poverty
from bangfu.core.screening.ranking import ranking
from bangfu.core.screening.setting import Setting
from bangfu.engines.expressions import unfused
from bangfu.engines.scope import Scope
from bangfu.engines.snapshots import open_snapshot

# About a prefecture or a small province: large enough that planning a query does not count.
HOUSEHOLDS_A_PART = 1_000_000
RESULTS = ("households", "ranking", "poverty")
_NUMBER = NUMBER[Table.HOUSEHOLD]


@dataclass(frozen=True, slots=True)
class Parts:
    """A folder of parts. Owner-only, like the snapshots that it holds."""

    folder: Path

    @property
    def names(self) -> list[str]:
        """The parts, by the names of their folders."""
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []

    def file(self, table: Table, part: str) -> Path:
        """The file of a table of a part."""
        return self.folder / part / f"{table}.parquet"


def gather(
    snapshots: Iterable[Path], folder: Path, scope: Scope, *, at_least: int = HOUSEHOLDS_A_PART
) -> Parts:
    """Gather sealed snapshots of different places into parts of `at_least` households.

    Only the rows that lie in `scope` enter. Raises UsageError when `folder` is not empty, InputError
    when a seal is broken.
    """
    parts = Parts(folder)
    if parts.names:
        raise UsageError(
            Text(
                f"文件夹 {folder} 不是空的。请指定一个新文件夹。",
                f"The folder {folder} is not empty. Name a new one.",
            )
        )
    waiting: list[Path] = []
    rows = 0
    for snapshot in snapshots:
        rows += open_snapshot(snapshot).rows[Table.HOUSEHOLD]
        waiting.append(snapshot)
        if rows >= at_least:
            _gathered(waiting, parts, scope)
            waiting, rows = [], 0
    if waiting:
        _gathered(waiting, parts, scope)
    return parts


def _gathered(snapshots: Sequence[Path], parts: Parts, scope: Scope) -> None:
    connection = ibis.duckdb.connect()
    try:
        tables = {
            table: scope.admit(
                connection.read_parquet([each / f"{table}.parquet" for each in snapshots]),
                persons=table is not Table.VILLAGE,
            )
            for table in Table
        }
        write_part(connection, tables, parts)
    finally:
        connection.disconnect()


def write_part(connection: Backend, tables: Mapping[Table, ir.Table], parts: Parts) -> None:
    """Write a table of facts for every kind of row as the next part.

    Rows of households and people that no household's row belongs to are left out.
    """
    part = f"{len(parts.names):03d}"
    (parts.folder / part).mkdir(parents=True, mode=0o700)
    key = KEYS[Table.HOUSEHOLD]
    households = tables[Table.HOUSEHOLD].select(*key).distinct()
    order = ibis.row_number().over(order_by=[households[name] for name in key])
    # Numbered once: rows that are numbered twice could be numbered differently.
    numbered = f"numbered_{part}"
    query = ibis.to_sql(households.mutate(**{_NUMBER: order}), "duckdb")
    connection.con.execute(f"CREATE TEMP TABLE {numbered} AS {query}")
    numbers = connection.table(numbered)
    for kind, table in tables.items():
        rows = table.drop([name for name in NUMBER.values() if name in table.columns])
        if kind is not Table.VILLAGE:
            rows = rows.inner_join(numbers, list(key)).order_by(_NUMBER)
        connection.to_parquet(rows.select(**packed(kind, rows)), parts.file(kind, part))


def screening_sql(parts: Parts, setting: Setting) -> dict[str, str]:
    """The SQL of each of `RESULTS` over a part's tables and, for the others, over its households."""
    connection = ibis.duckdb.connect()
    try:
        first = {
            table: connection.read_parquet(parts.file(table, parts.names[0])) for table in Table
        }
        tables = {kind: ibis.table(table.schema(), name=kind) for kind, table in first.items()}
    finally:
        connection.disconnect()
    composer = Composer(tables, setting.asking)
    screened = household_screening(household_facts(composer, setting), setting)
    households = ibis.table(screened.schema(), name=RESULTS[0])
    made = (screened, ranking(households), poverty(households, setting.parameters.scheme))
    with unfused():
        return {name: ibis.to_sql(each, "duckdb") for name, each in zip(RESULTS, made, strict=True)}


def screen_parts(
    parts: Parts, sql: Mapping[str, str], output: Path, *, workers: int | None = None
) -> None:
    """Write each of `RESULTS` for every part into `output`, as `NAME_PART.parquet`.

    `workers` parts at a time, one thread each: a part fits one processor's caches better than its
    share of a larger one, and nothing has to be put together. When None, one more than there are
    processors, so that none stands idle while a part waits for the disk.
    """
    output.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ThreadPoolExecutor(workers or (os.cpu_count() or 1) + 1) as pool:
        for _ in pool.map(lambda part: _screen_part(parts, part, sql, output), parts.names):
            pass


def _screen_part(parts: Parts, part: str, sql: Mapping[str, str], output: Path) -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set preserve_insertion_order = false")
        for table in Table:
            connection.read_parquet(str(parts.file(table, part))).create_view(table)
        for name in RESULTS:
            path = str(output / f"{name}_{part}.parquet")
            connection.sql(sql[name]).write_parquet(path)
            # The others read what was just written: a fifth of its columns.
            connection.read_parquet(path).create_view(name)


def result(connection: Backend, parts: Parts, output: Path, name: str, scope: Scope) -> ir.Table:
    """One of `RESULTS` of all parts in `scope`, with places written out."""
    table = connection.read_parquet([output / f"{name}_{part}.parquet" for part in parts.names])
    return scope.admit(table.mutate(**{PLACE: table[PLACE].cast("string")}))
