"""Tables: what a list shows, how it is sorted and filtered by its address, and the same as a workbook.

A list is declared once, as columns. The page and the Excel file are made from the same columns and the
same rows, so that an export is exactly what is seen.

    COLUMNS = (
        Column("no", Text("户编号", "Household no."), lambda h: h.household_no, sort="household_no",
               link=lambda h: address_of("household", h.household_no)),
        Column("income", Text("人均纯收入（元）", "Income per head (yuan)"), ..., kind=Kind.MONEY),
    )
    table = Table(request, COLUMNS, queryset, name="households", title=Text(...))
    if table.wants_workbook: return table.workbook()
    return render(request, "…", {"table": table})      # {% include "web/table.html" %}
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe

from bangfu.core.language import Lang, Text
from bangfu.files import reports
from bangfu.web import speech
from bangfu.web.statements import counted, reading, remembered

PER_PAGE = 50
# Counting stops here: a page must not count the world to say how many rows there are.
COUNTED_TO = 10_000
EXPORTED_TO = 100_000
# A workbook of more rows takes longer than somebody waits before a page.
MADE_AT_ONCE = 5_000
# Rows of a workbook that get what they need in one go.
DECORATED = 2_000
YES, NO = Text("是", "yes"), Text("否", "no")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Kind(StrEnum):
    """How a column's values are written and aligned; the words are those of files.reports.Kind."""

    TEXT = "text"
    NUMBER = "int"
    MONEY = "fen"  # whole fen, shown in yuan
    DAY = "date"
    MONTH = "month"  # YYYYMM


_NUMBER, _TIME = mark_safe(' class="text-end num"'), mark_safe(' class="num text-nowrap"')
_CLASS_OF = {Kind.NUMBER: _NUMBER, Kind.MONEY: _NUMBER, Kind.DAY: _TIME, Kind.MONTH: _TIME}

# Signs of a cell from which it is a sentence, which wants width more than its neighbours do.
_LONG = 24


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


class Table:
    """One page of a list: rows of the query, sorted and paged as the address says (?sort=-key&page=2).

    `query` is a queryset; `decorate` may add what a page's rows need, in one go, before they are shown.
    With `kept_as`, which names all that the query depends on, its statements are kept for the next who
    asks the same. `total` is how many rows there are, where that is known already.
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
        kept_as: Hashable = None,
        total: int | None = None,
    ) -> None:
        self.columns = tuple(columns)
        self.name = name
        self.title = title
        self._request = request
        self._query = query
        self._decorate = decorate
        self._kept_as = kept_as
        self._known_total = total
        # Where a workbook of a long list is asked for; by the page, when it has such an address.
        self.background = ""
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
        if self._kept_as is None:
            return list(self._ordered[start : start + PER_PAGE + 1])
        key = (self._kept_as, self.sort, self.page)
        asked = remembered(key, lambda: reading(self._ordered[start : start + PER_PAGE + 1]))
        return asked.records()

    @cached_property
    def rows(self) -> list[Any]:
        """The records of this page with what is added to them."""
        return self._decorate(self.records[:PER_PAGE])

    @property
    def has_next(self) -> bool:
        return len(self.records) > PER_PAGE

    @cached_property
    def total(self) -> int:
        """How many rows there are, counted to COUNTED_TO + 1."""
        if self._known_total is not None:
            return self._known_total
        if self.page == 1 and not self.has_next:
            return len(self.records)
        # By the key alone: what the query adds to its rows is not worked out for each of them.
        keys = self._query.order_by().values("pk")[: COUNTED_TO + 1]
        if self._kept_as is None:
            return keys.count()
        [(count,)] = remembered((self._kept_as, "total"), lambda: counted(keys)).rows()
        return int(count)

    @property
    def total_shown(self) -> str:
        return f"{COUNTED_TO:,}+" if self.total > COUNTED_TO else f"{self.total:,}"

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        return (self.page - 1) * PER_PAGE + len(self.rows)

    @cached_property
    def body(self) -> str:
        """The cells of this page as HTML. Written here: hundreds of cells are most of a template's work."""
        lang = speech.current()
        columns = [(_opening(column.kind, column.head, lang), column) for column in self.columns]
        rows = (
            "".join(f"{td}{_cell(column, record, lang)}</td>" for td, column in columns)
            for record in self.rows
        )
        return mark_safe("".join(f"<tr>{row}</tr>\n" for row in rows))

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

    @property
    def is_long(self) -> bool:
        """Whether a workbook of all rows is better made in the background."""
        return self.total > MADE_AT_ONCE

    def workbook(self) -> HttpResponse:
        """All rows of the list, sorted and filtered as seen, as a workbook."""
        return workbook_response(self.name, [self.sheet()])

    def sheet(
        self, told: Callable[[int, int], None] = lambda done, total: None
    ) -> reports.ReportSheet:
        """All rows of the list, sorted and filtered as seen. `told` hears how many of how many rows have
        been read."""
        records = list(self._ordered[:EXPORTED_TO])

        def rows() -> Iterator[list[reports.Value]]:
            for start in range(0, len(records), DECORATED):
                for record in self._decorate(records[start : start + DECORATED]):
                    yield [_exported(c.value(record), c.kind) for c in self.columns]
                told(min(start + DECORATED, len(records)), len(records))

        columns = [reports.Column(speech.say(c.head), c.kind.value) for c in self.columns]
        return reports.ReportSheet(speech.say(self.title), columns, rows())


def _positive(written: str | None) -> int:
    return (
        int(written) if written and written.isascii() and written.isdigit() and int(written) else 1
    )


@lru_cache(maxsize=2_000)
def _opening(kind: Kind, head: Text, lang: Lang) -> str:
    """The tag that begins a cell of a column."""
    return format_html('<td{} data-label="{}">', _CLASS_OF.get(kind, ""), head.to(lang))


def _cell(column: Column, record: Any, lang: Lang) -> str:
    """The content of a cell as HTML, escaped."""
    value = column.value(record)
    shown = escape(_shown(value, column.kind, lang))
    if isinstance(value, Badge):
        return f'<span class="badge bg-{escape(value.colour)}-lt">{shown}</span>'
    address = column.link(record) if column.link else ""
    told = f'<a href="{escape(address)}">{shown}</a>' if address else shown
    return f'<div class="said">{told}</div>' if len(shown) > _LONG else told


def _shown(value: object, kind: Kind, lang: Lang) -> str:
    if value is None or value == "":
        return speech.NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, Badge):
        return value.text.to(lang)
    if isinstance(value, Text):
        return value.to(lang)
    if kind is Kind.MONEY and isinstance(value, int):
        return speech.yuan(value)
    if kind is Kind.MONTH and isinstance(value, int):
        return speech.month(value)
    if isinstance(value, date | datetime):
        return speech.day(value)
    if isinstance(value, bool):
        return (YES if value else NO).to(lang)
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
        return speech.say(YES if value else NO)
    if isinstance(value, datetime):
        return speech.day(value)
    if isinstance(value, str | int | Decimal | date):
        return value
    return str(value)


def workbook_response(name: str, sheets: Sequence[reports.ReportSheet]) -> HttpResponse:
    """Sheets as a download, named after the list and the day."""
    return download(workbook_content(sheets), f"{name}.xlsx", EXCEL)


def workbook_content(sheets: Sequence[reports.ReportSheet]) -> bytes:
    """Sheets as an .xlsx file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        reports.write_workbook(path, sheets)
        return path.read_bytes()


def download(content: bytes, filename: str, content_type: str) -> HttpResponse:
    """Bytes as a file to save."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
