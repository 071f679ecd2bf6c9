"""Reads files into typed rows by the sheets of `core.sheets`, with every problem by its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from bangfu.core.errors import Problem
from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.core.money import FEN_PER_WAN
from bangfu.core.sheets.assemble import DTYPES, ROW, SheetRows
from bangfu.core.sheets.model import Column, Sheet
from bangfu.files import cells, dates, numbers
from bangfu.files.addresses import Cell
from bangfu.files.headers import Header, Layout
from bangfu.files.reading import Reading
from bangfu.files.tables import ROW as FILE_ROW
from bangfu.files.tables import Sheet as FileSheet
from bangfu.files.tables import read_tables

_REQUIRED = Text("不能空着。", "Must not be empty.")


@dataclass(slots=True)
class Reader:
    """What was read so far: rows by sheet, problems that refuse the import, notes that do not."""

    rows: list[SheetRows] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)


def read_typed(paths: Sequence[Path], sheets: Sequence[Sheet]) -> Reader:
    """Every sheet of every file that fits one of `sheets`, typed.

    Raises UsageError or InputError when a file cannot be read at all; problems of single cells are
    gathered instead, all of them.
    """
    reader = Reader()
    layouts = [_layout(sheet) for sheet in sheets]
    known = {sheet.id: sheet for sheet in sheets}
    for path in paths:
        tables = read_tables(path, layouts)
        reader.notes.extend(tables.notes)
        for table in tables.sheets:
            reader.problems.extend(_in_file(table.problems, path, len(paths)))
            reader.notes.extend(_note(note, path) for note in table.notes)
            _read(table, known[table.layout.key], path, len(paths), reader)
    return reader


def _note(note: Problem, path: Path) -> Text:
    return Text(
        f"{path.name}:{note.where} {note.text.zh}", f"{path.name}:{note.where} {note.text.en}"
    )


def _layout(sheet: Sheet) -> Layout:
    return Layout(
        sheet.id,
        tuple(Header(c.header, c.aliases, c.required) for c in sheet.columns),
    )


def _read(table: FileSheet, sheet: Sheet, path: Path, files: int, reader: Reader) -> None:
    frame = table.data.select(pl.col(FILE_ROW).cast(pl.Int64).alias(ROW))
    headers = {column.field: column.header for column in sheet.columns}
    for column in sheet.columns:
        if column.header not in table.data.columns:
            continue
        texts = table.data[column.header]
        reading = read_cells(texts, column)
        reader.problems.extend(
            _in_file(table.problems_of(column.header, reading.faults), path, files)
        )
        if column.required:
            reader.problems.extend(_in_file(_empty_cells(table, column, texts), path, files))
        frame = frame.with_columns(reading.values.cast(DTYPES[column.kind]).alias(column.field))
    prefix = f"{path.name}:" if files > 1 else ""

    def where(row: int, field_name: str) -> str:
        # A value that no column of this sheet holds is told by its row.
        at = table.columns.get(headers.get(field_name, ""), 0)
        return f"{prefix}{Cell(table.name, at, row)}"

    reader.files[prefix] = path
    # A sheet without a column that must be there is a problem already; its rows mean nothing.
    if all(column.field in frame.columns for column in sheet.columns if column.required):
        reader.rows.append(SheetRows(sheet, frame, where))


def read_cells(texts: pl.Series, column: Column) -> Reading:
    """One column of texts as its kind."""
    kind = column.kind
    if kind in (Kind.GUARDED, Kind.TOKEN):
        return cells.read_identifier(texts)
    if column.field in ("household_no", "person_no", "place_code"):
        return cells.read_identifier(texts, zeros_are_damage=False)
    if kind is Kind.FEN:
        unit: Literal["wan", "yuan"] = "wan" if column.unit_fen == FEN_PER_WAN else "yuan"
        # Checks judge what a household's facts say; a fund, a cost or a payment is never negative.
        return numbers.read_money(texts, unit, least_fen=None if column.table else 0)
    if kind is Kind.VALUES:
        if column.open_list or not column.values:
            return cells.read_values(texts, column.spellings)
        return cells.read_codes(texts, column.values, column.spellings)
    if kind is Kind.CODE and column.open_list:
        return cells.read_text(texts)
    if kind is Kind.CODE:
        return cells.read_code(texts, column.values, column.spellings)
    return _READERS[kind](texts)


_READERS = {
    Kind.TEXT: cells.read_text,
    Kind.YES_NO: cells.read_flag,
    Kind.INT: numbers.read_whole,
    Kind.DECIMAL: numbers.read_decimal,
    Kind.SHARE: numbers.read_share,
    Kind.DATE: dates.read_date,
    Kind.MONTH: dates.read_month,
}


def _empty_cells(table: FileSheet, column: Column, texts: pl.Series) -> list[Problem]:
    empty = texts.is_null().arg_true()
    return [
        Problem(
            table.address(column.header, at),
            Text(f"{column.header}：{_REQUIRED.zh}", f"{column.header}: {_REQUIRED.en}"),
            rule="required",
        )
        for at in empty
    ]


def _in_file(problems: Sequence[Problem], path: Path, files: int) -> list[Problem]:
    """Problems with the file's name before the address, where more than one file was read."""
    if files == 1:
        return list(problems)
    return [Problem(f"{path.name}:{p.where}", p.text, p.value, p.rule) for p in problems]
