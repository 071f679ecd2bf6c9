"""The county's year: key villages, teams, meetings with their minutes, and the commitments they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from django.db import IntegrityError, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.books.projects import queries
from bangfu.books.projects.models import (
    Commitment,
    KeyVillage,
    Meeting,
    Milestone,
    Project,
    TeamMember,
)
from bangfu.core import places
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy

COUNTY = ("county_officer", "county_approver")
RECORDERS = (*COUNTY, "township_head")
PLANNERS = ("village_clerk", "village_team", "township_reviewer", "township_head", *COUNTY)
FULFILLERS = (*RECORDERS, "sector_department", "village_clerk", "village_team")


@dataclass(frozen=True, slots=True)
class Promise:
    """What minutes bind a department to."""

    item: str
    department: str
    due_on: date
    amount_fen: int | None = None
    village_code: str = ""
    project_number: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A key village as the county lists it."""

    place_code: str
    registered_households: int | None = None
    last_year_fen: int | None = None


@transaction.atomic
def list_key_villages(*, by: Actor, county: str, year: int, villages: Sequence[Listed]) -> int:
    """Make the list of a year's key villages the one given; how many were added. A plan written for one
    stays; one no longer listed leaves the list.

    InputError names villages that are unknown or in another county.
    """
    _may(by, COUNTY, county)
    codes = [each.place_code for each in villages]
    known = set(Place.objects.filter(code__in=codes).values_list("code", flat=True))
    problems = [
        Problem(code, Text("不是本县的村。", "No village of this county."), code)
        for code in codes
        if code not in known
        or not places.contains(county, code)
        or places.level(code) is not places.Level.VILLAGE
    ]
    if problems:
        raise InputError(Text("重点村名单有错。", "The list of key villages is wrong."), problems)
    kept = KeyVillage.objects.filter(place_code__startswith=places.prefix(county), year=year)
    kept.exclude(place_code__in=codes).delete()
    added = 0
    for each in villages:
        _, new = KeyVillage.objects.update_or_create(
            place_code=each.place_code,
            year=year,
            defaults={
                "registered_households": each.registered_households,
                "last_year_fen": each.last_year_fen,
            },
        )
        added += new
    _write(by, county, "projects.key_villages", f"year {year}", {"villages": len(codes)})
    return added


@transaction.atomic
def plan_key_village(*, by: Actor, place_code: str, year: int, plan: str, today: date) -> None:
    """Write down what a key village's plan is (村级规划). NotFoundError for one that is not listed."""
    _may(by, PLANNERS, place_code)
    _say("plan", plan)
    found = KeyVillage.objects.filter(place_code=place_code, year=year)
    if not found.update(plan=plan.strip(), planned_on=today):
        raise NotFoundError(Text("不在当年重点村名单中。", "Not among the year's key villages."))
    _write(by, place_code, "projects.village_plan", f"year {year}", {"plan": plan.strip()})


@transaction.atomic
def name_team_member(
    *, by: Actor, place_code: str, year: int, part: TeamMember.Part, name: str, duty: str
) -> TeamMember:
    """Name who leads or helps a village in a year (1119). ConflictError when it has a leader, a leading
    unit or this member already."""
    _may(by, COUNTY, place_code)
    _say("name", name)
    try:
        with transaction.atomic():
            made = TeamMember.objects.create(
                place_code=place_code, year=year, part=part, name=name.strip(), duty=duty.strip()
            )
    except IntegrityError as fault:
        if not isinstance(fault.__cause__, psycopg.errors.UniqueViolation):
            raise
        raise ConflictError(
            Text(
                "本村当年已有这一成员，或已有领导、队长单位。",
                "This village has that member, a leader or a leading unit this year already.",
            )
        ) from fault
    _write(by, place_code, "projects.team", f"year {year}", {"part": part, "name": name.strip()})
    return made


@transaction.atomic
def hold_meeting(
    *,
    by: Actor,
    place_code: str,
    kind: Meeting.Kind,
    year: int,
    held_on: date,
    chaired_by: str,
    attended: str,
    decided: str,
    promises: Sequence[Promise] = (),
    today: date,
    now: datetime,
) -> Meeting:
    """Write a meeting's minutes, and what they bind departments to; both whole or not at all.

    A village meeting lies at its village, the others at the county. InputError with everything wrong.
    """
    _may(by, RECORDERS if kind is Meeting.Kind.VILLAGE else COUNTY, place_code)
    level = places.Level.VILLAGE if kind is Meeting.Kind.VILLAGE else places.Level.COUNTY
    problems = []
    if places.level(place_code) is not level or not Place.objects.filter(code=place_code).exists():
        text = Text("会议的地方不对。", "Not a place for this kind of meeting.")
        problems.append(Problem("place_code", text))
    if held_on > today:
        problems.append(Problem("held_on", Text("日期还没有到。", "That day is still to come.")))
    for name, written in (("chaired_by", chaired_by), ("decided", decided)):
        if not written.strip():
            problems.append(Problem(name, _FILL_IN))
    projects = dict(
        Project.objects.filter(
            number__in=[each.project_number for each in promises if each.project_number]
        ).values_list("number", "pk")
    )
    problems += _wrong(promises, projects, place_code, held_on)
    if problems:
        raise InputError(Text("纪要还不完整。", "The minutes are not complete."), problems)
    before = Meeting.objects.filter(place_code=place_code, kind=kind, year=year).count()
    meeting = Meeting.objects.create(
        place_code=place_code,
        kind=kind,
        year=year,
        number=f"{year}-{before + 1}",
        held_on=held_on,
        chaired_by=chaired_by.strip(),
        attended=attended.strip(),
        decided=decided.strip(),
        actor=by.username,
        at=now,
    )
    village = place_code if kind is Meeting.Kind.VILLAGE else ""
    Commitment.objects.bulk_create(
        Commitment(
            meeting=meeting,
            place_code=place_code,
            village_code=each.village_code or village,
            project_id=projects.get(each.project_number),
            item=each.item.strip(),
            department=each.department.strip(),
            amount_fen=each.amount_fen,
            due_on=each.due_on,
        )
        for each in promises
    )
    _write(
        by,
        place_code,
        "projects.meeting",
        f"meeting {meeting.number}",
        {"kind": kind, "commitments": len(promises)},
    )
    return meeting


def _wrong(
    promises: Sequence[Promise], projects: dict[str, int], place_code: str, held_on: date
) -> list[Problem]:
    problems = []
    for number, each in enumerate(promises, 1):
        where = f"{number}"
        if not each.item.strip() or not each.department.strip():
            text = Text("要写事项和责任部门。", "It needs an item and a department.")
            problems.append(Problem(where, text, rule="promise"))
        if each.due_on < held_on:
            text = Text("时限早于会议。", "The deadline lies before the meeting.")
            problems.append(Problem(where, text, str(each.due_on), "promise"))
        if each.amount_fen is not None and each.amount_fen <= 0:
            problems.append(Problem(where, Text("金额必须大于零。", "The amount is above zero.")))
        if each.project_number and each.project_number not in projects:
            text = Text("项目库没有这个项目。", "The bank has no such project.")
            problems.append(Problem(where, text, each.project_number, "promise"))
        if each.village_code and not places.contains(
            places.ancestor(place_code, places.Level.COUNTY), each.village_code
        ):
            text = Text("不是本县的村。", "No village of this county.")
            problems.append(Problem(where, text, each.village_code, "promise"))
    return problems


@transaction.atomic
def carry_out_commitment(
    *, by: Actor, commitment_id: int, outcome: str, done_fen: int | None, done_on: date, today: date
) -> Commitment:
    """Record that a commitment is fulfilled, with what came of it. ConflictError when it is closed."""
    held = _open_commitment(commitment_id)
    _may(by, FULFILLERS, held.place_code)
    _say("outcome", outcome)
    if done_on > today:
        text = Text("日期还没有到。", "That day is still to come.")
        raise InputError(text, [Problem("done_on", text)])
    held.done_on, held.done_fen, held.outcome = done_on, done_fen, outcome.strip()
    held.save()
    _write(
        by,
        held.place_code,
        "projects.commitment_done",
        f"commitment {held.pk}",
        {"on": done_on.isoformat(), "fen": done_fen, "outcome": held.outcome},
    )
    return held


@transaction.atomic
def release_commitment(
    *, by: Actor, commitment_id: int, meeting_id: int, reason: str
) -> Commitment:
    """Release a commitment by the decision of a later joint meeting (联席会议), which it points to."""
    held = _open_commitment(commitment_id)
    _may(by, COUNTY, held.place_code)
    _say("reason", reason)
    meeting = Meeting.objects.filter(pk=meeting_id, kind=Meeting.Kind.JOINT).first()
    if meeting is None or meeting.held_on < held.meeting.held_on or meeting.pk == held.meeting_id:
        text = Text("要指明之后的一次联席会议。", "Name a later joint meeting.")
        raise InputError(text, [Problem("meeting_id", text)])
    held.released_by, held.outcome = meeting, reason.strip()
    held.save()
    _write(
        by,
        held.place_code,
        "projects.commitment_released",
        f"commitment {held.pk}",
        {"meeting": meeting.number, "reason": held.outcome},
    )
    return held


@transaction.atomic
def pass_milestone(
    *, by: Actor, county: str, year: int, milestone: str, said: str, policy: Policy, today: date
) -> Milestone:
    """Say that a milestone of the county's year is passed. ConflictError while the books do not show
    all of it, or when it is passed already."""
    _may(by, COUNTY, county)
    _say("said", said)
    line = next(
        (each for each in queries.milestones(county, year, policy=policy) if each.id == milestone),
        None,
    )
    if line is None:
        raise NotFoundError(Text("没有这个节点。", "There is no such milestone."))
    if line.passed is not None:
        raise ConflictError(Text("已经办结。", "It is passed already."))
    if not line.complete:
        raise ConflictError(
            Text(
                f"还没有办齐：账上有 {line.count}，应有 {line.total or '至少 1'}。",
                f"Not complete: the books have {line.count} of {line.total or 'at least 1'}.",
            )
        )
    made = Milestone.objects.create(
        place_code=county,
        year=year,
        milestone=milestone,
        done_on=today,
        said=said.strip(),
        done_by=by.username,
    )
    _write(by, county, "projects.milestone", f"year {year}", {"milestone": milestone})
    return made


_FILL_IN = Text("请填写。", "Please fill this in.")


def _open_commitment(commitment_id: int) -> Commitment:
    held = (
        Commitment.objects.select_for_update(of=("self",))
        .select_related("meeting")
        .filter(pk=commitment_id)
        .first()
    )
    if held is None:
        raise NotFoundError(
            Text("没有这件事项，或者不在您的范围内。", "No such commitment, or it is not yours.")
        )
    if held.done_on is not None or held.released_by_id is not None:
        raise ConflictError(Text("这件事项已经了结。", "This commitment is closed already."))
    return held


def _may(by: Actor, roles: Sequence[str], place_code: str) -> None:
    if not by.holds(*roles, at=place_code):
        raise ForbiddenError(
            Text("您在这里没有办理这一项的角色。", "You hold no role here that does this.")
        )


def _say(name: str, written: str) -> None:
    if not written.strip():
        raise InputError(_FILL_IN, [Problem(name, _FILL_IN)])


def _write(by: Actor, place_code: str, verb: str, subject: str, after: dict[str, object]) -> None:
    journal.write(by=by.username, place_code=place_code, verb=verb, subject=subject, after=after)
