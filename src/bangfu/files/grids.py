"""Opens a table file as grids of cells: one a sheet, rows in order, values as Python has them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.files.delimited import read_rows
from bangfu.files.kinds import Kind, broken, encrypted, kind_of
from bangfu.files.packages import inspect_package
from bangfu.files.paths import reading_error
from bangfu.files.probe import is_safe

Value = int | float | str | bool | date | datetime | time | timedelta
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, from its first row and its first used column (`left`, counted from 0).

    `merges` are ((top, left), (bottom, right)) in sheet positions. `rows` can be walked once.
    """

    name: str
    left: int
    height: int
    width: int
    merges: tuple[Merge, ...]
    rows: Iterator[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class GridFile:
    """An open table file. `problems` were seen in the package; `notes` are no errors."""

    path: Path
    kind: Kind
    sheet_names: tuple[str, ...]
    hidden: frozenset[str]
    problems: tuple[Problem, ...]
    notes: tuple[Text, ...]
    _workbook: CalamineWorkbook | None

    def grid(self, name: str) -> Grid:
        """The cells of one sheet. Raises InputError when the sheet cannot be read."""
        if self._workbook is None:
            return _csv_grid(self.path, name)
        with _readable(self.path):
            return _sheet_grid(self._workbook.get_sheet_by_name(name))


def open_grids(path: str | Path) -> GridFile:
    """Open an .xlsx, .xlsm, .xls or delimited text file, whatever its name says.

    Raises UsageError when there is nothing to open and InputError when it is no readable table.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind is Kind.CSV:
        return GridFile(path, kind, (path.stem,), frozenset(), (), (), None)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Text, ...] = ()
    if kind is Kind.XLSX:
        report = inspect_package(path)
        problems = tuple(report.problems)
        notes = (_macro_note(path),) if report.macros else ()
    elif not is_safe(path):
        raise broken(path)
    with _readable(path):
        # From bytes, since by path the reader believes the name: .xls is often an .xlsx inside.
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    hidden = frozenset(s.name for s in sheets if s.visible != SheetVisibleEnum.Visible)
    names = tuple(sheet.name for sheet in sheets)
    if not names:
        raise broken(path)
    return GridFile(path, kind, names, hidden, problems, notes, workbook)


def _csv_grid(path: Path, name: str) -> Grid:
    rows = read_rows(path)
    width = max(map(len, rows), default=0)
    return Grid(name, 0, len(rows), width, (), iter(rows))


def _sheet_grid(sheet: CalamineSheet) -> Grid:
    left = sheet.start[1] if sheet.start else 0
    height = sheet.end[0] + 1 if sheet.end else 0
    merges = tuple(sheet.merged_cell_ranges or ())
    # The reader leaves out unused columns on the left; rows it walks from the first of the sheet.
    return Grid(sheet.name, left, height, sheet.width, merges, sheet.iter_rows())


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turns the reader's refusals into sentences."""
    try:
        yield
    except OSError as error:
        raise reading_error(path, error) from error
    except PasswordError as error:
        raise encrypted(path) from error
    except CalamineError as error:
        raise broken(path) from error
    except BaseException as error:
        # A damaged file can trip an assertion in the Rust reader. It arrives as PanicException,
        # which stands outside Exception and can be imported from nowhere.
        if type(error).__name__ == "PanicException":
            raise broken(path) from error
        raise


def _macro_note(path: Path) -> Text:
    return Text(
        f"{path.name} 含有宏。只读取单元格的值，宏不会运行。",
        f"{path.name} contains macros. Only values are read; macros are never run.",
    )
