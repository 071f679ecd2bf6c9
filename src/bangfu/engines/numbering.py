"""Whole numbers for households and persons, so that an engine joins rows on one number, not on texts.

A number stands for the keys of its row and for nothing else: rows with equal keys have equal numbers,
and a row that belongs to no household or person has none.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.nodes import KEYS, NUMBER

# Whose numbers the rows of a table carry.
_CARRIES = {
    Table.HOUSEHOLD: (Table.HOUSEHOLD,),
    Table.PERSON: (Table.HOUSEHOLD, Table.PERSON),
    Table.JOB: (Table.PERSON,),
    Table.PLAN: (Table.PERSON,),
    Table.INCOME: (Table.HOUSEHOLD,),
}


def numbered(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames of tables of facts, by name, with the numbers added that their rows carry."""
    given = {table: _number(frames[table], table) for table in NUMBER if table in frames}
    found = dict(frames)
    for table, carried in _CARRIES.items():
        if table not in frames:
            continue
        for home in carried:
            found[table] = _with_number(found[table], home, given.get(home))
    return found


def _number(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The keys of a table's rows, each once, numbered as they come."""
    keys = frame.select(KEYS[table]).unique(maintain_order=True)
    return keys.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(NUMBER[table]))


def _with_number(frame: pl.DataFrame, home: Table, given: pl.DataFrame | None) -> pl.DataFrame:
    if given is None:
        return frame.with_columns(pl.lit(None, pl.Int64).alias(NUMBER[home]))
    return frame.join(given, on=KEYS[home], how="left", maintain_order="left")
