"""Contracts: promising a project's money to a payee, and giving up what a contract leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from bangfu.books.accounts.actors import Actor
from bangfu.books.funds.booking import lock_projects, post, project_ids, refusals_told
from bangfu.books.funds.models import Basis, Contract, Document, Release
from bangfu.books.funds.people import CLAIMANTS, require
from bangfu.books.funds.shares import held_by_line, sum_of, to_claim, to_commit
from bangfu.books.journal import actions as journal
from bangfu.books.places.days import day_problem
from bangfu.books.projects.models import AFTERWARDS, Project
from bangfu.books.projects.models import Stage as Delivery
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.awarding import Award, beyond_award, beyond_services
from bangfu.core.ledger.postings import within_project
from bangfu.core.ledger.splitting import split, unsplit
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy

_BEFORE_TENDER = (Delivery.WAITING, Delivery.PLAN, Delivery.DESIGN)
NO_CONTRACT = Text(
    "没有这个合同，或者它不在您的范围内。", "There is no such contract, or it is not yours to see."
)


@transaction.atomic
def sign_contract(
    *,
    by: Actor,
    place_code: str,
    number: str,
    project: str,
    basis: Basis,
    title: str,
    payee: str,
    fen: int,
    signed_on: date,
    day: date,
    payee_code: str = "",
    scheme: str = "",
    term: str = "",
    document: Document | None = None,
    policy: Policy,
) -> Contract:
    """Record a contract or an award and commit its sum, split over the lines that pay the project.

    A roster of households names the scheme and the term that it pays; nothing else does.
    ForbiddenError for who is no claimant; InputError for what is not filled in, for another firm than won
    the tender and for more than it was awarded; ConflictError when the plan leaves the project less, or the
    number is taken.
    """
    require(by, CLAIMANTS, place_code)
    named = {"scheme": scheme, "term": term} if basis is Basis.ROSTER or scheme or term else {}
    _check_terms(
        {"number": number, "title": title, "payee": payee, **named},
        fen=fen,
        wrong_day=day_problem(signed_on, place_code=place_code, today=day),
    )
    if named and basis is not Basis.ROSTER:
        raise InputError(
            Text(
                "只有发放清册写明惠民政策和期次。",
                "Only a roster of households names a scheme and a term.",
            )
        )
    ids = project_ids(place_code, [project])
    lock_projects(place_code, [project])
    _hold_against(ids[project], basis, payee=payee, fen=fen, policy=policy, day=day)
    held = held_by_line(ids[project])
    free = sum_of(held, [Stage.ALLOCATED])
    if fen > free:
        raise ConflictError(
            Text(
                f"项目 {project} 计划内尚未签合同的只有 {format_yuan(free)} 元。",
                f"The plan leaves project {project} {format_yuan(free)} yuan without a contract.",
            )
        )
    posting = post(
        by=by.username,
        place_code=place_code,
        kind=Kind.COMMIT,
        day=day,
        entries=within_project(
            project, split(to_commit(held), fen), Stage.ALLOCATED, Stage.COMMITTED
        ),
        document=document,
        memo=number,
    )
    with refusals_told(), transaction.atomic():
        contract = Contract.objects.create(
            place_code=place_code,
            number=number,
            project_id=ids[project],
            basis=basis,
            title=title,
            payee=payee,
            payee_code=payee_code,
            scheme=scheme,
            term=term,
            signed_on=signed_on,
            fen=fen,
            posting_id=posting,
            recorded_by=by.username,
        )
    _journal(by, contract, "funds.sign_contract", {"fen": fen, "posting": posting, **named})
    return contract


@transaction.atomic
def end_contract(*, by: Actor, contract_id: int, day: date, reason: str) -> int:
    """End a contract below its sum: what is not claimed goes back to the project, the lines that gave
    last first. Gives the posting's number. ConflictError when nothing is left.
    """
    contract = held_contract(contract_id)
    require(by, CLAIMANTS, contract.place_code)
    if not reason.strip():
        raise InputError(Text("请写明结束原因。", "Say why the contract ends."))
    left = contract.left_fen
    if left == 0:
        raise ConflictError(
            Text("合同没有未报账的余额。", "The contract has nothing left to give up.")
        )
    back = unsplit(to_claim(held_by_line(contract.project_id)), left)
    posting = post(
        by=by.username,
        place_code=contract.place_code,
        kind=Kind.RELEASE,
        day=day,
        entries=within_project(contract.project.number, back, Stage.COMMITTED, Stage.ALLOCATED),
        memo=contract.number,
    )
    with refusals_told(), transaction.atomic():
        Release.objects.create(
            place_code=contract.place_code,
            contract=contract,
            fen=left,
            reason=reason,
            released_by=by.username,
            posting_id=posting,
        )
    _journal(by, contract, "funds.end_contract", {"fen": left, "posting": posting}, reason)
    return posting


def held_contract(contract_id: int) -> Contract:
    """A contract with its project, both held until the transaction ends. NotFoundError."""
    found = Contract.objects.filter(pk=contract_id).select_related("project").first()
    if found is None:
        raise NotFoundError(NO_CONTRACT)
    lock_projects(found.place_code, [found.project.number])
    contracts = Contract.objects.select_for_update(no_key=True, of=["self"])
    return contracts.select_related("project").get(pk=contract_id)


def _hold_against(
    project_id: int, basis: Basis, *, payee: str, fen: int, policy: Policy, day: date
) -> None:
    """InputError for a contract beyond the award of its tender, or beyond the share of services."""
    if basis not in (Basis.CONTRACT, Basis.SERVICE):
        return
    project = Project.objects.get(pk=project_id)
    sums = Contract.objects.filter(project_id=project_id, basis=basis).aggregate(
        fen=Coalesce(Sum(F("fen") - F("released_fen")), 0)
    )
    if basis is Basis.CONTRACT:
        award = Award(
            project.number,
            project.stage in _BEFORE_TENDER and project.mode not in AFTERWARDS,
            project.contractor,
            project.contract_fen,
            int(sums["fen"]),
        )
        problems = beyond_award(award, payee=payee, fen=fen)
    else:
        share = policy.value("projects.service_share", place=project.place_code, on=day).value
        problems = beyond_services(
            cost_fen=project.cost_fen, share=Fraction(share), signed_fen=int(sums["fen"]), fen=fen
        )
    if problems:
        raise InputError(Text("合同没有登记。", "The contract was not recorded."), problems)


def _check_terms(written: Mapping[str, str], *, fen: int, wrong_day: Text | None) -> None:
    problems = [
        Problem(name, Text("必须填写。", "Must be filled in."), rule="terms")
        for name, text in written.items()
        if not text.strip()
    ]
    if fen <= 0:
        problems.append(Problem("fen", Text("金额必须大于零。", "The amount must be positive.")))
    if wrong_day is not None:
        problems.append(Problem("signed_on", wrong_day))
    if problems:
        raise InputError(Text("合同没有登记。", "The contract was not recorded."), problems)


def _journal(
    by: Actor, contract: Contract, verb: str, after: Mapping[str, object], reason: str = ""
) -> None:
    journal.write(
        by=by.username,
        place_code=contract.place_code,
        verb=verb,
        subject=f"contract {contract.pk}",
        reason=reason,
        after=dict(after),
    )
