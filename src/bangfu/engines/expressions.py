"""How the engines have Ibis write SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ibis


@contextmanager
def unfused() -> Iterator[None]:
    """Keep every stage of an expression a query of its own.

    Ibis otherwise writes the columns of one stage into the next wherever they are named, so that
    what the plan computes once would be computed for every rule.
    """
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before
