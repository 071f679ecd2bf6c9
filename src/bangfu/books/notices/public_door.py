"""The door of pages without log-in: one transaction of the public role, and nothing of the web role."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from bangfu.books.accounts.doors import READING, open_to_all
from bangfu.books.notices.board import ALIAS, CHINESE, ENGLISH
from bangfu.books.walls.faults import user_error
from bangfu.core.errors import NotFoundError, UnavailableError, UserError

View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    """Run a view as the public role, whoever is logged in; show its errors as public pages."""

    @wraps(view)
    def entered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        request.other_language = _other_language(request)  # type: ignore[attr-defined]
        try:
            with transaction.atomic(using=ALIAS, durable=True):
                _settle(request)
                response = view(request, *arguments, **named)
        except UserError as refused:
            response = _refusal(request, refused)
        except DatabaseError as fault:
            known = user_error(fault)
            if known is None:
                raise
            response = _refusal(request, known)
        # A copy kept on the way would outlive the notice; a search engine's copy, for years.
        patch_cache_control(response, private=True, max_age=0, must_revalidate=True)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return open_to_all(entered)


def _settle(request: HttpRequest) -> None:
    """What holds for the transaction: reading requests read only, nobody waits for ever."""
    with connections[ALIAS].cursor() as cursor:
        if request.method in READING:
            cursor.execute("set transaction read only")
        cursor.execute(
            "select set_config('statement_timeout', '5s', true), set_config('app.request', %s, true)",
            [request.id],  # type: ignore[attr-defined]
        )


def _other_language(request: HttpRequest) -> str:
    """The address of the same page in the other language."""
    chinese, english = f"/{CHINESE}", f"/{ENGLISH}"
    path = request.get_full_path()
    if path.startswith(english):
        return path.replace(english, chinese, 1)
    return path.replace(chinese, english, 1)


def _refusal(request: HttpRequest, refused: UserError) -> HttpResponse:
    status = {NotFoundError: 404, UnavailableError: 503}.get(type(refused), 400)
    return render(request, "notices/public/error.html", {"error": refused}, status=status)


def source_of(request: HttpRequest) -> str:
    """The sender's address: of IPv6, the network, since one sender has as many as he likes of it.

    Behind the county's own proxy it is the last of those named, which the proxy itself wrote.
    """
    written = request.META.get("REMOTE_ADDR", "")
    if settings.PRODUCTION:
        written = request.META.get("HTTP_X_FORWARDED_FOR", written).split(",")[-1].strip()
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
