"""Home and place: what is due, the figures of my place and below."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.desk import household as gathering
from bangfu.books.desk import queries, records, summaries
from bangfu.books.desk.crumbs import crumbs
from bangfu.books.households.models import Household
from bangfu.books.households.views import NOT_HERE
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ForbiddenError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.periods import Span


@page(purpose="home")
def home(request: HttpRequest) -> HttpResponse:
    """To the widest place where the actor may see persons, or sums, or else says what he holds."""
    reached = request.actor.reach({DataClass.PERSONS})
    if reached:
        return redirect("place", reached[0])
    summed = request.actor.reach({DataClass.SUMS})
    if summed:
        return redirect("sums", summed[0])
    if not request.actor.held:
        raise ForbiddenError(
            Text(
                "您的账号还没有角色。请县级管理员授予角色后再登录。",
                "Your account holds no role yet. The county's keeper can grant one.",
            )
        )
    return redirect("me")


@page(classes={DataClass.PERSONS}, purpose="place", place="code")
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place: its figures, and those of each place below."""
    reached = request.actor.reach({DataClass.PERSONS})
    context = {
        "code": code,
        "crumbs": crumbs(code, reached=reached),
        "figures": queries.of_place(code),
        "below": queries.below(code),
        "is_village": places.level(code) is places.Level.VILLAGE,
        "changes": summaries.changes_this_month(code, today=request.today),
        "month": Span.month_of(request.today),
        "record": records.TITLES.get(places.level(code)),
    }
    return render(request, "desk/place.html", context)


@page(classes={DataClass.PERSONS}, purpose="household", sampled=True)
def household(request: HttpRequest, household_no: str) -> HttpResponse:
    """One household: its card with everything known of it."""
    found = _household(household_no)
    reached = request.actor.reach({DataClass.PERSONS})
    context = gathering.gathered(found, request.today)
    context["crumbs"] = crumbs(found.place_code, reached=reached)
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
        raise NotFoundError(NOT_HERE)
    context = {"household_no": household_no, "household": found, "history": history}
    return render(request, "desk/history.html", context)


def _household(household_no: str) -> Household:
    found = Household.objects.filter(pk=household_no).first()
    if found is None:
        raise NotFoundError(NOT_HERE)
    return found
