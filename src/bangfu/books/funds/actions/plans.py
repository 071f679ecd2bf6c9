"""Plans and their amendments: proposed, approved by another, noticed, posted whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.queries import same_person
from bangfu.books.funds.booking import line_ids, lock_projects, post, project_ids, refusals_told
from bangfu.books.funds.models import Document, Plan, PlanStatus
from bangfu.books.funds.people import APPROVERS, PLANNERS, require
from bangfu.books.funds.queries import problem_hash
from bangfu.books.journal import actions as journal
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.postings import allocation, amendment
from bangfu.core.ledger.stages import Kind
from bangfu.core.policy.resolve import Policy

_PIECES = """
insert into funds_planitem (plan_id, line_id, project_id, place_code, fen)
select %s, piece.line_id, piece.project_id, project.place_code, piece.fen
from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as piece (line_id, project_id, fen)
join projects_project project on project.id = piece.project_id
"""

Pieces = Sequence[tuple[str, str, int]]


@transaction.atomic
def propose_plan(
    *,
    by: str,
    place_code: str,
    year: int,
    title: str,
    problem_hash: str,
    pieces: Pieces,
) -> Plan:
    """Draw up the next version of a year's plan from (line, project, fen) pieces, by their numbers.

    `problem_hash` is the SHA-256 of the problem it answers. Raises InputError for unknown numbers,
    amounts that are not positive and pieces named twice; ConflictError for projects not admitted.
    """
    plan = Plan(
        place_code=place_code, year=year, title=title, problem_hash=problem_hash, proposed_by=by
    )
    _draw_up(plan, pieces)
    total = sum(fen for _, _, fen in pieces)
    after = {"pieces": len(pieces), "fen": total, "problem": problem_hash}
    _journal_plan(by, plan, "funds.propose_plan", after)
    return plan


@transaction.atomic
def propose_by_hand(*, by: Actor, place_code: str, year: int, title: str, pieces: Pieces) -> Plan:
    """Draw up a year's first plan from pieces that a person typed, who answers for them.

    Raises as `propose_plan`; ForbiddenError for who does not plan for the county; ConflictError when a
    plan of the year stands, which is amended with a reason and a notice.
    """
    require(by, PLANNERS, place_code)
    if Plan.objects.filter(place_code=place_code, year=year, status=PlanStatus.POSTED).exists():
        raise ConflictError(
            Text(
                f"{year} 年计划已经记账，只能按调整程序改（说明原因并公示）。",
                f"The plan of {year} is posted: it is amended, with a reason and a notice.",
            )
        )
    return propose_plan(
        by=by.username,
        place_code=place_code,
        year=year,
        title=title,
        problem_hash=problem_hash({"typed": [list(piece) for piece in pieces]}),
        pieces=pieces,
    )


@transaction.atomic
def approve_and_post(*, by: Actor, plan: Plan, day: date) -> int:
    """Approve a year's first plan and post it, in one act. Raises as the two do; ForbiddenError for who
    does not approve for the county."""
    require(by, APPROVERS, plan.place_code)
    approve_plan(by=by.username, plan=plan, day=day)
    return post_plan(by=by.username, plan=plan, day=day)


@transaction.atomic
def propose_amendment(*, by: str, plan: Plan, title: str, reason: str, pieces: Pieces) -> Plan:
    """Draw up an amendment of a posted plan: `pieces` is the plan as it shall stand, whole.

    Raises as `propose_plan`; InputError without a reason or a change, ConflictError when the plan is
    not the one that stands.
    """
    if not reason.strip():
        raise InputError(Text("请写明调整原因。", "Say why the plan is amended."))
    if Plan.objects.filter(pk=plan.pk, status=PlanStatus.POSTED).first() is None:
        raise ConflictError(_not_in_turn(plan, Text("调整", "be amended")))
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
    _draw_up(amended, pieces)
    after = {"amends": plan.version, "pieces": len(pieces)}
    _journal_plan(by, amended, "funds.propose_amendment", after, reason)
    return amended


@transaction.atomic
def approve_plan(*, by: str, plan: Plan, day: date, document: Document | None = None) -> None:
    """Approve a proposed plan. ForbiddenError for who proposed it, under whatever account; ConflictError
    when it is not waiting for approval.
    """
    if same_person(by, plan.proposed_by):
        raise ForbiddenError(
            Text(
                "不能批准自己提出的方案（同一人的两个账号也不行），请由另一人批准。",
                "Nobody approves the own plan, not with a second account either. Ask somebody else.",
            )
        )
    with refusals_told(plan.place_code), transaction.atomic():
        changed = Plan.objects.filter(pk=plan.pk, status=PlanStatus.PROPOSED).update(
            status=PlanStatus.APPROVED, approved_by=by, approved_on=day, document=document
        )
    if not changed:
        raise ConflictError(_not_in_turn(plan, Text("批准", "be approved")))
    _journal_plan(by, plan, "funds.approve_plan", {"day": day.isoformat()})


@transaction.atomic
def notice_amendment(
    *, by: str, plan: Plan, opens_on: date, policy: Policy, now: datetime
) -> Notice:
    """Publish an approved amendment for the policy's days: each project with its sum before and after.

    It can be posted from the day after the last. ConflictError when it is not waiting for that.
    """
    plan = Plan.objects.select_for_update(no_key=True, of=["self"]).get(pk=plan.pk)
    if plan.amends is None or plan.status != PlanStatus.APPROVED or plan.notice_id is not None:
        raise ConflictError(_not_in_turn(plan, Text("公示", "be noticed")))
    days = policy.value("funds.amendment_notice_days", place=plan.place_code, on=opens_on)
    closes_on = opens_on + timedelta(days=int(days.value) - 1)
    notice = notices.publish(
        by=by,
        kind="plan_amendment",
        place_code=plan.place_code,
        subject=f"plan {plan.place_code} {plan.year} version {plan.version}",
        title=Text(f"{plan.year} 年资金项目计划调整公示", f"Amendment of the plan of {plan.year}"),
        rows=_changes(plan.amends, plan),
        opens_on=opens_on,
        closes_on=closes_on,
        now=now,
    )
    Plan.objects.filter(pk=plan.pk).update(notice=notice, noticed_to=closes_on)
    _journal_plan(by, plan, "funds.notice_amendment", {"notice": notice.pk})
    return notice


@transaction.atomic
def withdraw_plan(*, by: str, plan: Plan, reason: str) -> None:
    """Withdraw a plan that is not posted. One that is posted is taken back by `reverse`."""
    waiting = [PlanStatus.PROPOSED, PlanStatus.APPROVED]
    changed = Plan.objects.filter(pk=plan.pk, status__in=waiting).update(
        status=PlanStatus.WITHDRAWN
    )
    if not changed:
        raise ConflictError(_not_in_turn(plan, Text("撤回", "be withdrawn")))
    _journal_plan(by, plan, "funds.withdraw_plan", None, reason)


@transaction.atomic
def withdraw_amendment(*, by: str, plan: Plan, reason: str, now: datetime) -> None:
    """Withdraw an amendment that is not posted, and its notice with it."""
    withdraw_plan(by=by, plan=plan, reason=reason)
    plan.refresh_from_db()
    if plan.notice is not None and plan.notice.withdrawn_at is None:
        notices.withdraw(by=by, notice=plan.notice, reason=reason, now=now)


@transaction.atomic
def post_plan(*, by: str, plan: Plan, day: date, memo: str = "") -> int:
    """Post an approved plan, or the difference that an amendment makes, whole or not at all.

    Gives the posting's number. ConflictError when it is not approved, is posted already, a line has too
    little announced, a project has already committed what it would lose, or the notice of an amendment
    is not over.
    """
    changed = Plan.objects.filter(pk=plan.pk, status=PlanStatus.APPROVED).first()
    if changed is None:
        raise ConflictError(_not_in_turn(plan, Text("记账", "be posted")))
    after = pieces_of(changed)
    if changed.amends is None:
        kind = Kind.ALLOCATE
        entries = allocation((line, project, fen) for (line, project), fen in after.items())
    else:
        before = pieces_of(changed.amends)
        kind, entries = Kind.AMEND, amendment(before, after)
        lock_projects(changed.place_code, {leg.project for leg in entries if leg.project})
        _replace(changed, day)
    if not Plan.objects.filter(pk=plan.pk, status=PlanStatus.APPROVED).update(
        status=PlanStatus.POSTED
    ):
        raise ConflictError(_not_in_turn(plan, Text("记账", "be posted")))
    plan.refresh_from_db()
    number = post(
        by=by,
        place_code=plan.place_code,
        kind=kind,
        day=day,
        entries=entries,
        document=plan.document,
        plan=plan,
        memo=memo,
    )
    _journal_plan(by, plan, "funds.post_plan", {"posting": number})
    return number


def pieces_of(plan: Plan) -> dict[tuple[str, str], int]:
    """Fen by line and project, by their numbers, in that order."""
    rows = plan.items.order_by("line__number", "project__number")
    return {
        (line, project): fen
        for line, project, fen in rows.values_list("line__number", "project__number", "fen")
    }


def _replace(amended: Plan, day: date) -> None:
    """Set the plan that is amended aside. ConflictError while the notice runs or when it is not the
    plan that stands."""
    if amended.noticed_to is None or day <= amended.noticed_to or amended.amends_id is None:
        raise ConflictError(
            Text(
                "计划调整还没有公示期满。",
                "The notice of the amendment is not over.",
            )
        )
    if not Plan.objects.filter(pk=amended.amends_id, status=PlanStatus.POSTED).update(
        status=PlanStatus.REPLACED
    ):
        raise ConflictError(
            Text(
                "现行计划已被另一次调整取代，请重新拟订。",
                "Another amendment has replaced that plan; draw this one up anew.",
            )
        )


def _changes(before: Plan, after: Plan) -> list[dict[str, str]]:
    """A row a project whose sum changes, as the notice takes it."""
    sums: dict[int, list[int]] = {}
    names: dict[int, tuple[str, str]] = {}
    for side, plan in enumerate((before, after)):
        rows = plan.items.values_list("project_id", "project__number", "project__name", "fen")
        for project, number, name, fen in rows:
            sums.setdefault(project, [0, 0])[side] += fen
            names[project] = (number, name)
    return [
        {"project": names[key][1], "before": _yuan(sums[key][0]), "after": _yuan(sums[key][1])}
        for key in sorted(sums, key=lambda key: names[key])
        if sums[key][0] != sums[key][1]
    ]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _draw_up(plan: Plan, pieces: Pieces) -> None:
    """Write a proposed plan, as its year's next version, and its pieces."""
    _check_pieces(pieces)
    lines = line_ids(plan.place_code, [line for line, _, _ in pieces])
    projects = project_ids(plan.place_code, [project for _, project, _ in pieces])
    versions = Plan.objects.filter(place_code=plan.place_code, year=plan.year)
    plan.version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    with refusals_told(plan.place_code), transaction.atomic():
        plan.save(force_insert=True)
        with connection.cursor() as cursor:
            columns = (
                [lines[line] for line, _, _ in pieces],
                [projects[project] for _, project, _ in pieces],
                [fen for _, _, fen in pieces],
            )
            cursor.execute(_PIECES, [plan.pk, *columns])


def _check_pieces(pieces: Sequence[tuple[str, str, int]]) -> None:
    problems = []
    if not pieces:
        problems.append(Problem("pieces", Text("计划没有内容。", "The plan has no pieces.")))
    seen: set[tuple[str, str]] = set()
    for line, project, fen in pieces:
        where = f"{line} → {project}"
        if fen <= 0:
            problems.append(
                Problem(where, Text("金额必须大于零。", "The amount must be positive."), str(fen))
            )
        if (line, project) in seen:
            problems.append(Problem(where, Text("重复列入。", "This piece is named twice.")))
        seen.add((line, project))
    if problems:
        raise InputError(Text("计划不能提出。", "The plan cannot be proposed."), problems)


def _not_in_turn(plan: Plan, verb: Text) -> Text:
    plan.refresh_from_db()
    status = PlanStatus(plan.status)
    return Text(
        f"{plan.year} 年第 {plan.version} 版计划{status.label}，不能{verb.zh}。",
        f"Version {plan.version} of the plan for {plan.year} is {status.value} "
        f"and cannot {verb.en}.",
    )


def _journal_plan(
    by: str, plan: Plan, verb: str, after: Mapping[str, object] | None, reason: str = ""
) -> None:
    journal.write(
        by=by,
        place_code=plan.place_code,
        verb=verb,
        subject=f"plan {plan.year} version {plan.version}",
        reason=reason,
        after=after,
    )
