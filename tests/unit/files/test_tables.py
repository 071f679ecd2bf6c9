"""Sheets are found, whatever stands above them, and every record keeps its row number."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt

from bangfu.core.errors import InputError
from bangfu.files.headers import Header, Layout
from bangfu.files.tables import ROW, read_table, read_tables

PERSONS = Layout(
    "persons",
    (
        Header("户编号", required=True),
        Header("姓名", required=True),
        Header("证件号码", ("身份证号", "身份证号码")),
        Header("务工时间（月）"),
        Header("收入-工资性", ("工资性收入",)),
        Header("收入-财产性"),
    ),
)
FUNDS = Layout("funds", (Header("资金名称", required=True), Header("金额", required=True)))


def _save(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_header_is_found_below_titles_in_any_order_and_any_width(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "户信息"
    sheet["B1"] = "某县人口信息"
    sheet.merge_cells("B1:E1")
    sheet["B2"] = "填报单位：某县"
    for column, text in zip("BCDE", ["姓 名*", "户\n编号", "务工时间(月)", "备注"], strict=True):
        sheet[f"{column}3"] = text
    sheet["B4"], sheet["C4"], sheet["D4"] = "张三", "4205270001", 6
    sheet["B6"], sheet["C6"], sheet["E6"] = "李　四 ", 4205270002, "　"
    book.save(path)

    table = read_table(path, PERSONS)

    assert table.header_row == 3
    assert table.data[ROW].to_list() == [4, 6]
    assert table.data["姓名"].to_list() == ["张三", "李　四"]
    assert table.data["户编号"].to_list() == ["4205270001", "4205270002"]
    assert table.data["务工时间（月）"].to_list() == ["6", None]
    assert table.address("户编号", 1) == "户信息!C6"
    assert table.problems == ()
    assert [(note.where, note.value) for note in table.notes] == [("户信息!E3", "备注")]


def test_header_over_two_merged_rows_is_joined(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "收入表"
    sheet.merge_cells("A1:D1")
    sheet["A2"], sheet["B2"], sheet["C2"] = "户编号", "姓名", "收入"
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    sheet.merge_cells("C2:D2")
    sheet["C3"], sheet["D3"] = "工资性", "财产性"
    sheet.append(["1", "张三", 100, 20])
    book.save(path)

    table = read_table(path, PERSONS)

    assert table.header_row == 3
    assert table.data["收入-工资性"].to_list() == ["100"]
    assert table.data["收入-财产性"].to_list() == ["20"]
    assert table.data["姓名"].to_list() == ["张三"]
    assert table.notes == ()


def test_each_sheet_gets_the_layout_that_fits_and_others_are_named(tmp_path: Path) -> None:
    path = _save(
        tmp_path / "a.xlsx",
        {
            "钱": [["资金名称", "金额"], ["衔接资金", 1.5]],
            "人": [["户编号", "姓名"], ["1", "张三"]],
            "说明": [["本表由乡镇填写"]],
            "空": [],
        },
    )
    tables = read_tables(path, [PERSONS, FUNDS])
    assert [(sheet.name, sheet.layout.key) for sheet in tables.sheets] == [
        ("钱", "funds"),
        ("人", "persons"),
    ]
    assert ["说明" in note.zh for note in tables.notes] == [True]


def test_missing_doubled_and_unknown_columns_are_told(tmp_path: Path) -> None:
    layout = Layout("x", (*PERSONS.headers, Header("村", required=True)))
    rows = [["户编号", "姓名", "姓名", "身份证号", "务工时间(天)"], ["1", "甲", "乙", "3", 4]]
    table = read_table(_save(tmp_path / "a.xlsx", {"s": rows}), layout)
    assert {(p.where, p.value) for p in table.problems} == {("s!1:1", "村"), ("s!C1", "姓名")}
    (unknown,) = table.notes
    assert unknown.where == "s!E1"
    assert "务工时间（月）" in unknown.text.zh
    assert table.data["姓名"].to_list() == ["甲"]
    assert table.data["证件号码"].to_list() == ["3"]


def test_values_have_one_written_form(tmp_path: Path) -> None:
    values: list[object] = [
        12.0,
        0.1 + 0.2,
        True,
        date(2026, 10, 31),
        datetime(2026, 10, 31, 8, 30),
        420527198001011234,
        "  x\n",
    ]
    layout = Layout("x", (Header("甲"), Header("乙")))
    rows = [["甲", "乙"], *[[value, 1] for value in values]]
    table = read_table(_save(tmp_path / "a.xlsx", {"s": rows}), layout)
    assert table.data["甲"].to_list() == [
        "12",
        "0.3",
        "TRUE",
        "2026-10-31",
        "2026-10-31 08:30:00",
        "4.20527198001011e+17",
        "x",
    ]


def test_old_xls_is_read_like_xlsx(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("户信息")
    for at, text in enumerate(["户编号", "姓名", "务工时间（月）"]):
        sheet.write(1, at + 1, text)
    for at, value in enumerate([42, "张三", 6.5]):
        sheet.write(2, at + 1, value)
    path = tmp_path / "a.xls"
    book.save(str(path))
    table = read_table(path, PERSONS)
    assert table.data.row(0) == ("42", "张三", "6.5", 3)
    assert table.address("姓名", 0) == "户信息!C3"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_in_every_encoding_and_separator(tmp_path: Path, encoding: str, mark: str) -> None:
    lines = [
        "某县,某乡表",
        mark.join(["户编号", "姓名", "证件号码"]),
        mark.join(['="00042"', '"张\n三"', "'420527198001011234"]),
        "",
        mark.join(["7", "李四"]),
    ]
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    table = read_table(path, PERSONS)
    assert table.data.rows() == [
        ("00042", "张\n三", "420527198001011234", 3),
        ("7", "李四", None, 5),
    ]
    assert table.address("姓名", 1) == "a!B5"


def test_no_header_says_which_columns_are_expected(tmp_path: Path) -> None:
    path = _save(tmp_path / "a.xlsx", {"s": [["甲", "乙"], [1, 2]]})
    with pytest.raises(InputError, match="户编号、姓名"):
        read_table(path, PERSONS)


def test_formulas_without_value_and_errors_are_told_by_cell(tmp_path: Path) -> None:
    rows = [["户编号", "姓名"], ["1", "=A2&A2"], ["2", "#N/A"], ["3", "张三"]]
    path = _save(tmp_path / "a.xlsx", {"别的": [["x"]], "户信息": rows})
    table = read_table(path, PERSONS)
    assert [(p.where, p.value) for p in table.problems] == [
        ("户信息!B2", ""),
        ("户信息!B3", "#N/A"),
    ]


def test_two_sheets_where_one_is_wanted(tmp_path: Path) -> None:
    rows = [["户编号", "姓名"], ["1", "张三"]]
    path = _save(tmp_path / "a.xlsx", {"一": rows, "二": rows})
    with pytest.raises(InputError, match="一、二"):
        read_table(path, PERSONS)


def test_faults_become_problems_by_row_with_masked_values(tmp_path: Path) -> None:
    from bangfu.files.cells import read_identifier

    rows = [["户编号", "姓名", "身份证号"], ["1", "甲", "420527198001010000"], ["2", "乙", 4.2e17]]
    table = read_table(_save(tmp_path / "a.xlsx", {"s": rows}), PERSONS)
    reading = read_identifier(table.data["证件号码"])
    problems = table.problems_of("证件号码", reading.faults)
    assert [(p.where, p.value, p.rule) for p in problems] == [
        ("s!C2", "420527********0000", "excel-precision"),
        ("s!C3", "*******", "excel-precision"),
    ]
    assert problems[0].text.zh.startswith("证件号码：")
