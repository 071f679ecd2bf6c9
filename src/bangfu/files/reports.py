"""Writes tables as workbooks that open well in Excel and WPS: title note, header, filter, widths."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import chain, islice
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bangfu.core.money import FEN_PER_YUAN, format_yuan
from bangfu.files.workbooks import (
    FONT,
    HEADER_STYLE,
    MAX_ROWS,
    display_width,
    new_workbook,
    sheet_name,
    short,
)

Kind = Literal["text", "fen", "int", "decimal", "date", "month", "percent"]
Value = str | int | float | Decimal | Fraction | date | None

_NUMBER_FORMAT: dict[Kind, str] = {
    "text": "@",
    "fen": "#,##0.00",
    "int": "#,##0",
    "decimal": "#,##0.####",
    "date": "yyyy-mm-dd",
    "month": "0",
    "percent": "0.00%",
}
_FORMULA_SIGNS = ("=", "+", "-", "@")
# Excel keeps 15 digits of a number: beyond, money is written as text and stays exact.
_EXACT_FEN = 10**15
_SAMPLE_ROWS = 200
_NARROWEST = 8
_A4 = 9


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, what its values are, its width in characters (None: from the values).

    Kinds: "text"; "fen" (whole fen, shown in yuan with two decimals); "int"; "decimal"; "date";
    "month" (YYYYMM); "percent" (a share from 0 to 1).
    """

    header: str
    kind: Kind = "text"
    width: int | None = None


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """A sheet to write: its tab, a note for the first line ("" for none), columns and rows."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    note: str = ""


def write_workbook(path: str | os.PathLike[str], sheets: Iterable[ReportSheet]) -> None:
    """Write sheets to an .xlsx file, in constant memory and whole or not at all.

    Texts stay texts, whatever they begin with. A sheet of more rows than Excel holds goes on in a
    second one. Raises UsageError when the file system refuses.
    """
    with new_workbook(path) as book:
        styles = _Styles(book)
        taken: set[str] = set()
        for sheet in sheets:
            rows = iter(sheet.rows)
            sample = list(islice(rows, _SAMPLE_ROWS))
            widths = _widths(sheet.columns, sample)
            left: Iterator[Sequence[Value]] | None = chain(sample, rows)
            while left is not None:
                target = book.add_worksheet(sheet_name(sheet.title, taken))
                left = _write_sheet(target, sheet, left, widths, styles)


class _Styles:
    """The cell formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.header: Format = book.add_format(HEADER_STYLE)
        self.note: Format = book.add_format({"font_name": FONT, "italic": True, "color": "#595959"})
        self.of_kind: dict[Kind, Format] = {
            kind: book.add_format({"font_name": FONT, "num_format": form})
            for kind, form in _NUMBER_FORMAT.items()
        }
        # The quote prefix keeps a text that begins like a formula a text when it is edited.
        self.quoted: Format = book.add_format(
            {"font_name": FONT, "num_format": "@", "quote_prefix": True}
        )


def _write_sheet(
    target: Worksheet,
    sheet: ReportSheet,
    rows: Iterator[Sequence[Value]],
    widths: Sequence[int],
    styles: _Styles,
) -> Iterator[Sequence[Value]] | None:
    """Write one tab; the rows left for another, or None when there are none."""
    top = 0
    if sheet.note:
        target.write_string(0, 0, short(sheet.note), styles.note)
        top = 1
    for at, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        target.set_column(at, at, width)
        target.write_string(top, at, column.header, styles.header)
    last = top
    for row in islice(rows, MAX_ROWS - top - 1):
        last += 1
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if value is not None:
                _write(target, last, at, column.kind, value, styles)
    target.freeze_panes(top + 1, 0)
    target.autofilter(top, 0, last, len(sheet.columns) - 1)
    target.set_paper(_A4)
    target.set_landscape()
    target.fit_to_pages(1, 0)
    target.repeat_rows(top)
    following = list(islice(rows, 1))
    return chain(following, rows) if following else None


def _write(target: Worksheet, row: int, at: int, kind: Kind, value: Value, styles: _Styles) -> None:
    style = styles.of_kind[kind]
    if kind == "date" and isinstance(value, date):
        target.write_datetime(row, at, value, style)
    elif kind == "fen" and isinstance(value, int) and abs(value) < _EXACT_FEN:
        target.write_number(row, at, value / FEN_PER_YUAN, style)
    elif kind not in ("text", "fen") and isinstance(value, int | float | Decimal | Fraction):
        target.write_number(row, at, float(value), style)
    else:
        text = _as_text(kind, value)
        quoted = text.startswith(_FORMULA_SIGNS)
        target.write_string(row, at, text, styles.quoted if quoted else styles.of_kind["text"])


def _as_text(kind: Kind, value: Value) -> str:
    if kind == "fen" and isinstance(value, int):
        return format_yuan(value)
    return short(str(value))


def _widths(columns: Sequence[Column], sample: list[Sequence[Value]]) -> list[int]:
    """The width of each column: as told, or from its header and the first values."""
    widths = []
    for at, column in enumerate(columns):
        shown = [_as_text(column.kind, row[at]) for row in sample if row[at] is not None]
        widest = max(_NARROWEST, *map(display_width, (column.header, *shown)))
        widths.append(column.width or widest)
    return widths
