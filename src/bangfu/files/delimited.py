"""Reads delimited text: UTF-8 with or without BOM, UTF-16, GB18030; comma, tab or semicolon."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.files.paths import reading_error

MAX_BYTES = 2**30
# What Excel holds in one cell. csv has a limit of its own, but any library may lift it for the process.
MAX_CELL = 32_767
_DELIMITERS = (",", "\t", ";")
_SAMPLE_LINES = 30
# ="420527…" and '420527… are how an export keeps Excel from turning a number into a float.
_GUARDED = re.compile(r"""=\s*"([^"]*)"|'(\d.*)""", re.DOTALL)


def read_text(path: Path) -> str:
    """The text of a file, in whichever of the known encodings it is.

    Raises UsageError when it cannot be read, InputError when no encoding fits.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        content = path.read_bytes()
    except OSError as error:
        raise reading_error(path, error) from error
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(
        Text(
            f"{path.name} 的文字编码既不是 UTF-8 也不是 GB18030（GBK）。"
            "请用 Excel 或 WPS 打开，另存为“CSV UTF-8”或 .xlsx。",
            f"The text of {path.name} is neither UTF-8 nor GB18030 (GBK). Open it in Excel or WPS "
            "and save it as CSV UTF-8 or as .xlsx.",
        )
    )


def read_rows(path: Path) -> list[list[str]]:
    """Every record of a delimited file, blank lines included, so that positions are row numbers."""
    text = read_text(path)
    return list(_records(path, text, _delimiter(text)))


def read_records(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The records under a header line that has `columns`, each with its row number; others are left
    out, and so are blank lines.

    Raises UsageError when the file cannot be read, InputError when the header lacks a column.
    """
    rows = iter(enumerate(read_rows(path), start=1))
    _, header = next(rows, (1, []))
    names = [name.strip().removeprefix("\ufeff") for name in header]
    if not set(columns) <= set(names):
        listed = ",".join(columns)
        told = Text(
            f"{path.name} 第一行须有这些列：{listed}。", f"{path.name} needs the columns {listed}."
        )
        raise InputError(told, [Problem(f"{path.name}:1", told, ",".join(names)[:80], "header")])
    at = {column: names.index(column) for column in columns}
    return [
        (row, {column: record[i].strip() if i < len(record) else "" for column, i in at.items()})
        for row, record in rows
        if any(record)
    ]


def _records(path: Path, text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            if len(max(record, key=len, default="")) > MAX_CELL:
                raise csv.Error("field larger than field limit")
            yield [_unguarded(cell) if cell[:1] in ("=", "'") else cell for cell in record]
    except csv.Error as error:
        # csv's own words: "unexpected end of data", "',' expected after '\"'".
        told = Text(
            f"{path.name} 第 {reader.line_num} 行附近的引号不成对，或单元格过长，无法分列。"
            "请用 Excel 或 WPS 打开检查，另存为 .xlsx。",
            f"Near line {reader.line_num} of {path.name} a quotation mark is not closed or a cell "
            "is too long. Open it in Excel or WPS, look there, and save it as .xlsx.",
        )
        where = f"{path.name}:{reader.line_num}"
        raise InputError(told, [Problem(where, told, str(error), "csv")]) from error


def _unguarded(cell: str) -> str:
    found = _GUARDED.fullmatch(cell.strip())
    return (found[1] or found[2] or "") if found else cell


def _delimiter(text: str) -> str:
    """The separator that cuts the first lines into most columns; a comma when none does."""
    lines = text[: 1 << 16].splitlines()[:_SAMPLE_LINES]
    widths = {mark: max((_width(line, mark) for line in lines), default=1) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: widths[mark])


def _width(line: str, mark: str) -> int:
    # Quoted separators do not count; a cell broken over lines only makes its own line odd.
    return re.sub(r'"[^"]*"', "", line).count(mark) + 1


def _too_large(path: Path) -> InputError:
    return InputError(
        Text(
            f"{path.name} 超过 1 GB，请按乡镇拆分后再导入。",
            f"{path.name} is over 1 GB. Split it by township.",
        )
    )
