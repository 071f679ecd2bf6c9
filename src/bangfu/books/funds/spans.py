"""The ledger read span by span, in columns, for the recount.

A span is every posting between two numbers with its rows and its links. It is measured by its rows, so
that its size is bounded however large single postings are, and none is cut in two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import connection
from psycopg import Cursor
from psycopg.rows import tuple_row

from bangfu.books.funds.models import Document, FundLine
from bangfu.books.funds.packed import NONE, Packed, day, optional, text, whole
from bangfu.books.projects.models import Project
from bangfu.core.ledger.blocks import ENTRIES, LINKS
from bangfu.core.ledger.digest import NOTHING
from bangfu.core.ledger.stages import Stage

ROWS_A_SPAN = 100_000
_FIRST, _LAST = -(2**63), 2**63 - 1

# The bounds stand in subqueries, so that the planner cannot weigh them: knowing them, it took the scope
# for the narrower of the two and looked through the index by place, the whole of it for every span.
BETWEEN = "between (select cast(%s as bigint)) and (select cast(%s as bigint))"
_POSTINGS = Packed(
    f"select * from funds_posting where id {BETWEEN} order by id",
    posting=whole("id"), place=text("place_code"), kind=text("kind"), day=day("day"),
    document_id=optional("document_id"), actor=text("actor"), memo=text("memo"),
    reverses=optional("reverses_id"),
)  # fmt: skip
_ENTRIES = Packed(
    f"select * from funds_entry where posting_id {BETWEEN} order by posting_id, position",
    posting=whole("posting_id"), line_id=whole("line_id"), stage=text("stage"),
    project_id=optional("project_id"), fen=whole("fen"),
)  # fmt: skip
_LINKS = Packed(
    f"select * from funds_link where posting_id {BETWEEN} order by posting_id",
    posting=whole("posting_id"), line_id=whole("line_id"), position=whole("position"),
    previous=text("previous"), digest=text("digest"),
)  # fmt: skip
# What the acts with a record say that they moved: in all, and a claim by line.
_RECORDED = Packed(
    f"""
    select * from (
      select posting_id, null::bigint as line_id, fen from funds_contract
      union all select posting_id, null, fen from funds_release
      union all select posting_id, null, fen from funds_claim
      union all select posting_id, null, fen from funds_payment
      union all select posting_id, null, fen from funds_recovery
      union all select c.posting_id, s.line_id, s.fen
        from funds_claim c join funds_claimshare s on s.claim_id = c.id) as every
    where posting_id {BETWEEN}""",
    posting=whole("posting_id"), line_id=optional("line_id"), fen=whole("fen"),
)  # fmt: skip
STAGES = pl.Enum(sorted(stage.value for stage in Stage))


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers by which people know lines, projects and documents, by their ids in the books."""

    lines: Mapping[int, str]
    projects: Mapping[int, str]
    documents: Mapping[int, str]

    @classmethod
    def of_scope(cls) -> Numbers:
        return cls(
            dict(FundLine.objects.values_list("pk", "number")),
            dict(Project.objects.values_list("pk", "number")),
            dict(Document.objects.values_list("pk", "number")),
        )

    def line(self, pk: int) -> str:
        """The number of a line, "?" for one that is not in the books."""
        return self.lines.get(pk, "?")

    def project(self, pk: int | None) -> str:
        """The number of a project, "" for none, "?" for one that is not in the books."""
        return "" if pk is None else self.projects.get(pk, "?")


@dataclass(frozen=True, slots=True)
class Span:
    """The postings numbered `low` to `high`, both included, as `core.ledger.blocks` takes them.

    A line or project that is not in the books is null. `postings` have their kind and what they reverse
    too (NONE for nothing). `recorded` is what contracts, claims, payments and recoveries say of these
    postings (posting, line, fen): in all with the line "", and claims also line by line.
    """

    low: int
    high: int
    postings: pl.DataFrame
    entries: pl.DataFrame
    links: pl.DataFrame
    recorded: pl.DataFrame


def spans(numbers: Numbers) -> Iterator[Span]:
    """The whole ledger of the caller's scope, in the order of posting numbers.

    The next span is read while the caller counts this one.
    """
    connection.ensure_connection()
    reader = _Reader(
        connection.connection,
        connection.wrap_database_errors,
        _column("line", {**numbers.lines, NONE: ""}),
        _column("project", {**numbers.projects, NONE: ""}),
        _column("document", {**numbers.documents, NONE: ""}),
    )
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(reader.span, _FIRST)
        while True:
            span = coming.result()
            if span.high == _LAST:
                yield span
                return
            coming = beside.submit(reader.span, span.high + 1)
            yield span


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads spans through the caller's transaction, from a thread of its own.

    `raw` is the driver's connection, which takes one statement at a time from any thread; `faults`
    turns its faults into Django's.
    """

    raw: Any
    faults: AbstractContextManager[None]
    lines: pl.DataFrame
    projects: pl.DataFrame
    documents: pl.DataFrame

    def span(self, low: int) -> Span:
        """The span that begins at number `low`."""
        high, entries = self._entries(low)
        named = _named(_named(entries, self.lines), self.projects)
        postings = _named(self._read(_POSTINGS, low, high), self.documents)
        return Span(
            low,
            high,
            _with_header(postings),
            named.with_columns(pl.col("stage").cast(STAGES, strict=False)).select(list(ENTRIES)),
            _named(self._read(_LINKS, low, high), self.lines).select(list(LINKS)),
            _named(self._read(_RECORDED, low, high), self.lines).drop("line_id"),
        )

    def _entries(self, low: int) -> tuple[int, pl.DataFrame]:
        """The rows of whole postings from number `low` on, and the number up to which they are there."""
        read = self._read(_ENTRIES, low, _LAST, limit=ROWS_A_SPAN)
        if read.height < ROWS_A_SPAN:
            return _LAST, read
        first, last = read["posting"][0], read["posting"][-1]
        if first == last:
            return last, self._read(_ENTRIES, low, last)
        # The last posting may go on behind the limit.
        return last - 1, read.filter(pl.col("posting") < last)

    def _read(self, packed: Packed, low: int, high: int, limit: int | None = None) -> pl.DataFrame:
        with self.faults, Cursor(self.raw, row_factory=tuple_row) as cursor:
            cursor.execute(packed.sql, (low, high, limit), binary=True)
            [row] = cursor.fetchall()
        return packed.frame(row)


def _with_header(postings: pl.DataFrame) -> pl.DataFrame:
    """The first line of the canonical text; a null in any field makes it null, which is never sound."""
    fields = ("posting", "place", "kind", "day", "document", "actor", "memo")
    reverses = pl.col("reverses")
    number = pl.when(reverses == NONE).then(pl.lit(NOTHING)).otherwise(reverses.cast(pl.String))
    header = pl.concat_str(pl.lit("posting"), *fields, number, separator="\t")
    return postings.select("posting", "place", "kind", "reverses", header.alias("header"))


def _column(name: str, numbers: Mapping[int, str]) -> pl.DataFrame:
    """Numbers by id. As an enumeration they are compared and grouped as whole numbers."""
    kind = pl.Enum(sorted({"", *numbers.values()}))
    return pl.DataFrame(
        {f"{name}_id": list(numbers), name: pl.Series(list(numbers.values()), dtype=kind)},
        schema_overrides={f"{name}_id": pl.Int64},
    )


def _named(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return rows.join(numbers, on=numbers.columns[0], how="left", maintain_order="left")
