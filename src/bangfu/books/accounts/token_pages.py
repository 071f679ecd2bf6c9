"""Pages of one's own tokens for the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from bangfu.books.accounts import queries, tokens
from bangfu.books.accounts.doors import page
from bangfu.books.accounts.forms import TokenForm
from bangfu.books.places import queries as places_read
from bangfu.web.forms import page_with


@page(purpose="own account", own=True)
def token_list(request: HttpRequest) -> HttpResponse:
    """My tokens, and the form for a new one, which is shown this once."""
    by = request.actor.username
    grants = queries.grants_of(by, on=request.today)
    names = places_read.names(grant.place_code for grant in grants)
    form = TokenForm(request.POST or None, grants=grants, names=names)
    if request.method == "POST":
        token = form.carry_out(
            lambda data: tokens.make_token(
                by=by,
                name=data["name"],
                grants=[int(key) for key in data["grants"]],
                reads_only=data["reads_only"],
                valid_to=data["valid_to"],
                today=request.today,
                now=request.now,
                place_code=request.scope.places[0],
            )
        )
        if token is not None:
            return render(request, "accounts/token.html", {"token": token})
    mine = tokens.tokens_of(by)
    return page_with(request, "accounts/tokens.html", form=form, tokens=mine)


@page(purpose="own account", own=True)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End one of my tokens."""
    tokens.revoke_token(
        by=request.actor.username,
        token_id=token_id,
        now=request.now,
        place_code=request.scope.places[0],
    )
    return redirect("tokens")
