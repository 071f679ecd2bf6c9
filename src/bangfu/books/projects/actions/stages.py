"""The stages of a project: its terms, and each stage recorded with its papers and within its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.places.days import day_problem
from bangfu.books.projects import limits, queries
from bangfu.books.projects.actions.common import (
    ARRANGERS,
    in_bank,
    may,
    refuse,
    within_cost,
    write,
)
from bangfu.books.projects.actions.papers import Paper, keep_paper
from bangfu.books.projects.models import (
    AFTERWARDS,
    Bidder,
    DeliveryStep,
    Mode,
    Project,
    Stage,
)
from bangfu.core.errors import ConflictError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy


@dataclass(frozen=True, slots=True)
class Offer:
    """Who offered in a tender, at what price where it is known."""

    name: str
    fen: int | None = None


@transaction.atomic
def arrange(
    *,
    by: Actor,
    project: Project,
    mode: Mode,
    subsidy_share: Decimal | None,
    retention_share: Decimal,
    position: tuple[Decimal, Decimal] | None,
    policy: Policy,
    today: date,
) -> None:
    """Say how a project is paid, what is retained, and where it lies (latitude, longitude in degrees).

    Before building begins; the place may be said at any time. InputError beyond the policy's limits.
    """
    held = in_bank(project)
    may(by, ARRANGERS, held)
    most = Decimal(
        str(policy.value("projects.retention_at_most", place=held.place_code, on=today).value)
    )
    problems = []
    if (mode in AFTERWARDS) != (subsidy_share is not None):
        problems.append(
            Problem(
                "subsidy_share",
                Text(
                    "先建后补、以奖代补要写补助比例；其他方式不写。",
                    "What is paid afterwards has a share; the other modes have none.",
                ),
            )
        )
    if not 0 <= retention_share <= most:
        problems.append(
            Problem(
                "retention_share",
                Text(f"质保金最多 {most:.0%}。", f"The retention is at most {most:.0%}."),
                rule="projects.retention_at_most",
            )
        )
    refuse(problems)
    terms = (held.mode, held.subsidy_share, held.retention_share)
    if held.started_on is not None and terms != (mode, subsidy_share, retention_share):
        raise ConflictError(
            Text("开工以后不能再改付款方式。", "Terms of payment do not change once it has begun.")
        )
    if position is None:
        position = (held.latitude, held.longitude) if held.latitude is not None else None  # type: ignore[assignment]
    Project.objects.filter(pk=held.pk).update(
        mode=mode,
        subsidy_share=subsidy_share,
        retention_share=retention_share,
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
    )
    write(by, held, "projects.arrange", {"mode": mode, "retention": str(retention_share)})


@transaction.atomic
def record_stage(
    *,
    by: Actor,
    project: Project,
    stage: Stage,
    done_on: date,
    papers: Iterable[Paper] = (),
    method: str = "",
    party: str = "",
    amount_fen: int | None = None,
    labour_fen: int | None = None,
    offers: Sequence[Offer] = (),
    note: str = "",
    policy: Policy,
    today: date,
    now: datetime,
) -> DeliveryStep:
    """Record that a stage of a project is done, with its papers.

    `method`, `party` and `amount_fen` are those of a tender, `offers` all who offered in it, the winner
    too; `labour_fen` is the wages that a start of work-for-relief sets aside, and that were paid when it is
    built. Stages go in order; acceptance is a case. ConflictError out of order, ForbiddenError without a role of the stage, InputError with everything missing or beyond a limit.
    """
    held = in_bank(project)
    if stage not in limits.RECORDED or limits.next_stage(held) is not stage:
        raise ConflictError(_out_of_order(held))
    may(by, limits.roles(policy, stage, place=held.place_code, on=today), held)
    given = list(papers)
    problems = [
        *_days(held, done_on, today),
        *_papers(held, stage, given, policy, today),
        *_limits(held, stage, method, party, amount_fen, labour_fen, policy, today),
        *_offers(offers, party),
    ]
    refuse(problems)
    step = DeliveryStep.objects.create(
        project=held,
        place_code=held.place_code,
        stage=stage,
        done_on=done_on,
        method=method,
        party=party,
        amount_fen=amount_fen,
        labour_fen=labour_fen,
        note=note,
        actor=by.username,
        at=now,
    )
    Bidder.objects.bulk_create(
        Bidder(
            step=step,
            place_code=held.place_code,
            name=offer.name.strip(),
            fen=offer.fen,
            won=offer.name.strip() == party.strip(),
        )
        for offer in offers
    )
    for paper in given:
        keep_paper(by, held, stage, paper, done_on=today, now=now)
    Project.objects.filter(pk=held.pk).update(**_changes(stage, done_on, party, amount_fen))
    write(by, held, f"projects.stage.{stage.value}", {"on": done_on.isoformat(), "fen": amount_fen})
    return step


def _changes(stage: Stage, done_on: date, party: str, amount_fen: int | None) -> dict[str, Any]:
    changes: dict[str, Any] = {"stage": stage}
    if stage is Stage.TENDER:
        changes |= {"contractor": party, "contract_fen": amount_fen}
    if stage is Stage.BUILDING:
        changes["started_on"] = done_on
    if stage is Stage.BUILT:
        changes["built_on"] = done_on
    return changes


def _out_of_order(project: Project) -> Text:
    coming = limits.next_stage(project)
    if coming is Stage.ACCEPTED:
        return Text(
            "完工后由村、乡镇、县验收。", "Once built it is accepted by village, township, county."
        )
    label = coming.label if coming else "—"
    return Text(
        f"五统一按顺序办理，下一步是“{label}”。",
        f"Stages go in order; the next one is {coming.value if coming else 'none'}.",
    )


def _days(project: Project, done_on: date, today: date) -> list[Problem]:
    last = project.steps.order_by("-pk").values_list("done_on", flat=True).first()
    wrong = day_problem(done_on, place_code=project.place_code, today=today)
    if wrong is not None:
        return [Problem("done_on", wrong)]
    if last is not None and done_on < last:
        text = Text(f"不能早于上一阶段（{last}）。", f"Not before the stage before ({last}).")
        return [Problem("done_on", text)]
    return []


def _papers(
    project: Project, stage: Stage, given: Sequence[Paper], policy: Policy, today: date
) -> list[Problem]:
    asked = limits.documents_of(policy, project, stage, on=today)
    there = {paper.kind for paper in given} | set(
        queries.documents(project).values_list("kind", flat=True)
    )
    return [
        Problem("papers", Text(f"缺“{kind}”。", f"Missing: {kind}."), kind, "documents")
        for kind in asked
        if kind not in there
    ]


def _limits(
    project: Project,
    stage: Stage,
    method: str,
    party: str,
    amount_fen: int | None,
    labour_fen: int | None,
    policy: Policy,
    today: date,
) -> list[Problem]:
    if stage is Stage.TENDER:
        return _tender(project, method, party, amount_fen, policy, today)
    if stage is Stage.BUILDING and project.mode == Mode.RELIEF:
        return _labour(project, labour_fen, policy, today)
    if stage is Stage.BUILT and project.mode == Mode.RELIEF and labour_fen is None:
        text = Text("请填写实际发放的劳务报酬。", "Give the labour pay that was paid.")
        return [Problem("labour_fen", text)]
    return []


def _tender(
    project: Project,
    method: str,
    party: str,
    amount_fen: int | None,
    policy: Policy,
    today: date,
) -> list[Problem]:
    at: Mapping[str, Any] = {"place": project.place_code, "on": today}
    methods = policy.value("projects.tender_methods", **at).value
    duty = policy.value("projects.tender_methods_of_duty", **at).value
    limit = policy.value("projects.tender_from", **at).value
    problems = []
    if method not in methods:
        listed = "、".join(methods)
        problems.append(Problem("method", Text(f"只能是：{listed}。", f"One of: {listed}.")))
    elif project.cost_fen >= limit and method not in duty:
        problems.append(
            Problem(
                "method",
                Text(
                    f"资金规模 {format_yuan(project.cost_fen)} 元，达到招标限额 "
                    f"{format_yuan(limit)} 元，只能{'、'.join(duty)}。",
                    f"{format_yuan(project.cost_fen)} yuan reaches the tender limit "
                    f"{format_yuan(limit)}: {', '.join(duty)} only.",
                ),
                method,
                "projects.tender_from",
            )
        )
    if not party.strip():
        problems.append(Problem("party", Text("请填写承建单位。", "Name who builds it.")))
    if amount_fen is None or amount_fen <= 0:
        problems.append(Problem("amount_fen", Text("请填写合同价。", "Give the price.")))
    else:
        problems += within_cost(project, amount_fen)
    return problems


def _offers(offers: Sequence[Offer], party: str) -> list[Problem]:
    names = [offer.name.strip() for offer in offers]
    if names and party.strip() not in names:
        text = Text(
            f"投标单位里没有承建单位“{party.strip()}”。",
            f'The builder "{party.strip()}" is not among those who offered.',
        )
        return [Problem("offers", text)]
    if len(set(names)) < len(names):
        return [Problem("offers", Text("同一家写了两次。", "One of them stands there twice."))]
    return []


def _labour(project: Project, labour_fen: int | None, policy: Policy, today: date) -> list[Problem]:
    share = Decimal(
        str(policy.value("projects.labour_share", place=project.place_code, on=today).value)
    )
    if labour_fen is not None and labour_fen >= share * project.cost_fen:
        return []
    return [
        Problem(
            "labour_fen",
            Text(
                f"以工代赈的劳务报酬至少占 {share:.0%}，即 {format_yuan(int(share * project.cost_fen))} 元。",
                f"Labour pay of work-for-relief is at least {share:.0%}: "
                f"{format_yuan(int(share * project.cost_fen))} yuan.",
            ),
            rule="projects.labour_share",
        )
    ]
