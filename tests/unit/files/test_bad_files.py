"""Every bad file ends in a sentence: what, where, what to do. Never in a traceback."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from bangfu.core.errors import InputError, UsageError, UserError
from bangfu.files import packages
from bangfu.files.headers import Header, Layout
from bangfu.files.kinds import Kind, kind_of
from bangfu.files.tables import read_table, read_tables

LAYOUT = Layout("x", (Header("甲", required=True), Header("乙", required=True)))


def _xlsx(rows: list[list[object]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or [["甲", "乙"], [1, 2]]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def _ole(*streams: str) -> bytes:
    names = b"".join(f"{name}\0".encode("utf-16-le") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + names + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.xlsx", b"", "空文件"),
        ("cut.xlsx", _xlsx()[:-400], "损坏"),
        ("pdf.xlsx", b"%PDF-1.7 ...", "PDF"),
        ("page.xls", b"\xef\xbb\xbf\n<html><table><tr><td>1</td></tr></table>", "网页"),
        ("xml.xls", b'<?xml version="1.0"?><Workbook/>', "XML 表格"),
        ("mht.xls", b"MIME-Version: 1.0\r\n", "MHT"),
        ("locked.xlsx", _ole("EncryptionInfo", "EncryptedPackage"), "密码"),
        ("word.xls", _ole("WordDocument"), "Word"),
        ("ole.xls", _ole("Other"), "损坏"),
        ("doc.xlsx", _zip({"[Content_Types].xml": b"", "word/document.xml": b""}), "Word"),
        ("bin.xlsx", _zip({"xl/workbook.bin": b""}), ".xlsb"),
        ("odf.xlsx", _zip({"mimetype": b"", "content.xml": b""}), ".ods"),
        ("zip.xlsx", _zip({"a.txt": b"1"}), "ZIP"),
        ("bare.xlsx", _zip({"[Content_Types].xml": b"<a/>"}), "损坏"),
        ("bytes.csv", bytes(range(256)), "二进制"),
        ("latin.csv", "甲,乙\n".encode() + b"\xff\xff\xff,1\n", "编码"),
        ("quote.csv", '甲,乙\n"1,2\n'.encode(), "引号"),
        ("blank.csv", b"\n\n", "没有任何数据"),
        ("other.csv", b"1,2\n3,4\n", "没有找到表头"),
        ("nothing.xlsx", _xlsx([[]]), "没有任何数据"),
        ("text.xlsx", "户编号,姓名\n1,甲\n".encode(), "是文本文件，不是 Excel 工作簿"),
        ("notes.xls", "今天走访三户\n".encode(), "是文本文件，不是 Excel 工作簿"),
        ("renamed.csv", _xlsx([["户编号"], ["1"]]), "扩展名改成 .xlsx"),
    ],
)
def test_content_decides_and_the_sentence_names_it(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as told:
        read_tables(path, [LAYOUT])
    assert name in told.value.text.zh
    assert name in told.value.text.en


def test_missing_file_folder_and_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="找不到"):
        read_tables(tmp_path / "none.xlsx", [LAYOUT])
    with pytest.raises(UsageError, match="文件夹"):
        read_tables(tmp_path, [LAYOUT])

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match="权限"):
        read_tables(tmp_path / "a.xlsx", [LAYOUT])


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    body = {"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": bytes(200 * 2**20)}
    path.write_bytes(_zip(body))
    assert path.stat().st_size < 2**20
    with pytest.raises(InputError, match="太大"):
        read_tables(path, [LAYOUT])


def test_one_stray_cell_far_away_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "户信息"
    book.active["A1"] = "甲"
    book.active["XFD1048576"] = 1
    path = tmp_path / "far.xlsx"
    book.save(path)
    with pytest.raises(InputError, match="太大") as told:
        read_tables(path, [LAYOUT])
    assert told.value.problems[0].where == "户信息!XFD1048576"


@pytest.mark.parametrize("column", ["B", "Z", "AA", "AU", "ZZ", "AAA", "BCD", "XFC"])
def test_the_extent_is_found_whatever_the_last_column(column: str) -> None:
    part = packages._Part()
    rows = [
        b'<row r="1"><c r="A1"><v>1</v></c></row>',
        f'<row r="70"><c r="A70"/><c r="{column}70"/></row>'.encode(),
        b'<row r="71" spans="1:2"><c r="A71"/></row>',
    ]
    packages._scan(iter(rows), part)
    assert part.rows == 71
    assert packages.letters(part.columns - 1) == column


def test_sheets_without_addresses_are_counted() -> None:
    part = packages._Part()
    packages._scan(iter([b"<row><c/><c/></row><row><c/></row>"]), part)
    assert part.columns == 2
    assert part.rows >= 2


def test_macros_are_never_run_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsm"
    path.write_bytes(_xlsx())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    tables = read_tables(path, [LAYOUT])
    assert tables.sheets[0].data["甲"].to_list() == ["1"]
    assert any("宏" in note.zh for note in tables.notes)


def test_a_wrong_name_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(_xlsx())
    assert kind_of(path) is Kind.XLSX
    assert read_table(path, LAYOUT).data["乙"].to_list() == ["2"]


def test_a_lying_size_in_the_archive_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    content = bytearray(_xlsx([["甲", "乙"], *[[n, n] for n in range(500)]]))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = content.rfind(size.to_bytes(4, "little"))
    content[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(InputError, match="损坏"):
        read_tables(path, [LAYOUT])


def test_damaged_xls_ends_in_a_sentence(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for row, values in enumerate([["甲", "乙"], [1, "x"]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    whole = io.BytesIO()
    book.save(whole)
    content = whole.getvalue()
    path = tmp_path / "a.xls"
    for at in range(0, len(content), 97):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        path.write_bytes(damaged[: len(content) - at // 3])
        try:
            read_tables(path, [LAYOUT])
        except UserError as error:
            assert error.text.zh


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(_xlsx())
    path.chmod(0)
    with pytest.raises(UsageError, match="权限"):
        read_tables(path, [LAYOUT])
