"""Blocks of `Snapshot.keeping` that nobody ended: nothing is left to drop, and nothing is said."""

from __future__ import annotations

import subprocess
import sys

from bangfu.core.facts.model import Table
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE

LEFT_OPEN = """
from bangfu.core.facts.model import Table
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE
books = duckdb.open_frames({}, WHOLE)
snapshot = books.__enter__()
block = snapshot.keeping()
block.__enter__()(snapshot.tables[Table.VILLAGE])
"""


def test_a_block_ends_after_its_snapshot():
    with duckdb.open_frames({}, WHOLE) as snapshot:
        block = snapshot.keeping()
        keep = block.__enter__()
        assert snapshot.frame(keep(snapshot.tables[Table.VILLAGE])).height == 0
    assert not block.__exit__(None, None, None)  # there is no queue any more to drop anything


def test_what_is_open_at_exit_says_nothing():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LEFT_OPEN], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_a_block_that_ends_drops_its_tables():
    with duckdb.open_frames({}, WHOLE) as snapshot:
        with snapshot.keeping() as keep:
            assert snapshot.frame(keep(snapshot.tables[Table.VILLAGE])).height == 0
            assert _kept(snapshot)
        snapshot.frame(snapshot.tables[Table.VILLAGE])  # queries run in order, so the end has run
        assert not _kept(snapshot)


def _kept(snapshot: duckdb.Snapshot) -> list[str]:
    found = snapshot.connection.con.execute("show tables").fetchall()
    return [name for (name,) in found if name.startswith("kept_")]
