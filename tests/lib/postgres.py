"""Embedded PostgreSQL servers of tests, which go when the test does; and tables written as given."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psycopg

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.engines.postgres import Books
from bangfu.site import embedded

_PREFIX = "bangfu-test-"
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
_ROOM = 4 * 2**30
_MIGRATE = (
    "from bangfu.site.start import setup_django, stop_database; setup_django(); stop_database()"
)
_TYPES = {
    "string": "text",
    "boolean": "boolean",
    "int64": "bigint",
    "date": "date",
    "array<string>": "text[]",
    "decimal(14, 2)": "numeric(14,2)",
}


@contextmanager
def folder_of_server() -> Iterator[Path]:
    """A folder whose `postgres` may become a server; both go when the block ends, however it ends.

    What a killed run left behind (no block of it ended) goes first: the folder tells whose it was.
    """
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_temporary()))
    folder.chmod(0o755)  # root runs the server as an unprivileged account, which must get in
    try:
        yield folder
    finally:
        _remove(folder)


def migrated(folder: Path) -> None:
    """Put into `folder` a stopped, migrated cluster (`postgres`) and its key (`config`), as a first
    command makes them: made once a run and copied, since it takes half a minute."""
    copy_cluster(once("migrated", _migrate), folder)


def copy_cluster(made: Path, folder: Path) -> None:
    """Copy a stopped cluster with its key; owners and modes stay."""
    subprocess.run(["cp", "-a", f"{made}/.", str(folder)], check=True)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills once a run, for whichever of its processes asks first."""
    folder = _shared(_temporary())
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / name
        if not made.exists():
            with folder_of_server() as scratch:
                make(scratch)
                embedded.stop(scratch / "postgres")
                made.mkdir(mode=0o755)
                copy_cluster(scratch, made)
    return made


def forget_clusters() -> None:
    """Remove what was made once for this run, at its end."""
    shutil.rmtree(_shared(_temporary()), ignore_errors=True)


def _shared(temporary: Path) -> Path:
    # The processes of a run are children of the one that was called.
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    return temporary / f"{_PREFIX}{run}-shared"


def _migrate(folder: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU")}
    own = {
        "BANGFU_DATA": str(folder / "postgres"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    subprocess.run([sys.executable, "-c", _MIGRATE], env=environ | own, check=True)


def _temporary() -> Path:
    """In memory where there is room: a test's database is a copy of hundreds of small files."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return Path(tempfile.gettempdir())


def _sweep() -> None:
    temporary = _temporary()
    with (temporary / f"{_PREFIX}{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers begin at once
        for folder in temporary.glob(f"{_PREFIX}[0-9]*-*"):
            run = folder.name.removeprefix(_PREFIX).split("-")[0]
            if folder.stat().st_uid == os.getuid() and not runs(int(run)):
                _remove(folder)


def runs(process: int) -> bool:
    """Whether a process runs; one that ended and was not waited for has no command line."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


def _remove(folder: Path) -> None:
    embedded.stop(folder / "postgres")
    shutil.rmtree(folder)


@contextmanager
def running() -> Iterator[psycopg.Connection]:
    """A connection to a fresh server that goes when the block ends."""
    with folder_of_server() as folder:
        server = embedded.start(folder / "postgres", FAST)
        with server.connect() as connection:
            yield connection


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
