"""The price of what was tendered changes, with a reason and, beyond a share, with its approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.projects import limits
from bangfu.books.projects.actions.common import in_bank, may, refuse, within_cost, write
from bangfu.books.projects.actions.papers import Paper, keep_paper
from bangfu.books.projects.models import DeliveryStep, Project, Stage
from bangfu.core.errors import ConflictError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy


@transaction.atomic
def change_price(
    *,
    by: Actor,
    project: Project,
    amount_fen: int,
    why: str,
    papers: Iterable[Paper] = (),
    policy: Policy,
    today: date,
    now: datetime,
) -> DeliveryStep:
    """Raise the price of what was tendered, with its builder, before it is accepted.

    Contracts are held against the price. Beyond the policy's share of the award it needs the papers of
    `projects.documents_price`. ConflictError before the tender and after acceptance, ForbiddenError without
    a role of the tender, InputError with everything missing or beyond what was approved.
    """
    held = in_bank(project)
    awarded = award_of(held)
    may(by, limits.roles(policy, Stage.TENDER, place=held.place_code, on=today), held)
    given = list(papers)
    refuse(_price(held, awarded.amount_fen or 0, amount_fen, why, given, policy, today))
    step = DeliveryStep.objects.create(
        project=held,
        place_code=held.place_code,
        stage=Stage.TENDER,
        done_on=today,
        method=awarded.method,
        party=awarded.party,
        amount_fen=amount_fen,
        note=why.strip(),
        actor=by.username,
        at=now,
    )
    for paper in given:
        keep_paper(by, held, Stage.TENDER, paper, done_on=today, now=now)
    Project.objects.filter(pk=held.pk).update(contract_fen=amount_fen)
    write(by, held, "projects.change_price", {"from": held.contract_fen, "fen": amount_fen})
    return step


def award_of(project: Project) -> DeliveryStep:
    """The tender of a project as it was awarded. ConflictError while its price cannot change."""
    awarded = project.steps.filter(stage=Stage.TENDER).order_by("pk").first()
    if awarded is None or project.stage not in limits.PRICED:
        raise ConflictError(
            Text(
                "招标采购以后、验收以前才能变更合同价。",
                "The price changes after the tender and before acceptance.",
            )
        )
    return awarded


def _price(
    project: Project,
    awarded_fen: int,
    amount_fen: int,
    why: str,
    given: Sequence[Paper],
    policy: Policy,
    today: date,
) -> list[Problem]:
    """What stands against a new price."""
    problems = []
    now_fen = project.contract_fen or 0
    if not why.strip():
        problems.append(Problem("why", Text("请填写变更原因。", "Say why it changes.")))
    if amount_fen <= now_fen:
        problems.append(
            Problem(
                "amount_fen",
                Text(
                    f"现在的合同价是 {format_yuan(now_fen)} 元。少用的不用变更，结束合同时退回项目。",
                    f"The price is {format_yuan(now_fen)} yuan. What is not used goes back when the contract "
                    "ends.",
                ),
            )
        )
    problems += within_cost(project, amount_fen)
    at: Mapping[str, Any] = {"place": project.place_code, "on": today}
    free = Decimal(str(policy.value("projects.price_change_share", **at).value))
    there = {paper.kind for paper in given}
    if amount_fen - awarded_fen > free * awarded_fen:
        problems += [
            Problem(
                "papers",
                Text(
                    f"比中标价 {format_yuan(awarded_fen)} 元多出超过 {free:.0%}，要附“{kind}”。",
                    f"More than {free:.0%} beyond the award of {format_yuan(awarded_fen)} yuan: attach {kind}.",
                ),
                kind,
                "projects.price_change_share",
            )
            for kind in policy.value("projects.documents_price", **at).value
            if kind not in there
        ]
    return problems
