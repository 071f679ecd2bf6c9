"""Home and place: what is due, the figures of my place and below."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.desk import queries
from bangfu.books.desk.crumbs import crumbs
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text


@page(purpose="home")
def home(request: HttpRequest) -> HttpResponse:
    """To the widest place where the actor may see persons, or else says what he holds."""
    reached = request.actor.reach({DataClass.PERSONS})
    if reached:
        return redirect("place", reached[0])
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
    }
    return render(request, "desk/place.html", context)
