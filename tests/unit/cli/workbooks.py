"""Tiny workbooks as a county has them: a dozen rows, in the product's own columns.

Persons are invented. Used by the tests of commands, with and without a database.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlwt

from bangfu.core.sheets.catalogue import BY_ID

COUNTY, TOWNSHIP = "420527000000", "420527101000"
VILLAGE, OTHER = "420527101200", "420527101201"
PLACES = (
    (COUNTY, "秭归县"),
    (TOWNSHIP, "茅坪镇"),
    (VILLAGE, "陈家坝村村民委员会"),
    (OTHER, "花果园村村民委员会"),
)

Row = Mapping[str, Any]
Grid = list[list[Any]]


def person(household: int, member: int = 1, **more: Any) -> dict[str, Any]:
    """A row of the national sheet; the birth date in the number is that of the column."""
    number = f"4205271980{1 + household // 99 % 12:02d}{10 + member % 10}{1 + household % 99:02d}1"
    return {
        "township_name": "茅坪镇",
        "village_name": ("陈家坝村", "花果园村")[household % 2],
        "household_no": f"42052710{household:04d}",
        "person_no": f"42052710{household:04d}{member:02d}",
        "name": f"示例{household}{member}",
        "sex": "男",
        "certificate": _checked(number),
        "relation": "户主" if member == 1 else "配偶",
        **more,
    }


def people(households: int = 6, members: int = 2) -> list[dict[str, Any]]:
    """`households` households of `members` people each."""
    return [person(h, m) for h in range(households) for m in range(1, members + 1)]


def income(household: int, **more: Any) -> dict[str, Any]:
    """A row of the income sheet."""
    row = person(household)
    kept = {key: row[key] for key in ("township_name", "village_name", "household_no")}
    return {**kept, "year": 2026, "a1": 21000, **more}


def fund(number: str, **more: Any) -> dict[str, Any]:
    """A row of the fund sheet."""
    return {
        "line_id": number,
        "name": f"资金{number}",
        "fund_class": "财政扶贫资金",
        "department": "财政局",
        "document": "鄂财〔2026〕1号",
        "announced_on": "2026-01-15",
        "amount": 500_000,
        "received": 200_000,
        "poolable": "是",
        **more,
    }


def project(number: str, **more: Any) -> dict[str, Any]:
    """A row of the project bank."""
    return {
        "project_id": number,
        "name": f"项目{number}",
        "purpose": "道路",
        "place_code": VILLAGE,
        "department": "交通局",
        "cost": 100_000,
        "target": "受益50户",
        "priority": 10,
        "prerequisites": None,
        **more,
    }


def grid(sheet_id: str, rows: Sequence[Row]) -> Grid:
    """A header row and the rows under it, in the columns that any of them fills."""
    fields = list(dict.fromkeys(field for row in rows for field in row))
    sheet = BY_ID[sheet_id]
    heads = [sheet.column(field).header for field in fields]
    return [heads, *([row.get(field) for field in fields] for row in rows)]


def write_xlsx(path: Path, **sheets: Sequence[Row]) -> Path:
    """A workbook with a tab a sheet, each under its usual name."""
    return write_grids(path, {BY_ID[key].name: grid(key, rows) for key, rows in sheets.items()})


def write_grids(path: Path, grids: Mapping[str, Grid]) -> Path:
    """A workbook with these cells."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in grids.items():
        tab = book.create_sheet(name)
        for row in rows:
            tab.append(row)
    book.save(path)
    return path


def write_xls(path: Path, sheet_id: str, rows: Sequence[Row]) -> Path:
    """The same as an old .xls."""
    book = xlwt.Workbook()
    tab = book.add_sheet(BY_ID[sheet_id].name)
    for at, cells in enumerate(grid(sheet_id, rows)):
        for column, value in enumerate(cells):
            tab.write(at, column, value)
    book.save(str(path))
    return path


def write_csv(path: Path, sheet_id: str, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    """The same as delimited text."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(grid(sheet_id, rows))
    return path


def write_places(path: Path, places: Sequence[tuple[str, str]] = PLACES) -> Path:
    """The list of places as CSV."""
    lines = ["code,name", *(f"{code},{name}" for code, name in places)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _checked(first_17: str) -> str:
    """An identity number with its check character (GB 11643)."""
    total = sum(int(d) * pow(2, 17 - at, 11) for at, d in enumerate(first_17))
    return first_17 + "10X98765432"[total % 11]
