"""A county's workbooks as tables of facts: read, located, assembled, with every problem named.

This is what `bangfu check` does without a database, and what the importers of the books begin with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.places import Level, Place, is_code
from bangfu.core.sheets.assemble import DTYPES, ROW, Assembled, SheetRows, assemble
from bangfu.core.sheets.catalogue import HOUSEHOLD_SHEETS, SHEETS
from bangfu.core.sheets.locate import Gazetteer, Names, locate
from bangfu.core.sheets.model import Sheet
from bangfu.core.sheets.numbers import Tokeniser, tokens
from bangfu.core.sheets.rosters import ROSTERS
from bangfu.files.delimited import read_records
from bangfu.files.typed import Reader, read_typed

# Where no list of places is at hand, villages are told apart by name under this made-up county.
_NOWHERE = "999999"
_HOUSEHOLD_IDS = {sheet.id for sheet in HOUSEHOLD_SHEETS}
_ROSTER_IDS = {sheet.id for sheet in ROSTERS}


@dataclass(slots=True)
class Intake:
    """What the workbooks hold. `households` are the sheets that `assembled` was made of, `other` those
    of money by id, `rosters` those of departments.

    `problems` refuse an import; `notes` tell what was left aside.
    """

    assembled: Assembled
    gazetteer: Gazetteer
    households: list[SheetRows] = field(default_factory=list)
    rosters: dict[str, pl.DataFrame] = field(default_factory=dict)
    other: dict[str, SheetRows] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def take_in(
    paths: Sequence[Path],
    *,
    places: Iterable[Place],
    token: Tokeniser,
    confirmed: Mapping[Names, str] | None = None,
    sheets: tuple[Sheet, ...] = SHEETS,
) -> Intake:
    """Read workbooks into facts.

    `token` gives the keyed token of an ID or phone number. `confirmed` holds place names whose
    meaning the user has confirmed. Raises UsageError or InputError when a file cannot be read at all.
    """
    reader = read_typed(paths, sheets)
    gazetteer = Gazetteer(places, confirmed)
    if not gazetteer.places:
        gazetteer = _by_names(reader)
        reader.notes.append(
            Text(
                "没有提供区划代码表：各村按名称区分，地方政策按全国默认值。可用 --places 提供。",
                "No list of places given: villages are told apart by name and national defaults apply. Give one with --places.",
            )
        )
    located = []
    for rows in reader.rows:
        if rows.sheet.id in _HOUSEHOLD_IDS:
            frame, problems = locate(rows.frame, gazetteer, rows.where)
            reader.problems.extend(problems)
            located.append(SheetRows(rows.sheet, frame, rows.where))
    assembled = assemble(located, token)
    intake = Intake(assembled, gazetteer, located)
    intake.problems = [*reader.problems, *assembled.problems]
    intake.notes = [*(Problem("", text) for text in reader.notes), *assembled.notes]
    for rows in reader.rows:
        if rows.sheet.id in _ROSTER_IDS:
            roster = _roster(_with_every_column(rows), token)
            former = intake.rosters.get(rows.sheet.id)
            intake.rosters[rows.sheet.id] = roster if former is None else former.vstack(roster)
        elif rows.sheet.id not in _HOUSEHOLD_IDS:
            whole = _with_every_column(rows)
            before = intake.other.get(rows.sheet.id)
            intake.other[rows.sheet.id] = whole if before is None else _below(before, whole)
    return intake


def read_places(path: Path) -> list[Place]:
    """Places from a CSV of code,name (china-division's files and the sample have both columns).

    Raises UsageError when the file cannot be read, InputError naming each bad row.
    """
    places, problems = [], []
    for row, record in read_records(path, ("code", "name")):
        code, name = record["code"], record["name"]
        # china-division shortens the codes of higher levels to their significant digits.
        full = code.ljust(12, "0")
        if not name or not is_code(full):
            problems.append(
                Problem(
                    f"{path.name}:{row}",
                    Text(
                        "区划代码应为数字且有名称（列 code、name）。",
                        "Needs columns code (digits) and name.",
                    ),
                    code,
                    "place-code",
                )
            )
        else:
            places.append(Place(full, name))
    if problems or not places:
        raise InputError(
            Text(f"{path.name} 不是区划代码表。", f"{path.name} is no list of places."), problems
        )
    return places


def read_confirmed(path: Path, places: Iterable[Place]) -> dict[Names, str]:
    """Spellings of place names that the user has confirmed, from a CSV of 乡,村,区划代码.

    Raises UsageError when the file cannot be read, InputError naming each row whose code is no village
    of `places`.
    """
    villages = {place.code for place in places if place.level is Level.VILLAGE}
    confirmed: dict[Names, str] = {}
    problems = []
    for row, record in read_records(path, ("乡", "村", "区划代码")):
        code = record["区划代码"]
        if code in villages and record["乡"] and record["村"]:
            confirmed[record["乡"], record["村"]] = code
        else:
            told = Text(
                "乡、村都要填，区划代码应是区划代码表中的一个村。",
                "Needs a township, a village, and the code of a village in the list of places.",
            )
            problems.append(Problem(f"{path.name}:{row}", told, code, "known-place"))
    if problems or not confirmed:
        raise InputError(
            Text(f"{path.name} 没有采用。", f"{path.name} was not taken over."), problems
        )
    return confirmed


def _by_names(reader: Reader) -> Gazetteer:
    """Made-up codes for the townships and villages that the sheets themselves name."""
    named: dict[Names, None] = {}
    for rows in reader.rows:
        if {"township_name", "village_name"} <= set(rows.frame.columns):
            pairs = (
                rows.frame.select("township_name", "village_name")
                .drop_nulls()
                .unique(maintain_order=True)
            )
            named.update(dict.fromkeys(pairs.iter_rows()))
    townships = {name: at for at, name in enumerate(dict.fromkeys(t for t, _ in named), start=1)}
    places = [Place(f"{_NOWHERE}{at:03d}000", name) for name, at in townships.items()]
    counted: dict[str, int] = {}
    for township, village in named:
        counted[township] = counted.get(township, 0) + 1
        code = f"{_NOWHERE}{townships[township]:03d}{counted[township]:03d}"
        places.append(Place(code, village))
    assert all(place.level in (Level.TOWNSHIP, Level.VILLAGE) for place in places)
    return Gazetteer(places)


def _with_every_column(rows: SheetRows) -> SheetRows:
    """The rows with a null column for each column that this sheet leaves out, in the sheet's order."""
    columns = [
        pl.col(column.field)
        if column.field in rows.frame.columns
        else pl.lit(None, DTYPES[column.kind]).alias(column.field)
        for column in rows.sheet.columns
    ]
    return SheetRows(rows.sheet, rows.frame.select(ROW, *columns), rows.where)


def _below(first: SheetRows, second: SheetRows) -> SheetRows:
    """Two sheets of one kind as one, the second's rows numbered on after the first's."""
    last = int(first.frame[ROW].max() or 0)  # type: ignore[arg-type]  # row numbers are integers

    def where(row: int, field_name: str) -> str:
        if row <= last:
            return first.where(row, field_name)
        return second.where(row - last, field_name)

    moved = second.frame.with_columns(pl.col(ROW) + last)
    return SheetRows(first.sheet, first.frame.vstack(moved), where)


def _roster(rows: SheetRows, token: Tokeniser) -> pl.DataFrame:
    """A department's roster with keyed tokens instead of certificate numbers."""
    return rows.frame.with_columns(
        tokens(rows.frame["certificate"], token).alias("certificate_token")
    ).drop("certificate")
