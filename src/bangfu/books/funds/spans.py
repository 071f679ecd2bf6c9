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

from bangfu.books.funds.models import FundLine
from bangfu.books.projects.models import Project
from bangfu.core.ledger.blocks import ENTRIES, LINKS
from bangfu.core.ledger.digest import NOTHING

ROWS_A_SPAN = 200_000
_FIRST, _LAST = -(2**63), 2**63 - 1

# One text per span instead of a message per row, each row as PostgreSQL writes a record: CSV between
# brackets, but that a backslash is doubled. A null is nothing at all, an empty text is "".
_GATHERED = "select string_agg(btrim(r::text, '()'), E'\\n') from ({}) r"
_POSTINGS = """
select p.id, p.place_code, p.kind, to_char(p.day, 'YYYY-MM-DD'), coalesce(d.number, ''), p.actor,
  p.memo, p.reverses_id
from funds_posting p left join funds_document d on d.id = p.document_id
where p.id between %s and %s order by p.id
"""
_ENTRIES = """
select posting_id, line_id, stage, project_id, fen from funds_entry
where posting_id between %s and %s order by posting_id, position
"""
_LINKS = """
select posting_id, line_id, position, previous, digest from funds_link
where posting_id between %s and %s order by posting_id
"""
_POSTING_COLUMNS = {
    "posting": pl.Int64, "place": pl.String, "kind": pl.String, "day": pl.String,
    "document": pl.String, "actor": pl.String, "memo": pl.String, "reverses": pl.Int64,
}  # fmt: skip
_ENTRY_IDS = {"posting": pl.Int64, "line_id": pl.Int64, "stage": pl.String,
              "project_id": pl.Int64, "fen": pl.Int64}  # fmt: skip
_LINK_IDS = {"posting": pl.Int64, "line_id": pl.Int64, "position": pl.Int64,
             "previous": pl.String, "digest": pl.String}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers by which people know lines and projects, by their ids in the books."""

    lines: Mapping[int, str]
    projects: Mapping[int, str]

    @classmethod
    def of_scope(cls) -> Numbers:
        return cls(
            dict(FundLine.objects.values_list("pk", "number")),
            dict(Project.objects.values_list("pk", "number")),
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

    A line or project that is not in the books is null.
    """

    low: int
    high: int
    postings: pl.DataFrame
    entries: pl.DataFrame
    links: pl.DataFrame


def spans(numbers: Numbers) -> Iterator[Span]:
    """The whole ledger of the caller's scope, in the order of posting numbers.

    The next span is read while the caller counts this one.
    """
    connection.ensure_connection()
    reader = _Reader(
        connection.connection,
        connection.wrap_database_errors,
        _column("line", numbers.lines),
        _column("project", numbers.projects),
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

    def span(self, low: int) -> Span:
        """The span that begins at number `low`."""
        high, entries = self._entries(low)
        links = self._read(_LINKS, _LINK_IDS, low, high)
        none = pl.lit("", dtype=self.projects.schema["project"])
        project = pl.when(pl.col("project_id").is_null()).then(none).otherwise("project")
        named = _named(_named(entries, self.lines), self.projects)
        return Span(
            low,
            high,
            _with_header(self._read(_POSTINGS, _POSTING_COLUMNS, low, high)),
            named.with_columns(project.alias("project")).select(list(ENTRIES)),
            _named(links, self.lines).select(list(LINKS)),
        )

    def _entries(self, low: int) -> tuple[int, pl.DataFrame]:
        """The rows of whole postings from number `low` on, and the number up to which they are there."""
        read = self._read(f"{_ENTRIES} limit {ROWS_A_SPAN}", _ENTRY_IDS, low, _LAST)
        if read.height < ROWS_A_SPAN:
            return _LAST, read
        first, last = read["posting"][0], read["posting"][-1]
        if first == last:
            return last, self._read(_ENTRIES, _ENTRY_IDS, low, last)
        # The last posting may go on behind the limit.
        return last - 1, read.filter(pl.col("posting") < last)

    def _read(
        self, query: str, schema: dict[str, type[pl.DataType]], low: int, high: int
    ) -> pl.DataFrame:
        with self.faults, self.raw.cursor() as cursor:
            [text] = cursor.execute(_GATHERED.format(query), (low, high)).fetchone()
        if text is None:
            return pl.DataFrame(schema=schema)
        frame = pl.read_csv(text.encode(), has_header=False, schema=schema)
        if "\\" not in text:
            return frame
        return frame.with_columns(pl.col(pl.String).str.replace_all("\\\\", "\\", literal=True))


def _with_header(postings: pl.DataFrame) -> pl.DataFrame:
    """The first line of the canonical text; a null in any field makes it null, which is never sound."""
    fields = ("posting", "place", "kind", "day", "document", "actor", "memo")
    number = pl.col("reverses").cast(pl.String).fill_null(NOTHING)
    header = pl.concat_str(pl.lit("posting"), *fields, number, separator="\t")
    return postings.select("posting", "place", header.alias("header"))


def _column(name: str, numbers: Mapping[int, str]) -> pl.DataFrame:
    """Numbers by id. As an enumeration they are compared and grouped as whole numbers."""
    kind = pl.Enum(sorted({"", *numbers.values()}))
    return pl.DataFrame(
        {f"{name}_id": list(numbers), name: pl.Series(list(numbers.values()), dtype=kind)},
        schema_overrides={f"{name}_id": pl.Int64},
    )


def _named(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return rows.join(numbers, on=numbers.columns[0], how="left", maintain_order="left")
