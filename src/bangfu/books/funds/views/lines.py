"""Pages of the lines: all of them, one with its stages and movements, and a movement entered by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import with_who
from bangfu.books.funds import actions, standing
from bangfu.books.funds.forms import MovementForm, fen_of
from bangfu.books.funds.models import Entry, FundLine
from bangfu.books.funds.people import FINANCE, READERS
from bangfu.books.places.days import day_problem
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.stages import KIND_LABELS, STAGE_LABELS, Book, Kind, Stage
from bangfu.core.money import format_yuan
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Table
from bangfu.web.tables import Kind as Shown

MONEY = {DataClass.MONEY}


def line_address(line: FundLine, **filters: str) -> str:
    """A line's page, at its movements when they are filtered."""
    address = reverse("fund-line", args=[line.pk])
    return f"{address}?{urlencode(filters)}#movements" if filters else address


def _rows(**filters: str) -> Callable[[Any], str]:
    return lambda line: line_address(line, **filters)


LINES = (
    Column("number", Text("编号", "Number"), lambda line: line.number, sort="number",
           link=line_address),
    Column("name", Text("资金", "Fund line"), lambda line: line.name, sort="name"),
    Column("announced", Text("指标（元）", "Announced (yuan)"), lambda line: line.announced,
           Shown.MONEY, sort="announced", link=_rows(group="announced")),
    Column("allocated", Text("已安排（元）", "Allocated (yuan)"), lambda line: line.allocated,
           Shown.MONEY, sort="allocated", link=_rows(group="allocated")),
    Column("committed", Text("已签合同（元）", "Committed (yuan)"), lambda line: line.committed,
           Shown.MONEY, sort="committed", link=_rows(group="committed")),
    Column("paid", Text("已支付（元）", "Paid (yuan)"), lambda line: line.paid,
           Shown.MONEY, sort="paid", link=_rows(stage="paid")),
    Column("free", Text("未安排（元）", "Free (yuan)"), lambda line: line.free,
           Shown.MONEY, sort="free", link=_rows(stage="announced")),
    Column("received", Text("到位（元）", "Arrived (yuan)"), lambda line: line.received,
           Shown.MONEY, sort="received", link=_rows(stage="treasury")),
    Column("in_hand", Text("在账（元）", "In hand (yuan)"), lambda line: line.in_hand,
           Shown.MONEY, sort="in_hand", link=_rows(stage="received")),
)  # fmt: skip


def _paper(entry: Entry) -> str:
    document = entry.posting.document
    return document.number if document else entry.posting.memo


MOVEMENTS = (
    Column("day", Text("日期", "Day"), lambda e: e.posting.day, Shown.DAY, sort="posting__day"),
    Column("posting", Text("凭证", "Posting"), lambda e: str(e.posting_id), sort="posting_id"),
    Column("kind", Text("变动", "Movement"), lambda e: _kind(e), sort="posting__kind"),
    Column("stage", Text("环节", "Stage"), lambda e: STAGE_LABELS[Stage(e.stage)], sort="stage"),
    Column("project", Text("项目", "Project"),
           lambda e: e.project.number if e.project else "", sort="project__number"),
    Column("fen", Text("增减（元）", "Change (yuan)"), lambda e: e.fen, Shown.MONEY, sort="fen"),
    Column("paper", Text("文号或凭据", "Paper"), _paper),
    Column("actor", Text("经办", "By"), lambda e: e.who, sort="posting__actor"),
)  # fmt: skip


def _kind(entry: Entry) -> Text:
    label = KIND_LABELS[Kind(entry.posting.kind)]
    if entry.posting.reverses_id is None:
        return label
    return Text(f"红字冲销（{label.zh}）", f"reversal ({label.en})")


@page(classes=MONEY, purpose="fund lines", roles=READERS, writes=False)
def line_list(request: HttpRequest) -> HttpResponse:
    """The lines of the county, each with what stands where."""
    table = Table(
        request,
        LINES,
        standing.lines(),
        name="funds",
        title=Text("资金", "Fund lines"),
        order="number",
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "funds/lines.html", {"table": table})


@page(classes=MONEY, purpose="fund line", roles=READERS)
def line_page(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: its stages in both books, its projects, every movement."""
    line = standing.line(line_id)
    only, stages = _asked(request)
    project = request.GET.get("project", "")
    table = Table(
        request,
        MOVEMENTS,
        standing.movements(line, stages=stages, project=project),
        name="movements",
        title=Text("变动明细", "Movements"),
        order="-posting",
        decorate=with_who(lambda entry: entry.posting.actor),
    )
    if table.wants_workbook:
        return table.workbook()
    by_book = standing.stages_of(line)
    context = {
        "line": line,
        "books": [
            (Text("指标", "Quota"), by_book[Book.QUOTA]),
            (Text("资金（现金）", "Cash"), by_book[Book.CASH]),
        ],
        "projects": standing.projects_of(line),
        "table": table,
        "only": only,
        "project": project,
        "enters": request.actor.holds(*FINANCE, at=line.place_code),
    }
    return render(request, "funds/line.html", context)


def _asked(request: HttpRequest) -> tuple[Text | None, tuple[Stage, ...]]:
    """Which stages the address asks for: one, or those that a figure counts together."""
    stage, group = request.GET.get("stage", ""), request.GET.get("group", "")
    if stage in set(Stage):
        return STAGE_LABELS[Stage(stage)], (Stage(stage),)
    return standing.GROUPS.get(group, (None, ()))


@page(classes=MONEY, purpose="move money of a line", roles=FINANCE, form=True)
def movement_page(request: HttpRequest, line_id: int) -> HttpResponse:
    """Enter a movement of a line with the paper it rests on."""
    line = standing.line(line_id)
    form = MovementForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(lambda data: _enter(request, line, data))
        if done is not None:
            return redirect(line_address(line))
    return page_with(
        request,
        "funds/form.html",
        form=form,
        title=Text("登记变动", "Enter a movement"),
        says=Text(f"{line.number} {line.name}", f"{line.number} {line.name}"),
        back=line_address(line),
    )


def _enter(request: HttpRequest, line: FundLine, data: Any) -> int:
    wrong = day_problem(data["issued_on"], place_code=line.place_code, today=request.today)
    if wrong is not None:
        raise InputError(
            Text("变动没有登记。", "The movement was not entered."), [Problem("issued_on", wrong)]
        )
    kind, fen = Kind(data["kind"]), fen_of(data["yuan"])
    if not data["again"]:
        _hold_against_same(line, kind, data["document"], fen)
    document = actions.record_document(
        by=request.actor.username,
        place_code=line.place_code,
        number=data["document"],
        issued_on=data["issued_on"],
    )
    terms: dict[str, Any] = {
        "by": request.actor.username,
        "place_code": line.place_code,
        "line": line.number,
        "fen": fen,
        "day": request.today,
        "document": document,
        "memo": data["memo"],
    }
    if kind is Kind.TAKE_BACK:
        return actions.take_back(**terms, cash_fen=fen_of(data["cash_yuan"]))
    verbs: dict[Kind, Callable[..., int]] = {
        Kind.PLEDGE: actions.pledge,
        Kind.ANNOUNCE: actions.announce,
        Kind.RECEIVE: actions.receive,
        Kind.CARRY_OVER: actions.carry_over,
        Kind.BRING_IN: actions.bring_in,
    }
    return verbs[kind](**terms)


def _hold_against_same(line: FundLine, kind: Kind, document: str, fen: int) -> None:
    """InputError when the same sum of the same document was entered on the line before."""
    same = standing.same_movement(line, kind, document, fen)
    if same is not None:
        words = Text(
            f"{same.day} 已按文号 {document} 登记过同样的{KIND_LABELS[kind].zh} {format_yuan(fen)} 元"
            f"（第 {same.pk} 号凭证）。确实是另一笔的，请勾选“确实是另一笔”再保存。",
            f"The same sum of document {document} was entered on {same.day} (posting {same.pk}, "
            f"{KIND_LABELS[kind].en}, {format_yuan(fen)} yuan). If this is another, tick that it is, and save.",
        )
        raise InputError(
            Text("变动没有登记。", "The movement was not entered."), [Problem("again", words)]
        )
