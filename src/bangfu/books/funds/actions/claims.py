"""Claims (报账): filled in with their papers, lodged by the department, checked or returned by finance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.attachments import actions as attachments
from bangfu.books.funds.actions.commitments import held_contract
from bangfu.books.funds.booking import entries_of, line_ids, post, refusals_told
from bangfu.books.funds.claiming import facts_of, rules_for
from bangfu.books.funds.models import (
    Basis,
    Claim,
    ClaimPaper,
    ClaimShare,
    ClaimStatus,
    Contract,
)
from bangfu.books.funds.people import CLAIMANTS, FINANCE, require, require_another
from bangfu.books.funds.shares import held_by_line, to_claim
from bangfu.books.journal import actions as journal
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import ClaimKind, refusals
from bangfu.core.ledger.postings import mirrored, within_project
from bangfu.core.ledger.splitting import split
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.policy.resolve import Policy
from bangfu.files.uploads import Upload

NO_CLAIM = Text(
    "没有这笔报账，或者它不在您的范围内。", "There is no such claim, or it is not yours to see."
)


# What a claim of a kind rests on; any other kind rests on a contract.
_RESTS_ON = {ClaimKind.AWARD: (Basis.AWARD,), ClaimKind.HOUSEHOLDS: (Basis.ROSTER,)}


@transaction.atomic
def draft_claim(*, by: Actor, contract_id: int, kind: ClaimKind, fen: int, note: str = "") -> Claim:
    """Begin a claim on a contract. It weighs nothing until it is lodged.

    InputError for an amount that is not positive or an award claimed as a contract and the reverse.
    """
    contract = Contract.objects.filter(pk=contract_id).first()
    if contract is None:
        raise NotFoundError(Text("没有这个合同。", "There is no such contract."))
    require(by, CLAIMANTS, contract.place_code)
    if fen <= 0:
        problem = Problem("fen", Text("金额必须大于零。", "The amount must be positive."))
        raise InputError(Text("报账没有建立。", "The claim was not begun."), [problem])
    if contract.basis not in _RESTS_ON.get(kind, (Basis.CONTRACT, Basis.SERVICE)):
        text = Text(
            "报账类别与依据不符：奖补批复报奖补资金，发放清册报发放到户，合同报预付、进度或结算款。",
            "An award is claimed as an award, a roster as payments to households, "
            "a contract as advance, progress or final.",
        )
        raise InputError(
            Text("报账没有建立。", "The claim was not begun."), [Problem("kind", text)]
        )
    claim: Claim = Claim.objects.create(
        place_code=contract.place_code,
        contract=contract,
        kind=kind.value,
        fen=fen,
        note=note,
        claimed_by=by.username,
    )
    _journal(by, claim, "funds.draft_claim", {"contract": contract.pk, "fen": fen})
    return claim


@transaction.atomic
def add_paper(
    *, by: Actor, claim_id: int, code: str, upload: Upload, policy: Policy, now: datetime
) -> ClaimPaper:
    """Attach a paper to a claim that is being filled in.

    InputError for a code that the policy does not know; ConflictError when it is attached already, and when
    the same file is attached as another paper: one file does not prove two things.
    """
    claim = _held(claim_id)
    require(by, CLAIMANTS, claim.place_code)
    _in_turn(claim, ClaimStatus.DRAFT)
    known = rules_for(claim, policy, on=now.date()).papers
    if code not in known:
        raise InputError(Text("没有这种材料。", "There is no such paper."))
    other = claim.papers.filter(digest=upload.digest).exclude(code=code).first()
    if other is not None:
        name = known.get(other.code, Text(other.code, other.code))
        raise ConflictError(
            Text(
                f"这个文件已经作为“{name.zh}”附上。每种材料请用各自的文件；扫在一起的，请分开再传。",
                f"This file is attached as “{name.en}” already. Each paper has a file of its own: part "
                "what was scanned together.",
            )
        )
    kept = attachments.keep(
        by=by.username,
        place_code=claim.place_code,
        classes=[DataClass.MONEY],
        name=upload.name,
        content=upload.content,
        content_type=upload.content_type,
        now=now,
        taken_at=upload.taken_at,
        position=upload.position,
    )
    with refusals_told(), transaction.atomic():
        paper: ClaimPaper = ClaimPaper.objects.create(
            place_code=claim.place_code,
            claim=claim,
            code=code,
            attachment=kept,
            digest=kept.digest,
        )
    _journal(by, claim, "funds.add_paper", {"code": code, "digest": kept.digest})
    return paper


@transaction.atomic
def remove_paper(*, by: Actor, claim_id: int, paper_id: int) -> None:
    """Take a paper off a claim that is being filled in. The file stays with the books."""
    claim = _held(claim_id)
    require(by, CLAIMANTS, claim.place_code)
    _in_turn(claim, ClaimStatus.DRAFT)
    paper = ClaimPaper.objects.filter(pk=paper_id, claim=claim).first()
    if paper is None:
        raise NotFoundError(Text("没有这份材料。", "There is no such paper."))
    paper.delete()
    _journal(by, claim, "funds.remove_paper", {"code": paper.code, "digest": paper.digest})


@transaction.atomic
def drop_claim(*, by: Actor, claim_id: int) -> None:
    """Give up a claim that was never lodged."""
    claim = _held(claim_id)
    require(by, CLAIMANTS, claim.place_code)
    _in_turn(claim, ClaimStatus.DRAFT)
    Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.DROPPED)
    _journal(by, claim, "funds.drop_claim")


@transaction.atomic
def lodge_claim(*, by: Actor, claim_id: int, policy: Policy, day: date) -> int:
    """Lodge a claim: its sum is split over the lines that pay the project and stands as claimed.

    Gives the posting's number. Only who began it lodges it. InputError with every reason of the
    policy's list that stands against it; ConflictError when it is not a draft.
    """
    claim = _held(claim_id)
    require(by, CLAIMANTS, claim.place_code)
    _in_turn(claim, ClaimStatus.DRAFT)
    if claim.claimed_by != by.username:
        raise ConflictError(Text("由填报人自己提交。", "A claim is lodged by who filled it in."))
    contract = held_contract(claim.contract_id)
    held = held_by_line(contract.project_id)
    _hold_vouchers(claim)
    rules = rules_for(claim, policy, on=day)
    problems = refusals(facts_of(claim, contract, held, policy, on=day), rules)
    if problems:
        raise InputError(Text("这笔报账不能提交。", "This claim cannot be lodged."), problems)
    shares = split(to_claim(held), claim.fen)
    lines = line_ids(claim.place_code, list(shares))
    ClaimShare.objects.bulk_create(
        ClaimShare(place_code=claim.place_code, claim=claim, line_id=lines[line], fen=fen)
        for line, fen in shares.items()
    )
    number = post(
        by=by.username,
        place_code=claim.place_code,
        kind=Kind.CLAIM,
        day=day,
        entries=within_project(contract.project.number, shares, Stage.COMMITTED, Stage.CLAIMED),
        memo=f"{contract.number} / {claim.pk}",
    )
    with refusals_told(), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(
            status=ClaimStatus.LODGED, posting_id=number, lodged_on=day
        )
    _journal(by, claim, "funds.lodge_claim", {"fen": claim.fen, "posting": number})
    return number


@transaction.atomic
def check_claim(*, by: Actor, claim_id: int, day: date) -> None:
    """Find a lodged claim in order. ForbiddenError for who made it and for who is not of finance."""
    claim = _held(claim_id)
    require(by, FINANCE, claim.place_code)
    _in_turn(claim, ClaimStatus.LODGED)
    require_another(by, claim.claimed_by)
    with refusals_told(), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(
            status=ClaimStatus.CHECKED, checked_by=by.username, checked_on=day
        )
    _journal(by, claim, "funds.check_claim")


@transaction.atomic
def return_claim(
    *, by: Actor, claim_id: int, reasons: Sequence[str], note: str, policy: Policy, day: date
) -> int:
    """Return a claim that is not paid, for reasons of the policy's list; it is taken off the ledger.

    Gives the number of the reversal. The department may make another claim.
    """
    claim = _held(claim_id)
    require(by, FINANCE, claim.place_code)
    _in_turn(claim, ClaimStatus.LODGED, ClaimStatus.CHECKED)
    require_another(by, claim.claimed_by)
    known = rules_for(claim, policy, on=day).reasons
    if not reasons or any(code not in known for code in reasons):
        problem = Problem("reasons", Text("请选择退回原因。", "Choose why it is returned."))
        raise InputError(Text("没有退回。", "The claim was not returned."), [problem])
    held_contract(claim.contract_id)
    posted = claim.posting_id
    if posted is None:
        raise ConflictError(NO_CLAIM)
    with refusals_told(), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(
            status=ClaimStatus.RETURNED,
            returned_by=by.username,
            returned_on=day,
            reasons=list(reasons),
            return_note=note,
        )
    number = post(
        by=by.username,
        place_code=claim.place_code,
        kind=Kind.CLAIM,
        day=day,
        entries=mirrored(entries_of(posted)),
        reverses=posted,
        memo=f"{claim.pk}",
    )
    _journal(by, claim, "funds.return_claim", {"reasons": list(reasons), "posting": number}, note)
    return number


def _held(claim_id: int) -> Claim:
    found = Claim.objects.select_for_update(no_key=True).filter(pk=claim_id).first()
    if found is None:
        raise NotFoundError(NO_CLAIM)
    return found


def _in_turn(claim: Claim, *statuses: ClaimStatus) -> None:
    if claim.status not in statuses:
        label = ClaimStatus(claim.status)
        raise ConflictError(
            Text(
                f"这笔报账{label.label}，现在不能这样办理。",
                f"This claim is {label.value}; that cannot be done now.",
            )
        )


def _hold_vouchers(claim: Claim) -> None:
    """One at a time with each file, so that two claims with one voucher do not pass side by side."""
    digests = sorted(set(claim.papers.values_list("digest", flat=True)))
    with connection.cursor() as cursor:
        for digest in digests:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])


def _journal(
    by: Actor,
    claim: Claim,
    verb: str,
    after: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    journal.write(
        by=by.username,
        place_code=claim.place_code,
        verb=verb,
        subject=f"claim {claim.pk}",
        reason=reason,
        after=after,
    )
