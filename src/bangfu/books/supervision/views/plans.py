"""Plans of a quarter, their draw, and visits."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.attachments.queries import NO_SUCH_FILE
from bangfu.books.places.queries import names
from bangfu.books.projects.views.doors import EITHER
from bangfu.books.supervision import actions, people, queries
from bangfu.books.supervision.forms import AcceptanceForm, PlanForm, SeedForm, VisitForm
from bangfu.books.supervision.models import (
    Plan,
    Purpose,
    Target,
    TargetKind,
    Visit,
    VisitPaper,
)
from bangfu.books.supervision.queries.plans import NO_SUCH_PLAN
from bangfu.books.supervision.views.findings import file_answer
from bangfu.books.supervision.views.words import CHOSEN, TARGET
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.core.supervision.findings import quarter_of
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table


def plan_title(plan: Plan) -> Text:
    """What a plan is of, in a few words."""
    if plan.purpose == Purpose.ACCEPTANCE:
        return Text(
            f"{plan.year} 年第 {plan.quarter} 季度第 {plan.round_no} 次验收抽查",
            f"Acceptance, {plan.year} quarter {plan.quarter}, round {plan.round_no}",
        )
    return Text(
        f"{plan.year} 年第 {plan.quarter} 季度督查",
        f"Inspection, {plan.year} quarter {plan.quarter}",
    )


PLANS = (
    Column(
        "quarter",
        Text("季度", "Quarter"),
        plan_title,
        sort="year",
        link=lambda p: address_of("inspection-plan", p.pk),
    ),
    Column("fixed", Text("名单固定", "List fixed"), lambda p: p.fixed_on, Kind.DAY, "fixed_on"),
    Column("source", Text("种子来源", "Seed from"), lambda p: p.seed_source),
    Column("seed", Text("种子", "Seed"), lambda p: p.seed),
    Column("drawn", Text("抽取", "Drawn"), lambda p: p.drawn_on, Kind.DAY, "drawn_on"),
    Column("targets", Text("抽中", "Drawn in all"), lambda p: p.chosen, Kind.NUMBER),
    Column("done", Text("已督查", "Inspected"), lambda p: p.done, Kind.NUMBER),
)
TARGETS = (
    Column(
        "name",
        Text("对象", "Whom"),
        lambda t: short_name(t.name),
        sort="name",
        link=lambda t: address_of("inspection-visit", t.pk) if t.chosen else "",
    ),
    Column("kind", Text("类别", "Kind"), lambda t: TARGET[t.kind], sort="kind"),
    Column("key", Text("编号", "Number"), lambda t: t.key, sort="key"),
    Column("weight", Text("权重", "Weight"), lambda t: t.weight, Kind.NUMBER, "weight"),
    Column("why", Text("为什么", "Why"), lambda t: Text(t.why_zh, t.why_en)),
    Column("chosen", Text("抽取", "Draw"), lambda t: CHOSEN[t.chosen], sort="chosen"),
    Column("turn", Text("顺序", "Turn"), lambda t: t.turn, Kind.NUMBER),
    Column(
        "visited",
        Text("督查", "Inspected"),
        lambda t: (
            Badge(Text("已督查", "done"), "green")
            if t.seen
            else Badge(Text("待督查", "to do"), "yellow")
            if t.chosen
            else None
        ),
    ),
)


@page(either=EITHER, purpose="inspection plans", roles=people.OFFICE)
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans of the county, and the form of the next."""
    county = request.scope.places[0]
    policy = policy_in_force()
    sizes = policy.value("supervision.sizes", place=county, on=request.today).value
    initial = {**sizes, "year": request.today.year, "quarter": quarter_of(request.today)}
    accepts = request.POST.get("act") == "acceptance"
    form = PlanForm(None if accepts else request.POST or None, initial=initial)
    acceptance = AcceptanceForm(request.POST if accepts else None, prefix="acceptance")
    made: Plan | None = None
    if accepts:
        made = acceptance.carry_out(
            lambda data: actions.fix_acceptance(
                by=request.actor,
                county=county,
                seed_source=data["seed_source"],
                policy=policy,
                today=request.today,
                now=request.now,
            )
        )
    elif request.method == "POST":
        made = form.carry_out(
            lambda data: actions.fix_plan(
                by=request.actor,
                county=county,
                year=data["year"],
                quarter=data["quarter"],
                sizes=form.sizes(),
                seed_source=data["seed_source"],
                policy=policy,
                today=request.today,
                now=request.now,
            )
        )
    if made is not None:
        return redirect("inspection-plan", made.pk)
    drawn = ~Q(targets__chosen="")
    seen = Q(targets__visits__isnull=False)
    table = Table(
        request,
        PLANS,
        Plan.objects.annotate(
            chosen=Count("targets", filter=drawn, distinct=True),
            done=Count("targets", filter=drawn & seen, distinct=True),
        ),
        name="inspections",
        title=Text("督查计划（一季一督查）", "Inspection plans, one a quarter"),
        order="-quarter",
    )
    if table.wants_workbook:
        return table.workbook()
    answer = page_with(
        request,
        "supervision/plans.html",
        form=form,
        acceptance=acceptance,
        table=table,
        plans=_plans(request, county),
        waiting=len(queries.acceptance_frame(county)),
    )
    if acceptance.errors:
        answer.status_code = 422
    return answer


def _plans(request: HttpRequest, county: str) -> bool:
    roles = people.roles(policy_in_force(), "plan", place=county, on=request.today)
    return bool(request.actor.holds(*roles, at=county))


@page(either=EITHER, purpose="inspection plan", roles=people.OFFICE)
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan: its list with weights and reasons, its digests, the draw."""
    plan = queries.plan_found(plan_id)
    form = SeedForm(request.POST or None)
    if request.method == "POST" and form.carry_out(
        lambda data: actions.draw_plan(
            by=request.actor,
            plan=plan,
            seed=data["seed"],
            policy=policy_in_force(),
            today=request.today,
            now=request.now,
        )
    ):
        return redirect("inspection-plan", plan.pk)
    rows = Target.objects.filter(plan=plan).annotate(seen=Count("visits"))
    if request.GET.get("chosen") == "yes":
        rows = rows.exclude(chosen="")
    if request.GET.get("kind") in TargetKind.values:
        rows = rows.filter(kind=request.GET["kind"])
    table = Table(
        request,
        TARGETS,
        rows,
        name="inspection-list",
        title=Text("督查名单", "The list"),
        order="-chosen" if plan.seed else "-weight",
    )
    if table.wants_workbook:
        return table.workbook()
    return page_with(
        request,
        "supervision/plan.html",
        form=form,
        plan=plan,
        title=plan_title(plan),
        of_villages=plan.purpose == Purpose.INSPECTION,
        table=table,
        plans=_plans(request, plan.place_code),
        waits=not plan.seed and request.today <= plan.fixed_on,
    )


@page(either=EITHER, purpose="inspection")
def target_page(request: HttpRequest, target_id: int) -> HttpResponse:
    """Record a visit to one that was drawn; those recorded stand above."""
    target = queries.target_found(target_id)
    form = VisitForm(
        request.POST or None, request.FILES or None, initial={"visited_on": request.today}
    )
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.record_visit(
                by=request.actor,
                kind=TargetKind(target.kind),
                key=target.key,
                target=target,
                policy=policy_in_force(),
                today=request.today,
                now=request.now,
                **data,
            )
        )
        if made is not None:
            return redirect("inspection-seen", made.pk)
    return page_with(
        request,
        "supervision/target.html",
        form=form,
        target=target,
        kind=TARGET[target.kind],  # type: ignore[index]
        chosen=CHOSEN[target.chosen],  # type: ignore[index]
        why=Text(target.why_zh, target.why_en),
        visits=queries.visits_of(target),
    )


@page(either=EITHER, purpose="inspection")
def visit_page(request: HttpRequest, visit_id: int) -> HttpResponse:
    """One visit, with what it brought to light."""
    visit = Visit.objects.select_related("target").filter(pk=visit_id).first()
    if visit is None:
        raise NotFoundError(NO_SUCH_PLAN)
    context: dict[str, Any] = {
        "visit": visit,
        "papers": visit.papers.select_related("attachment").order_by("pk"),
        "kind": TARGET[visit.kind],  # type: ignore[index]
        "village": short_name(names([visit.place_code]).get(visit.place_code, "")),
        "findings": visit.findings.order_by("pk"),
    }
    return page_with(request, "supervision/visit.html", **context)


@page(either=EITHER, purpose="file of an inspection")
def visit_file(request: HttpRequest, visit_id: int, file_id: int) -> HttpResponse:
    """A photo or paper of a visit."""
    one = VisitPaper.objects.filter(visit_id=visit_id, attachment_id=file_id).first()
    if one is None:
        raise NotFoundError(NO_SUCH_FILE)
    return file_answer(one.attachment)


@page(either=EITHER, purpose="inspection", form=True)
def visit_new(request: HttpRequest) -> HttpResponse:
    """Record a visit beside the plan: to a village or project that the address names."""
    kind, key = request.GET.get("kind", ""), request.GET.get("key", "")
    if kind not in TargetKind.values:
        raise NotFoundError(NO_SUCH_PLAN)
    actions.plans.place_of(TargetKind(kind), key)
    form = VisitForm(
        request.POST or None, request.FILES or None, initial={"visited_on": request.today}
    )
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.record_visit(
                by=request.actor,
                kind=TargetKind(kind),
                key=key,
                policy=policy_in_force(),
                today=request.today,
                now=request.now,
                **data,
            )
        )
        if made is not None:
            return redirect("inspection-seen", made.pk)
    words = TARGET[TargetKind(kind)]
    return page_with(
        request,
        "supervision/form.html",
        form=form,
        title=Text(f"登记督查：{words.zh} {key}", f"Record an inspection: {words.en} {key}"),
        back=reverse("watch"),
    )
