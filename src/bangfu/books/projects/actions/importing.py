"""Verbs on the project bank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.books.projects.models import KeyVillage, Project, RecipeShare, Status
from bangfu.books.walls import bulk
from bangfu.core import places
from bangfu.core.errors import InputError, Problem, UsageError
from bangfu.core.language import Text

_NO_TARGET = Text("没有绩效目标", "no performance target")
_TEXTS = {
    "name": "name",
    "purpose": "purpose",
    "nature": "nature",
    "location": "location",
    "schedule": "schedule",
    "department": "department",
    "task": "task",
    "financing": "financing",
    "mechanism": "mechanism",
    "performance_target": "target",
}


@dataclass(frozen=True, slots=True)
class ProjectsDiff:
    """What an import of the bank brings."""

    projects: bulk.Change
    written: bool


@transaction.atomic
def import_projects(
    *,
    by: str,
    place_code: str,
    year: int,
    frame: pl.DataFrame,
    source: str,
    recipes: pl.DataFrame | None = None,
    dry_run: bool = False,
) -> ProjectsDiff:
    """Bring the sheet 项目库 into the bank of the county `place_code`, whole or not at all.

    `frame` has the columns of `core.sheets.money.PROJECTS`; `recipes` those of fixed co-financing:
    project_id, line_id, fen. A project with a performance target is admitted, one without is not.
    A repeated import changes nothing. Raises InputError with every problem found.
    """
    rows = frame.to_dicts()
    shares = [] if recipes is None else recipes.to_dicts()
    problems = [
        *_repeated(rows),
        *_misplaced(place_code, rows),
        *_impossible(rows),
        *_under_way(place_code, rows),
        *_dangling(place_code, rows),
        *_circles(place_code, rows),
        *_wrong_recipes(rows, shares),
    ]
    if problems:
        raise InputError(Text("项目库没有导入。", "The projects were not imported."), problems)
    change = _write(place_code, year, rows, dry_run)
    if not dry_run:
        recipes_changed = _write_recipes(place_code, rows, shares)
        if change.added or change.changed or recipes_changed:
            journal.write(
                by=by,
                place_code=place_code,
                verb="projects.import",
                subject=f"batch {source}",
                after={"added": change.added, "changed": change.changed},
            )
    return ProjectsDiff(change, not dry_run)


@transaction.atomic
def import_key_villages(
    *,
    by: str,
    place_code: str,
    year: int,
    frame: pl.DataFrame,
    source: str,
    dry_run: bool = False,
) -> bulk.Change:
    """Bring the sheet 重点村 into the year of the county `place_code`, whole or not at all.

    `frame` has the columns of `core.sheets.money.KEY_VILLAGES`. A plan written for a village stays; a
    repeated import changes nothing. Raises InputError with every problem found.
    """
    rows = frame.to_dicts()
    codes = {row["place_code"] for row in rows}
    known = set(Place.objects.filter(code__in=codes).values_list("code", flat=True))
    problems = [
        Problem(code, Text("不是本县的村。", "No village of this county."), code, "place")
        for code in sorted(codes)
        if code not in known
        or not places.contains(place_code, code)
        or places.level(code) is not places.Level.VILLAGE
    ]
    if problems:
        raise InputError(Text("重点村没有导入。", "The key villages were not imported."), problems)
    villages = pl.DataFrame(
        [
            {
                "place_code": row["place_code"],
                "year": year,
                "registered_households": row["registered_households"],
                "last_year_fen": row["last_year"],
            }
            for row in rows
        ],
        schema_overrides={"registered_households": pl.Int32, "last_year_fen": pl.Int64},
    )
    staged = bulk.Staged(
        KeyVillage._meta.db_table,
        ("place_code", "year"),
        tuple(villages.columns),
        't."place_code" like %s and t."year" = %s',
        (f"{places.prefix(place_code)}%", year),
    )
    bulk.stage(staged, villages)
    change = staged.compare()
    if dry_run:
        change = staged.with_examples(change)
    else:
        staged.write(change)
        if change.added or change.changed:
            journal.write(
                by=by,
                place_code=place_code,
                verb="projects.import_key_villages",
                subject=f"batch {source}",
                after={"added": change.added, "changed": change.changed},
            )
    staged.drop()
    return change


@transaction.atomic
def finish(*, by: str, project: Project, day: date) -> None:
    """Record that a project is finished. UsageError when it is not in the bank."""
    if project.status != Status.ADMITTED:
        raise UsageError(
            Text(
                f"项目 {project.number} 未入库，不能竣工。",
                f"Project {project.number} is not in the bank and cannot be finished.",
            )
        )
    Project.objects.filter(pk=project.pk).update(finished_on=day)
    journal.write(
        by=by,
        place_code=project.place_code,
        verb="projects.finish",
        subject=f"project {project.number}",
        after={"finished_on": day.isoformat()},
    )


def _repeated(rows: list[dict[str, Any]]) -> Iterable[Problem]:
    seen: set[str] = set()
    for row in rows:
        if row["project_id"] in seen:
            text = Text("项目编号重复。", "This project's number stands twice.")
            yield Problem(row["project_id"], text, row["project_id"], "key")
        seen.add(row["project_id"])


def _misplaced(place_code: str, rows: list[dict[str, Any]]) -> Iterable[Problem]:
    """Places that are unknown or in another county, and projects that would move."""
    codes = {row["place_code"] for row in rows}
    known = set(Place.objects.filter(code__in=codes).values_list("code", flat=True))
    built = dict(
        Project.objects.filter(
            county_code=place_code, number__in=[row["project_id"] for row in rows]
        ).values_list("number", "place_code")
    )
    for row in rows:
        code = row["place_code"]
        if code not in known:
            text = Text("没有这个区划代码。", "No place has this code.")
        elif not places.contains(place_code, code):
            text = Text("不在本县。", "This place is not in the county.")
        elif built.get(row["project_id"], code) != code:
            text = Text(
                "已入库项目不能改地点，请另报新项目。",
                "A project of the bank does not move; propose a new one.",
            )
        else:
            continue
        yield Problem(row["project_id"], text, code, "place")


def _impossible(rows: list[dict[str, Any]]) -> Iterable[Problem]:
    for row in rows:
        if (row["unit_cost"] is None) != (row["max_units"] is None):
            text = Text(
                "单位金额和可分单位要么都填，要么都空。",
                "Give both the amount a unit and the number of units, or neither.",
            )
            yield Problem(row["project_id"], text, rule="units")
        for column in ("cost", "unit_cost", "max_units"):
            if row[column] is not None and row[column] <= 0:
                text = Text("必须大于零。", "Must be positive.")
                yield Problem(row["project_id"], text, str(row[column]), column)


def _under_way(place_code: str, rows: list[dict[str, Any]]) -> Iterable[Problem]:
    """Projects that are being delivered, whose amount or target the sheet would change."""
    begun = {
        project.number: project
        for project in Project.objects.filter(
            county_code=place_code, number__in=[row["project_id"] for row in rows]
        ).exclude(stage="")
    }
    for row in rows:
        project = begun.get(row["project_id"])
        if project is None:
            continue
        if (row["cost"], row["target"] or "") != (project.cost_fen, project.performance_target):
            text = Text(
                "项目已在实施，不能再改资金规模和绩效目标。",
                "The project is being delivered; its amount and target stay.",
            )
            yield Problem(row["project_id"], text, rule="cost")


def _dangling(place_code: str, rows: list[dict[str, Any]]) -> Iterable[Problem]:
    named = {number for row in rows for number in row["prerequisites"] or ()}
    here = {row["project_id"] for row in rows}
    booked = set(
        Project.objects.filter(county_code=place_code, number__in=named - here).values_list(
            "number", flat=True
        )
    )
    for row in rows:
        for number in row["prerequisites"] or ():
            if number not in here and number not in booked:
                text = Text("没有这个前置项目。", "There is no such prerequisite project.")
                yield Problem(row["project_id"], text, number, "prerequisites")


def _circles(place_code: str, rows: list[dict[str, Any]]) -> Iterable[Problem]:
    """Projects that require one another in a circle, one problem a circle."""
    needs = dict(
        Project.objects.filter(county_code=place_code)
        .exclude(prerequisites=[])
        .values_list("number", "prerequisites")
    )
    needs |= {row["project_id"]: row["prerequisites"] or [] for row in rows}
    settled: set[str] = set()
    for start in sorted(needs):
        path: list[str] = []
        on_path: set[str] = set()
        waiting = [(start, False)]
        while waiting:
            number, leaving = waiting.pop()
            if leaving:
                path.pop()
                on_path.discard(number)
                settled.add(number)
            elif number in on_path:
                circle = [*path[path.index(number) :], number]
                text = Text(
                    f"前置关系成环：{' → '.join(circle)}。",
                    f"The prerequisites go in a circle: {' → '.join(circle)}.",
                )
                yield Problem(number, text, rule="prerequisites")
            elif number not in settled:
                path.append(number)
                on_path.add(number)
                waiting.append((number, True))
                waiting += [(need, False) for need in needs.get(number, ())]


def _wrong_recipes(rows: list[dict[str, Any]], shares: list[dict[str, Any]]) -> Iterable[Problem]:
    """A recipe's parts are positive and sum to the cost of one indivisible project of the batch."""
    projects = {row["project_id"]: row for row in rows}
    sums: dict[str, int] = {}
    for share in shares:
        number = share["project_id"]
        sums[number] = sums.get(number, 0) + share["fen"]
        if share["fen"] <= 0:
            text = Text("配套金额必须大于零。", "A part of a recipe must be positive.")
            yield Problem(number, text, str(share["fen"]), "recipe")
    for number, total in sums.items():
        row = projects.get(number)
        if row is None or row["unit_cost"] is not None or row["cost"] != total:
            text = Text(
                "固定配套须对应表内不可分的项目，合计等于其资金规模。",
                "A recipe belongs to an indivisible project of the sheet and sums to its cost.",
            )
            yield Problem(number, text, str(total), "recipe")


def _write(place_code: str, year: int, rows: list[dict[str, Any]], dry_run: bool) -> bulk.Change:
    strings = pl.List(pl.String)
    projects = pl.DataFrame(
        [_columns(year, row) for row in rows],
        schema_overrides={
            "unit_fen": pl.Int64,
            "max_units": pl.Int32,
            "beneficiary_households": pl.Int32,
            "prerequisites": strings,
            "exclusive_groups": strings,
            "beneficiaries": strings,
            "priority": pl.Decimal(12, 4),
        },
    )
    staged = bulk.Staged(
        Project._meta.db_table,
        ("place_code", "number"),
        tuple(projects.columns),
        't."county_code" = %s and t."year" = %s',
        (place_code, year),
    )
    bulk.stage(staged, projects)
    change = staged.compare()
    if dry_run:
        change = staged.with_examples(change)
    else:
        staged.write(change)
    staged.drop()
    return change


def _columns(year: int, row: dict[str, Any]) -> dict[str, Any]:
    admitted = bool(row["target"])
    group = row["exclusive_group"]
    return {
        "place_code": row["place_code"],
        "number": row["project_id"],
        "year": year,
        **{field: row[column] or "" for field, column in _TEXTS.items()},
        "cost_fen": row["cost"],
        "unit_fen": row["unit_cost"],
        "max_units": row["max_units"],
        "priority": row["priority"] or 0,
        "required": row["required"] is True,
        "prerequisites": row["prerequisites"] or [],
        "exclusive_groups": [group] if group else [],
        "beneficiaries": row["beneficiaries"] or None,
        "beneficiary_households": row["beneficiary_households"],
        "status": Status.ADMITTED.value if admitted else Status.NOT_ADMITTED.value,
        "status_reason": "" if admitted else str(_NO_TARGET),
    }


def _write_recipes(
    place_code: str, rows: list[dict[str, Any]], shares: list[dict[str, Any]]
) -> bool:
    """Make the recipes of the batch's projects those given; whether anything changed."""
    found = Project.objects.filter(
        county_code=place_code, number__in=[row["project_id"] for row in rows]
    )
    projects = {
        number: (pk, place) for number, pk, place in found.values_list("number", "pk", "place_code")
    }
    wanted = {
        (projects[share["project_id"]][0], share["line_id"]): share["fen"] for share in shares
    }
    kept = RecipeShare.objects.filter(project_id__in=[pk for pk, _ in projects.values()])
    booked = {(share.project_id, share.line_number): share.fen for share in kept}
    if booked == wanted:
        return False
    kept.delete()
    place_of = dict(projects.values())
    RecipeShare.objects.bulk_create(
        RecipeShare(project_id=pk, place_code=place_of[pk], line_number=line, fen=fen)
        for (pk, line), fen in wanted.items()
    )
    return True
