"""Cell addresses as a person finds them: 户信息!C17."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a workbook: `column` from 0, `row` from 1 as the row head shows it."""

    sheet: str
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.sheet}!{letters(self.column)}{self.row}"


def letters(column: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_of(name: str) -> int:
    """The column, counted from 0, of its capital letters."""
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def parse_cell(where: str) -> Cell | None:
    """The cell that "户信息!C17" names; None when the text names no cell."""
    sheet, mark, place = where.rpartition("!")
    found = _CELL.fullmatch(place)
    if not mark or found is None:
        return None
    return Cell(sheet, column_of(found[1]), int(found[2]))
