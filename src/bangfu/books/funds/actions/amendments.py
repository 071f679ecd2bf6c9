"""Amendments of a posted plan: proposed with a reason, approved by another, on the board, then posted.

What a person does in the browser goes through the doors at the end, which ask for the role.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.actions.plans import (
    Pieces,
    approve_plan,
    draw_up,
    journal_plan,
    not_in_turn,
    notice_subject,
    pieces_of,
    post_plan,
    withdraw_plan,
)
from bangfu.books.funds.models import Balance, Plan, PlanStatus
from bangfu.books.funds.people import APPROVERS, PLANNERS, require
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Stage
from bangfu.core.money import format_yuan
from bangfu.core.notices import last_day
from bangfu.core.policy.resolve import Policy


@transaction.atomic
def propose_amendment(*, by: str, plan: Plan, title: str, reason: str, pieces: Pieces) -> Plan:
    """Draw up an amendment of a posted plan: `pieces` is the plan as it shall stand, whole.

    Raises as `propose_plan`; InputError without a reason or a change, ConflictError when the plan is
    not the one that stands.
    """
    if not reason.strip():
        raise InputError(Text("请写明调整原因。", "Say why the plan is amended."))
    if Plan.objects.filter(pk=plan.pk, status=PlanStatus.POSTED).first() is None:
        raise ConflictError(not_in_turn(plan, Text("调整", "be amended")))
    if pieces_of(plan) == {(line, project): fen for line, project, fen in pieces}:
        raise InputError(Text("与现行计划相同。", "Nothing differs from the plan that stands."))
    amended = Plan(
        place_code=plan.place_code,
        year=plan.year,
        title=title,
        problem_hash=plan.problem_hash,
        proposed_by=by,
        amends=plan,
        reason=reason,
    )
    draw_up(amended, pieces)
    after = {"amends": plan.version, "pieces": len(pieces)}
    journal_plan(by, amended, "funds.propose_amendment", after, reason)
    return amended


@transaction.atomic
def notice_amendment(
    *, by: str, plan: Plan, opens_on: date, policy: Policy, now: datetime
) -> Notice:
    """Publish an approved amendment for the policy's days: each project with its sum before and after.

    It can be posted from the day after the last. ConflictError when it is not waiting for that.
    """
    plan = Plan.objects.select_for_update(no_key=True, of=["self"]).get(pk=plan.pk)
    if plan.amends is None or plan.status != PlanStatus.APPROVED or plan.notice_id is not None:
        raise ConflictError(not_in_turn(plan, Text("公示", "be noticed")))
    days = policy.value("funds.amendment_notice_days", place=plan.place_code, on=opens_on)
    closes_on = last_day(opens_on, int(days.value))
    notice = notices.publish(
        by=by,
        kind="plan_amendment",
        place_code=plan.place_code,
        subject=notice_subject(plan),
        title=Text(f"{plan.year} 年资金项目计划调整公示", f"Amendment of the plan of {plan.year}"),
        rows=_changes(plan.amends, plan),
        opens_on=opens_on,
        closes_on=closes_on,
        now=now,
    )
    Plan.objects.filter(pk=plan.pk).update(notice=notice, noticed_to=closes_on)
    journal_plan(by, plan, "funds.notice_amendment", {"notice": notice.pk})
    return notice


@transaction.atomic
def withdraw_amendment(*, by: str, plan: Plan, reason: str, now: datetime) -> None:
    """Withdraw an amendment that is not posted, and its notice with it."""
    withdraw_plan(by=by, plan=plan, reason=reason)
    plan.refresh_from_db()
    if plan.notice is not None and plan.notice.withdrawn_at is None:
        notices.withdraw(by=by, notice=plan.notice, reason=reason, now=now)


@transaction.atomic
def amend_by_hand(*, by: Actor, plan: Plan, title: str, reason: str, changes: Pieces) -> Plan:
    """Draw up an amendment from the pieces that change, each with its new sum; 0 strikes a piece.

    What is not named stays as it is. Raises as `propose_amendment`; ForbiddenError for who does not plan
    for the county; InputError for a piece named twice, for one struck that the plan does not have, and for
    one that falls below what contracts hold of it.
    """
    require(by, PLANNERS, plan.place_code)
    standing = pieces_of(plan)
    changed: dict[tuple[str, str], int] = {}
    problems = []
    for line, project, fen in changes:
        piece = (line, project)
        if piece in changed:
            problems.append(
                Problem(
                    "pieces", Text(f"{line} → {project} 重复列入。", f"{line} → {project} twice.")
                )
            )
        elif fen == 0 and piece not in standing:
            words = Text(
                f"现行计划没有 {line} → {project}，不能取消。",
                f"The plan has no {line} → {project} to strike.",
            )
            problems.append(Problem("pieces", words))
        changed[piece] = fen
    problems += _below_contracts(plan, standing, changed)
    if problems:
        raise InputError(Text("调整不能提出。", "The amendment cannot be proposed."), problems)
    return propose_amendment(
        by=by.username,
        plan=plan,
        title=title,
        reason=reason,
        pieces=[(*piece, fen) for piece, fen in (standing | changed).items() if fen != 0],
    )


@transaction.atomic
def approve_amendment(*, by: Actor, plan: Plan, day: date) -> None:
    """Approve an amendment. Raises as `approve_plan`; ForbiddenError for who does not approve here."""
    require(by, APPROVERS, plan.place_code)
    approve_plan(by=by.username, plan=plan, day=day)


@transaction.atomic
def publish_amendment(
    *, by: Actor, plan: Plan, opens_on: date, policy: Policy, now: datetime
) -> Notice:
    """Put an approved amendment on the board. Raises as `notice_amendment`; ForbiddenError for who does
    not plan for the county."""
    require(by, PLANNERS, plan.place_code)
    return notice_amendment(by=by.username, plan=plan, opens_on=opens_on, policy=policy, now=now)


@transaction.atomic
def post_amendment(*, by: Actor, plan: Plan, day: date) -> int:
    """Post an amendment after its notice. Raises as `post_plan`; ForbiddenError for who does not approve
    for the county."""
    require(by, APPROVERS, plan.place_code)
    return post_plan(by=by.username, plan=plan, day=day)


@transaction.atomic
def give_up_plan(*, by: Actor, plan: Plan, reason: str, now: datetime) -> None:
    """Withdraw a plan or an amendment before it is posted. ForbiddenError for who neither plans nor
    approves."""
    require(by, (*PLANNERS, *APPROVERS), plan.place_code)
    withdraw_amendment(by=by.username, plan=plan, reason=reason, now=now)


def _below_contracts(
    plan: Plan, standing: Mapping[tuple[str, str], int], changed: Mapping[tuple[str, str], int]
) -> list[Problem]:
    """A problem for every piece that would lose more than no contract has bound yet."""
    less = {piece: fen for piece, fen in changed.items() if fen < standing.get(piece, 0)}
    rows = Balance.objects.filter(
        place_code=plan.place_code,
        stage=Stage.ALLOCATED.value,
        line__number__in={line for line, _ in less},
        project__number__in={project for _, project in less},
    ).values_list("line__number", "project__number", "amount")
    free = {(line, project): amount for line, project, amount in rows}
    problems = []
    for (line, project), fen in less.items():
        bound = standing[line, project] - free.get((line, project), 0)
        if fen < bound:
            least, told = format_yuan(bound), format_yuan(fen)
            words = Text(
                f"{line} → {project} 已签合同 {least} 元，不能调到 {told} 元。请不少于 {least} 元，"
                "或先结束合同，把没有报账的部分退回项目。",
                f"Contracts hold {least} yuan of {line} → {project}; it cannot be {told} yuan. Leave at least "
                f"{least}, or end a contract first, which gives back what is not claimed.",
            )
            problems.append(Problem("pieces", words))
    return problems


def _changes(before: Plan, after: Plan) -> list[dict[str, str]]:
    """A row a project of which a piece changes, as the notice takes it; its sum stays the same where only
    the lines that pay it change."""
    sums: dict[str, list[int]] = {}
    pieces: dict[str, list[set[tuple[int, int]]]] = {}
    names: dict[str, str] = {}
    for side, plan in enumerate((before, after)):
        rows = plan.items.values_list("project__number", "project__name", "line_id", "fen")
        for number, name, line, fen in rows:
            sums.setdefault(number, [0, 0])[side] += fen
            pieces.setdefault(number, [set(), set()])[side].add((line, fen))
            names[number] = name
    return [
        {"project": names[key], "before": _yuan(sums[key][0]), "after": _yuan(sums[key][1])}
        for key in sorted(sums)
        if pieces[key][0] != pieces[key][1]
    ]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
