"""What is shown when Django itself answers: an address that is not there, a request that cannot be read,
a fault of ours. A fault's page stands alone: it must work when the database or a template does not."""

from __future__ import annotations

import logging
import sys
import traceback
import uuid

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from bangfu.core.errors import ForbiddenError, NotFoundError, UnavailableError, UserError
from bangfu.core.language import Text
from bangfu.files.paths import is_full
from bangfu.site.middleware import NOT_FOUND, error_page

UNREADABLE = Text(
    "发来的内容读不懂，没有收下。请返回上一页再试。",
    "What was sent cannot be read; nothing was taken in. Go back and try again.",
)
NOT_ALLOWED = Text("您不能这样做。", "You may not do this.")
STALE = Text(
    "这一页开得太久，或者换过账号，没有提交。请返回上一页，刷新后再提交；写下的草稿还在本机。",
    "This page was open too long, or the account has changed; nothing was sent. Go back, reload and "
    "send again; the draft is still on this device.",
)
NO_ROOM = Text(
    "磁盘空间不足，文件没有收下。请告诉管理员清理磁盘，然后再试。",
    "The disk is full; the files were not taken in. Ask the keeper to free some space, then try again.",
)
log = logging.getLogger("bangfu.site")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: too many fields, a broken multipart body, a host that is not ours."""
    return error_page(request, UserError(UNREADABLE))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 that no view of ours raised."""
    return error_page(request, ForbiddenError(NOT_ALLOWED))


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form without the token of its page."""
    return error_page(request, ForbiddenError(STALE))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no address of the site."""
    return error_page(request, NotFoundError(NOT_FOUND))


def failed(request: HttpRequest) -> HttpResponse:
    """500: logged under the id that the page shows. A disk that filled while an upload came in is 503."""
    fault = sys.exc_info()[1]
    if isinstance(fault, OSError) and is_full(fault):
        return error_page(request, UnavailableError(NO_ROOM))
    number = getattr(request, "id", None) or uuid.uuid4().hex
    log.error("request %s, %s: %s", number, _view(request), _without_values(fault))
    answer = HttpResponse(render_to_string("web/500.html", {"number": number}), status=500)
    answer["X-Request-Id"] = number
    return answer


def _view(request: HttpRequest) -> str:
    found = request.resolver_match
    return f"{request.method} {found.view_name if found else '-'}"


def _without_values(fault: BaseException | None) -> str:
    """Kind and lines of a fault. Its message stays out: a database puts the refused row there."""
    kinds: list[str] = []
    while fault is not None:
        lines = "".join(traceback.format_tb(fault.__traceback__))
        kinds.append(f"{type(fault).__qualname__}\n{lines}")
        fault = fault.__cause__ or fault.__context__
    return "from ".join(kinds)
