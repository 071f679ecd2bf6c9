"""Home and place: what is due, the figures of my place and below."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.cases import offering
from bangfu.books.desk import household as gathering
from bangfu.books.desk import queries, records, summaries, worklist
from bangfu.books.desk.crumbs import crumbs, wholly_reached
from bangfu.books.households.models import Household
from bangfu.books.households.queries import NO_HOUSEHOLD, number_now, the_household
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ForbiddenError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.periods import Span
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.statements import remembered
from bangfu.web.tables import Table


@page(purpose="home")
def home(request: HttpRequest) -> HttpResponse:
    """To the work that waits, to the sums, to the sample of an assessor, or else to what the actor holds."""
    if request.actor.reach({DataClass.PERSONS}) or request.actor.reach({DataClass.MONEY}):
        return redirect("tasks-due")
    summed = request.actor.reach({DataClass.SUMS})
    if summed:
        return redirect("sums", summed[0])
    if request.actor.reach({DataClass.SAMPLE}):
        return redirect("households")
    if not request.actor.held:
        raise ForbiddenError(
            Text(
                "您的账号还没有角色。请县级管理员授予角色后再登录。",
                "Your account holds no role yet. The county's keeper can grant one.",
            )
        )
    return redirect("me")


@page(either={DataClass.PERSONS, DataClass.MONEY}, purpose="tasks", writes=False)
def tasks(request: HttpRequest) -> HttpResponse:
    """What is due and overdue for me, and the places I answer for."""
    policy = policy_in_force()
    asked = (request.actor, request.today, policy)
    waiting = worklist.waiting(*asked)
    table = Table(
        request,
        worklist.case_columns(policy, request.actor, request.today),
        remembered(("due", *asked), lambda: worklist.due_cases(*asked)).all(),
        name="tasks",
        title=Text("待办个案", "Cases waiting"),
        order="due",
        kept_as=("tasks", *asked),
        total=next((one.count for one in waiting if one.label == worklist.CASES), 0),
    )
    if table.wants_workbook:
        return table.workbook()
    reached = request.actor.reach({DataClass.PERSONS})
    context = {
        "table": table,
        "waiting": waiting,
        "reached": reached,
        "opens_cases": worklist.opens_cases(request.actor, policy),
        "figures": [queries.of_place(code, people=False) for code in reached],
    }
    return render(request, "desk/tasks.html", context)


@page(classes={DataClass.PERSONS}, purpose="late measures", writes=False)
def late_measures(request: HttpRequest) -> HttpResponse:
    """Measures whose day has passed."""
    table = Table(
        request,
        worklist.measure_columns(),
        worklist.late_measures(request.today),
        name="measures",
        title=Text("到期未结束的措施", "Measures past their day"),
        order="due",
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "desk/measures.html", {"table": table})


@page(classes={DataClass.PERSONS}, purpose="place", place="code")
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place that is wholly the actor's: its figures, and those of each place below."""
    reached = wholly_reached(request.actor, code)
    context = {
        "code": code,
        "crumbs": crumbs(code, reached=reached),
        "figures": queries.of_place(code),
        "below": queries.below(code),
        "is_village": places.level(code) is places.Level.VILLAGE,
        "changes": summaries.changes_this_month(code, today=request.today),
        "month": Span.month_of(request.today),
        "record": records.TITLES.get(places.level(code)),
        "may_open": request.may_write
        and offering.for_place(request.actor, policy_in_force(), code, request.today),
    }
    return render(request, "desk/place.html", context)


@page(classes={DataClass.PERSONS}, purpose="household", sampled=True)
def household(request: HttpRequest, household_no: str) -> HttpResponse:
    """One household: its card with everything known of it."""
    try:
        found = the_household(household_no)
    except NotFoundError:
        now = number_now(household_no)  # of one that joined another
        if now == household_no:
            raise
        return redirect("household", now)
    reached = request.actor.reach({DataClass.PERSONS})
    context = gathering.gathered(found, request.today)
    context["crumbs"] = crumbs(found.place_code, reached=reached)
    # A sample is the household's facts, measures and visits: findings, cases and payments are not in it.
    context["in_sample"] = not request.actor.reach({DataClass.PERSONS}, place_code=found.place_code)
    context["writes"] = bool(
        request.actor.reach({DataClass.PERSONS}, place_code=found.place_code, writes=True)
    )
    return render(request, "desk/household.html", context)


@page(classes={DataClass.PERSONS}, purpose="household history", sampled=True)
def household_history(request: HttpRequest, household_no: str) -> HttpResponse:
    """Every change of a household: who, when, why, before and after."""
    found = Household.objects.filter(pk=household_no).first()
    history = gathering.history(household_no)
    if found is None and not history:
        raise NotFoundError(NO_HOUSEHOLD)
    context = {"household_no": household_no, "household": found, "history": history}
    return render(request, "desk/history.html", context)
