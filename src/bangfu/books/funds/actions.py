"""Verbs of the funds: documents, movements, plans, seals. Each is whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from bangfu.books.accounts.queries import same_person
from bangfu.books.funds.booking import line_ids, post, project_ids, refusals_told
from bangfu.books.funds.models import (
    Balance,
    Document,
    Entry,
    MonthSeal,
    Plan,
    PlanStatus,
    Posting,
)
from bangfu.books.journal import actions as journal
from bangfu.core.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    Problem,
    UsageError,
)
from bangfu.core.language import Text
from bangfu.core.ledger.postings import Entry as Leg
from bangfu.core.ledger.postings import allocation, mirrored, move
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.periods import is_month, month_of

_PIECES = """
insert into funds_planitem (plan_id, line_id, project_id, place_code, fen)
select %s, piece.line_id, piece.project_id, project.place_code, piece.fen
from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as piece (line_id, project_id, fen)
join projects_project project on project.id = piece.project_id
"""


@transaction.atomic
def record_document(
    *,
    by: str,
    place_code: str,
    number: str,
    issued_on: date,
    title: str = "",
    issuer: str = "",
    content_hash: str = "",
) -> Document:
    """The document of this number, recorded now or before.

    ConflictError when one of this number says something else: a recorded paper is not edited.
    """
    terms = {
        "issued_on": issued_on,
        "title": title,
        "issuer": issuer,
        "content_hash": content_hash,
    }
    known = Document.objects.filter(place_code=place_code, number=number).first()
    if known is not None:
        if any(getattr(known, name) != value for name, value in terms.items()):
            raise ConflictError(
                Text(
                    f"文号 {number} 已登记为另一份文件（{known.issued_on} {known.title}）。",
                    f"Document {number} is recorded already as another paper "
                    f"({known.issued_on} {known.title}).",
                )
            )
        return known
    document = Document.objects.create(place_code=place_code, number=number, **terms)
    journal.write(
        by=by, place_code=place_code, verb="funds.record_document", subject=f"document {number}"
    )
    return document


@transaction.atomic
def pledge(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that `fen` are promised to a line (预约). Shown, and not spendable. Gives the number."""
    entries = move(line, Stage.SOURCE, Stage.PLEDGED, fen)
    number = post(
        by=by,
        place_code=place_code,
        kind=Kind.PLEDGE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
    )
    _journal(by, place_code, "funds.pledge", number, {line: fen})
    return number


@transaction.atomic
def announce(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    redeems_fen: int | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that quota came down to a line (指标下达). Gives the posting's number.

    `redeems_fen` of it were pledged before; unsaid, as much as stands pledged on the line.
    """
    if redeems_fen is None:
        account = Balance.objects.filter(
            place_code=place_code, line__number=line, stage=Stage.PLEDGED.value
        )
        redeems_fen = min(fen, account.values_list("amount", flat=True).first() or 0)
    if not 0 <= redeems_fen <= fen:
        raise InputError(
            Text(
                "兑现的预约不能为负，也不能超过下达的指标。",
                "What is redeemed is not negative and at most what is announced.",
            )
        )
    entries = move(line, Stage.PLEDGED, Stage.ANNOUNCED, redeems_fen) if redeems_fen else []
    if fen > redeems_fen or not entries:
        entries += move(line, Stage.SOURCE, Stage.ANNOUNCED, fen - redeems_fen)
    number = post(
        by=by,
        place_code=place_code,
        kind=Kind.ANNOUNCE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
    )
    _journal(by, place_code, "funds.announce", number, {line: fen})
    return number


@transaction.atomic
def receive(
    *,
    by: str,
    place_code: str,
    line: str,
    fen: int,
    day: date,
    document: Document | None = None,
    key: str = "",
    memo: str = "",
) -> int:
    """Record that cash of a line arrived (到位). Quota is not touched. Gives the posting's number."""
    entries = move(line, Stage.TREASURY, Stage.RECEIVED, fen)
    number = post(
        by=by,
        place_code=place_code,
        kind=Kind.RECEIVE,
        day=day,
        entries=entries,
        document=document,
        key=key,
        memo=memo,
    )
    _journal(by, place_code, "funds.receive", number, {line: fen})
    return number


@transaction.atomic
def reverse(
    *, by: str, posting: int, day: date, memo: str, document: Document | None = None
) -> int:
    """Take a posting back with its mirror image (红字冲销). Gives the number of the reversal.

    A plan whose posting is taken back is withdrawn. ConflictError when what it gave has been used
    since, when it was reversed before, or when it is a reversal itself.
    """
    found = Posting.objects.filter(pk=posting).select_related("plan").first()
    if found is None:
        raise UsageError(Text(f"账上没有第 {posting} 笔。", f"There is no posting {posting}."))
    if found.reverses_id is not None:
        raise ConflictError(
            Text(
                "冲销本身不能再冲销，请重新记账。",
                "A reversal is not reversed; post the act again.",
            )
        )
    number = post(
        by=by,
        place_code=found.place_code,
        kind=Kind(found.kind),
        day=day,
        entries=mirrored(_entries_of(posting)),
        document=document,
        reverses=posting,
        memo=memo,
    )
    if found.plan is not None:
        Plan.objects.filter(pk=found.plan.pk).update(status=PlanStatus.WITHDRAWN)
    _journal(by, found.place_code, "funds.reverse", number, {"reverses": posting}, memo)
    return number


@transaction.atomic
def propose_plan(
    *,
    by: str,
    place_code: str,
    year: int,
    title: str,
    problem_hash: str,
    pieces: Sequence[tuple[str, str, int]],
) -> Plan:
    """Draw up the next version of a year's plan from (line, project, fen) pieces, by their numbers.

    `problem_hash` is the SHA-256 of the problem it answers. Raises InputError for unknown numbers,
    amounts that are not positive and pieces named twice; ConflictError for projects not admitted.
    """
    _check_pieces(pieces)
    lines = line_ids(place_code, [line for line, _, _ in pieces])
    projects = project_ids(place_code, [project for _, project, _ in pieces])
    latest = Plan.objects.filter(place_code=place_code, year=year).aggregate(last=Max("version"))
    with refusals_told(place_code), transaction.atomic():
        plan = Plan.objects.create(
            place_code=place_code,
            year=year,
            version=(latest["last"] or 0) + 1,
            title=title,
            problem_hash=problem_hash,
            proposed_by=by,
        )
        with connection.cursor() as cursor:
            columns = (
                [lines[line] for line, _, _ in pieces],
                [projects[project] for _, project, _ in pieces],
                [fen for _, _, fen in pieces],
            )
            cursor.execute(_PIECES, [plan.pk, *columns])
    total = sum(fen for _, _, fen in pieces)
    after = {"pieces": len(pieces), "fen": total, "problem": problem_hash}
    _journal_plan(by, plan, "funds.propose_plan", after)
    return plan


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
def post_plan(*, by: str, plan: Plan, day: date, memo: str = "") -> int:
    """Post an approved plan, whole or not at all. Gives the posting's number.

    ConflictError when it is not approved, is posted already, or a line has too little announced.
    """
    changed = Plan.objects.filter(pk=plan.pk, status=PlanStatus.APPROVED).update(
        status=PlanStatus.POSTED
    )
    if not changed:
        raise ConflictError(_not_in_turn(plan, Text("记账", "be posted")))
    plan.refresh_from_db()
    pieces = plan.items.order_by("line__number", "project__number").values_list(
        "line__number", "project__number", "fen"
    )
    number = post(
        by=by,
        place_code=plan.place_code,
        kind=Kind.ALLOCATE,
        day=day,
        entries=allocation(pieces),
        document=plan.document,
        plan=plan,
        memo=memo,
    )
    _journal_plan(by, plan, "funds.post_plan", {"posting": number})
    return number


@transaction.atomic
def seal_month(*, by: str, place_code: str, month: int, today: date) -> MonthSeal:
    """Seal a month (YYYYMM) that has begun. Afterwards no posting can be dated in it or before.

    Its `digest` is what to keep outside the database. ConflictError when it is sealed already.
    """
    if not is_month(month) or month > month_of(today):
        raise UsageError(
            Text(f"{month} 不是已开始的月份。", f"{month} is not a month that has begun (YYYYMM).")
        )
    with refusals_told(place_code), transaction.atomic():
        sealed = MonthSeal.objects.create(place_code=place_code, month=month)
    sealed.refresh_from_db()
    journal.write(
        by=by,
        place_code=place_code,
        verb="funds.seal_month",
        subject=f"month {month}",
        after={"digest": sealed.digest},
    )
    return sealed


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


def _entries_of(posting: int) -> list[Leg]:
    rows = Entry.objects.filter(posting_id=posting).order_by("position")
    return [
        Leg(line, Stage(stage), project or "", fen)
        for line, stage, project, fen in rows.values_list(
            "line__number", "stage", "project__number", "fen"
        )
    ]


def _not_in_turn(plan: Plan, verb: Text) -> Text:
    plan.refresh_from_db()
    status = PlanStatus(plan.status)
    return Text(
        f"{plan.year} 年第 {plan.version} 版计划{status.label}，不能{verb.zh}。",
        f"Version {plan.version} of the plan for {plan.year} is {status.value} "
        f"and cannot {verb.en}.",
    )


def _journal(
    by: str, place_code: str, verb: str, number: int, after: dict[str, int], reason: str = ""
) -> None:
    journal.write(
        by=by,
        place_code=place_code,
        verb=verb,
        subject=f"posting {number}",
        reason=reason,
        after=after,
    )


def _journal_plan(
    by: str, plan: Plan, verb: str, after: dict[str, object] | None, reason: str = ""
) -> None:
    journal.write(
        by=by,
        place_code=plan.place_code,
        verb=verb,
        subject=f"plan {plan.year} version {plan.version}",
        reason=reason,
        after=after,
    )
