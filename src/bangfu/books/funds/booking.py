"""The one door to the ledger: a posting is checked, numbered, and written in one call.

The database holds every rule by itself (`sql/`); what it refuses is told here in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError

from bangfu.books.funds.models import Document, FundLine, Plan
from bangfu.books.funds.models import Entry as EntryRow
from bangfu.books.funds.shortfalls import short_of, too_early
from bangfu.books.journal import actions as journal
from bangfu.books.projects.models import Project
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.postings import Entry, Posting
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.ledger.validation import validate
from bangfu.web.statements import Statement

_POST = """
select number, refused, detail from funds_post(
  %s, %s, %s, %s, %s, %s, %s, %s, %s::text[], %s::text[], %s::text[], %s::bigint[], %s, %s, %s, %s)
"""

_REFUSALS = {
    "funds_plan_two_people": Text(
        "提出和批准必须是两个人。", "Who proposes and who approves must be two people."
    ),
    "funds_posting_plan_once": Text(
        "这份计划已经记过账，不能再记。", "This plan has been posted already."
    ),
    "funds_posting_key_once": Text("这笔已经记过账。", "This act has been posted already."),
    "funds_posting_reverses_id_key": Text(
        "这笔已经冲销过。", "This posting has been reversed already."
    ),
    "funds_posting_month_open": Text(
        "该月已封账，请记到未封的月份。", "That month is sealed; post it in a month that is open."
    ),
    "funds_posting_noticed": Text(
        "计划调整还没有公示期满。", "The notice of the amendment is not over."
    ),
    "funds_entry_cash_fits": Text(
        "到位资金不能多于下达的指标，上缴的也不能多于收回的指标。请核对金额；指标还没有登记的，先登记指标。",
        "Cash that came is within the quota, and cash sent up within the quota taken back. "
        "Check the amounts; record the quota first.",
    ),
    "funds_contract_number": Text(
        "这个合同编号已经登记过。", "A contract of this number is recorded already."
    ),
    "funds_contract_award": Text(
        "合同合计超过了项目的中标合同价，或者收款单位不是中标单位。",
        "The contracts pass the price of the project's tender, or the payee did not win it.",
    ),
    "funds_contract_within": Text(
        "超过合同还可报账的金额：同时有人报了账，请再看一次。",
        "Beyond what the contract has left: somebody claimed at the same moment. Look again.",
    ),
    "funds_claim_two_people": Text(
        "报账和审核必须是两个人。", "Who claims and who checks must be two people."
    ),
    "funds_payment_three_people": Text(
        "报账、审核、支付必须是三个人。", "Who claims, who checks and who pays are three people."
    ),
    "funds_payment_voucher": Text(
        "这个支付凭证号已经用过。", "A payment of this voucher is recorded already."
    ),
    "funds_claim_not_paid": Text(
        "这笔报账已有支付，不能退回。", "Part of this claim is paid; it is not returned."
    ),
    "funds_claimshare_paid_once": Text("这一份已经支付。", "This share has been paid already."),
    "funds_claimpaper_once": Text("这份材料已经附上。", "This paper is attached already."),
    "funds_claimpaper_draft": Text(
        "材料只能在填报时增减。", "Papers come and go while the claim is being filled in."
    ),
    "funds_plan_amended_once": Text(
        "现行计划已被另一次调整取代。", "Another amendment has replaced that plan."
    ),
    "funds_posting_whole_plan": Text(
        "记账内容与批准的计划不一致。", "The posting is not the approved plan as a whole."
    ),
    "funds_monthseal_in_order": Text(
        "该月或以后的月份已封。", "That month or a later one is sealed."
    ),
    "funds_monthseal_once": Text("该月已封。", "That month is sealed already."),
    "funds_plan_version": Text(
        "同时有人提出了另一版计划，请再试。",
        "Another version of the plan was proposed at the same time; try again.",
    ),
    "funds_planitem_open": Text(
        "计划只能在拟订时增列，且只列本县已入库的项目。",
        "Pieces are added while a plan is drawn up, for admitted projects of its county only.",
    ),
}


def post(
    *,
    by: str,
    place_code: str,
    kind: Kind,
    day: date,
    entries: Sequence[Entry],
    document: Document | None = None,
    plan: Plan | None = None,
    reverses: int | None = None,
    key: str = "",
    memo: str = "",
    verb: str = "",
    reason: str = "",
    after: object = None,
) -> int:
    """Post `entries` and return the posting's number.

    `key` names the act: a second posting with the same key is refused. With a `verb` the act is told in
    the journal too, as that of "posting <number>", with `reason` and `after`; all of it is written, or
    nothing. Raises InputError for what is
    wrong with the posting itself, ConflictError for what the books refuse: an account without enough
    on it, a second posting of the same act, a sealed month.
    """
    posting = Posting(
        number=0,
        place=place_code,
        kind=kind,
        day=day,
        document=document.number if document else "",
        actor=by,
        entries=tuple(entries),
        memo=memo,
        reverses=reverses,
    )
    problems = validate(posting)
    if problems:
        raise InputError(Text("这笔账不能记。", "This cannot be posted."), problems)
    values: list[Any] = [
        place_code, kind.value, day, document and document.pk, plan and plan.pk, reverses, key, memo,
        [entry.line for entry in entries], [entry.stage.value for entry in entries],
        [entry.project for entry in entries], [entry.fen for entry in entries],
        by, verb, reason, journal.text_of(after),
    ]  # fmt: skip
    [[number, refused, detail]] = Statement(_POST, tuple(values)).rows()
    if refused is None:
        return int(number)
    if refused == "unknown":
        line_ids(place_code, [entry.line for entry in entries])
        project_ids(place_code, [entry.project for entry in entries if entry.project])
    told = _told_of_posting(refused, posting)
    raise IntegrityError(detail) if told is None else ConflictError(told)


def entries_of(posting: int) -> list[Entry]:
    """The legs of a posting, as they were posted."""
    rows = EntryRow.objects.filter(posting_id=posting).order_by("position")
    return [
        Entry(line, Stage(stage), project or "", fen)
        for line, stage, project, fen in rows.values_list(
            "line__number", "stage", "project__number", "fen"
        )
    ]


def lock_projects(place_code: str, numbers: Iterable[str]) -> None:
    """Hold what is split and amended of some projects until the transaction ends, one after the other.

    Projects before the heads of lines, and each in the order of the ids: so never in a circle.
    """
    found = Project.objects.filter(county_code=place_code, number__in=set(numbers))
    list(found.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def line_ids(place_code: str, numbers: Sequence[str]) -> dict[str, int]:
    """The ids of fund lines by number. InputError names every number that the books do not know."""
    wanted = set(numbers)
    found = dict(
        FundLine.objects.filter(place_code=place_code, number__in=wanted).values_list(
            "number", "pk"
        )
    )
    _all_known(wanted - found.keys(), Text("资金", "fund line"))
    return found


def project_ids(place_code: str, numbers: Sequence[str]) -> dict[str, int]:
    """The ids of projects by bank number. InputError names every number that is not in the bank."""
    wanted = set(numbers)
    if not wanted:
        return {}
    found = dict(
        Project.objects.filter(county_code=place_code, number__in=wanted).values_list(
            "number", "pk"
        )
    )
    _all_known(wanted - found.keys(), Text("项目", "project"))
    return found


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn what the database refuses into a ConflictError with a sentence; pass on anything else."""
    try:
        yield
    except IntegrityError as refused:
        cause = refused.__cause__
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        told = _told(constraint)
        if told is None:
            raise
        raise ConflictError(told) from refused


def _told_of_posting(constraint: str, posting: Posting) -> Text | None:
    if constraint == "funds_balance_not_negative":
        return short_of(posting.place, posting.entries)
    if constraint == "funds_entry_in_time":
        return too_early(posting.place, posting.entries, posting.day)
    return _told(constraint)


def _told(constraint: str | None) -> Text | None:
    """What a constraint refused, in words; None for one that only a fault of ours meets."""
    return _REFUSALS.get(constraint or "")


def _all_known(unknown: set[str], noun: Text) -> None:
    if unknown:
        raise InputError(
            Text(f"账上没有这些{noun.zh}。", f"The books do not know every {noun.en} named."),
            [
                Problem(
                    number,
                    Text(f"账上没有这个{noun.zh}编号。", f"There is no such {noun.en}."),
                    number,
                )
                for number in sorted(unknown)
            ],
        )
