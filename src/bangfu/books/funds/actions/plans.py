"""Plans: proposed, approved by another, posted whole or not at all; amendments by their difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Max, Sum

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.queries import same_person
from bangfu.books.funds.booking import line_ids, lock_projects, post, project_ids, refusals_told
from bangfu.books.funds.models import Document, FundLine, Plan, PlanItem, PlanStatus
from bangfu.books.funds.people import APPROVERS, PLANNERS, require
from bangfu.books.funds.queries import problem_hash
from bangfu.books.journal import actions as journal
from bangfu.books.notices import queries as notices
from bangfu.books.projects.models import Project, Status
from bangfu.core.allocation.strings import held_back
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.postings import allocation, amendment
from bangfu.core.ledger.stages import Kind
from bangfu.core.money import format_yuan

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
    amounts that are not positive, pieces named twice and lines whose strings do not let them pay;
    ConflictError for projects not admitted.
    """
    plan = Plan(
        place_code=place_code, year=year, title=title, problem_hash=problem_hash, proposed_by=by
    )
    draw_up(plan, pieces)
    total = sum(fen for _, _, fen in pieces)
    after = {"pieces": len(pieces), "fen": total, "problem": problem_hash}
    journal_plan(by, plan, "funds.propose_plan", after)
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
    with refusals_told(), transaction.atomic():
        changed = Plan.objects.filter(pk=plan.pk, status=PlanStatus.PROPOSED).update(
            status=PlanStatus.APPROVED, approved_by=by, approved_on=day, document=document
        )
    if not changed:
        raise ConflictError(not_in_turn(plan, Text("批准", "be approved")))
    journal_plan(by, plan, "funds.approve_plan", {"day": day.isoformat()})


@transaction.atomic
def withdraw_plan(*, by: str, plan: Plan, reason: str) -> None:
    """Withdraw a plan that is not posted. One that is posted is taken back by `reverse`."""
    waiting = [PlanStatus.PROPOSED, PlanStatus.APPROVED]
    changed = Plan.objects.filter(pk=plan.pk, status__in=waiting).update(
        status=PlanStatus.WITHDRAWN
    )
    if not changed:
        raise ConflictError(not_in_turn(plan, Text("撤回", "be withdrawn")))
    journal_plan(by, plan, "funds.withdraw_plan", None, reason)


@transaction.atomic
def post_plan(*, by: str, plan: Plan, day: date, memo: str = "") -> int:
    """Post an approved plan, or the difference that an amendment makes, whole or not at all.

    Gives the posting's number. ConflictError when it is not approved, is posted already, a line has too
    little announced, a project has already committed what it would lose, or the notice of an amendment
    is not over.
    """
    changed = Plan.objects.filter(pk=plan.pk, status=PlanStatus.APPROVED).first()
    if changed is None:
        raise ConflictError(not_in_turn(plan, Text("记账", "be posted")))
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
        raise ConflictError(not_in_turn(plan, Text("记账", "be posted")))
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
    journal_plan(by, plan, "funds.post_plan", {"posting": number})
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
    on_board = notices.standing(notice_subject(amended), on=day)
    if on_board is not None and on_board.open_objections:
        raise ConflictError(
            Text(
                f"公示还有 {on_board.open_objections} 条异议没有答复，答复后再记账。",
                f"Objections to the notice wait for an answer ({on_board.open_objections}). "
                "Answer them, then post.",
            )
        )
    if on_board is not None and on_board.upheld_objections:
        raise ConflictError(
            Text(
                "公示中有异议成立，请撤回这次调整，改好后重新提出。",
                "An objection to the notice was upheld: withdraw this amendment and propose it anew.",
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


def notice_subject(plan: Plan) -> str:
    """What the notice of an amendment is about, as the board keeps it."""
    return f"plan {plan.place_code} {plan.year} version {plan.version}"


def draw_up(plan: Plan, pieces: Pieces) -> None:
    """Write a proposed plan, as its year's next version, and its pieces."""
    _check_pieces(pieces)
    lines = line_ids(plan.place_code, [line for line, _, _ in pieces])
    projects = project_ids(plan.place_code, [project for _, project, _ in pieces])
    _check_strings(plan, pieces)
    _check_costs(plan, pieces)
    versions = Plan.objects.filter(place_code=plan.place_code, year=plan.year)
    plan.version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    with refusals_told(), transaction.atomic():
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


def _check_strings(plan: Plan, pieces: Pieces) -> None:
    """InputError for every piece that its line may not pay. What an amendment leaves as it was, stays."""
    standing = pieces_of(plan.amends) if plan.amends else {}
    fresh = [
        (line, project) for line, project, fen in pieces if fen > standing.get((line, project), 0)
    ]
    lines = {
        line.number: line
        for line in FundLine.objects.filter(
            place_code=plan.place_code, number__in={line for line, _ in fresh}
        )
    }
    projects = {
        project.number: project
        for project in Project.objects.filter(
            county_code=plan.place_code, number__in={project for _, project in fresh}
        ).only("number", "purpose", "place_code", "beneficiaries", "status")
    }
    problems = []
    for number, paid in fresh:
        line, project = lines[number], projects[paid]
        reasons = held_back(
            poolable=line.poolable,
            purposes=line.purposes,
            areas=line.areas,
            beneficiaries=line.beneficiaries,
            purpose=project.purpose,
            place=project.place_code,
            helped=project.beneficiaries or (),
        )
        if project.status != Status.ADMITTED:
            reasons.append(Text("项目没有入库", "the project is not in the bank"))
        if line.year > plan.year:
            reasons.append(Text(f"这是 {line.year} 年的资金", f"it is money of {line.year}"))
        problems += [
            Problem(f"{number} → {paid}", Text(f"{why.zh}。", f"{why.en[:1].upper()}{why.en[1:]}."))
            for why in reasons
        ]
    if problems:
        raise InputError(
            Text(
                "有资金不能支付所列项目，计划不能提出。",
                "Some lines may not pay these projects; the plan cannot be proposed.",
            ),
            problems,
        )


def _check_costs(plan: Plan, pieces: Pieces) -> None:
    """InputError for every project that would have more than its approved cost from the plans of all
    years together. What an amendment does not raise, stays."""
    given, standing = _by_project(pieces), _standing_of(plan)
    elsewhere = dict(
        PlanItem.objects.filter(
            plan__place_code=plan.place_code,
            plan__status=PlanStatus.POSTED,
            project__number__in=given,
        )
        .exclude(plan__year=plan.year)
        .values_list("project__number")
        .annotate(fen=Sum("fen"))
    )
    costs = Project.objects.filter(county_code=plan.place_code, number__in=given).order_by("number")
    problems = []
    for number, cost in costs.values_list("number", "cost_fen"):
        whole = given[number] + elsewhere.get(number, 0)
        if whole > cost and given[number] > standing.get(number, 0):
            amounts = format_yuan(cost), format_yuan(whole)
            told = Text(
                f"批准的资金规模是 {amounts[0]} 元，各年计划合计安排了 {amounts[1]} 元。",
                f"Its approved cost is {amounts[0]} yuan, and the plans of all years give {amounts[1]}.",
            )
            problems.append(Problem(number, told))
    if problems:
        raise InputError(
            Text(
                "有项目的安排超过批准的资金规模，计划不能提出。",
                "Some projects would have more than their approved cost; the plan cannot be proposed.",
            ),
            problems,
        )


def _standing_of(plan: Plan) -> dict[str, int]:
    """Fen by project of the plan that this one amends."""
    pieces = pieces_of(plan.amends) if plan.amends else {}
    return _by_project((line, project, fen) for (line, project), fen in pieces.items())


def _by_project(pieces: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    given: dict[str, int] = {}
    for _, project, fen in pieces:
        given[project] = given.get(project, 0) + fen
    return given


def not_in_turn(plan: Plan, verb: Text) -> Text:
    """Why a plan cannot take this step now."""
    plan.refresh_from_db()
    status = PlanStatus(plan.status)
    return Text(
        f"{plan.year} 年第 {plan.version} 版计划{status.label}，不能{verb.zh}。",
        f"Version {plan.version} of the plan for {plan.year} is {status.value} "
        f"and cannot {verb.en}.",
    )


def journal_plan(
    by: str, plan: Plan, verb: str, after: Mapping[str, object] | None, reason: str = ""
) -> None:
    """Write a step of a plan to the journal."""
    journal.write(
        by=by,
        place_code=plan.place_code,
        verb=verb,
        subject=f"plan {plan.year} version {plan.version}",
        reason=reason,
        after=after,
    )
