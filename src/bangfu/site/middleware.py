"""What every request carries before it reaches its view: its id, its moment, who acts; and how errors
a user can cause are shown."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from bangfu.books.accounts import sessions
from bangfu.books.accounts.access import access
from bangfu.books.accounts.actors import actor_logged_in
from bangfu.books.accounts.views import LANGUAGE_COOKIE
from bangfu.books.notices import board
from bangfu.books.walls.faults import user_error
from bangfu.core.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    NotFoundError,
    UnavailableError,
    UsageError,
    UserError,
)
from bangfu.core.language import Lang, Text
from bangfu.site import clock
from bangfu.web.rest import refusal
from bangfu.web.speech import DJANGO_NAMES, speaking

_STATUS = (
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (InputError, 422),
    (UnavailableError, 503),
)
API = "/api/"
_FOR_PROGRAMS = (API, "/spdci/")
_AWAY = 503
_NOT_THAT_WAY = 405
_ACCEPTED = re.compile(r"^[0-9a-f]{32}$")
NOT_FOUND = Text(
    "没有这个页面，或者它不在您的范围内。",
    "There is no such page, or it is not within your scope.",
)
ONLY_SENT = Text(
    "这个地址只收表单，不能直接打开。请回到上一页，从按钮办理。",
    "This address only takes what a form sends. Go back, and use the button there.",
)
# What opens before a second factor that the role needs is set.
_ENROLLING = ("second-factor", "begin-second-factor", "logout", "language")
TOO_LARGE = Text(
    f"一次最多上传 {settings.MAX_REQUEST // 2**20} MB，没有收下。请分几次上传，或拆分文件。",
    f"At most {settings.MAX_REQUEST // 2**20} MB in one go; nothing was taken in. "
    "Send the files one after the other, or split them.",
)
Handler = Callable[[HttpRequest], HttpResponse]


class Circumstances:
    """Puts `id`, `now`, `today` and `actor` on the request, and chooses its language."""

    def __init__(self, get_response: Handler) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        request.now = clock.now()  # type: ignore[attr-defined]
        request.today = timezone.localdate(request.now)  # type: ignore[attr-defined]
        lang = _language(request)
        language = DJANGO_NAMES[lang]
        with speaking(lang):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self._answer(request)
            if response.status_code == _NOT_THAT_WAY and not request.path_info.startswith(
                _FOR_PROGRAMS
            ):
                allowed = response.headers.get("Allow", "")
                response = error_page(request, UsageError(ONLY_SENT))
                response.status_code, response["Allow"] = _NOT_THAT_WAY, allowed
        response["Content-Language"] = language
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        if getattr(request, "actor", None) is not None and "Cache-Control" not in response:
            # A shared machine's next user must not find these pages in the browser.
            response["Cache-Control"] = "no-store, private"
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        # A host that is not ours is refused here (400), before any page could repeat it in an address.
        request.get_host()
        try:
            _check_form(request)
            if _is_public(request):
                # The board is the same for all: nobody is looked up, by no role but the public one.
                return self._get_response(request)
            if request.user.is_authenticated:
                allowed = access(request.today)  # type: ignore[attr-defined]
                if sessions.over(request.session, allowed, now=request.now):  # type: ignore[attr-defined]
                    auth.logout(request)
                elif sessions.ENROL in request.session and request.path not in map(
                    reverse, _ENROLLING
                ):
                    return redirect("second-factor")
            if request.user.is_authenticated:
                request.actor = actor_logged_in(request.user, on=request.today)  # type: ignore[attr-defined]
            return self._get_response(request)
        except DatabaseError as fault:
            refused = user_error(fault)
            if refused is None:
                raise
            return error_page(request, refused)
        except UserError as refused:
            return error_page(request, refused)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """The page of an error that a view raised; None leaves a fault of ours to Django's handler."""
        if isinstance(fault, Http404):
            return error_page(request, NotFoundError(NOT_FOUND))
        if isinstance(fault, DatabaseError):
            fault = user_error(fault) or fault
        return error_page(request, fault) if isinstance(fault, UserError) else None


def _check_form(request: HttpRequest) -> None:
    """NotFoundError for an address with a NUL, which the database keeps nowhere; InputError for a request
    that is too large."""
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        raise NotFoundError(NOT_FOUND)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.MAX_REQUEST:
        raise InputError(TOO_LARGE)


def _is_public(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{board.CHINESE}")


def _language(request: HttpRequest) -> Lang:
    """The language chosen, by cookie; on the public board by the address, which needs no cookie."""
    if _is_public(request):
        return "en" if request.path_info.startswith(f"/{board.ENGLISH}") else "zh"
    return "en" if request.COOKIES.get(LANGUAGE_COOKIE) == DJANGO_NAMES["en"] else "zh"


def error_page(request: HttpRequest, refused: UserError) -> HttpResponse:
    """The error as a page, or as JSON under the API: what is wrong, every problem, what to do next."""
    if request.path_info.startswith(API):
        return refused_as_json(request, refused)
    status = status_of(refused)
    problems = getattr(refused, "problems", ())
    context = {
        "error": refused,
        "problems": problems,
        "status": status,
        "back": _back(request, status),
    }
    return render(request, "web/error.html", context, status=status)


def _back(request: HttpRequest, status: int) -> str:
    """Where one came from, or, while something is away, what was asked for; empty when it is not known."""
    if status == _AWAY and request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    try:
        ours = {request.get_host()}
    except DisallowedHost:
        return ""
    return came_from if url_has_allowed_host_and_scheme(came_from, ours) else ""


def refused_as_json(request: HttpRequest, refused: UserError) -> HttpResponse:
    """The error as the API answers it."""
    problems = getattr(refused, "problems", ())
    written = refusal(refused.text, problems, request.id)  # type: ignore[attr-defined]
    return JsonResponse(written, status=status_of(refused))


def status_of(refused: UserError) -> int:
    """The HTTP status of an error."""
    return next((code for kind, code in _STATUS if isinstance(refused, kind)), 400)
