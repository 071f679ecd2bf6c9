"""What the verbs of delivery share: who may, what is refused, what is kept and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bangfu.books.accounts.actors import Actor
from bangfu.books.attachments.actions import keep
from bangfu.books.journal import actions as journal
from bangfu.books.projects.models import (
    Project,
    Status,
)
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.files.uploads import Upload

CHINA = ZoneInfo("Asia/Shanghai")
ARRANGERS = ("township_head", "county_officer", "sector_department")
REPORTERS = ("village_clerk", "village_team", "township_reviewer", "township_head")
FINDERS = (*REPORTERS, "county_officer", "county_approver", "sector_department")


SAY_WHAT = Text("请写明情况。", "Say what it is.")


def in_bank(project: Project) -> Project:
    """The project, locked. ConflictError when it is not in the bank."""
    held: Project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if held.status != Status.ADMITTED:
        raise ConflictError(
            Text(
                f"项目 {held.number} 没有入库，不能安排实施和资金。",
                f"Project {held.number} is not in the bank: no building, no money.",
            )
        )
    return held


def may(by: Actor, roles: Sequence[str], project: Project) -> None:
    if not by.holds(*roles, at=project.place_code):
        raise ForbiddenError(
            Text("您在这里没有办理这一项的角色。", "You hold no role here that does this.")
        )


def refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(
            Text(f"有 {len(problems)} 处不能办理。", f"{len(problems)} things stand against it."),
            problems,
        )


def keep_file(by: Actor, project: Project, upload: Upload, now: datetime) -> Any:
    """A file of a project: everybody who sees the project's place may see it."""
    return keep(
        by=by.username,
        place_code=project.place_code,
        classes=(),
        name=upload.name,
        content=upload.content,
        content_type=upload.content_type,
        now=now,
        taken_at=upload.taken_at,
        position=upload.position,
    )


def write(by: Actor, project: Project, verb: str, after: Mapping[str, Any]) -> None:
    journal.write(
        by=by.username,
        place_code=project.place_code,
        verb=verb,
        subject=f"project {project.number}",
        after=dict(after),
    )


def within_cost(project: Project, amount_fen: int) -> list[Problem]:
    """What stands against a price beyond what was approved."""
    if amount_fen <= project.cost_fen:
        return []
    text = Text(
        f"合同价超过批准的资金规模 {format_yuan(project.cost_fen)} 元。",
        f"The price is beyond the {format_yuan(project.cost_fen)} yuan approved.",
    )
    return [Problem("amount_fen", text)]
