"""The village proposes; the one engine of the cases carries the project into the bank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import IntegrityError, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases.actions import open_case
from bangfu.books.cases.models import Case
from bangfu.books.cases.standing import Given
from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.books.projects import queries
from bangfu.books.projects.models import Mode, Project, Status
from bangfu.core import places
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy

KIND = "project_admission"
# What a proposal states, by column.
STATED = (
    "name",
    "purpose",
    "nature",
    "location",
    "schedule",
    "department",
    "task",
    "cost_fen",
    "financing",
    "beneficiaries",
    "beneficiary_households",
    "performance_target",
    "mechanism",
    "mode",
    "subsidy_share",
    "latitude",
    "longitude",
)
_PROPOSERS = ("village_clerk", "village_team")


@transaction.atomic
def propose(
    *,
    by: Actor,
    place_code: str,
    year: int,
    stated: Mapping[str, Any],
    need: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> Project:
    """Propose a project of a village for a year's bank, and send it on its way.

    `stated` has values of `STATED`. InputError with everything wrong; ForbiddenError without the role
    of a proposer there; NotFoundError for a village that is not there.
    """
    if places.level(place_code) is not places.Level.VILLAGE or not _known(place_code):
        raise NotFoundError(Text("没有这个村。", "There is no such village."))
    values = _checked(stated)
    project = Project(
        number=_number(place_code, year),
        place_code=place_code,
        year=year,
        status=Status.PROPOSED,
        proposed_by=by.username,
        proposed_on=today,
        **values,
    )
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as fault:
        if not isinstance(fault.__cause__, psycopg.errors.UniqueViolation):
            raise
        raise ConflictError(_AT_ONCE) from fault
    journal.write(
        by=by.username,
        place_code=place_code,
        verb="projects.propose",
        subject=f"project {project.number}",
        after={"name": project.name, "cost_fen": project.cost_fen},
    )
    _open(project, by=by, need=need, policy=policy, today=today, now=now)
    return project


@transaction.atomic
def propose_again(
    *, by: Actor, project: Project, need: str, policy: Policy, today: date, now: datetime
) -> Case:
    """Send a project that was refused, or never sent, on its way into the bank.

    ConflictError when it is in the bank or under way already.
    """
    if project.status == Status.ADMITTED:
        raise ConflictError(Text("项目已经入库。", "The project is in the bank already."))
    if project.status == Status.NOT_ADMITTED:
        Project.objects.filter(pk=project.pk).update(status=Status.PROPOSED, status_reason="")
    return _open(project, by=by, need=need, policy=policy, today=today, now=now)


@transaction.atomic
def amend(*, by: Actor, project: Project, stated: Mapping[str, Any]) -> None:
    """Change what a proposal states, while the village still has it in hand.

    ConflictError once it is in the bank or with a level above; otherwise as `propose`.
    """
    if not by.holds(*_PROPOSERS, at=project.place_code):
        raise ForbiddenError(_NOT_A_PROPOSER)
    values = _checked(stated)
    held = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    case = queries.admission(held)
    if held.status == Status.ADMITTED or (case is not None and case.level < places.Level.VILLAGE):
        raise ConflictError(
            Text(
                "项目已经报上去或已入库，不能再改；请上级退回后再改。",
                "The project lies with a level above or is in the bank; ask for it to be returned.",
            )
        )
    before = {name: getattr(held, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return
    Project.objects.filter(pk=held.pk).update(**changed)
    journal.write(
        by=by.username,
        place_code=held.place_code,
        verb="projects.amend",
        subject=f"project {held.number}",
        before={name: str(before[name]) for name in changed},
        after={name: str(value) for name, value in changed.items()},
    )


def _open(
    project: Project, *, by: Actor, need: str, policy: Policy, today: date, now: datetime
) -> Case:
    return open_case(
        by=by,
        kind=KIND,
        place_code=project.place_code,
        about=queries.about(project),
        title=project.name,
        given=Given(answers={"need": need}),
        policy=policy,
        today=today,
        now=now,
    )


def _known(code: str) -> bool:
    return Place.objects.filter(code=code).exists()


def _number(place_code: str, year: int) -> str:
    """The next number of a village's year: who proposes sees the village's projects and no others.

    Of two at once the second is refused by the bank's own key.
    """
    begins = f"{year}-{place_code[6:]}-"
    taken = Project.objects.filter(place_code=place_code, number__startswith=begins)
    numbers = (number.removeprefix(begins) for number in taken.values_list("number", flat=True))
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    return f"{begins}{last + 1:03d}"


def _checked(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The values stated, or InputError with everything wrong."""
    problems = [
        Problem(name, Text("申报里没有这一项。", "A proposal has no such field."))
        for name in stated
        if name not in STATED
    ]
    values = {name: stated[name] for name in STATED if name in stated}
    if not values.get("name"):
        problems.append(Problem("name", Text("请填写项目名称。", "Give the project a name.")))
    if not isinstance(values.get("cost_fen"), int) or values["cost_fen"] <= 0:
        problems.append(
            Problem("cost_fen", Text("资金规模必须大于零。", "The cost is above zero."))
        )
    afterwards = values.get("mode", Mode.CLAIMS) in (Mode.AFTER, Mode.AWARD)
    share = values.get("subsidy_share")
    if afterwards != (share is not None) or (share is not None and not 0 < share <= 1):
        problems.append(
            Problem(
                "subsidy_share",
                Text(
                    "先建后补、以奖代补要写补助比例（0 到 1）；其他方式不写。",
                    "What is paid afterwards has a share between 0 and 1; the other modes have none.",
                ),
            )
        )
    if problems:
        raise InputError(Text("申报还不完整。", "The proposal is not complete."), problems)
    return values


_NOT_A_PROPOSER = Text(
    "只有本村的信息员和工作队能改申报。", "Only the village's clerk and team change a proposal."
)
_AT_ONCE = Text(
    "同时有人申报了本村的另一个项目，请再送一次。",
    "Somebody proposed another project of this village at the same moment; send it again.",
)
