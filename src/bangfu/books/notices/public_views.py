"""Pages of the public board."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache

from bangfu.books.notices import board
from bangfu.books.notices.board import Outcome
from bangfu.books.notices.forms import PublicObjectionForm, ReceiptForm
from bangfu.books.notices.links import qr_image
from bangfu.books.notices.public_door import public_page, source_of
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web.forms import page_with
from bangfu.web.speech import say

_NOT_OPEN = Text("没有这份公示，或者公示期已过。", "There is no such notice, or its days are over.")
_NO_PLACE = Text("没有这个地方。", "There is no such place.")
_REFUSED = {
    Outcome.CLOSED: _NOT_OPEN,
    Outcome.TOO_MANY: Text(
        "提交得太多了，没有收下。请过一小时再试，或者直接找村干部登记。",
        "Too many were sent, so this one was not taken. Try again in an hour, or tell a village cadre.",
    ),
    Outcome.UNKNOWN: Text(
        "没有这个回执号。请对照回执再看一遍。",
        "There is no such receipt number. Compare it with your receipt.",
    ),
}
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)


@public_page
def index(request: HttpRequest) -> HttpResponse:
    """The counties that have open notices; a single one opens at once."""
    counties = board.counties()
    if len(counties) == 1:
        return redirect(_to(request, "place", counties[0].code))
    return render(request, "notices/public/index.html", {"spots": counties})


@public_page
def place(request: HttpRequest, code: str) -> HttpResponse:
    """Open notices of a place and below, by the month they opened in."""
    if not places.is_code(code) or places.level(code) < places.Level.PREFECTURE:
        raise NotFoundError(_NO_PLACE)
    found = _MONTH.fullmatch(request.GET.get("opened", ""))
    month = (int(found[1]), int(found[2])) if found else None
    written = request.GET.get("page", "")
    page = int(written) if re.fullmatch(r"[1-9]\d{0,4}", written, re.ASCII) else 1
    listed = board.listed(code, month=month, page=page)
    context = {
        "code": code,
        "line": board.line_to(code),
        "below": board.below(code),
        "months": [f"{year}-{number:02d}" for year, number in board.months(code)],
        "month": found[0] if found else "",
        "notices": listed[: board.PER_PAGE],
        "page": page,
        "has_next": len(listed) > board.PER_PAGE,
    }
    return render(request, "notices/public/place.html", context)


@public_page
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice, as it hangs on the village board."""
    posted = _posted(notice_id)
    fields, rows = board.table(posted)
    context = {
        "notice": posted,
        "fields": fields,
        "rows": [list(zip(fields, row, strict=True)) for row in rows],
        "qr": qr_image(request, posted.id),
    }
    return render(request, "notices/public/notice.html", context)


@never_cache
@public_page
def objection(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The objection form. What is sent comes back as the receipt, on the same page and no address."""
    posted = _posted(notice_id)
    given = request.POST if request.method == "POST" else None
    form = PublicObjectionForm(given, initial={"submission": get_random_string(32)})
    if given is not None and form.is_valid():
        data = form.cleaned_data
        receipt = board.object_to(posted.id, source=source_of(request), **data)
        if receipt.outcome is Outcome.FILED:
            return render(
                request, "notices/public/receipt.html", {"notice": posted, "receipt": receipt}
            )
        form.add_error(None, say(_REFUSED[receipt.outcome]))
    return page_with(request, "notices/public/objection.html", form=form, notice=posted)


@never_cache
@public_page
def answer(request: HttpRequest) -> HttpResponse:
    """What became of an objection, by its receipt number. It is sent, and so in no address or log."""
    form = ReceiptForm(request.POST if request.method == "POST" else None)
    receipt = None
    if form.is_bound and form.is_valid():
        receipt = board.ask(form.cleaned_data["receipt"])
        if receipt.outcome is Outcome.UNKNOWN:
            form.add_error("receipt", say(_REFUSED[Outcome.UNKNOWN]))
            receipt = None
    return page_with(request, "notices/public/answer.html", form=form, receipt=receipt)


def _posted(notice_id: int) -> board.Posted:
    posted = board.notice(notice_id)
    if posted is None:
        raise NotFoundError(_NOT_OPEN)
    return posted


def _to(request: HttpRequest, view: str, *arguments: object) -> str:
    """The address of a public page in the language of this one."""
    found = request.resolver_match
    return reverse(
        f"public:{view}", args=arguments, current_app=found.namespace if found else "public"
    )
