"""Hand a project over: its last stage, and the assets it left behind, in one act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.assets.models import Asset
from bangfu.books.projects.actions import record_stage
from bangfu.books.projects.actions.papers import Paper
from bangfu.books.projects.models import Project, Stage
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy


@dataclass(frozen=True, slots=True)
class Left:
    """One asset as it is handed over."""

    name: str
    kind: Asset.Kind
    value_fen: int
    location: str
    owner: str
    keeper: str = ""


@transaction.atomic
def hand_over(
    *,
    by: Actor,
    project: Project,
    left: Sequence[Left],
    papers: Iterable[Paper],
    policy: Policy,
    today: date,
    now: datetime,
) -> list[Asset]:
    """Hand an accepted project over, and write down what it left behind.

    The values together do not pass the accepted cost. ConflictError before acceptance, or while its
    results are not assessed; InputError with everything wrong; ForbiddenError as `record_stage`.
    """
    if project.stage != Stage.ACCEPTED or project.accepted_fen is None:
        raise ConflictError(
            Text("验收以后才能移交。", "A project is handed over after its acceptance.")
        )
    if project.performance_target and not project.results.exists():
        raise ConflictError(
            Text("先做结项评估，再移交。", "Assess its results first, then hand it over.")
        )
    problems = [
        Problem(f"{number}", text) for number, one in enumerate(left, 1) for text in _wrong(one)
    ]
    total = sum(one.value_fen for one in left)
    if not left:
        problems.append(
            Problem("assets", Text("至少一项资产。", "At least one asset."), rule="assets")
        )
    elif total > project.accepted_fen:
        problems.append(
            Problem(
                "assets",
                Text(
                    f"资产合计 {format_yuan(total)} 元，超过验收认定的 "
                    f"{format_yuan(project.accepted_fen)} 元。",
                    f"The assets make {format_yuan(total)} yuan, beyond the "
                    f"{format_yuan(project.accepted_fen)} accepted.",
                ),
                rule="assets",
            )
        )
    if problems:
        raise InputError(Text("移交还不完整。", "The handing over is not complete."), problems)
    record_stage(
        by=by,
        project=project,
        stage=Stage.HANDED_OVER,
        done_on=today,
        papers=papers,
        policy=policy,
        today=today,
        now=now,
    )
    return Asset.objects.bulk_create(
        Asset(
            project=project,
            place_code=project.place_code,
            name=one.name.strip(),
            kind=one.kind,
            value_fen=one.value_fen,
            location=one.location.strip(),
            owner=one.owner.strip(),
            keeper=one.keeper.strip(),
            handed_over_on=today,
            handed_over_by=by.username,
        )
        for one in left
    )


def _wrong(one: Left) -> list[Text]:
    problems = []
    if not (one.name.strip() and one.location.strip() and one.owner.strip()):
        problems.append(
            Text("要写资产名称、坐落和所有权人。", "It needs a name, a place and an owner.")
        )
    if one.value_fen <= 0:
        problems.append(Text("原值必须大于零。", "Its value is above zero."))
    return problems
