"""Pages of the plans: all versions, one with its pieces and next step, and a first one typed by hand."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.funds import actions, standing
from bangfu.books.funds.forms import PlanForm, ReasonForm
from bangfu.books.funds.models import Plan, PlanStatus
from bangfu.books.funds.people import APPROVERS, PLANNERS, READERS
from bangfu.books.funds.views.amendments import (
    NO_PLAN,
    amendment_shown,
    found,
    may_withdraw,
    withdrawn,
)
from bangfu.books.funds.views.contracts import county_of
from bangfu.books.funds.views.lines import MONEY
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table

STATUS = {
    PlanStatus.PROPOSED: Badge(Text("拟订", "proposed"), "yellow"),
    PlanStatus.APPROVED: Badge(Text("已批准", "approved"), "blue"),
    PlanStatus.POSTED: Badge(Text("已记账", "posted"), "green"),
    PlanStatus.REPLACED: Badge(Text("已调整", "amended"), "secondary"),
    PlanStatus.WITHDRAWN: Badge(Text("已撤回", "withdrawn"), "secondary"),
}
PLANS = (
    Column("year", Text("年度", "Year"), lambda p: str(p.year), sort="year"),
    Column("title", Text("计划", "Plan"), lambda p: p.title, sort="title",
           link=lambda p: address_of("fund-plan", p.pk)),
    Column("version", Text("版本", "Version"), lambda p: p.version, Kind.NUMBER, "version"),
    Column("status", Text("状态", "State"), lambda p: STATUS[PlanStatus(p.status)], sort="status"),
    Column("pieces", Text("笔数", "Pieces"), lambda p: p.pieces, Kind.NUMBER, "pieces"),
    Column("fen", Text("金额（元）", "Sum (yuan)"), lambda p: p.fen, Kind.MONEY, "fen"),
)  # fmt: skip
PIECES = (
    Column("project", Text("项目", "Project"), lambda i: f"{i.project.number} {i.project.name}",
           sort="project__number", link=lambda i: address_of("project", i.project_id)),
    Column("line", Text("资金", "Fund line"), lambda i: f"{i.line.number} {i.line.name}",
           sort="line__number", link=lambda i: address_of("fund-line", i.line_id)),
    Column("fen", Text("金额（元）", "Sum (yuan)"), lambda i: i.fen, Kind.MONEY, "fen"),
)  # fmt: skip


@page(classes=MONEY, purpose="plans", roles=READERS, writes=False)
def plan_list(request: HttpRequest) -> HttpResponse:
    """Every version of the county's plans, or those of one status, or amendments at one step."""
    wanted = request.GET.get("status", "")
    known = wanted in (*PlanStatus.values, standing.TO_NOTICE, standing.TO_POST)
    rows = standing.plans(wanted, request.today) if known else Plan.objects.all()
    table = Table(
        request,
        PLANS,
        rows.annotate(pieces=Count("items"), fen=Sum("items__fen")),
        name="plans",
        title=Text("资金项目计划", "Plans"),
        order="-year",
    )
    if table.wants_workbook:
        return table.workbook()
    planner = request.actor.holds(*PLANNERS)
    return render(request, "funds/plans.html", {"table": table, "planner": planner})


@page(classes=MONEY, purpose="propose a plan", roles=PLANNERS, form=True)
def plan_new_page(request: HttpRequest) -> HttpResponse:
    """Draw up the first plan of a year by hand."""
    form = PlanForm(request.POST or None, initial={"year": request.today.year})
    if request.method == "POST":
        plan = form.carry_out(
            lambda data: actions.propose_by_hand(
                by=request.actor, place_code=county_of(request.scope), **data
            )
        )
        if plan is not None:
            return redirect("fund-plan", plan.pk)
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("拟订计划", "Draw up a plan"),
        says=Text(
            "只有入库的项目能进计划，安排不超过各笔资金已下达的指标。由另一人批准并记账。",
            "Projects of the bank only, and no more than each line has announced. "
            "Somebody else approves and posts it.",
        ),
        back=reverse("fund-plans"),
    )


@page(classes=MONEY, purpose="plan", roles=READERS)
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One version of a plan, an amendment with what it changes; a POST carries out its next step."""
    plan = found(plan_id)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    reason = ReasonForm(request.POST if act == "withdraw" else None)
    if act == "withdraw":
        if withdrawn(request, plan, reason):
            return redirect("fund-plan", plan.pk)
    elif request.method == "POST":
        _act(request, plan, act)
        return redirect("fund-plan", plan.pk)
    pieces = plan.items.select_related("project", "line")
    table = Table(
        request,
        PIECES,
        pieces,
        name=f"plan-{plan.year}-{plan.version}",
        title=Text(plan.title, plan.title),
        order="project",
    )
    if table.wants_workbook:
        return table.workbook()
    context = {
        "plan": plan,
        "table": table,
        "status": STATUS[PlanStatus(plan.status)],
        "total": pieces.aggregate(fen=Sum("fen"))["fen"],
        "amendments": Plan.objects.filter(amends=plan).order_by("version"),
        "approves": plan.status == PlanStatus.PROPOSED
        and request.actor.holds(*APPROVERS, at=plan.place_code),
        "withdraws": may_withdraw(request, plan),
        "amends": plan.status == PlanStatus.POSTED
        and request.actor.holds(*PLANNERS, at=plan.place_code),
        **(amendment_shown(request, plan) if plan.amends_id is not None else {}),
    }
    return page_with(request, "funds/plan.html", form=reason, **context)


def _act(request: HttpRequest, plan: Plan, act: str) -> None:
    by, today = request.actor, request.today
    first: dict[str, Callable[[], object]] = {
        "approve": lambda: actions.approve_and_post(by=by, plan=plan, day=today),
    }
    later: dict[str, Callable[[], object]] = {
        "approve": lambda: actions.approve_amendment(by=by, plan=plan, day=today),
        "notice": lambda: actions.publish_amendment(
            by=by, plan=plan, opens_on=today, policy=policy_in_force(), now=request.now
        ),
        "post": lambda: actions.post_amendment(by=by, plan=plan, day=today),
    }
    acts = first if plan.amends_id is None else later
    if act not in acts:
        raise NotFoundError(NO_PLAN)
    acts[act]()
