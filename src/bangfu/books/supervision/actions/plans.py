"""Fix a quarter's list, draw from it with a seed that came later, record visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.db.models import Max

from bangfu.books.accounts.actors import Actor
from bangfu.books.attachments.actions import keep
from bangfu.books.journal import actions as journal
from bangfu.books.places.days import day_problem
from bangfu.books.projects.models import Project
from bangfu.books.supervision import people, queries, telling
from bangfu.books.supervision.models import (
    Chosen,
    Plan,
    Purpose,
    Target,
    TargetKind,
    Visit,
    VisitPaper,
)
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.supervision import drawing
from bangfu.core.supervision.findings import quarter_of
from bangfu.files.uploads import Upload

FILL_IN = Text("请填写。", "Please fill this in.")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many a plan draws, villages and projects, by risk and by lot."""

    villages_by_risk: int
    villages_by_lot: int
    projects_by_risk: int
    projects_by_lot: int


@transaction.atomic
def fix_plan(
    *,
    by: Actor,
    county: str,
    year: int,
    quarter: int,
    sizes: Sizes,
    seed_source: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> Plan:
    """Fix the list of a quarter with its weights, and say which public number will be the seed. Its
    digests are public from now on.

    ConflictError when the quarter has a plan or the county nothing to draw from; ForbiddenError without
    a role that plans.
    """
    people.require(by, "plan", place=county, policy=policy, on=today)
    filled(seed_source=seed_source)
    if Plan.objects.filter(
        place_code=county, year=year, quarter=quarter, purpose=Purpose.INSPECTION
    ).exists():
        raise ConflictError(Text("这个季度已有督查计划。", "This quarter has its plan already."))
    lines = queries.frame(county, year, policy=policy, on=today)
    if not lines:
        raise ConflictError(
            Text("没有可抽的村和项目。", "There is no village or project to draw from.")
        )
    _enough(lines, sizes)
    plan = Plan(place_code=county, year=year, quarter=quarter)
    return _fixed(by, plan, lines, sizes, seed_source, policy, today, now)


def _enough(lines: Sequence[queries.plans.Line], sizes: Sizes) -> None:
    """InputError when more are to be drawn than the list has."""
    asked = (
        (TargetKind.VILLAGE, sizes.villages_by_risk, sizes.villages_by_lot, "villages_by_lot"),
        (TargetKind.PROJECT, sizes.projects_by_risk, sizes.projects_by_lot, "projects_by_lot"),
    )
    problems = []
    for kind, by_risk, by_lot, where in asked:
        there = sum(line.kind is kind for line in lines)
        if by_risk + by_lot > there:
            text = Text(
                f"要抽 {by_risk + by_lot} 个{kind.label}，名单上只有 {there} 个。",
                f"{by_risk + by_lot} are to be drawn, and the list has {there} of the kind {kind}.",
            )
            problems.append(Problem(where, text, str(by_risk + by_lot)))
    if problems:
        raise InputError(Text("名单没有固定。", "The list was not fixed."), problems)


@transaction.atomic
def fix_acceptance(
    *, by: Actor, county: str, seed_source: str, policy: Policy, today: date, now: datetime
) -> Plan:
    """Fix the list of what is built and waits for the county's acceptance, of which a share is drawn to be
    looked at on the spot, all alike. Its digest is public from now on.

    A project that stood in a round before is not listed again. ConflictError when nothing waits;
    ForbiddenError without a role that plans.
    """
    people.require(by, "plan", place=county, policy=policy, on=today)
    filled(seed_source=seed_source)
    # Held, so that none of them is accepted between here and the list that it will stand in.
    list(queries.waiting_for_acceptance(county).order_by("pk").select_for_update())
    lines = queries.acceptance_frame(county)
    if not lines:
        raise ConflictError(
            Text(
                "没有待县级验收、还没进过抽查名单的项目。",
                "No project waits for the county's acceptance that was not listed before.",
            )
        )
    share = Decimal(str(policy.value("supervision.acceptance_share", place=county, on=today).value))
    looked_at = max(1, int((share * len(lines)).to_integral_value(ROUND_CEILING)))
    quarter = quarter_of(today)
    rounds = Plan.objects.filter(
        place_code=county, year=today.year, quarter=quarter, purpose=Purpose.ACCEPTANCE
    )
    plan = Plan(
        place_code=county,
        year=today.year,
        quarter=quarter,
        purpose=Purpose.ACCEPTANCE,
        round_no=(rounds.aggregate(last=Max("round_no"))["last"] or 0) + 1,
    )
    sizes = Sizes(0, 0, 0, looked_at)
    return _fixed(by, plan, lines, sizes, seed_source, policy, today, now)


def _fixed(
    by: Actor,
    plan: Plan,
    lines: Sequence[queries.plans.Line],
    sizes: Sizes,
    seed_source: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> Plan:
    """Keep a plan with its list and the list's digests, and publish these."""
    digests = {
        kind: drawing.digest({line.key: line.score.points for line in lines if line.kind is kind})
        for kind in TargetKind
    }
    plan.seed_source = seed_source.strip()
    plan.villages_by_risk, plan.villages_by_lot = sizes.villages_by_risk, sizes.villages_by_lot
    plan.projects_by_risk, plan.projects_by_lot = sizes.projects_by_risk, sizes.projects_by_lot
    plan.village_digest = digests[TargetKind.VILLAGE]
    plan.project_digest = digests[TargetKind.PROJECT]
    plan.fixed_on, plan.fixed_by = today, by.username
    plan.save(force_insert=True)
    Target.objects.bulk_create(
        Target(
            plan=plan,
            place_code=line.place_code,
            kind=line.kind,
            key=line.key,
            name=line.name,
            weight=line.score.points,
            why_zh=line.score.why.zh,
            why_en=line.score.why.en,
        )
        for line in lines
    )
    _write(
        by,
        plan.place_code,
        "supervision.fix_plan",
        plan,
        {"rows": len(lines), "seed_source": plan.seed_source, "digest": plan.project_digest},
    )
    telling.tell(by=by.username, plan=plan, policy=policy, today=today, now=now)
    return plan


@transaction.atomic
def draw_plan(
    *, by: Actor, plan: Plan, seed: str, policy: Policy, today: date, now: datetime
) -> Plan:
    """Draw from a fixed list with its seed, on a later day than it was fixed. Once. The seed is public from
    now on, what it drew some days later.

    ConflictError when it was drawn, or on the day it was fixed; a fault when the list is not what its
    digest says.
    """
    held = Plan.objects.select_for_update().filter(pk=plan.pk).first()
    if held is None:
        raise NotFoundError(queries.plans.NO_SUCH_PLAN)
    people.require(by, "plan", place=held.place_code, policy=policy, on=today)
    filled(seed=seed)
    if held.seed:
        raise ConflictError(Text("已经抽取过，不能再抽。", "It was drawn, and is not drawn again."))
    if today <= held.fixed_on:
        raise ConflictError(
            Text(
                "名单固定的当天不能抽：种子须是固定名单之后才产生的数。",
                "Not on the day the list was fixed: the seed is a number that comes after it.",
            )
        )
    seed = seed.strip()
    parts = (
        (TargetKind.VILLAGE, held.village_digest, held.villages_by_risk, held.villages_by_lot),
        (TargetKind.PROJECT, held.project_digest, held.projects_by_risk, held.projects_by_lot),
    )
    drawn: dict[str, object] = {"seed": seed}
    for kind, digest, by_risk, by_lot in parts:
        weights = queries.weights(held, kind)
        if drawing.digest(weights) != digest:
            raise ConflictError(
                Text(
                    "名单与固定时的校验值不符，不能抽取。请先查清。",
                    "The list is not the one that was fixed: its digest differs. Find out why first.",
                )
            )
        result = drawing.draw(weights, by_risk=by_risk, by_lot=by_lot, seed=f"{kind}:{seed}")
        _mark(held, kind, Chosen.RISK, result.by_risk)
        _mark(held, kind, Chosen.LOT, result.by_lot)
        drawn[kind] = [*result.by_risk, *result.by_lot]
    held.seed, held.drawn_on, held.drawn_by = seed, today, by.username
    held.save(update_fields=["seed", "drawn_on", "drawn_by"])
    _write(by, held.place_code, "supervision.draw_plan", held, drawn)
    telling.tell(by=by.username, plan=held, policy=policy, today=today, now=now)
    return held


def _mark(plan: Plan, kind: TargetKind, chosen: Chosen, keys: tuple[str, ...]) -> None:
    for turn, key in enumerate(keys, 1):
        Target.objects.filter(plan=plan, kind=kind, key=key).update(chosen=chosen, turn=turn)


@transaction.atomic
def record_visit(
    *,
    by: Actor,
    kind: TargetKind,
    key: str,
    target: Target | None = None,
    visited_on: date,
    inspectors: str,
    seen: str,
    papers: Sequence[Upload] = (),
    policy: Policy,
    today: date,
    now: datetime,
) -> Visit:
    """Record that a village or project was inspected; `target` when a plan asked for it.

    A visit to what was drawn for acceptance comes after the draw and with as many photos or papers as
    policy asks. InputError with everything wrong, NotFoundError for an unknown village or project.
    """
    place = target.place_code if target else place_of(kind, key)
    people.require(by, "inspect", place=place, policy=policy, on=today)
    filled(inspectors=inspectors, seen=seen)
    wrong = day_problem(visited_on, place_code=place, today=today)
    if wrong is not None:
        raise InputError(wrong, [Problem("visited_on", wrong)])
    if target is not None:
        _answers_draw(target, visited_on, len(papers), policy, today)
    visit = Visit.objects.create(
        target=target,
        place_code=place,
        kind=target.kind if target else kind,
        key=target.key if target else key,
        visited_on=visited_on,
        inspectors=inspectors.strip(),
        seen=seen.strip(),
        actor=by.username,
        at=now,
    )
    VisitPaper.objects.bulk_create(_kept(by, visit, papers, now).values())
    journal.write(
        by=by.username,
        place_code=place,
        verb="supervision.visit",
        subject=f"{visit.kind} {visit.key}",
        after={"on": visited_on.isoformat(), **({"papers": len(papers)} if papers else {})},
    )
    return visit


def _answers_draw(
    target: Target, visited_on: date, papers: int, policy: Policy, today: date
) -> None:
    """InputError unless a visit is what the draw of its target asks for."""
    plan = target.plan
    problems = []
    if (
        plan.purpose == Purpose.ACCEPTANCE
        and plan.drawn_on is not None
        and visited_on < plan.drawn_on
    ):
        text = Text(
            f"抽取是在 {plan.drawn_on}，请登记抽取以后到现场的日期。",
            f"It was drawn on {plan.drawn_on}; record a visit since then.",
        )
        problems.append(Problem("visited_on", text, visited_on.isoformat()))
    least = policy.value("supervision.visit_papers", place=target.place_code, on=today).value
    if papers < least[plan.purpose]:
        text = Text(
            f"至少附 {least[plan.purpose]} 件现场照片或材料。",
            f"Attach {least[plan.purpose]} or more photos or papers of what was seen.",
        )
        problems.append(Problem("papers", text, rule="supervision.visit_papers"))
    if problems:
        raise InputError(Text("督查记录还不完整。", "The visit is not complete."), problems)


def _kept(
    by: Actor, visit: Visit, papers: Sequence[Upload], now: datetime
) -> dict[str, VisitPaper]:
    """The files of a visit, kept; the same file given twice is one."""
    rows = {}
    for upload in papers:
        kept = keep(
            by=by.username,
            place_code=visit.place_code,
            classes=(),
            name=upload.name,
            content=upload.content,
            content_type=upload.content_type,
            now=now,
            taken_at=upload.taken_at,
            position=upload.position,
        )
        rows[kept.digest] = VisitPaper(visit=visit, place_code=visit.place_code, attachment=kept)
    return rows


def place_of(kind: TargetKind, key: str) -> str:
    """Where a village or project lies. NotFoundError when the scope sees none of that name."""
    if kind is TargetKind.VILLAGE:
        if places.is_code(key) and places.level(key) is places.Level.VILLAGE:
            return key
    else:
        project = Project.objects.filter(number=key).first()
        if project is not None:
            return str(project.place_code)
    raise NotFoundError(
        Text("没有这个村或项目，或者不在您的范围内。", "No such village or project, or not yours.")
    )


def filled(**words: str) -> None:
    """InputError for each of these that is empty."""
    problems = [Problem(name, FILL_IN) for name, said in words.items() if not said.strip()]
    if problems:
        raise InputError(FILL_IN, problems)


def _write(by: Actor, place: str, verb: str, plan: Plan, after: dict[str, object]) -> None:
    journal.write(
        by=by.username,
        place_code=place,
        verb=verb,
        subject=f"{plan.purpose} {plan.year}-{plan.quarter}-{plan.round_no}",
        after=after,
    )
