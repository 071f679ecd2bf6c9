"""PostgreSQL over the live books, inside the caller's transaction and under its row-level policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

import ibis
import ibis.expr.types as ir
import polars as pl
from psycopg import Connection, sql

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.policy.rules.compose import Keep
from bangfu.core.screening.checks import Plan, hits
from bangfu.core.screening.findings import findings
from bangfu.core.screening.witnesses import with_members, witnesses
from bangfu.engines.expressions import unfused
from bangfu.engines.scope import WHOLE, Scope

# Where the books keep each kind of row.
BOOKS = {
    Table.HOUSEHOLD: "households_household",
    Table.PERSON: "households_person",
    Table.JOB: "households_job",
    Table.PLAN: "households_jobplan",
    Table.INCOME: "households_incomeitem",
    Table.VILLAGE: "households_villageprofile",
}
_NUMBERS = count()
_FRAME_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "string": pl.String,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "array<string>": pl.List(pl.String),
}


class Books:
    """The live tables of the books, seen through a scope on top of the caller's own rights.

    `connection` is psycopg's (Django's `connection.connection`), used within its transaction.
    `names` says which table holds which kind of row.
    """

    def __init__(
        self,
        connection: Connection[tuple[object, ...]],
        scope: Scope = WHOLE,
        names: Mapping[Table, str] = BOOKS,
    ) -> None:
        self.connection = connection
        self.tables = {
            table: scope.admit(
                _books_table(table, names[table]), persons=table is not Table.VILLAGE
            )
            for table in Table
        }

    def places(self) -> list[str]:
        """The village codes that have households, persons or a village row."""
        kinds = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE)
        columns = [self.tables[kind].select("place_code") for kind in kinds]
        return sorted(self.frame(ibis.union(*columns, distinct=True))["place_code"].to_list())

    def frame(self, table: ir.Table) -> pl.DataFrame:
        """The rows of a table expression."""
        with self.connection.cursor() as cursor:
            cursor.execute(_written(table))
            rows = [tuple(row) for row in cursor.fetchall()]
        kinds = {name: _frame_type(dtype) for name, dtype in table.schema().items()}
        return pl.DataFrame(rows, schema=kinds, orient="row")

    @contextmanager
    def keeping(self) -> Iterator[Keep]:
        """Keeps table expressions as temporary tables until the end of the block."""
        names: list[str] = []

        def keep(table: ir.Table) -> ir.Table:
            name = f"bangfu_kept_{next(_NUMBERS)}"
            made = sql.Identifier(name)
            with self.connection.cursor() as cursor:
                head = sql.SQL("create temporary table {} as ").format(made).as_string(cursor)
                cursor.execute((head + _written(table).decode()).encode())
                cursor.execute(sql.SQL("analyze {}").format(made))
            names.append(name)
            return ibis.table(table.schema(), name=name)

        yield keep
        with self.connection.cursor() as cursor:
            for name in names:
                cursor.execute(sql.SQL("drop table {}").format(sql.Identifier(name)))


def run(plan: Plan, books: Books) -> pl.DataFrame:
    """The findings of the plan's checks in the live books."""
    with books.keeping() as keep:
        made = list(hits(plan, books.tables, keep))
        found = findings(plan, [(each.legend, books.frame(each.rows)) for each in made])
        there = witnesses(plan, books.tables, made, keep)
        if there is None:
            return with_members(found, {}, None)
        return with_members(found, there.asked, books.frame(there.rows))


def _books_table(table: Table, name: str) -> ir.Table:
    columns = dict(schema(table))
    if table is not Table.VILLAGE:
        return ibis.table(columns, name=name)
    # A village has a row a year; the newest is the one that rules see.
    every = ibis.table({**columns, "year": "int64"}, name=name)
    newest = every.group_by("place_code").aggregate(year=every.year.max())
    return every.semi_join(newest, ["place_code", "year"]).drop("year")


def _written(table: ir.Table) -> bytes:
    with unfused():
        return str(ibis.to_sql(table, dialect="postgres")).encode()


def _frame_type(dtype: object) -> pl.DataType | type[pl.DataType]:
    name = str(dtype)
    if name.startswith("decimal"):
        return pl.Decimal(38, int(name.rstrip(")").split(",")[1]))
    return _FRAME_TYPES.get(name.removeprefix("!"), pl.Int64)
