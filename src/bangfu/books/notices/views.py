"""Pages of notices in the office: what is on the board, and the objections to it."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.notices import actions, board, queries
from bangfu.books.notices.forms import AnswerForm, ContactForm, ObjectionForm, WithdrawForm
from bangfu.books.notices.links import public_address, qr_svg
from bangfu.books.notices.models import Notice, Objection
from bangfu.books.notices.queries import STATE_WORDS, State
from bangfu.books.walls.scope import DataClass
from bangfu.core import notices, places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.printing.notices import Paper, print_notice
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table, download

NOT_HERE = Text(
    "没有这份公示，或者它不在您的范围内。", "There is no such notice, or it is not yours to see."
)
_NO_OBJECTION = Text(
    "没有这条异议，或者它不在您的范围内。",
    "There is no such objection, or it is not yours to see.",
)
_COLOURS = {
    State.COMING: "secondary",
    State.OPEN: "green",
    State.OVER: "secondary",
    State.WITHDRAWN: "red",
}
# The subject of a notice that a case put up.
_CASE = re.compile(r"case ([0-9]+) ")
# Who may see persons sees the board; payments and plans come with persons of their own.
CLASSES = {DataClass.PERSONS}


def _place_of(notice: Notice) -> str:
    return " ".join(name for name in (notice.county, notice.township, notice.village) if name)


def _title_of(notice: Notice) -> Text:
    return Text(notice.title_zh, notice.title_en)


COLUMNS = (
    Column("title", Text("公示", "Notice"), _title_of, link=lambda n: address_of("notice", n.pk)),
    Column("place", Text("地方", "Place"), _place_of, sort="place_code"),
    Column(
        "state",
        Text("状态", "State"),
        lambda n: Badge(STATE_WORDS[State(n.state)], _COLOURS[State(n.state)]),
    ),
    Column("opens", Text("开始", "Opens"), lambda n: n.opens_on, Kind.DAY, sort="opens_on"),
    Column("closes", Text("截止", "Closes"), lambda n: n.closes_on, Kind.DAY, sort="closes_on"),
    Column(
        "unanswered",
        Text("待答复异议", "Open objections"),
        lambda n: n.unanswered,
        Kind.NUMBER,
        sort="unanswered",
        link=lambda n: address_of("notice", n.pk) + "#objections",
    ),
)


@page(classes=CLASSES, purpose="notices")
def notice_list(request: HttpRequest) -> HttpResponse:
    """Notices of the scope, by state, place and open objections."""
    wanted = request.GET.get("state", "")
    state = State(wanted) if wanted in set(State) else None
    code = request.GET.get("place", "")
    query = queries.listed(
        on=request.today,
        state=state,
        place_code=code if places.is_code(code) else places.NATION,
        objected=request.GET.get("objections") == "open",
    )
    table = Table(
        request, COLUMNS, query, name="notices", title=Text("公示", "Notices"), order="-closes"
    )
    if table.wants_workbook:
        return table.workbook()
    states = [(one.value, STATE_WORDS[one]) for one in State]
    return render(
        request, "notices/list.html", {"table": table, "states": states, "wanted": wanted}
    )


@page(classes=CLASSES, purpose="notice")
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice with its rows and the objections to it."""
    found = _notice(notice_id)
    kind = notices.KINDS[found.kind]
    fields, rows = board.shown(
        kind, found.fields, found.rows.order_by("position").values_list("cells", flat=True)
    )
    context = {
        "notice": found,
        "title": _title_of(found),
        "place": _place_of(found),
        "kind": kind.name,
        "state": STATE_WORDS[(state := queries.state(found, on=request.today))],
        "is_open": state is State.OPEN,
        "colour": _COLOURS[state],
        "fields": fields,
        "case_no": case[1] if (case := _CASE.match(found.subject)) else "",
        "rows": [list(zip(fields, row, strict=True)) for row in rows],
        "objections": queries.objections_of(found),
        "public": public_address(request, found.pk),
    }
    return render(request, "notices/notice.html", context)


@page(classes=CLASSES, purpose="print a notice")
def print_paper(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The notice for the village board: A4, with the QR code of its public page."""
    found = _notice(notice_id)
    fields, rows = board.shown(
        notices.KINDS[found.kind],
        found.fields,
        found.rows.order_by("position").values_list("cells", flat=True),
    )
    address = public_address(request, found.pk)
    paper = Paper(
        title=_title_of(found),
        place=_place_of(found),
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        heads=[field.head for field in fields],
        numbers=[at for at, field in enumerate(fields) if field.is_number],
        rows=rows,
        address=address,
        qr_svg=qr_svg(address),
    )
    pdf = print_notice(paper, lang=speech.current(), printed_at=request.now)
    return download(pdf, f"notice-{found.pk}.pdf", "application/pdf")


@page(classes=CLASSES, purpose="withdraw a notice", form=True)
def withdraw(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Take a notice off the board, with the reason."""
    found = _notice(notice_id)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.carry_out(
            lambda data: actions.take_off(
                by=request.actor.username, notice=found, reason=data["reason"], now=request.now
            )
        )
        if done is not None:
            return redirect("notice", notice_id)
    return page_with(
        request, "notices/withdraw.html", form=form, notice=found, title=_title_of(found)
    )


@page(classes=CLASSES, purpose="enter an objection", form=True)
def enter_objection(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Enter an objection that came by word or on paper."""
    found = _notice(notice_id)
    form = ObjectionForm(
        request.POST if request.method == "POST" else None,
        initial={"received_on": request.today},
    )
    if form.is_bound:
        filed = form.carry_out(
            lambda data: actions.enter_objection(
                by=request.actor.username, notice=found, now=request.now, **data
            )
        )
        if filed is not None:
            # The page that follows lets go of the draft kept on the device.
            return redirect(reverse("objection", args=[filed.pk]) + "?entered=1")
    context = {
        "notice": found,
        "title": _title_of(found),
        "draft": f"objection-{found.pk}",
    }
    return page_with(request, "notices/enter_objection.html", form=form, **context)


@page(classes=CLASSES, purpose="answer an objection")
def answer_objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """One objection; answering it."""
    objection = _objection(objection_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.carry_out(
            lambda data: actions.answer_objection(
                by=request.actor.username, objection=objection, now=request.now, **data
            )
        )
        if done is not None:
            return redirect("notice", objection.notice_id)
    return _objection_page(request, objection, form=form)


@page(classes=CLASSES, purpose="look up an objector")
def contact(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Name and telephone of who objected, opened once, with a reason that the journal keeps."""
    objection = _objection(objection_id)
    if request.method != "POST":
        return redirect("objection", objection_id)
    form = ContactForm(request.POST)
    known = form.carry_out(
        lambda data: actions.look_up_objector(
            by=request.actor.username, objection=objection, reason=data["reason"]
        )
    )
    return _objection_page(request, objection, form=AnswerForm(), contact_form=form, known=known)


def _objection_page(
    request: HttpRequest, objection: Objection, *, form: AnswerForm, **more: Any
) -> HttpResponse:
    context = {
        "objection": objection,
        "title": _title_of(objection.notice),
        "contact_form": ContactForm(),
        "has_contact": objection.objector is not None or objection.phone is not None,
    } | more
    return page_with(request, "notices/objection.html", form=form, **context)


def _notice(notice_id: int) -> Notice:
    found = Notice.objects.filter(pk=notice_id).first()
    if found is None:
        raise NotFoundError(NOT_HERE)
    return found


def _objection(objection_id: int) -> Objection:
    found = Objection.objects.select_related("notice").filter(pk=objection_id).first()
    if found is None:
        raise NotFoundError(_NO_OBJECTION)
    return found
