"""Blocks of `Snapshot.keeping` that nobody ended: nothing is left to drop, and nothing is said."""

from __future__ import annotations

import subprocess
import sys

import ibis

from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE

LEFT_OPEN = """
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE
books = duckdb.open_frames({}, WHOLE)
snapshot = books.__enter__()
block = snapshot.keeping()
block.__enter__()(snapshot.tables[next(iter(snapshot.tables))])
"""


def test_a_block_ends_after_its_snapshot(recwarn):
    with duckdb.open_frames({}, WHOLE) as snapshot:
        block = snapshot.keeping()
        keep = block.__enter__()
        kept = keep(ibis.memtable({"one": [1]}))
        assert snapshot.frame(kept)["one"].to_list() == [1]
    assert block.__exit__(None, None, None) is not True
    del block
    assert not recwarn.list


def test_what_is_open_at_exit_says_nothing():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LEFT_OPEN], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_a_block_that_ends_drops_its_tables():
    with duckdb.open_frames({}, WHOLE) as snapshot:
        with snapshot.keeping() as keep:
            kept = keep(snapshot.tables[next(iter(snapshot.tables))])
            assert snapshot.frame(kept).height == 0
        snapshot.frame(ibis.memtable({"one": [1]}))  # the queue runs in order
        assert "kept" not in str(snapshot.connection.con.execute("show tables").fetchall())
