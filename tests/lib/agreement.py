"""The same question to both engines: answers by the key of the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import ibis.expr.types as ir
import polars as pl
import psycopg
from lib.postgres import holding
from lib.worlds import World, frames

from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.compile import Asking
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.nodes import KEYS, FactRef, Node, Shared, walk
from bangfu.core.policy.rules.types import Type
from bangfu.engines import duckdb
from bangfu.engines.expressions import unfused
from bangfu.engines.scope import WHOLE

Answers = dict[tuple[str, ...], tuple[object, ...]]


def named_facts(asked: Sequence[Node]) -> dict[Table, frozenset[str]]:
    """The plain facts that the nodes name, by table."""
    facts = {each.fact for node in asked for each in walk(node) if isinstance(each, FactRef)}
    facts |= {each.fact for node in asked for each in walk(node) if isinstance(each, Shared)}
    return {table: frozenset(f.name for f in facts if f.table is table) for table in Table}


def in_both_engines(
    rows: World, grain: Table, asked: Sequence[Node], on: date, postgres: psycopg.Connection
) -> tuple[Answers, Answers]:
    """What DuckDB and PostgreSQL answer for every row of the grain, in the order asked."""
    names = [f"answer_{number}" for number in range(len(asked))]

    def answers(tables: Mapping[Table, ir.Table]) -> ir.Table:
        view = Composer(tables, Asking(on, {})).view(grain, asked)
        compiler = view.compiler(Asking(on, {}))
        columns = {
            name: compiler.truth(node) if node.type is Type.BOOL else compiler.value(node)
            for name, node in zip(names, asked, strict=True)
        }
        return view.rows.select(*KEYS[grain], **columns)

    with duckdb.open_frames(frames(rows), WHOLE, threads=1) as snapshot, unfused():
        in_duckdb = _by_key(answers(snapshot.tables).to_polars(), grain, names)
    with holding(postgres, frames(rows)) as books:
        return in_duckdb, _by_key(books.frame(answers(books.tables)), grain, names)


def _by_key(frame: pl.DataFrame, grain: Table, names: Sequence[str]) -> Answers:
    return {
        tuple(row[key] for key in KEYS[grain]): tuple(row[name] for name in names)
        for row in frame.iter_rows(named=True)
    }
