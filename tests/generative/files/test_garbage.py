"""No bytes whatever raise anything but a sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import example, given
from hypothesis import strategies as st

from bangfu.core.errors import UserError
from bangfu.files.headers import Header, Layout
from bangfu.files.json_input import read_json
from bangfu.files.tables import read_tables

LAYOUT = Layout("x", (Header("甲", required=True), Header("乙", required=True)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("garbage")


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row in [["甲", "乙"], [1, "=A1"], ["x", "#N/A"]]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    for row, values in enumerate([["甲", "乙"], [1, "x"], [2.5, "y" * 300]]):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


XLSX, XLS = _xlsx(), _xls()
CSV = '甲,乙\n1,"二"\n'.encode("gb18030")
MAGIC = [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF", b"\xff\xfe", b"<html>"]


def _reads_or_tells(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        tables = read_tables(path, [LAYOUT])
    except UserError as error:
        assert error.text.zh
        assert error.text.en
    else:
        assert tables.sheets


@given(magic=st.sampled_from(MAGIC), body=st.binary(max_size=400))
@example(magic=b"", body=b"\x80")
@example(magic=b"\xff\xfe", body=b"a")
def test_any_bytes(folder: Path, magic: bytes, body: bytes) -> None:
    _reads_or_tells(folder / "a.xlsx", magic + body)


@given(
    whole=st.sampled_from([XLSX, XLS, CSV]),
    hits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4),
    keep=st.floats(0.3, 1),
)
def test_damaged_files(
    folder: Path, whole: bytes, hits: list[tuple[float, int]], keep: float
) -> None:
    content = bytearray(whole)
    for where, value in hits:
        content[int(where * len(content))] = value
    _reads_or_tells(folder / "b.xls", bytes(content[: int(keep * len(content))]))


@given(
    part=st.sampled_from(["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]),
    hits=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)),
        min_size=1,
        max_size=4,
    ),
)
def test_damage_inside_the_package(
    folder: Path, part: str, hits: list[tuple[float, bytes]]
) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(XLSX)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            data = bytearray(old.read(name))
            if name == part:
                for where, piece in hits:
                    at = int(where * len(data))
                    data[at : at + len(piece)] = piece
            new.writestr(name, bytes(data))
    _reads_or_tells(folder / "c.xlsx", content.getvalue())


NEARLY_JSON = st.text(alphabet='{}[]",:0123456789eE+-.ntfNaIi\\u dD8', max_size=40)


@given(st.binary(max_size=200) | (st.text(max_size=60) | NEARLY_JSON).map(str.encode))
@example(b"[" * 5000)
@example(b'{"a":1,"a":1}')
@example(b"\xef\xbb\xbf")
def test_any_json_bytes(folder: Path, content: bytes) -> None:
    path = folder / "p.json"
    path.write_bytes(content)
    try:
        read_json(path)
    except UserError as error:
        assert error.text.zh
