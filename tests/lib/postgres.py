"""A PostgreSQL for tests that need no books: one embedded server a run, tables written as given."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psycopg

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.engines.postgres import Books
from bangfu.site import embedded

_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_TYPES = {
    "string": "text",
    "boolean": "boolean",
    "int64": "bigint",
    "date": "date",
    "array<string>": "text[]",
    "decimal(14, 2)": "numeric(14,2)",
}


@contextmanager
def running() -> Iterator[psycopg.Connection]:
    """A connection to a fresh server that goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="bangfu-"))
    folder.chmod(0o755)  # root runs the server as an unprivileged account, which must get in
    server = embedded.start(folder / "postgres", _FAST)
    try:
        with server.connect() as connection:
            yield connection
    finally:
        embedded.stop(server.data)
        shutil.rmtree(folder)


@contextmanager
def holding(connection: psycopg.Connection, frames: dict[Table, pl.DataFrame]) -> Iterator[Books]:
    """The frames as tables of the books, until the block ends."""
    connection.rollback()
    connection.autocommit = False
    for table in Table:
        columns = {**schema(table)} | ({"year": "int64"} if table is Table.VILLAGE else {})
        listed = ", ".join(f'"{name}" {_TYPES[str(dtype)]}' for name, dtype in columns.items())
        connection.execute(f"create temporary table t_{table} ({listed})")
        frame = frames.get(table)
        if frame is None or frame.is_empty():
            continue
        if table is Table.VILLAGE and "year" not in frame.columns:
            frame = frame.with_columns(year=pl.lit(2024))
        named = ", ".join(f'"{name}"' for name in frame.columns)
        marks = ", ".join(["%s"] * frame.width)
        with connection.cursor() as cursor:
            cursor.executemany(f"insert into t_{table} ({named}) values ({marks})", frame.rows())
    try:
        yield Books(connection, names={table: f"t_{table}" for table in Table})
    finally:
        connection.rollback()
