"""What is written opens again, stays text where it was text, and is whole or not there."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwt

from bangfu.core.errors import Problem, UsageError
from bangfu.core.language import Text
from bangfu.files import marking, reports, workbooks
from bangfu.files.atomic import replacing, write_text
from bangfu.files.headers import Header, Layout
from bangfu.files.marking import mark_errors
from bangfu.files.reports import Column, ReportSheet, write_workbook
from bangfu.files.tables import read_table
from bangfu.files.templates import TemplateColumn, TemplateSheet, write_template

BAD = Text("应为整数。", "A whole number.")


def test_atomic_text_replaces_whole_and_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "旧\n")
    write_text(target, "新\n")
    assert target.read_bytes() == "新\n".encode()
    with pytest.raises(ZeroDivisionError), replacing(target) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert target.read_text("utf-8") == "新\n"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    for name in ("there.txt", "not-yet.txt"):
        link = tmp_path / f"link-to-{name}"
        link.symlink_to(tmp_path / name)
        write_text(link, "甲")
        assert link.is_symlink()
        assert (tmp_path / name).read_text("utf-8") == "甲"
    assert len(list(tmp_path.iterdir())) == 4


def test_a_pipe_and_a_device_are_given_the_content_and_stay(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        write_text(pipe, "甲")
        assert reader.communicate()[0] == "甲".encode()
    assert pipe.is_fifo()
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("no such device here")
    with pytest.raises(UsageError, match="full"):
        write_text(full, "甲")
    assert full.is_char_device()


def test_a_folder_or_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="是文件夹"):
        write_text(tmp_path, "x")
    with pytest.raises(UsageError, match="不存在"):
        write_text(tmp_path / "no" / "a.txt", "x")
    with pytest.raises(UsageError, match="不存在"):
        write_workbook(tmp_path / "no" / "a.xlsx", [])


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "old")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="磁盘空间不足"):
        write_text(target, "new")
    assert target.read_text("utf-8") == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_workbook_that_meets_a_size_limit_leaves_nothing(tmp_path: Path) -> None:
    # A child process, because the limit on file sizes cannot be lifted again.
    script = """
import sys
from bangfu.core.errors import UsageError
from bangfu.files.reports import Column, ReportSheet, write_workbook
rows = ([str(n) * 20] for n in range(200_000))
try:
    write_workbook(sys.argv[1], [ReportSheet("s", [Column("甲")], rows)])
except UsageError as error:
    print(error.text.en)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(tmp_path / "a.xlsx")],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
        check=True,
    )
    assert "disk is full" in done.stdout
    assert done.stderr == ""
    assert os.listdir(tmp_path) == []


def test_a_report_reads_back_with_kinds_and_furniture(tmp_path: Path) -> None:
    columns = [
        Column("名称"),
        Column("金额（元）", "fen"),
        Column("户数", "int"),
        Column("日期", "date"),
        Column("比例", "percent"),
        Column("月份", "month", 12),
        Column("面积", "decimal"),
    ]
    rows = [
        ["=1+1", 123_456_789_01, 12, date(2026, 10, 31), Decimal("0.55"), 202610, Decimal("1.5")],
        ["-3", None, None, None, None, None, None],
        ["x" * 40_000, 10**16 + 1, 0, None, 0.5, None, None],
    ]
    path = tmp_path / "a.xlsx"
    write_workbook(path, [ReportSheet("计划/总表", columns, iter(rows), "本表人员均为虚构。")])

    sheet = openpyxl.load_workbook(path)["计划_总表"]
    assert sheet["A1"].value == "本表人员均为虚构。"
    assert [cell.value for cell in sheet[2]] == [column.header for column in columns]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert sheet["A3"].quotePrefix
    assert sheet["A4"].value == "-3"
    assert len(sheet["A5"].value) == workbooks.MAX_TEXT
    assert (sheet["B3"].value, sheet["B3"].number_format) == (123456789.01, "#,##0.00")
    assert sheet["B5"].value == "100,000,000,000,000.01"
    assert sheet["D3"].value.date() == date(2026, 10, 31)
    assert (sheet["E3"].value, sheet["E3"].number_format) == (0.55, "0.00%")
    assert sheet["F3"].value == 202610
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:G5"
    assert sheet.column_dimensions["F"].width == pytest.approx(12, abs=1)
    assert sheet.column_dimensions["B"].width >= 12


def test_a_long_sheet_goes_on_in_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_ROWS", 5)
    path = tmp_path / "a.xlsx"
    rows = [[str(n)] for n in range(9)]
    write_workbook(
        path, [ReportSheet("s", [Column("甲")], rows), ReportSheet("S", [Column("乙")], [])]
    )
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["s", "s (2)", "s (3)", "S (4)"]
    values = [cell.value for name in book.sheetnames[:3] for cell in book[name]["A"][1:]]
    assert values == [row[0] for row in rows]


def test_an_error_in_the_rows_leaves_nothing_open(tmp_path: Path) -> None:
    def rows() -> Iterator[list[str]]:
        yield ["x"]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_workbook(tmp_path / "a.xlsx", [ReportSheet("s", [Column("甲")], rows())])
    assert os.listdir(tmp_path) == []


def test_sheet_names_are_made_acceptable() -> None:
    taken: set[str] = set()
    names = [
        workbooks.sheet_name(wanted, taken) for wanted in ("a/b", "A_B", "", "x" * 40, "x" * 35)
    ]
    assert names == ["a_b", "A_B (2)", "Sheet", "x" * 31, "x" * 27 + " (2)"]


def test_a_template_has_lists_notes_and_text_columns_and_reads_back(tmp_path: Path) -> None:
    long = tuple(f"普通高中{n}年级" for n in range(60))
    columns = [
        TemplateColumn("证件号码", note=Text("18 位。", "18 digits."), required=True),
        TemplateColumn("性别", allowed=("男", "女")),
        TemplateColumn("在校生状况", allowed=long),
        TemplateColumn("健康状况", allowed=("健康", "残疾"), several=True),
        TemplateColumn("出生日期", "date"),
    ]
    path = tmp_path / "t.xlsx"
    note = Text("请从第三行填起。", "Begin in the third row.")
    write_template(path, [TemplateSheet("户信息", columns, note)])

    book = openpyxl.load_workbook(path)
    sheet = book["户信息"]
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["B3"].formula1 == '"男,女"'
    assert rules["C3"].formula1 == "'选项'!$A$1:$A$60"
    assert rules["C3"].showErrorMessage
    assert not rules["D3"].showErrorMessage
    assert rules["E3"].type == "date"
    assert book["选项"].sheet_state == "hidden"
    assert [cell.value for cell in book["选项"]["A"]] == list(long)
    assert sheet["A2"].comment.text.splitlines()[0] == "必填"
    assert "18 位。" in sheet["A2"].comment.text
    assert sheet.column_dimensions["A"].number_format == "@" or sheet.freeze_panes == "A3"

    sheet.append(["420527198001011234", "男"])
    book.save(path)
    layout = Layout("x", tuple(Header(column.header) for column in columns))
    table = read_table(path, layout)
    assert table.data["证件号码"].to_list() == ["420527198001011234"]
    assert table.address("性别", 0) == "户信息!B3"


def _problems() -> list[Problem]:
    return [
        Problem("户信息!B2", BAD, "abc", "whole"),
        Problem("户信息!B2", Text("第二条。", "A second."), "=abc", "other"),
        Problem("户信息!D9", BAD, "", "whole"),
        Problem("户信息!1:1", Text("缺少列。", "Missing column."), "村", "header"),
        Problem("别的!A1", BAD),
    ]


def test_marks_in_an_xlsx_keep_its_formats(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "户信息"
    for row in [["户编号", "务工"], ["1", "abc"]]:
        sheet.append(row)
    sheet["A1"].font = openpyxl.styles.Font(name="楷体", bold=True)
    sheet.column_dimensions["A"].width = 33
    source, target = tmp_path / "a.xlsx", tmp_path / "out.xlsx"
    book.save(source)

    mark_errors(source, _problems(), target)

    marked = openpyxl.load_workbook(target)
    assert marked.sheetnames == ["问题清单", "户信息"]
    sheet = marked["户信息"]
    assert sheet["B2"].comment.text == "应为整数。\n第二条。"
    assert sheet["B2"].fill.fgColor.rgb.endswith("FFC7CE")
    assert sheet["D9"].comment is not None
    assert sheet["A1"].font.name == "楷体"
    assert sheet.column_dimensions["A"].width == 33
    listed = marked["问题清单"]
    assert [cell.value for cell in listed[3]] == [2, "户信息!B2", "=abc", "other", "第二条。"]
    assert listed["C3"].data_type == "s"
    assert listed["B2"].hyperlink.location == "'户信息'!B2" or listed["B2"].hyperlink.target
    assert listed.max_row == 6

    # The corrected workbook comes back: what is mended loses its mark, the old list goes.
    mark_errors(target, [Problem("户信息!A2", BAD)], target, "en")
    again = openpyxl.load_workbook(target)
    assert again.sheetnames == ["Problems", "户信息"]
    assert again["户信息"]["B2"].comment is None
    assert again["户信息"]["A2"].comment.text == "A whole number."


def _csv(path: Path) -> Path:
    source = path / "户信息.csv"
    source.write_bytes("户编号,务工\n1,abc\n".encode("gb18030"))
    return source


def _xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("户信息")
    for row, values in enumerate([["户编号", "务工"], ["1", "abc"]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    source = path / "a.xls"
    book.save(str(source))
    return source


def _large(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "户信息"
    for row in [["户编号", "务工"], ["1", "abc"]]:
        book.active.append(row)
    book.save(path / "a.xlsx")
    return path / "a.xlsx"


@pytest.mark.parametrize("make", [_csv, _xls, _large])
def test_marks_in_a_copy(tmp_path: Path, make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "MAX_STYLED_BYTES", 100)
    source = make(tmp_path)
    target = tmp_path / "out.xlsx"
    named = [Problem(f"{source.name}:{p.where}", p.text, p.value, p.rule) for p in _problems()]
    mark_errors(source, named, target)
    marked = openpyxl.load_workbook(target)
    assert marked.sheetnames == ["问题清单", "户信息"]
    sheet = marked["户信息"]
    assert [cell.value for cell in sheet[2]][:2] == ["1", "abc"]
    assert sheet["B2"].comment.text == "应为整数。\n第二条。"
    assert sheet["B2"].fill.fgColor.rgb.endswith("FFC7CE")
    assert sheet["D9"].comment is not None
    assert marked["问题清单"].max_row == 6


def test_thousands_of_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "MAX_COMMENTS", 1000)
    source, target = tmp_path / "a.csv", tmp_path / "out.xlsx"
    source.write_text("户编号,务工\n" + "1,abc\n" * 3000, "utf-8")
    problems = [Problem(f"a!B{row}", BAD, "abc", "whole") for row in range(2, 3002)]
    mark_errors(source, problems, target)
    with zipfile.ZipFile(target) as archive:
        assert archive.read("xl/comments1.xml").count(b"<comment ") == 1000
    table = read_table(target, Layout("x", (Header("规则"), Header("位置"))))
    assert table.data.height == 3000
