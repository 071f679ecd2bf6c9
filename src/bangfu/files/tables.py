"""Reads sheets into tables of text, each record with the row number it has in the file.

Every value is text in one written form, whatever the file held it as: whole numbers without ".0",
other numbers with the 15 digits that Excel keeps, dates as 2026-10-31, truth values as TRUE and
FALSE. Blanks around a text are cut and an empty cell is null. `files.cells`, `files.numbers` and
`files.dates` turn columns into typed values.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path

import polars as pl

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.files.addresses import Cell, letters
from bangfu.files.grids import Grid, GridFile, Value, open_grids
from bangfu.files.headers import HEADER_WITHIN, Layout, Match, find_header, nearest
from bangfu.files.masking import mask_personal
from bangfu.files.reading import Fault

ROW = "#row"
# Every blank, also the ideographic, the no-break and the zero-width ones.
_BLANKS = " \t\r\n\v\f\u00a0\u202f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))
_CHUNK_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet that was recognised.

    `data` has a text column per header and the row number in `ROW` ("#row"). `problems` are errors
    of the sheet itself (a missing or doubled column, uncalculated formulas); `notes` tell what was
    left unread (columns nobody knows) and stop nothing.
    """

    file: Path
    name: str
    layout: Layout
    data: pl.DataFrame
    columns: dict[str, int]
    header_row: int
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    def address(self, header: str, position: int) -> str:
        """The address of a header's cell in the record at `position` of `data`: "户信息!C17"."""
        return str(Cell(self.name, self.columns[header], int(self.data[ROW][position])))

    def problems_of(
        self, header: str, faults: Iterable[Fault], mask: Callable[[str], str] = mask_personal
    ) -> list[Problem]:
        """One problem a cell, in the order of rows, from the faults a reader found in a column.

        Values are masked by `mask`: by default any run of digits that may be an ID, bank or phone
        number.
        """
        rows = self.data[ROW]
        column = self.columns[header]
        told = [
            (int(rows[at]), Problem("", _named(header, fault.text), mask(fault.value), fault.rule))
            for fault in faults
            for at in fault.positions
        ]
        told.sort(key=lambda pair: pair[0])
        return [
            Problem(str(Cell(self.name, column, row)), problem.text, problem.value, problem.rule)
            for row, problem in told
        ]


@dataclass(frozen=True, slots=True)
class Tables:
    """What a file held: the sheets recognised, and notes on what was not read."""

    sheets: tuple[Sheet, ...]
    notes: tuple[Text, ...]


def read_tables(path: str | Path, layouts: Sequence[Layout]) -> Tables:
    """Read every sheet of a file that fits one of the layouts.

    A sheet that fits none is named in the notes. Raises UsageError when there is no such file, and
    InputError when it is no table file, or when no sheet in it fits: then with the header that came
    nearest and what it lacks.
    """
    file = open_grids(path)
    sheets: list[Sheet] = []
    notes = list(file.notes)
    empty = 0
    for name in file.sheet_names:
        grid = file.grid(name)
        if not grid.height or not grid.width:
            empty += 1
            continue
        sheet = _read_sheet(file, grid, layouts)
        if sheet:
            sheets.append(sheet)
        elif name not in file.hidden:
            notes.append(_unrecognised(file.path, name))
    if not sheets:
        raise _nothing_found(file, layouts, all_empty=empty == len(file.sheet_names))
    return Tables(tuple(sheets), tuple(notes))


def read_table(path: str | Path, layout: Layout) -> Sheet:
    """Read the one sheet of a file that fits `layout`. Raises InputError when several do."""
    tables = read_tables(path, [layout])
    if len(tables.sheets) > 1:
        names = "、".join(sheet.name for sheet in tables.sheets)
        raise InputError(
            Text(
                f"{Path(path).name} 中有多张工作表都符合要求：{names}。请只留一张。",
                f"Several sheets of {Path(path).name} fit: {names}. Leave only one.",
            )
        )
    return tables.sheets[0]


def _read_sheet(file: GridFile, grid: Grid, layouts: Sequence[Layout]) -> Sheet | None:
    rows = iter(grid.rows)
    head = list(islice(rows, HEADER_WITHIN))
    merges = [
        ((top, left - grid.left), (bottom, right - grid.left))
        for (top, left), (bottom, right) in grid.merges
    ]
    match = find_header(head, merges, layouts)
    if match is None:
        return None
    names, doubled = _column_names(match, grid)
    first_row = match.last + 2
    data = _table(chain(head[match.last + 1 :], rows), names, first_row)
    columns = {name: grid.left + at for at, name in enumerate(names) if name in data.columns}
    where = _header_cells(grid, match)
    own = f"{grid.name}!"
    return Sheet(
        file=file.path,
        name=grid.name,
        layout=match.layout,
        data=data,
        columns=columns,
        header_row=match.last + 1,
        problems=(
            *_missing(match, f"{grid.name}!{match.last + 1}:{match.last + 1}"),
            *(_doubled(name, where(at)) for name, at in doubled),
            *(problem for problem in file.problems if problem.where.startswith(own)),
        ),
        notes=tuple(
            _unknown(text, match.layout, where(at))
            for at, text in enumerate(match.texts)
            if text and text not in match.known
        ),
    )


def _column_names(match: Match, grid: Grid) -> tuple[list[str], list[tuple[str, int]]]:
    """A distinct name for every column of the block, and the known headers that came twice."""
    names: list[str] = []
    doubled: list[tuple[str, int]] = []
    for at in range(grid.width):
        text = match.texts[at] if at < len(match.texts) else ""
        name = text or f"#{letters(grid.left + at)}"
        if name in names:
            if name in match.known:
                doubled.append((name, at))
            name = f"{name}#{letters(grid.left + at)}"
        names.append(name)
    return names, doubled


def _table(rows: Iterator[Sequence[Value]], names: list[str], first_row: int) -> pl.DataFrame:
    """The records as text, without blank rows and without columns that have no header and no data."""
    frames = [_frame([], names, first_row)]
    with _collector_paused():
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            frames.append(_frame(chunk, names, first_row))
            first_row += len(chunk)
    data = pl.concat(frames)
    bare = [name for name in names if name.startswith("#") and data[name].is_null().all()]
    return data.drop(bare)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection inside: rows hold no cycles, and walking them costs as much as the rest."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _frame(chunk: list[Sequence[Value]], names: list[str], first_row: int) -> pl.DataFrame:
    width = len(names)
    if any(len(row) != width for row in chunk):
        chunk = [(*row[:width], *[""] * (width - len(row))) for row in chunk]
    cells = zip(*chunk, strict=True) if chunk else ((),) * width
    frame = pl.DataFrame(
        [_text_column(name, column) for name, column in zip(names, cells, strict=True)]
    )
    frame = frame.with_columns(pl.all().str.strip_chars(_BLANKS))
    frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    rows = pl.Series(ROW, range(first_row, first_row + len(chunk)), dtype=pl.UInt32)
    filled = pl.any_horizontal(pl.col(names).is_not_null())
    return frame.with_columns(rows).filter(filled)


def _text_column(name: str, cells: Sequence[Value]) -> pl.Series:
    if set(map(type, cells)) <= {str}:
        return pl.Series(name, cells, dtype=pl.String)
    return pl.Series(name, [as_text(cell) for cell in cells], dtype=pl.String)


def as_text(value: Value) -> str:
    """The one written form of a cell's value."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        # Excel keeps 15 digits; a 16th would show how 0.1 + 0.2 is stored.
        whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _header_cells(grid: Grid, match: Match) -> Callable[[int], str]:
    """The address of the header over a column of the block."""
    return lambda at: str(Cell(grid.name, grid.left + at, match.last + 1))


def _named(header: str, text: Text) -> Text:
    return Text(f"{header}：{text.zh}", f"{header}: {text.en}")


def _missing(match: Match, where: str) -> list[Problem]:
    return [
        Problem(
            where=where,
            rule="header",
            value=header.name,
            text=Text(
                f"缺少必需的列“{header.name}”。请补上这一列，列名写在表头行。",
                f"The required column {header.name} is missing. Add it to the header row.",
            ),
        )
        for header in match.layout.headers
        if header.required and header.name not in match.known
    ]


def _doubled(name: str, where: str) -> Problem:
    return Problem(
        where=where,
        rule="header",
        value=name,
        text=Text(
            f"列“{name}”出现了两次，无法判断用哪一列。请删除或改名其中一列。",
            f"The column {name} is there twice. Delete or rename one of them.",
        ),
    )


def _unknown(text: str, layout: Layout, where: str) -> Problem:
    like = nearest(text, layout)
    zh = f"是否应为“{like}”？" if like else ""
    en = f" Should it be {like}?" if like else ""
    return Problem(
        where=where,
        rule="header",
        value=text,
        text=Text(f"不认识的列“{text}”，未读取。{zh}", f"Unknown column {text}, not read.{en}"),
    )


def _unrecognised(path: Path, sheet: str) -> Text:
    return Text(
        f"{path.name} 的工作表“{sheet}”没有可识别的表头，未读取。",
        f"The sheet {sheet} of {path.name} has no header that is known and was not read.",
    )


def _nothing_found(file: GridFile, layouts: Sequence[Layout], all_empty: bool) -> InputError:
    name = file.path.name
    if all_empty:
        return InputError(
            Text(
                f"{name} 中没有任何数据。请确认选对了文件，并已保存内容。",
                f"{name} holds no data. Check that it is the right file and that it was saved.",
            )
        )
    wanted = [header.name for layout in layouts for header in layout.headers if header.required]
    listed = "、".join(dict.fromkeys(wanted or [h.name for lay in layouts for h in lay.headers]))
    return InputError(
        Text(
            f"{name} 的前 {HEADER_WITHIN} 行中没有找到表头。应有的列：{listed}。"
            "请与空表对照：在网站“导入”页下载，或用命令 bangfu template 生成。",
            f"No header was found in the first {HEADER_WITHIN} rows of {name}. Columns expected: "
            f"{listed}. Compare with an empty workbook: the site's Import page has them to download, "
            "and bangfu template makes them.",
        ),
        file.problems,
    )
