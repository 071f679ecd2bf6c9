"""Suggestions of places, for every field that asks for one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from bangfu.books.accounts.doors import page
from bangfu.books.places import picking
from bangfu.core.places import Level
from bangfu.web.picking import suggested, typed

_LEVELS = {str(int(level)): level for level in Level}


@page(purpose="pick a place", writes=False)
def pick(request: HttpRequest) -> HttpResponse:
    """Places that what is being typed may mean: of the scope, or with `anywhere` of the whole books.

    Names and codes of places are public, so that every role may see them.
    """
    text = typed(request)
    found = picking.found(
        text,
        reach=request.scope.places,
        level=_LEVELS.get(request.GET.get("level", "")),
        anywhere=request.GET.get("anywhere") == "1",
    )
    return suggested(found, text)
