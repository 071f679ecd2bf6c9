"""What was read, into the books: every importer is asked, and all they refuse is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import polars as pl

from bangfu.books.funds.importers import import_funds
from bangfu.books.households.actions import import_households
from bangfu.books.households.batch import Batch
from bangfu.books.projects.actions import import_key_villages, import_projects
from bangfu.books.screening import actions as screening
from bangfu.books.walls.bulk import Change
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.sheets.assemble import ROW, SheetRows
from bangfu.core.sheets.catalogue import BY_ID
from bangfu.core.sheets.money import of_year
from bangfu.files.intake import Intake
from bangfu.files.policy_folder import load_policy

_Done = TypeVar("_Done")
_NAMES = {
    "household": Text("户", "households"),
    "person": Text("人", "people"),
    "job": Text("外出务工", "spells of work"),
    "plan": Text("务工计划", "plans to work"),
    "village": Text("行政村", "villages"),
    "income": Text("收入项", "income items"),
    "funds": Text("资金", "fund lines"),
    "projects": Text("项目", "projects"),
    "key_villages": Text("重点村", "key villages"),
    "places": Text("区划", "places"),
}
# The rules whose column goes by another name; all others are named after their column.
_COLUMNS = {"place": "place_code", "units": "unit_cost", "recipe": "cost"}


def table_name(table: str) -> Text:
    """What a table of the books is called; a department's roster goes by the title of its sheet."""
    return _NAMES.get(table) or BY_ID[table].title


class _Refusals:
    """The problems of importers that were asked one after the other."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def asking(
        self, importer: Callable[[], _Done], at: Callable[[Problem], Problem] = lambda p: p
    ) -> _Done | None:
        """What the importer did, or None when it refused. `at` gives its problems their cells."""
        try:
            return importer()
        except InputError as error:
            self.problems += map(at, error.problems or (Problem("", error.text),))
            return None


def bring_in(
    intake: Intake, *, by: str, county: str, year: int, source: str, dry_run: bool = False
) -> dict[str, Change]:
    """Everything that was read, into the books, inside the transaction that is open.

    Raises InputError with the problems of every importer; the transaction must then be given up, since
    those that found nothing wrong have written.
    """
    changes: dict[str, Change] = {}
    refused = _Refusals()
    frames = {t: frame for t, frame in intake.assembled.tables.items() if frame.height}
    if frames:
        batch = Batch(place_code=county, year=year, frames=frames, source=source)
        diff = refused.asking(
            lambda: import_households(by=by, batch=batch, dry_run=dry_run),
            lambda problem: located_in_households(problem, intake.households),
        )
        changes |= {str(table): change for table, change in diff.changes.items()} if diff else {}
    if intake.rosters:
        rosters = refused.asking(
            lambda: screening.import_rosters(
                by=by, place_code=county, rosters=intake.rosters, source=source, dry_run=dry_run
            )
        )
        changes |= rosters or {}
    if "funds" in intake.other:
        sheet = intake.other["funds"]
        shares = _share_purposes(county, year)
        lines = refused.asking(
            lambda: (
                import_funds(
                    by=by,
                    place_code=county,
                    year=year,
                    frame=sheet.frame,
                    share_purposes=shares,
                    day=date(year, 1, 1),
                    source=source,
                    dry_run=dry_run,
                ).lines
            ),
            lambda problem: located(problem, sheet),
        )
        changes |= {"funds": lines} if lines else {}
    if "projects" in intake.other:
        bank = intake.other["projects"]
        projects = refused.asking(
            lambda: (
                import_projects(
                    by=by,
                    place_code=county,
                    year=year,
                    frame=bank.frame,
                    source=source,
                    dry_run=dry_run,
                ).projects
            ),
            lambda problem: located(problem, bank),
        )
        changes |= {"projects": projects} if projects else {}
    listed = intake.other.get("key_villages")
    if listed is not None and not of_year(listed.frame, year).is_empty():
        villages = refused.asking(
            lambda: import_key_villages(
                by=by,
                place_code=county,
                year=year,
                frame=of_year(listed.frame, year),
                source=source,
                dry_run=dry_run,
            ),
            lambda problem: located(problem, listed),
        )
        changes |= {"key_villages": villages} if villages else {}
    if refused.problems:
        count = len(refused.problems)
        raise InputError(
            Text(
                f"数据有 {count} 处错误，什么都没有导入。请改正后再试；用 --errors 可得到标出错误的工作簿。",
                f"{count} errors; nothing was imported. Correct them and try again; --errors gives the workbook with its errors marked.",
            ),
            refused.problems,
        )
    return changes


def located(problem: Problem, sheet: SheetRows) -> Problem:
    """A problem of a row's number, at the cell of the sheet that it speaks of.

    A number that stands twice is told where it stands again. A problem of anything else stays as it is.
    """
    key = sheet.sheet.key[0]
    rows = sheet.frame.filter(pl.col(key) == problem.where)[ROW]
    if rows.is_empty():
        return problem
    fields = {column.field for column in sheet.sheet.columns}
    column = _COLUMNS.get(problem.rule, problem.rule)
    row = rows[-1] if problem.rule == "key" else rows[0]
    where = sheet.where(row, column if column in fields else key)
    return replace(problem, where=where)


def located_in_households(problem: Problem, sheets: Sequence[SheetRows]) -> Problem:
    """A problem that only the books could tell of a household, person or village, at the first cell
    that it speaks of (the row, where the workbook has names for the code). A problem of anything else stays as it is."""
    if problem.rule == "place":
        fields = {"place_code": problem.value}
    elif problem.rule == "registered":
        fields = dict(zip(("household_no", "person_no"), problem.value.split("/"), strict=False))
    else:
        return problem
    for sheet in sheets:
        if not fields.keys() <= set(sheet.frame.columns):
            continue
        rows = sheet.frame.filter(*(pl.col(name) == value for name, value in fields.items()))[ROW]
        if not rows.is_empty():
            return replace(problem, where=sheet.where(rows[0], list(fields)[-1]))
    return problem


def _share_purposes(county: str, year: int) -> Mapping[str, list[str]]:
    """The purposes that count as industry and as management, by policy."""
    policy, on = load_policy(), date(year, 12, 31)
    return {
        name: policy.value(f"funds.{name}_purposes", place=county, on=on).value
        for name in ("industry", "management")
    }
