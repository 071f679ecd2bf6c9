"""Looks into an .xlsx package before the reader does.

Two reasons. The reader puts a sheet into one dense block, so a single stray cell in XFD1048576 asks
for 500 GB and ends the process; sizes are therefore measured first. And the reader gives a blank
for what a person would call an error: a formula that was never calculated, a cell that shows #N/A.

A sheet is streamed once with searches for plain bytes, which costs a fifth of reading it. This stops
accidents and plain bombs; a sheet forged cell by cell against the file format can still exhaust the
memory, which is why the site imports in a process of its own.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.files.addresses import Cell, column_of, letters, parse_cell
from bangfu.files.kinds import broken, unreadable

# A county's largest export (150,000 rows of 47 columns) unpacks to 0.35 GB at a ratio of 14.
MAX_UNPACKED = 3 * 2**30
MAX_RATIO = 250
SMALL_UNPACKED = 64 * 2**20
# A workbook with a picture in each of a few thousand rows has as many parts.
MAX_PARTS = 20_000
# The reader's block takes about 32 bytes a cell. 1,000,000 rows of 20 columns are as many.
MAX_CELLS = 20_000_000
# Addresses kept per sheet and fault: enough to find the column that is wrong.
MAX_ADDRESSES = 1000

_CHUNK = 1 << 22
_TAIL = 4096
_ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
_WORKBOOK = "xl/workbook.xml"
_FIRST_COLUMNS = re.compile(rb' r="([A-Z]{1,3})\d', re.ASCII)
_UNCALCULATED = re.compile(
    rb'<c r="([A-Z]{1,3}\d+)"((?:\s[^<>]*?)?)>\s*<f(?:\s[^<>]*/>|/>|[^<>]*>[^<]*</f>)'
    rb"\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)
_ERROR_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}\d+)"[^<>]*\st="e"[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?\s*'
    rb"<v>([^<]*)</v>"
)


@dataclass(slots=True)
class PackageReport:
    """What was seen in a package that the reader will not tell."""

    macros: bool = False
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """What was seen in one sheet part. Rows and columns are counts from the sheet's corner."""

    rows: int = 0
    columns: int = 0
    uncalculated: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


def inspect_package(path: Path) -> PackageReport:
    """Look through an .xlsx or .xlsm package.

    Raises InputError when it is damaged or larger than can be read. Formulas without a stored value
    and cells that hold an Excel error come back as problems with their addresses.
    """
    report = PackageReport()
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive)
            report.macros = "xl/vbaProject.bin" in archive.namelist()
            for member in archive.infolist():
                if member.filename.startswith("xl/worksheets/") and not member.is_dir():
                    _inspect_sheet(path, archive, member.filename, report)
    except OSError as error:
        raise unreadable(path, error) from error
    except _ZIP_FAULTS as error:
        raise broken(path) from error
    return report


def check_package(path: Path) -> None:
    """Refuse a package that is damaged or would unpack to more than can be read, without unpacking it.

    Raises InputError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(path, archive)
    except OSError as error:
        raise unreadable(path, error) from error
    except _ZIP_FAULTS as error:
        raise broken(path) from error


def _check_sizes(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_PARTS:
        raise _too_large(path, "", f"{len(members):,} parts")
    if any(member.flag_bits & 1 for member in members):
        raise broken(path)
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    bomb = unpacked > SMALL_UNPACKED and unpacked > MAX_RATIO * max(packed, 1)
    if unpacked > MAX_UNPACKED or bomb:
        raise _too_large(path, "", f"{unpacked / 2**30:.1f} GB")


def _inspect_sheet(
    path: Path, archive: zipfile.ZipFile, member: str, report: PackageReport
) -> None:
    if member.startswith("xl/worksheets/_rels/"):
        return
    part = _Part()
    # The declared size may lie: zipfile stops at it and then finds the checksum wrong.
    with archive.open(member) as file:
        _scan(iter(lambda: file.read(_CHUNK), b""), part)
    if part.rows * part.columns > MAX_CELLS:
        sheet = _sheet_name(archive, member)
        size = f"{part.rows:,} × {part.columns:,}"
        raise _too_large(path, f"{sheet}!{letters(part.columns - 1)}{part.rows}", size)
    if part.uncalculated or part.errors:
        sheet = _sheet_name(archive, member)
        report.problems += [_uncalculated(sheet, place) for place in part.uncalculated]
        report.problems += [_error_cell(sheet, place, text) for place, text in part.errors]


def _scan(chunks: Iterator[bytes], part: _Part) -> None:
    extent: re.Pattern[bytes] | None = None
    referenced = True
    tail = b""
    for chunk in chunks:
        window = tail + chunk
        if extent is None:
            names = _FIRST_COLUMNS.findall(window)
            referenced = bool(names) or b"<c" not in window
            part.columns = max((column_of(name.decode()) + 1 for name in set(names)), default=0)
            extent = _extent_beyond(part.columns)
        extent = _measure(window, part, extent)
        if not referenced:
            _measure_unreferenced(window, part)
        if b"<f" in window:
            _note(window, _UNCALCULATED, part)
        if b't="e"' in window:
            _note(window, _ERROR_CELL, part)
        tail = window[-_TAIL:]
    part.uncalculated = list(dict.fromkeys(part.uncalculated))
    part.errors = list(dict.fromkeys(part.errors))


def _measure(window: bytes, part: _Part, extent: re.Pattern[bytes]) -> re.Pattern[bytes]:
    """Widen the part's extent by the rows and columns of a window of its text."""
    found = extent.findall(window)
    rows = [int(row) for row, _ in found if row]
    part.rows = max(part.rows, max(rows, default=0))
    beyond = max((column_of(name.decode()) + 1 for _, name in found if name), default=0)
    if beyond <= part.columns:
        return extent
    part.columns = beyond
    return _extent_beyond(beyond)


def _extent_beyond(columns: int) -> re.Pattern[bytes]:
    """Row numbers, and the letters of columns beyond the first `columns`, in ' r="…"' attributes.

    Asking only for columns further right than any seen spares a match for each of millions of cells.
    """
    last = letters(columns - 1) if columns else ""
    options = [f"[A-Z]{{{len(last) + 1},3}}"] if len(last) < 3 else []
    for at, letter in enumerate(last):
        if letter < "Z":
            rest = len(last) - at - 1
            options.append(f"{last[:at]}[{chr(ord(letter) + 1)}-Z][A-Z]{{{rest}}}")
    beyond = "|".join(options) or "(?!)"
    return re.compile(rf' r="(?:(\d{{1,7}})"|({beyond})\d)'.encode(), re.ASCII)


def _measure_unreferenced(window: bytes, part: _Part) -> None:
    """Some exports leave the addresses out: rows and cells are then counted."""
    rows = window.split(b"</row>")
    part.rows += len(rows) - 1
    part.columns = max(part.columns, max(row.count(b"<c") for row in rows))


def _note(window: bytes, pattern: re.Pattern[bytes], part: _Part) -> None:
    for found in pattern.finditer(window):
        if pattern is _UNCALCULATED:
            # A formula that gives an empty text is stored as such, and is calculated.
            if len(part.uncalculated) < MAX_ADDRESSES and b't="str"' not in found[2]:
                part.uncalculated.append(found[1].decode())
        elif len(part.errors) < MAX_ADDRESSES:
            part.errors.append((found[1].decode(), found[2].decode("utf-8", "replace")))


def _sheet_name(archive: zipfile.ZipFile, member: str) -> str:
    """The name on the tab of the sheet in `member`; the part's own name when it is not listed."""
    own = posixpath.basename(member).removesuffix(".xml")
    try:
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        sheets = ElementTree.fromstring(archive.read(_WORKBOOK))
    except (KeyError, ElementTree.ParseError):
        return own
    targets = {
        link.get("Id"): posixpath.normpath(posixpath.join("/xl", link.get("Target", "")))
        for link in links
    }
    for node in sheets.iter():
        if node.tag.endswith("}sheet"):
            ids = [value for key, value in node.attrib.items() if key.endswith("}id")]
            if any(targets.get(value) == f"/{member}" for value in ids):
                return node.get("name", own)
    return own


def _too_large(path: Path, where: str, size: str) -> InputError:
    text = Text(
        f"{path.name} 太大，无法读取（{size}；上限 {MAX_CELLS:,} 个单元格）。"
        "若实际数据没有这么多，请删除数据区以外的空行空列（含格式）后另存；否则请按乡镇拆分。",
        f"{path.name} is too large to read ({size}; the limit is {MAX_CELLS:,} cells). If the data "
        "are fewer, delete the empty formatted rows and columns beyond them and save; otherwise "
        "split the file by township.",
    )
    return InputError(text, [Problem(where, text, size, "size")] if where else [])


def _uncalculated(sheet: str, place: str) -> Problem:
    return Problem(
        where=_where(sheet, place),
        rule="formula",
        text=Text(
            "公式没有计算结果（文件由程序生成、未经 Excel 保存）。请用 Excel 或 WPS 打开并保存一次。",
            "The formula has no stored value: a program wrote the file and Excel never saved it. "
            "Open it in Excel or WPS and save it once.",
        ),
    )


def _error_cell(sheet: str, place: str, value: str) -> Problem:
    return Problem(
        where=_where(sheet, place),
        value=value,
        rule="formula",
        text=Text(
            "单元格是公式错误值。请改正公式，或改为数值。",
            "The cell shows a formula error. Mend the formula or type the value.",
        ),
    )


def _where(sheet: str, place: str) -> str:
    cell = parse_cell(f"{sheet}!{place}")
    return str(Cell(sheet, cell.column, cell.row)) if cell else f"{sheet}!{place}"
