"""At completion: targets held against what was reached (结项评估)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.journal import actions as journal
from bangfu.books.projects.models import Project, Stage, TargetResult
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.projects.targets import to_assess

ASSESSORS = ("county_officer", "county_approver", "township_head")


@transaction.atomic
def assess(
    *,
    by: Actor,
    project: Project,
    reached: Mapping[str, Decimal],
    notes: Mapping[str, str],
    today: date,
) -> list[TargetResult]:
    """Hold a project's performance targets against what was `reached`, by the targets' names.

    A target that was missed needs a note why. ConflictError before acceptance, InputError with every
    target that is not answered.
    """
    if not by.holds(*ASSESSORS, at=project.place_code):
        raise ForbiddenError(
            Text("结项评估由乡镇负责人或县里办理。", "The township's head or the county assesses.")
        )
    if project.stage not in (Stage.ACCEPTED, Stage.HANDED_OVER):
        raise ConflictError(Text("验收以后才结项评估。", "Results are assessed after acceptance."))
    stated = to_assess(project.performance_target)
    problems = []
    for target in stated:
        value = reached.get(target.name)
        if value is None or value < 0:
            text = Text("请填写实际达到多少。", "Say how much was reached.")
            problems.append(Problem(target.name, text))
        elif not target.met(value) and not notes.get(target.name, "").strip():
            text = Text("没有达到，请说明原因。", "It was missed; say why.")
            problems.append(Problem(target.name, text))
    if problems:
        raise InputError(Text("结项评估还不完整。", "The assessment is not complete."), problems)
    made = [
        TargetResult.objects.update_or_create(
            project=project,
            name=target.name,
            defaults={
                "place_code": project.place_code,
                "unit": target.unit,
                "planned": target.number,
                "reached": reached[target.name],
                "at_most": target.at_most,
                "note": notes.get(target.name, "").strip(),
                "assessed_on": today,
                "assessed_by": by.username,
            },
        )[0]
        for target in stated
    ]
    journal.write(
        by=by.username,
        place_code=project.place_code,
        verb="projects.assess",
        subject=f"project {project.number}",
        after={target.name: str(reached[target.name]) for target in stated},
    )
    return made
