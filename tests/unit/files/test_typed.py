"""Typed reading by the sheets of core: values, and every problem by its cell."""

import pytest
import xlsxwriter

from bangfu.core.errors import InputError
from bangfu.core.places import Place
from bangfu.core.sheets.catalogue import SHEETS
from bangfu.files.blanks import blank_sheets
from bangfu.files.intake import read_places, take_in
from bangfu.files.templates import write_template
from bangfu.files.typed import read_typed

PLACES = [Place("420527101000", "茅坪镇"), Place("420527101207", "陈家坝村村民委员会")]
HEADERS = [
    "乡",
    "村",
    "户编号",
    "人编号",
    "户类型",
    "证件号码",
    "健康状况",
    "风险是否已消除",
    "工资性收入",
]
ROW = [
    "茅坪镇",
    "陈家坝村",
    "1",
    "11",
    "脱贫户",
    "11010519491231002X",
    "健康，残疾",
    "否",
    "１２,000.5",
]


@pytest.fixture
def workbook(tmp_path):
    def write(rows, tab="监测对象信息", headers=HEADERS):
        path = tmp_path / "户.xlsx"
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet(tab)
        sheet.write(0, 0, "人员均为虚构")
        for at, row in enumerate([headers, *rows], start=2):
            sheet.write_row(at, 0, row)
        book.close()
        return path

    return write


def test_values_get_their_types(workbook):
    reader = read_typed([workbook([ROW])], SHEETS)
    assert reader.problems == []
    [rows] = reader.rows
    [row] = rows.frame.to_dicts()
    assert rows.sheet.id == "monitored"
    assert row["health"] == ["健康", "残疾"]
    assert row["risk_removed"] is False
    assert row["wage_income"] == 1200050
    assert row["_row"] == 4
    assert rows.where(4, "wage_income") == "监测对象信息!I4"


def test_every_bad_cell_is_named_at_once(workbook):
    bad = [None, "陈家坝村", "1", "12", "穷户", "420527199001010000", "健康", "也许", "1.234"]
    problems = read_typed([workbook([ROW, bad])], SHEETS).problems
    assert {problem.where for problem in problems} == {f"监测对象信息!{c}5" for c in "AEFHI"}
    damaged = next(p for p in problems if p.rule == "excel-precision")
    assert "420527199001010000" not in damaged.value, "numbers are masked in messages"


def test_a_narrow_sheet_is_told_by_its_headers_whatever_its_tab(workbook):
    [rows] = read_typed([workbook([ROW], tab="Sheet1")], SHEETS).rows
    assert rows.sheet.id == "monitored"


def test_intake_without_places_goes_by_names(workbook):
    intake = take_in([workbook([ROW])], places=[], token=str)
    assert intake.problems == []
    assert intake.assembled.tables["household"]["place_code"].to_list() == ["999999001001"]


def test_intake_finds_the_place(workbook):
    intake = take_in([workbook([ROW])], places=PLACES, token=str)
    assert intake.assembled.tables["person"]["place_code"].to_list() == ["420527101207"]


def test_every_template_is_read_back_as_its_own_sheet(tmp_path):
    for sheet in SHEETS:
        path = tmp_path / f"{sheet.id}.xlsx"
        write_template(path, blank_sheets([sheet]))
        reader = read_typed([path], SHEETS)
        assert [rows.sheet.id for rows in reader.rows] == [sheet.id]
        assert reader.problems == []


def test_places_are_read_and_bad_rows_named(tmp_path):
    good = tmp_path / "places.csv"
    good.write_text("code,name\n42,湖北省\n420527101207,陈家坝村\n", "utf-8")
    assert [place.code for place in read_places(good)] == ["420000000000", "420527101207"]
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name\n42x,湖北省\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read_places(bad)
    assert caught.value.problems[0].where == "bad.csv:2"


def test_a_running_number_may_end_in_zeros(workbook):
    row = [ROW[0], ROW[1], "4205270000000001", "420527000000000000", *ROW[4:]]
    reader = read_typed([workbook([row])], SHEETS)
    assert reader.problems == []
    assert reader.rows[0].frame["person_no"].to_list() == ["420527000000000000"]
