"""Delivery (五统一分): stages with their papers and limits, reports, contributions, defects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.attachments.actions import keep
from bangfu.books.journal import actions as journal
from bangfu.books.projects import limits, queries
from bangfu.books.projects.models import (
    AFTERWARDS,
    Bidder,
    Contribution,
    Defect,
    DeliveryStep,
    Document,
    Mode,
    Progress,
    ProgressPhoto,
    Project,
    Stage,
    Status,
)
from bangfu.books.projects.queries.bank import NO_SUCH_PROJECT
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects import photos
from bangfu.files.uploads import Upload

_CHINA = ZoneInfo("Asia/Shanghai")
ARRANGERS = ("township_head", "county_officer", "sector_department")
REPORTERS = ("village_clerk", "village_team", "township_reviewer", "township_head")
FINDERS = (*REPORTERS, "county_officer", "county_approver", "sector_department")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that comes with a stage: its kind, and the file."""

    kind: str
    upload: Upload


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
    held = _in_bank(project)
    _may(by, ARRANGERS, held)
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
    _refuse(problems)
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
    _write(by, held, "projects.arrange", {"mode": mode, "retention": str(retention_share)})


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
    too; `labour_fen` is the wages that a start of work-for-relief sets aside. Stages go in order; acceptance is a case. ConflictError out of order,
    ForbiddenError without a role of the stage, InputError with everything missing or beyond a limit.
    """
    held = _in_bank(project)
    if stage not in limits.RECORDED or limits.next_stage(held) is not stage:
        raise ConflictError(_out_of_order(held))
    _may(by, limits.roles(policy, stage, place=held.place_code, on=today), held)
    given = list(papers)
    problems = [
        *_days(held, done_on, today),
        *_papers(held, stage, given, policy, today),
        *_limits(held, stage, method, party, amount_fen, labour_fen, policy, today),
        *_offers(offers, party),
    ]
    _refuse(problems)
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
        _keep_paper(by, held, stage, paper, done_on=today, now=now)
    Project.objects.filter(pk=held.pk).update(**_changes(stage, done_on, party, amount_fen))
    _write(
        by, held, f"projects.stage.{stage.value}", {"on": done_on.isoformat(), "fen": amount_fen}
    )
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


@transaction.atomic
def report_progress(
    *,
    by: Actor,
    project: Project,
    percent: int,
    said: str,
    photographs: Sequence[Upload],
    policy: Policy,
    today: date,
    now: datetime,
) -> Progress:
    """Report from the site how much is done. What photos do not tell, or what does not fit, is kept
    beside them; a report without a photo is refused, as is one that goes back."""
    held = _in_bank(project)
    _may(by, REPORTERS, held)
    if held.stage != Stage.BUILDING:
        raise ConflictError(
            Text("只有施工中的项目报进度。", "Progress is reported while a project is being built.")
        )
    last = held.progress.order_by("-pk").first()
    problems = []
    if not 0 <= percent <= 100:
        problems.append(Problem("percent", Text("进度在 0 到 100 之间。", "From 0 to 100.")))
    elif last is not None and percent < last.percent:
        problems.append(
            Problem(
                "percent",
                Text(
                    f"上次已报 {last.percent}%，进度不能倒退；上次报错了请在说明里写明并从头核实。",
                    f"{last.percent} % was reported before; progress does not go back.",
                ),
            )
        )
    if not said.strip():
        problems.append(Problem("said", Text("请写一句现场情况。", "Say how the site stands.")))
    if not photographs:
        problems.append(
            Problem("photos", Text("至少一张现场照片。", "At least one photo of the site."))
        )
    _refuse(problems)
    report = Progress.objects.create(
        project=held,
        place_code=held.place_code,
        reported_on=today,
        percent=percent,
        said=said.strip(),
        actor=by.username,
        at=now,
    )
    place: Mapping[str, Any] = {"place": held.place_code, "on": today}
    metres = policy.value("projects.photo_metres", **place).value
    days = policy.value("projects.photo_days", **place).value
    site = None
    if held.latitude is not None and held.longitude is not None:
        site = (held.latitude, held.longitude)
    for upload in {each.digest: each for each in photographs}.values():
        told = photos.judge(
            position=upload.position,
            taken_on=upload.taken_at.astimezone(_CHINA).date() if upload.taken_at else None,
            site=site,
            reported_on=today,
            metres=metres,
            days=days,
        )
        ProgressPhoto.objects.create(
            progress=report,
            place_code=held.place_code,
            attachment=_keep(by, held, upload, now),
            distance_m=told.distance_m,
            doubts=[doubt.value for doubt in told.doubts],
        )
    _write(by, held, "projects.progress", {"percent": percent})
    return report


@transaction.atomic
def contribute(
    *,
    by: Actor,
    project: Project,
    kind: Contribution.Kind,
    given_on: date,
    households: int,
    quantity: Decimal,
    unit: str,
    fen: int,
    note: str = "",
) -> Contribution:
    """Record what villagers gave themselves (投工投劳): beside the ledger, in yuan as the village reckons."""
    held = _in_bank(project)
    _may(by, REPORTERS, held)
    problems = [
        Problem(name, Text("必须大于零。", "Must be above zero."))
        for name, value in (("households", households), ("quantity", quantity))
        if value <= 0
    ]
    if fen < 0:
        problems.append(Problem("fen", Text("不能是负数。", "Cannot be below zero.")))
    _refuse(problems)
    made = Contribution.objects.create(
        project=held,
        place_code=held.place_code,
        kind=kind,
        given_on=given_on,
        households=households,
        quantity=quantity,
        unit=unit,
        fen=fen,
        note=note,
        actor=by.username,
    )
    _write(by, held, "projects.contribute", {"kind": kind, "fen": fen})
    return made


@transaction.atomic
def note_defect(*, by: Actor, project: Project, what: str, policy: Policy, today: date) -> Defect:
    """Note something wrong with what was built, to be repaired in the policy's time."""
    held = _in_bank(project)
    _may(by, FINDERS, held)
    if held.stage not in (Stage.BUILDING, Stage.BUILT, Stage.ACCEPTED, Stage.HANDED_OVER):
        raise ConflictError(Text("项目还没有开工。", "The project has not begun."))
    if not what.strip():
        raise InputError(_SAY_WHAT, [Problem("what", _SAY_WHAT)])
    days = policy.value("projects.repair_days", place=held.place_code, on=today).value
    defect = Defect.objects.create(
        project=held,
        place_code=held.place_code,
        found_on=today,
        found_by=by.username,
        what=what.strip(),
        due_on=today + timedelta(days=days),
    )
    _write(by, held, "projects.defect", {"what": what.strip()})
    return defect


@transaction.atomic
def repair_defect(*, by: Actor, defect_id: int, repair: str, today: date) -> Defect:
    """Record that a defect is repaired; somebody else than who found it need not see it, but is named."""
    defect = Defect.objects.select_for_update(of=("self",)).filter(pk=defect_id).first()
    if defect is None:
        raise NotFoundError(NO_SUCH_PROJECT)
    _may(by, FINDERS, defect.project)
    if defect.repaired_on is not None:
        raise ConflictError(Text("已经修复了。", "It is repaired already."))
    if not repair.strip():
        raise InputError(_SAY_WHAT, [Problem("repair", _SAY_WHAT)])
    defect.repaired_on, defect.repaired_by, defect.repair = today, by.username, repair.strip()
    defect.save()
    _write(by, defect.project, "projects.repair", {"repair": repair.strip()})
    return defect


_SAY_WHAT = Text("请写明情况。", "Say what it is.")


def _in_bank(project: Project) -> Project:
    """The project, locked. ConflictError when it is not in the bank."""
    held: Project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if held.status != Status.ADMITTED:
        raise ConflictError(
            Text(
                f"项目 {held.number} 没有入库，不能安排实施和资金。",
                f"Project {held.number} is not in the bank: no building, no money.",
            )
        )
    return held


def _may(by: Actor, roles: Sequence[str], project: Project) -> None:
    if not by.holds(*roles, at=project.place_code):
        raise ForbiddenError(
            Text("您在这里没有办理这一项的角色。", "You hold no role here that does this.")
        )


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(
            Text(f"有 {len(problems)} 处不能办理。", f"{len(problems)} things stand against it."),
            problems,
        )


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
    if done_on > today:
        return [Problem("done_on", Text("日期还没有到。", "That day is still to come."))]
    if last is not None and done_on < last:
        text = Text(f"不能早于上一阶段（{last}）。", f"Not before the stage before ({last}).")
        return [Problem("done_on", text)]
    return []


def _papers(
    project: Project, stage: Stage, given: Sequence[Paper], policy: Policy, today: date
) -> list[Problem]:
    asked = limits.documents_asked(policy, stage, place=project.place_code, on=today)
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
    elif amount_fen > project.cost_fen:
        problems.append(
            Problem(
                "amount_fen",
                Text(
                    f"合同价超过批准的资金规模 {format_yuan(project.cost_fen)} 元。",
                    f"The price is beyond the {format_yuan(project.cost_fen)} yuan approved.",
                ),
            )
        )
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


def _keep_paper(
    by: Actor, project: Project, stage: Stage, paper: Paper, *, done_on: date, now: datetime
) -> None:
    Document.objects.create(
        project=project,
        place_code=project.place_code,
        stage=stage,
        kind=paper.kind,
        attachment=_keep(by, project, paper.upload, now),
        given_on=done_on,
        actor=by.username,
    )


def _keep(by: Actor, project: Project, upload: Upload, now: datetime) -> Any:
    """A file of a project: everybody who sees the project's place may see it."""
    return keep(
        by=by.username,
        place_code=project.place_code,
        classes=(),
        name=upload.name,
        content=upload.content,
        content_type=upload.content_type,
        now=now,
        taken_at=upload.taken_at,
        position=upload.position,
    )


def _write(by: Actor, project: Project, verb: str, after: Mapping[str, Any]) -> None:
    journal.write(
        by=by.username,
        place_code=project.place_code,
        verb=verb,
        subject=f"project {project.number}",
        after=dict(after),
    )
