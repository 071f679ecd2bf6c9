"""What goes out comes back: workbooks and delimited text in every form that is read."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import xlwt
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bangfu.files import cells, dates, numbers
from bangfu.files.headers import Header, Layout
from bangfu.files.reports import Column, ReportSheet, write_workbook
from bangfu.files.tables import ROW, read_table

HEADERS = ["户编号", "姓名", "备注"]
LAYOUT = Layout("x", tuple(Header(name) for name in HEADERS))
BLANKS = "\u00a0\u202f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))

letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"])
texts = st.text(letters, max_size=12).map(lambda text: text.strip(BLANKS + " "))
records = st.lists(st.tuples(texts, texts, texts), max_size=12)
# .xls counts UTF-16 units, so letters beyond the basic plane are left out there.
basic = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"]),
    max_size=12,
).map(lambda text: text.strip(BLANKS + " "))
basic_records = st.lists(st.tuples(basic, basic, basic), max_size=12)


def _expected(rows: list[tuple[str, ...]], first: int) -> list[tuple[object, ...]]:
    return [
        (*(text or None for text in row), first + at) for at, row in enumerate(rows) if any(row)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round")


@settings(max_examples=15)
@given(rows=records, note=st.sampled_from(["", "本表人员均为虚构。"]))
def test_xlsx(folder: Path, rows: list[tuple[str, ...]], note: str) -> None:
    path = folder / "a.xlsx"
    write_workbook(path, [ReportSheet("表", [Column(name) for name in HEADERS], rows, note)])
    table = read_table(path, LAYOUT)
    assert table.problems == ()
    assert table.data.rows() == _expected(rows, 3 if note else 2)


@given(
    rows=records,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    mark=st.sampled_from([",", "\t", ";"]),
)
def test_csv(folder: Path, rows: list[tuple[str, ...]], encoding: str, mark: str) -> None:
    assume(not any(text[:1] in ("=", "'") for row in rows for text in row))
    path = folder / "a.csv"
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows([HEADERS, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    table = read_table(path, LAYOUT)
    assert table.data.rows() == _expected(rows, 2)


@settings(max_examples=8)  # xlwt takes a third of a second a workbook
@given(rows=basic_records)
def test_xls(folder: Path, rows: list[tuple[str, ...]]) -> None:
    path = folder / "a.xls"
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for at, row in enumerate([HEADERS, *rows]):
        for column, text in enumerate(row):
            sheet.write(at, column, text)
    book.save(str(path))
    table = read_table(path, LAYOUT)
    assert table.data.rows() == _expected(rows, 2)


@settings(max_examples=15)
@given(
    fens=st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=8),
    days=st.lists(st.integers(0, 80_000), min_size=1, max_size=8),
)
def test_money_and_dates_come_back_to_the_fen_and_the_day(
    folder: Path, fens: list[int], days: list[int]
) -> None:
    calendar = [date(1950, 1, 1) + timedelta(days=day) for day in days]
    length = max(len(fens), len(calendar))
    rows = [
        (
            str(at),
            fens[at] if at < len(fens) else None,
            calendar[at] if at < len(calendar) else None,
        )
        for at in range(length)
    ]
    path = folder / "b.xlsx"
    columns = [Column("户编号"), Column("金额", "fen"), Column("日期", "date")]
    write_workbook(path, [ReportSheet("表", columns, rows)])
    names = tuple(Header(column.header) for column in columns)
    table = read_table(path, Layout("x", names))
    money = numbers.read_money(table.data["金额"])
    assert money.faults == ()
    assert money.values.drop_nulls().to_list() == fens
    read = dates.read_date(table.data["日期"])
    assert read.values.drop_nulls().to_list() == calendar
    assert table.data[ROW].to_list() == list(range(2, length + 2))


@given(st.lists(st.decimals(allow_nan=False, places=2, min_value=-(10**15), max_value=10**15)))
def test_plain_and_careful_money_agree(amounts: list[Decimal]) -> None:
    plain = pl.Series([str(amount) for amount in amounts], dtype=pl.String)
    careful = pl.Series([f"{amount:,} 元" for amount in amounts], dtype=pl.String)
    first, second = numbers.read_money(plain), numbers.read_money(careful)
    assert first.faults == second.faults == ()
    assert first.values.to_list() == second.values.to_list()
    assert first.values.to_list() == [int(amount * 100) for amount in amounts]


@given(st.lists(st.text(max_size=20)))
def test_any_text_gives_a_value_or_one_fault(column: list[str]) -> None:
    series = pl.Series(column, dtype=pl.String)
    for read in (
        numbers.read_whole,
        numbers.read_decimal,
        numbers.read_money,
        numbers.read_share,
        dates.read_date,
        dates.read_month,
        cells.read_flag,
        cells.read_identifier,
        cells.read_text,
        cells.read_values,
        lambda texts: cells.read_codes(texts, ["甲", "乙"]),
    ):
        reading = read(series)
        assert len(reading.values) == len(column)
        faulty = [at for fault in reading.faults for at in fault.positions]
        assert len(faulty) == len(set(faulty))
        assert all(reading.values[at] is None for at in faulty)
        assert all(column[at] == fault.value for fault in reading.faults for at in fault.positions)


@settings(max_examples=15)
@given(
    st.lists(
        st.from_regex(
            r"[+-]?[0-9０-９,]{0,6}[.年/-]?[0-9]{0,4}[.月/-]?[0-9]{0,3}[%日元]?(e[0-9]{1,4})?",
            fullmatch=True,
        )
    )
)
def test_nearly_right_numbers_and_dates_raise_nothing(column: list[str]) -> None:
    series = pl.Series(column, dtype=pl.String)
    for read in (
        numbers.read_whole,
        numbers.read_decimal,
        numbers.read_money,
        numbers.read_share,
        dates.read_date,
        dates.read_month,
    ):
        assert len(read(series).values) == len(column)
