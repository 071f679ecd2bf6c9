"""What policy asks of a claim, and what the books know of it."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from bangfu.books.funds.models import Basis, Claim, ClaimPaper, ClaimStatus, Contract
from bangfu.books.funds.shares import Held, sum_of
from bangfu.books.projects.models import AFTERWARDS
from bangfu.books.projects.queries import what_is_payable
from bangfu.core.ledger.claiming import ClaimFacts, ClaimKind, ClaimRules, claim_rules
from bangfu.core.ledger.stages import Stage
from bangfu.core.policy.resolve import Policy


def rules_for(claim: Claim, policy: Policy, *, on: date) -> ClaimRules:
    """The rules of a claim's kind in its county on a day."""

    def value(key: str) -> list[dict[str, object]]:
        return list(policy.value(key, place=claim.place_code, on=on).value)

    return claim_rules(
        ClaimKind(claim.kind),
        papers=value("claims.papers"),
        needed=value("claims.needed_papers"),
        single_use=[str(code) for code in value("claims.single_use_papers")],
        reasons=value("claims.refusal_reasons"),
        steps=value("projects.payment_steps"),
    )


def facts_of(
    claim: Claim, contract: Contract, held: Held, policy: Policy, *, on: date
) -> ClaimFacts:
    """What is known of a claim that is about to be lodged; `held` is what its project's lines hold.

    Delivery has a say in contracts on what is built and in projects paid after acceptance (先建后补,
    以奖代补); services come before and beside, an award to households is not built.
    """
    papers = list(claim.papers.values_list("code", "digest"))
    elsewhere = ClaimPaper.objects.filter(
        digest__in=[digest for _, digest in papers],
        claim__status__in=[ClaimStatus.LODGED, ClaimStatus.CHECKED],
    ).exclude(claim=claim)
    used = set(elsewhere.values_list("digest", flat=True))
    project = contract.project
    service = contract.basis == Basis.SERVICE
    built = contract.basis == Basis.CONTRACT or (project.mode in AFTERWARDS and not service)
    payable = what_is_payable(project, on, policy=policy) if built else None
    others = Contract.objects.filter(project=project).exclude(basis=Basis.SERVICE)
    claimed = others.aggregate(fen=Sum("claimed_fen"))["fen"]
    return ClaimFacts(
        kind=ClaimKind(claim.kind),
        fen=claim.fen,
        contract_fen=contract.fen - contract.released_fen,
        claimed_fen=contract.claimed_fen,
        committed_fen=sum_of(held, [Stage.COMMITTED]),
        papers={code for code, _ in papers},
        used={code for code, digest in papers if digest in used},
        payable=payable,
        project_claimed_fen=claimed or 0,
    )
