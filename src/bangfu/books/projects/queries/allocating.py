"""What the plan and documents read of the project bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bangfu.books.projects.models import Project, RecipeShare, Status


def as_problem(
    *,
    place_code: str,
    year: int,
    fund_lines: Sequence[Mapping[str, Any]],
    rules: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The allocation problem of a county's year, in the contract of `core.allocation`.

    `fund_lines` come from the funds (`lines_for_problem`); `rules` are floors, ceilings, share rules and
    total_at_least_fen as the contract has them. Exclusive groups and prerequisites come from the bank;
    what `rules` holds of them is added. A prerequisite that is finished is met and left out; a project
    whose prerequisite is neither finished nor in this year's bank cannot be funded, so it counts as not
    admitted.
    """
    projects = list(Project.objects.filter(county_code=place_code, year=year).order_by("number"))
    recipes: dict[int, dict[str, int]] = {}
    for share in RecipeShare.objects.filter(project__in=projects):
        recipes.setdefault(share.project_id, {})[share.line_number] = share.fen
    finished = set(
        Project.objects.filter(county_code=place_code, finished_on__isnull=False).values_list(
            "number", flat=True
        )
    )
    waiting = [project for project in projects if project.number not in finished]
    reachable = finished | {project.number for project in waiting}
    blocked = {project.number for project in waiting if set(project.prerequisites) - reachable}
    groups: dict[str, list[str]] = {}
    requires: list[list[str]] = []
    for project in waiting:
        for group in project.exclusive_groups:
            groups.setdefault(group, []).append(project.number)
        requires += [
            [project.number, need]
            for need in project.prerequisites
            if need in reachable and need not in finished
        ]
    exclusive = [members for _, members in sorted(groups.items()) if len(members) > 1]
    return {
        "fund_lines": [dict(line) for line in fund_lines],
        "projects": [
            _project(project, recipes.get(project.pk), project.number in blocked)
            for project in waiting
        ],
        "rules": {
            **rules,
            "exclusive": [*exclusive, *rules.get("exclusive", [])],
            "requires": [*requires, *rules.get("requires", [])],
        },
        "options": dict(options or {}),
    }


def _project(project: Project, recipe: dict[str, int] | None, blocked: bool) -> dict[str, Any]:
    divisible = None
    if project.unit_fen is not None:
        divisible = {"unit_fen": project.unit_fen, "max_units": project.max_units}
    return {
        "id": project.number,
        "name": project.name,
        "place": project.place_code,
        "purpose": project.purpose,
        "cost_fen": project.cost_fen,
        "priority": _plain(project.priority),
        "required": project.required,
        "divisible": divisible,
        "recipe": recipe,
        "beneficiaries": project.beneficiaries or [],
        "admitted": project.status == Status.ADMITTED and not blocked,
    }


def _plain(number: Decimal) -> str:
    """A decimal without trailing zeros and without an exponent: "12.5", "100"."""
    return f"{number.normalize():f}"
