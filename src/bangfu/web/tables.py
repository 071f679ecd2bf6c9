"""Tables: what a list shows, how it is sorted and filtered by its address, and the same as a workbook.

A list is declared once, as columns. The page and the Excel file are made from the same columns and the
same rows, so that an export is exactly what is seen.

    COLUMNS = (
        Column("no", Text("户编号", "Household no."), lambda h: h.household_no, sort="household_no",
               link=lambda h: reverse("household", args=[h.household_no])),
        Column("income", Text("人均纯收入（元）", "Income per head (yuan)"), ..., kind=Kind.MONEY),
    )
    table = Table(request, COLUMNS, queryset, name="households", title=Text(...))
    if table.wants_workbook: return table.workbook()
    return render(request, "…", {"table": table})      # {% include "web/table.html" %}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from bangfu.core.language import Text
from bangfu.files import reports
from bangfu.web import speech

PER_PAGE = 50
# Counting stops here: a page must not count the world to say how many rows there are.
COUNTED_TO = 10_000
EXPORTED_TO = 100_000
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Kind(StrEnum):
    """How a column's values are written and aligned; the words are those of files.reports.Kind."""

    TEXT = "text"
    NUMBER = "int"
    MONEY = "fen"  # whole fen, shown in yuan
    DAY = "date"
    MONTH = "month"  # YYYYMM


@dataclass(frozen=True, slots=True)
class Badge:
    """A state in words with a colour that never says it alone: green, yellow, red or secondary."""

    text: Text
    colour: str = "secondary"


@dataclass(frozen=True)
class Column:
    """One column. `value` gives a row's value; `link`, where its cell leads; `sort`, the ORM's field."""

    key: str
    head: Text
    value: Callable[[Any], object]
    kind: Kind = Kind.TEXT
    sort: str = ""
    link: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the template writes it."""

    column: Column
    value: object
    link: str = ""

    @property
    def shown(self) -> str:
        return _shown(self.value, self.column.kind)

    @property
    def badge(self) -> str:
        """The colour of a state, empty for a plain value."""
        return self.value.colour if isinstance(self.value, Badge) else ""


class Table:
    """One page of a list: rows of the query, sorted and paged as the address says (?sort=-key&page=2).

    `query` is a queryset; `decorate` may add what a page's rows need, in one go, before they are shown.
    """

    def __init__(
        self,
        request: HttpRequest,
        columns: Sequence[Column],
        query: QuerySet[Any],
        *,
        name: str,
        title: Text,
        order: str,
        decorate: Callable[[list[Any]], list[Any]] = lambda rows: rows,
    ) -> None:
        self.columns = tuple(columns)
        self.name = name
        self.title = title
        self._request = request
        self._query = query
        self._decorate = decorate
        self.sort = request.GET.get("sort", "") or order
        self.page = _positive(request.GET.get("page"))

    @cached_property
    def _ordered(self) -> QuerySet[Any]:
        key = self.sort.lstrip("-")
        column = next((c for c in self.columns if c.key == key and c.sort), None)
        field = column.sort if column else key
        known = column is not None or key == "pk"
        sign = "-" if self.sort.startswith("-") else ""
        # The key makes the order whole: without it equal rows could stand on two pages or on none.
        return self._query.order_by(f"{sign}{field}" if known else "pk", "pk")

    @cached_property
    def records(self) -> list[Any]:
        """The records of this page and, unseen, one more, which tells whether there is a next page."""
        start = (self.page - 1) * PER_PAGE
        return list(self._ordered[start : start + PER_PAGE + 1])

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """The cells of this page."""
        return [self._cells(record) for record in self._decorate(self.records[:PER_PAGE])]

    @property
    def has_next(self) -> bool:
        return len(self.records) > PER_PAGE

    @cached_property
    def total(self) -> int:
        """How many rows there are, counted to COUNTED_TO + 1."""
        if self.page == 1 and not self.has_next:
            return len(self.records)
        return self._query.order_by()[: COUNTED_TO + 1].count()

    @property
    def total_shown(self) -> str:
        return f"{COUNTED_TO:,}+" if self.total > COUNTED_TO else f"{self.total:,}"

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        return (self.page - 1) * PER_PAGE + len(self.rows)

    def heads(self) -> list[dict[str, object]]:
        """Column heads with the sort that a click asks for, and what is in force now (aria-sort)."""
        return [
            {
                "column": column,
                "ask": f"-{column.key}" if self.sort == column.key else column.key,
                "now": {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, ""),
            }
            for column in self.columns
        ]

    @property
    def wants_workbook(self) -> bool:
        """Whether the address asks for Excel (?as=xlsx)."""
        return self._request.GET.get("as") == "xlsx"

    def workbook(self) -> HttpResponse:
        """All rows of the list, sorted and filtered as seen, as a workbook."""
        records = self._decorate(list(self._ordered[:EXPORTED_TO]))
        sheet = reports.ReportSheet(
            speech.say(self.title),
            [reports.Column(speech.say(c.head), c.kind.value) for c in self.columns],
            [[_exported(c.value(record), c.kind) for c in self.columns] for record in records],
        )
        return workbook_response(self.name, [sheet])

    def _cells(self, record: Any) -> list[Cell]:
        return [
            Cell(column, column.value(record), column.link(record) if column.link else "")
            for column in self.columns
        ]


def _positive(written: str | None) -> int:
    return (
        int(written) if written and written.isascii() and written.isdigit() and int(written) else 1
    )


def _shown(value: object, kind: Kind) -> str:
    if value is None or value == "":
        return speech.NOTHING
    if isinstance(value, Badge):
        return speech.say(value.text)
    if isinstance(value, Text):
        return speech.say(value)
    if kind is Kind.MONEY and isinstance(value, int):
        return speech.yuan(value)
    if kind is Kind.MONTH and isinstance(value, int):
        return speech.month(value)
    if isinstance(value, date | datetime):
        return speech.day(value)
    if isinstance(value, bool):
        return speech.say(Text("是", "yes") if value else Text("否", "no"))
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def _exported(value: object, kind: Kind) -> reports.Value:
    """A value as its workbook has it. What is missing is an empty cell, which a sheet can count and sort."""
    if value is None or value in ("", speech.NOTHING):
        return None
    if kind is Kind.MONTH and isinstance(value, int):
        return speech.month(value)
    if isinstance(value, Badge):
        return speech.say(value.text)
    if isinstance(value, Text):
        return speech.say(value)
    if isinstance(value, bool):
        return speech.say(Text("是", "yes") if value else Text("否", "no"))
    if isinstance(value, datetime):
        return speech.day(value)
    if isinstance(value, str | int | Decimal | date):
        return value
    return str(value)


def workbook_response(name: str, sheets: Sequence[reports.ReportSheet]) -> HttpResponse:
    """Sheets as a download, named after the list and the day."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        reports.write_workbook(path, sheets)
        content = path.read_bytes()
    return download(content, f"{name}.xlsx", EXCEL)


def download(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """Bytes as a file to save."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
