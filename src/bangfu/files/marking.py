"""Gives the user's own workbook back with the bad cells coloured and commented, and a list of them."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet as Sheet

from bangfu.core.errors import Problem
from bangfu.core.language import Lang, Text
from bangfu.files.addresses import Cell, letters, parse_cell
from bangfu.files.atomic import replacing
from bangfu.files.grids import Grid, GridFile, Value, open_grids
from bangfu.files.kinds import Kind
from bangfu.files.paths import reading_error
from bangfu.files.tables import as_text
from bangfu.files.workbooks import (
    HEADER_FILL,
    HEADER_STYLE,
    MAX_ROWS,
    new_workbook,
    sheet_name,
    short,
)

AUTHOR = "帮扶"
# openpyxl keeps the user's fonts and widths but takes minutes beyond a million cells.
MAX_STYLED_BYTES = 40 * 2**20
# Excel opens this many comments without pause; colours and the list hold every cell all the same.
MAX_COMMENTS = 10_000
MAX_LINKS = 10_000
_FILL = "FFC7CE"
_COMMENT = {"author": AUTHOR, "x_scale": 2.5, "y_scale": 1.5}
_LIST = Text("问题清单", "Problems")
_NUMBER = Text("序号", "No.")
_HEADERS = (
    (_NUMBER, 6),
    (Text("位置", "Where"), 24),
    (Text("单元格内容", "Value"), 24),
    (Text("规则", "Rule"), 16),
    (Text("问题与改正", "What is wrong and what would be right"), 80),
)
# What openpyxl's reader raises on workbooks of other programs that calamine reads without trouble.
_UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
_Marks = dict[tuple[int, int], str]


def copies(
    files: Sequence[Path], problems: Sequence[Problem], target: Path
) -> list[tuple[Path, Path]]:
    """Which file with problems is marked into which copy: one file into the target itself, several
    beside it under their own names."""
    if len(files) == 1:
        return [(files[0], target)]
    bad = [file for file in files if any(p.where.startswith(f"{file.name}:") for p in problems)]
    return [(file, target.with_name(f"{target.stem}-{file.stem}.xlsx")) for file in bad]


def mark_errors(
    source: str | os.PathLike[str],
    problems: Sequence[Problem],
    target: str | os.PathLike[str],
    lang: Lang = "zh",
) -> None:
    """Write the workbook at `source` to `target` (.xlsx) with its problems marked.

    Each problem whose `where` names a cell colours it and comments on it; every problem stands in a
    list, which is the first sheet, with a link to its cell. An .xlsx keeps its formats (charts and
    macros are lost), and marks of an earlier run are taken away. An .xls, a .csv and an .xlsx of over
    a million cells come back as the same values without their formats. Raises UsageError when a file
    cannot be read or written, and InputError when `source` is no table file.
    """
    file = open_grids(Path(source))
    # Where several files were read together, each address begins with its file's name.
    own = f"{file.path.name}:"
    problems = [replace(told, where=told.where.removeprefix(own)) for told in problems]
    marks = _by_sheet(problems, lang)
    book = _styled(file)
    if book is None:
        _write_plain(file, problems, marks, Path(target), lang)
    else:
        _write_styled(book, problems, marks, Path(target), lang)


def _by_sheet(problems: Sequence[Problem], lang: Lang) -> dict[str, _Marks]:
    """For each sheet, for each bad cell (row from 1, column from 0), all that is said of it."""
    marks: dict[str, _Marks] = {}
    for problem in problems:
        cell = parse_cell(problem.where)
        if cell:
            sheet = marks.setdefault(cell.sheet, {})
            said = sheet.get((cell.row, cell.column))
            text = problem.text.to(lang)
            sheet[cell.row, cell.column] = f"{said}\n{text}" if said else text
    return marks


def _styled(file: GridFile) -> openpyxl.Workbook | None:
    """The workbook with its formats, when openpyxl can be asked for it; None otherwise."""
    if file.kind is not Kind.XLSX:
        return None
    try:
        with zipfile.ZipFile(file.path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_STYLED_BYTES:
                return None
        with warnings.catch_warnings():
            # It warns of every extension that it will not keep; the docstring says so once.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file.path)
    except OSError as error:
        raise reading_error(file.path, error) from error
    except _UNREADABLE:
        return None


def _write_styled(
    book: openpyxl.Workbook,
    problems: Sequence[Problem],
    marks: dict[str, _Marks],
    target: Path,
    lang: Lang,
) -> None:
    for sheet in book.worksheets:
        _clear_marks(sheet)
        _mark_sheet(sheet, marks.get(sheet.title, {}))
    for title in (_LIST.zh, _LIST.en):
        if title in book.sheetnames and book[title]["A1"].value in (_NUMBER.zh, _NUMBER.en):
            del book[title]
    taken = {name.casefold() for name in book.sheetnames}
    listed = book.create_sheet(sheet_name(_LIST.to(lang), taken), 0)
    _list_styled(listed, problems, set(book.sheetnames), lang)
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is listed
    book.active = 0
    # Through memory: on a full disk an archive left open complains once more when it is collected.
    with replacing(target) as temporary:
        whole = io.BytesIO()
        book.save(whole)
        temporary.write_bytes(whole.getvalue())


def _clear_marks(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _mark_sheet(sheet: Worksheet, marks: _Marks) -> None:
    fill = PatternFill("solid", fgColor=_FILL)
    for number, ((row, column), text) in enumerate(marks.items()):
        cell = sheet.cell(row, column + 1)
        cell.fill = fill
        # The covered cells of a merged range can hold no comment.
        if number < MAX_COMMENTS and not isinstance(cell, MergedCell):
            own = f"{cell.comment.text}\n{text}" if cell.comment else text
            cell.comment = Comment(own, AUTHOR, height=120, width=320)


def _list_styled(
    sheet: Worksheet, problems: Sequence[Problem], sheets: set[str], lang: Lang
) -> None:
    for at, (header, width) in enumerate(_HEADERS):
        cell = sheet.cell(1, at + 1, header.to(lang))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=HEADER_FILL[1:])
        sheet.column_dimensions[cell.column_letter].width = width
    link, wrap = Font(color="0563C1", underline="single"), Alignment(wrap_text=True, vertical="top")
    for number, problem in enumerate(problems[: MAX_ROWS - 1], start=1):
        for at, value in enumerate(_listed(number, problem, lang)):
            cell = sheet.cell(number + 1, at + 1)
            if isinstance(value, str):
                # openpyxl takes a text that begins with "=" for a formula unless told.
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
            else:
                cell.value = value
        sheet.cell(number + 1, len(_HEADERS)).alignment = wrap
        place = parse_cell(problem.where)
        if place and place.sheet in sheets and number <= MAX_LINKS:
            sheet.cell(number + 1, 2).hyperlink = f"#{_quoted(place)}"
            sheet.cell(number + 1, 2).font = link
    sheet.freeze_panes = "A2"


def _write_plain(
    file: GridFile,
    problems: Sequence[Problem],
    marks: dict[str, _Marks],
    target: Path,
    lang: Lang,
) -> None:
    with new_workbook(target) as book:
        taken: set[str] = set()
        listed = book.add_worksheet(sheet_name(_LIST.to(lang), taken))
        titles = {name: sheet_name(name, taken) for name in file.sheet_names}
        _list_plain(book, listed, problems, titles, lang)
        styles = _PlainStyles(book)
        for name, title in titles.items():
            sheet = book.add_worksheet(title)
            _copy_marked(sheet, file.grid(name), marks.get(name, {}), styles)
            if name in file.hidden:
                sheet.hide()


class _PlainStyles:
    """Formats for a copied sheet: each kind of value, as it was and marked."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        kinds = {
            "text": "@",
            "number": "General",
            "date": "yyyy-mm-dd",
            "moment": "yyyy-mm-dd hh:mm:ss",
        }
        self.plain: dict[str, Format] = {
            kind: book.add_format({"num_format": form}) for kind, form in kinds.items()
        }
        self.marked: dict[str, Format] = {
            kind: book.add_format({"num_format": form, "bg_color": f"#{_FILL}"})
            for kind, form in kinds.items()
        }


def _copy_marked(sheet: Sheet, grid: Grid, marks: _Marks, styles: _PlainStyles) -> None:
    """Copy the cells row by row, with marks; a mark beyond the block is a blank coloured cell."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in marks.items():
        by_row.setdefault(row - 1, {})[column] = text
    rows = iter(grid.rows)
    comments = 0
    for at in range(max(grid.height, max(by_row, default=-1) + 1)):
        values = next(rows, ())
        bad = by_row.get(at, {})
        for column, value in enumerate(values, start=grid.left):
            if value != "" and column not in bad:
                _copy(sheet, at, column, value, styles.plain)
        for column, text in bad.items():
            inside = 0 <= column - grid.left < len(values)
            _copy(sheet, at, column, values[column - grid.left] if inside else "", styles.marked)
            comments += 1
            if comments <= MAX_COMMENTS:
                sheet.write_comment(at, column, short(text), _COMMENT)


def _copy(sheet: Sheet, row: int, column: int, value: Value, styles: dict[str, Format]) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, short(value), styles["text"])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, styles["text"])
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, styles["number"])
    elif isinstance(value, date) and value.year >= 1900:
        kind = "moment" if isinstance(value, datetime) else "date"
        sheet.write_datetime(row, column, value, styles[kind])
    else:
        sheet.write_string(row, column, as_text(value), styles["text"])


def _list_plain(
    book: xlsxwriter.Workbook,
    sheet: Sheet,
    problems: Sequence[Problem],
    titles: dict[str, str],
    lang: Lang,
) -> None:
    header = book.add_format(HEADER_STYLE)
    text = book.add_format({"text_wrap": True, "valign": "top"})
    link = book.add_format({"color": "#0563C1", "underline": 1, "valign": "top"})
    for at, (name, width) in enumerate(_HEADERS):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name.to(lang), header)
    for number, problem in enumerate(problems[: MAX_ROWS - 1], start=1):
        place = parse_cell(problem.where)
        values = _listed(number, problem, lang)
        sheet.write_number(number, 0, number, text)
        for at, value in enumerate(values[1:], start=1):
            if at == 1 and place and place.sheet in titles and number <= MAX_LINKS:
                goal = _quoted(Cell(titles[place.sheet], place.column, place.row))
                sheet.write_url(number, at, f"internal:{goal}", link, string=value)
            else:
                sheet.write_string(number, at, value, text)
    sheet.freeze_panes(1, 0)


def _listed(number: int, problem: Problem, lang: Lang) -> tuple[int, str, str, str, str]:
    said = short(problem.text.to(lang))
    return (number, problem.where, short(problem.value), problem.rule, said)


def _quoted(cell: Cell) -> str:
    """A cell as links name it: '户信息'!C17."""
    sheet = cell.sheet.replace("'", "''")
    return f"'{sheet}'!{letters(cell.column)}{cell.row}"
