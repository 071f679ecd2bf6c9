"""Reads columns of months and dates, from text in the usual forms and from Excel's own dates."""

from __future__ import annotations

import re
from datetime import date, timedelta

import polars as pl

from bangfu.core.language import Text
from bangfu.core.periods import is_month, month_of
from bangfu.files.reading import Reading, Wrong, half_width, read_column

_YEAR_FIRST, _YEAR_LAST = 1900, 2199
_DATE = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?"
    r"(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:[-/年])(\d{1,2})月?份?", re.ASCII)
_DOTTED_MONTH = re.compile(r"(\d{4})\.(\d{1,2})", re.ASCII)
_COMPACT_MONTH = re.compile(r"(\d{6})(?:\.0)?", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
# Excel counts days from here (its 29 February 1900 never was); five digits run from 1927 to 2173.
_EXCEL_EPOCH = date(1899, 12, 30)

_RIGHT_DATE = Text(
    "应为真实存在的日期，如 2026-10-31、2026/10/31 或 2026年10月31日。",
    "A date that exists, such as 2026-10-31 or 2026/10/31.",
)
_RIGHT_MONTH = Text(
    "应为年月，如 202610、2026-10 或 2026年10月。",
    "A month, such as 202610 or 2026-10.",
)
_UNCLEAR_MONTH = Text(
    "2023.1 可能是 1 月，也可能是被 Excel 去掉末尾零的 10 月。请写成 202301 或 202310。",
    "2023.1 may be January, or an October that lost its zero in Excel. Write 202301 or 202310.",
)


def read_date(cells: pl.Series) -> Reading:
    """Dates (pl.Date): 2026-10-31, 2026/10/31, 2026.10.31, 20261031, 2026年10月31日, Excel serials.

    A clock time behind the date is dropped. Years run from 1900 to 2199.
    """

    def plain(text: pl.Expr) -> pl.Expr:
        dashed = pl.when(text.str.contains(r"^(?:19|20|21)[0-9][0-9]-[0-9][0-9]-[0-9][0-9]$")).then(
            text
        )
        return dashed.str.to_date("%Y-%m-%d", strict=False)

    return read_column(cells, pl.Date, plain, _date)


def read_month(cells: pl.Series) -> Reading:
    """Months as YYYYMM (Int32): 202610, 2026-10, 2026年10月, or any date in the month."""

    def plain(text: pl.Expr) -> pl.Expr:
        shaped = text.str.contains(r"^(?:19|20|21)[0-9][0-9](?:0[1-9]|1[0-2])$")
        return pl.when(shaped).then(text).cast(pl.Int32)

    return read_column(cells, pl.Int32, plain, _month)


def _date(text: str) -> date:
    written = half_width(text)
    found = _DATE.fullmatch(written) or _COMPACT_DATE.fullmatch(written)
    if found:
        return _real(*(int(part) for part in found.groups()))
    serial = _SERIAL.fullmatch(written)
    if serial:
        return _EXCEL_EPOCH + timedelta(days=int(serial[1]))
    raise Wrong("date", _RIGHT_DATE)


def _real(year: int, month: int, day: int) -> date:
    if not _YEAR_FIRST <= year <= _YEAR_LAST:
        raise Wrong("date", _RIGHT_DATE)
    try:
        return date(year, month, day)
    except ValueError:
        raise Wrong("date", _RIGHT_DATE) from None


def _month(text: str) -> int:
    written = half_width(text)
    dotted = _DOTTED_MONTH.fullmatch(written)
    if dotted and dotted[2] == "1":
        raise Wrong("month", _UNCLEAR_MONTH)
    parts = _MONTH.fullmatch(written) or dotted
    if parts:
        return _real_month(int(parts[1]) * 100 + int(parts[2]))
    compact = _COMPACT_MONTH.fullmatch(written)
    if compact:
        return _real_month(int(compact[1]))
    try:
        return month_of(_date(written))
    except Wrong:
        raise Wrong("month", _RIGHT_MONTH) from None


def _real_month(month: int) -> int:
    if not is_month(month):
        raise Wrong("month", _RIGHT_MONTH)
    return month
