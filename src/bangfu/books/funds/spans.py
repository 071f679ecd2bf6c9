"""The ledger read span by span, in columns, for the recount.

A span is every posting between two numbers with its rows and its links. It is measured by its rows, so
that its size is bounded however large single postings are, and none is cut in two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from bangfu.books.funds.models import FundLine
from bangfu.books.projects.models import Project
from bangfu.books.walls import bulk
from bangfu.core.ledger.blocks import ENTRIES, LINKS, POSTINGS

ROWS_A_SPAN = 200_000
_FIRST, _LAST = -(2**63), 2**63 - 1

# The first line of the canonical text; a null in any field makes it null, which is never sound.
_POSTINGS = r"""
select p.id, p.place_code, 'posting' || E'\t' || p.id || E'\t' || p.place_code || E'\t' || p.kind
  || E'\t' || to_char(p.day, 'YYYY-MM-DD') || E'\t' || coalesce(d.number, '') || E'\t' || p.actor
  || E'\t' || p.memo || E'\t' || coalesce(p.reverses_id::text, '-')
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
    """The whole ledger of the caller's scope, in the order of posting numbers."""
    lines, projects = _column("line", numbers.lines), _column("project", numbers.projects)
    low = _FIRST
    while low <= _LAST:
        high, entries = _entries_from(low)
        links = bulk.read(_LINKS, _LINK_IDS, (low, high))
        yield Span(
            low,
            high,
            bulk.read(_POSTINGS, POSTINGS, (low, high)),
            _named(_named(entries, lines), projects)
            .with_columns(
                pl.when(pl.col("project_id").is_null())
                .then(pl.lit("", dtype=projects.schema["project"]))
                .otherwise("project")
                .alias("project")
            )
            .select(list(ENTRIES)),
            _named(links, lines).select(list(LINKS)),
        )
        low = high + 1


def _entries_from(low: int) -> tuple[int, pl.DataFrame]:
    """The rows of whole postings from number `low` on, and the number up to which they are all there."""
    read = bulk.read(f"{_ENTRIES} limit {ROWS_A_SPAN}", _ENTRY_IDS, (low, _LAST))
    if read.height < ROWS_A_SPAN:
        return _LAST, read
    first, last = read["posting"][0], read["posting"][-1]
    if first == last:
        return last, bulk.read(_ENTRIES, _ENTRY_IDS, (low, last))
    # The last posting may go on behind the limit.
    return last - 1, read.filter(pl.col("posting") < last)


def _column(name: str, numbers: Mapping[int, str]) -> pl.DataFrame:
    """Numbers by id. As an enumeration they are compared and grouped as whole numbers."""
    kind = pl.Enum(sorted({"", *numbers.values()}))
    return pl.DataFrame(
        {f"{name}_id": list(numbers), name: pl.Series(list(numbers.values()), dtype=kind)},
        schema_overrides={f"{name}_id": pl.Int64},
    )


def _named(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return rows.join(numbers, on=numbers.columns[0], how="left", maintain_order="left")
