"""An amendment of a plan in the browser: drawn up from its changes, and what the plan's page shows of it."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import same_person
from bangfu.books.funds import actions, standing
from bangfu.books.funds.actions.plans import notice_subject
from bangfu.books.funds.forms import AmendmentForm, ReasonForm
from bangfu.books.funds.models import Plan, PlanStatus
from bangfu.books.funds.people import APPROVERS, PLANNERS
from bangfu.books.funds.views.lines import MONEY
from bangfu.books.notices import queries as notices
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.language import Text
from bangfu.web.forms import page_with

NO_PLAN = Text(
    "没有这个计划，或者它不在您的范围内。", "There is no such plan, or it is not yours to see."
)


def found(plan_id: int) -> Plan:
    """A plan of the scope. NotFoundError."""
    plan = Plan.objects.select_related("amends").filter(pk=plan_id).first()
    if plan is None:
        raise NotFoundError(NO_PLAN)
    return plan


@page(classes=MONEY, purpose="propose an amendment", roles=PLANNERS)
def amend_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Draw up an amendment of the plan that stands, with what its pieces have claimed and paid beside."""
    plan = found(plan_id)
    if plan.status != PlanStatus.POSTED:
        raise ConflictError(Text("只有现行计划才能调整。", "Only the plan that stands is amended."))
    form = AmendmentForm(request.POST or None)
    if request.method == "POST":
        drawn = form.carry_out(
            lambda data: actions.amend_by_hand(
                by=request.actor,
                plan=plan,
                title=data["title"],
                reason=data["reason"],
                changes=data["pieces"],
            )
        )
        if drawn is not None:
            return redirect("fund-plan", drawn.pk)
    return page_with(
        request,
        "funds/amend.html",
        form=form,
        plan=plan,
        pieces=standing.changes_of(plan, before=plan),
        back=reverse("fund-plan", args=[plan.pk]),
    )


def withdrawn(request: HttpRequest, plan: Plan, form: ReasonForm) -> bool:
    """Withdraw a plan or an amendment for the reason that was typed; False with the form's errors."""

    def withdraw(reason: str) -> bool:
        actions.give_up_plan(by=request.actor, plan=plan, reason=reason, now=request.now)
        return True

    return form.carry_out(lambda data: withdraw(data["reason"])) is not None


def amendment_shown(request: HttpRequest, plan: Plan) -> dict[str, object]:
    """What the page of an amendment shows besides its pieces: its changes, its notice, its next step."""
    changes = standing.changes_of(plan, before=plan.amends)
    moved = [change for change in changes if change.difference]
    on_board = notices.standing(notice_subject(plan), on=request.today)
    waiting = plan.status in (PlanStatus.PROPOSED, PlanStatus.APPROVED)
    short = waiting and any(change.short for change in moved)
    planner = request.actor.holds(*PLANNERS, at=plan.place_code)
    approver = request.actor.holds(*APPROVERS, at=plan.place_code)
    return {
        "changes": moved,
        "unchanged": len(changes) - len(moved),
        "difference": sum(change.difference for change in moved),
        "short": short,
        "board": on_board,
        "approves": plan.status == PlanStatus.PROPOSED
        and approver
        and not short
        and not same_person(request.actor.username, plan.proposed_by),
        "notices": plan.status == PlanStatus.APPROVED and plan.notice_id is None and planner,
        "posts": _may_be_posted(plan, on_board, request.today) and approver,
    }


def may_withdraw(request: HttpRequest, plan: Plan) -> bool:
    """Whether the actor may withdraw a plan: it is not posted, and he plans or approves for the county."""
    return plan.status in (PlanStatus.PROPOSED, PlanStatus.APPROVED) and request.actor.holds(
        *PLANNERS, *APPROVERS, at=plan.place_code
    )


def _may_be_posted(plan: Plan, on_board: notices.Standing | None, today: date) -> bool:
    """Whether the notice is over and nothing said about it stands in the way."""
    return (
        plan.status == PlanStatus.APPROVED
        and plan.noticed_to is not None
        and plan.noticed_to < today
        and not (on_board and (on_board.open_objections or on_board.upheld_objections))
    )
