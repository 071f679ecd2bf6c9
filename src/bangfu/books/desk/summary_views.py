"""Summaries by month, quarter and year: the figures of a place, their change, and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.cases.models import Case, Registration
from bangfu.books.cases.models import State as CaseState
from bangfu.books.desk import listings, summaries, sums
from bangfu.books.desk.crumbs import crumbs, wholly_reached
from bangfu.books.households.actions.happening import KINDS
from bangfu.books.households.listing import COLUMNS as HOUSEHOLDS
from bangfu.books.households.listing import decorated, household_address
from bangfu.books.households.models import Happening, Household, Person
from bangfu.books.notices.models import Notice
from bangfu.books.places import queries as places_read
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.periods import Span
from bangfu.files.policy_folder import policy_in_force
from bangfu.files.reports import Column as ReportColumn
from bangfu.files.reports import ReportSheet
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.tables import Column, Kind, Table, workbook_response

PERSONS = {DataClass.PERSONS}
NO_PERIOD = Text(
    "没有这一期。月份写 2026-10，季度写 2026-Q4，年度写 2026。",
    "There is no such period. Write a month 2026-10, a quarter 2026-Q4, a year 2026.",
)
NO_ROWS = Text("没有这一项的明细。", "There is no list behind this figure.")


def _household(get: Callable[[Any], str]) -> Column:
    return Column(
        "no", Text("户编号", "Household no."), get, link=lambda row: household_address(get(row))
    )


_OF_ROW = _household(lambda row: row.household_no)
_PLACE = Column("place", Text("区划代码", "Place"), lambda row: row.place_code, sort="place_code")
COLUMNS: dict[type, tuple[Column, ...]] = {
    Household: HOUSEHOLDS,
    Person: (
        _household(lambda p: p.household_id),
        Column("name", Text("姓名", "Name"), lambda p: p.name, sort="name"),
        Column("relation", Text("与户主关系", "Relation"), lambda p: p.relation),
        _PLACE,
    ),
    Measure: (
        _OF_ROW,
        Column("family", Text("类别", "Kind"), listings.family_of, sort="family"),
        Column("what", Text("内容", "What"), lambda m: m.content),
        Column("who", Text("责任人", "Responsible"), lambda m: m.responsible),
        Column("agreed", Text("商定", "Agreed"), lambda m: m.agreed_on, Kind.DAY, "agreed_on"),
        Column("due", Text("期限", "Due"), lambda m: m.due_on, Kind.DAY, "due_on"),
        Column("ended", Text("结束", "Ended"), lambda m: m.ended_on, Kind.DAY, "ended_on"),
    ),
    Visit: (
        _OF_ROW,
        Column("on", Text("日期", "Day"), lambda v: v.visited_on, Kind.DAY, "visited_on"),
        Column("who", Text("走访人", "Who went"), lambda v: v.visitors),
        Column("seen", Text("看到的", "What they saw"), lambda v: v.seen),
    ),
    Happening: (
        _OF_ROW,
        Column("on", Text("日期", "Day"), lambda h: h.happened_on, Kind.DAY, "happened_on"),
        Column("what", Text("变动", "What"), lambda h: KINDS[h.kind], sort="kind"),
        Column("who", Text("人", "Person"), lambda h: h.person_name),
        Column("document", Text("凭据", "Document"), lambda h: h.document),
    ),
    Case: (
        Column(
            "case",
            Text("个案", "Case"),
            lambda c: str(c.pk),
            sort="pk",
            link=lambda c: address_of("case", c.pk),
        ),
        Column("kind", Text("程序", "Procedure"), lambda c: _procedure(c), sort="procedure"),
        _PLACE,
        Column("opened", Text("开始", "Opened"), lambda c: c.opened_on, Kind.DAY, "opened_on"),
        Column("ended", Text("结束", "Ended"), lambda c: c.ended_on, Kind.DAY, "ended_on"),
        Column("state", Text("结果", "State"), lambda c: _CASE_STATES[CaseState(c.state)]),
    ),
    Notice: (
        Column(
            "notice",
            Text("公示", "Notice"),
            lambda n: Text(n.title_zh, n.title_en),
            link=lambda n: address_of("notice", n.pk),
        ),
        _PLACE,
        Column("opens", Text("开始", "Opens"), lambda n: n.opens_on, Kind.DAY, "opens_on"),
        Column("closes", Text("截止", "Closes"), lambda n: n.closes_on, Kind.DAY, "closes_on"),
    ),
    Registration: (
        _household(lambda r: r.household_id),
        _PLACE,
        Column(
            "on", Text("建档", "Registered"), lambda r: r.registered_on, Kind.DAY, "registered_on"
        ),
        Column("exited", Text("退出", "Exited"), lambda r: r.exited_on, Kind.DAY, "exited_on"),
    ),
}
_CASE_STATES = {
    CaseState.OPEN: Text("办理中", "open"),
    CaseState.DONE: Text("办结", "done"),
    CaseState.REJECTED: Text("未通过", "rejected"),
    CaseState.WITHDRAWN: Text("已撤回", "withdrawn"),
    CaseState.MERGED: Text("已合并", "merged"),
}


def _procedure(case: Case) -> Text:
    return policy_in_force().procedures.by_id[case.procedure].text


def span_of(request: HttpRequest) -> Span:
    """The period that the address asks for; this month when it names none. NotFoundError for another."""
    written = request.GET.get("period") or Span.month_of(request.today).code
    try:
        span = Span.read(written)
    except ValueError:
        raise NotFoundError(NO_PERIOD) from None
    if span.first > request.today:
        raise NotFoundError(NO_PERIOD)
    return span


@page(classes=PERSONS, purpose="summary", place="code")
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """The figures of a place and of those below in a period, with their change since the one before."""
    reached = wholly_reached(request.actor, code)
    span = span_of(request)
    sheet = summaries.summary_of(code, span, today=request.today)
    if request.GET.get("as") == "xlsx":
        return workbook_response(f"summary-{code}-{span.code}", _sheets(sheet))
    both = frozenset({DataClass.PERSONS, DataClass.SUMS})
    context = {
        "code": code,
        "sheet": sheet,
        "span": span,
        "crumbs": crumbs(code, reached=reached, view="summary"),
        "spans": _spans(span, request.today),
        "rows": [
            (told, _rows_address(told.figure, code, span, request.today)) for told in sheet.own.told
        ],
        "figures": summaries.FIGURES,
        "closes": span.last < request.today
        and sheet.closed is None
        and bool(request.actor.reach(both, place_code=code, writes=True)),
        "closed_periods": summaries.closed_periods(code),
    }
    return render(request, "desk/summary.html", context)


@page(classes=PERSONS, purpose="summary", place="code")
def summary_rows(request: HttpRequest, code: str, figure: str) -> HttpResponse:
    """The rows that a figure counts, as the books have them now."""
    reached = wholly_reached(request.actor, code)
    span = span_of(request)
    asked = summaries.BY_NAME.get(figure)
    rows = summaries.rows_of(asked, code, span, today=request.today) if asked else None
    if asked is None or rows is None:
        raise NotFoundError(NO_ROWS)
    table = Table(
        request,
        COLUMNS[rows.model],
        rows,
        name=f"{figure}-{span.code}",
        title=asked.text,
        order="pk",
        decorate=decorated if rows.model is Household else lambda found: found,
    )
    if table.wants_workbook:
        return table.workbook()
    context = {
        "code": code,
        "name": places_read.names([code]).get(code, code),
        "crumbs": crumbs(code, reached=reached),
        "table": table,
        "figure": asked,
        "span": span,
        "empty": speech.say(Text("这一期没有。", "None in this period.")),
    }
    return render(request, "desk/summary_rows.html", context)


@page(classes={DataClass.PERSONS, DataClass.SUMS}, purpose="close a period", place="code")
def close_period(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the figures of a period that is over."""
    wholly_reached(request.actor, code)
    span = span_of(request)
    if request.method == "POST":
        summaries.close_period(
            by=request.actor.username,
            place_code=code,
            span=span,
            today=request.today,
            now=request.now,
        )
    return redirect(f"{reverse('summary', args=[code])}?period={span.code}")


@page(classes={DataClass.SUMS}, purpose="sums", place="code")
def summary_of_sums(request: HttpRequest, code: str) -> HttpResponse:
    """The summary of who reads sums: the counted months, small counts left out."""
    span = span_of(request)
    context = {
        "code": code,
        "name": places_read.names([code]).get(code, code),
        "crumbs": crumbs(code, reached=request.actor.reach({DataClass.SUMS}), view="sums"),
        "span": span,
        "spans": _spans(span, request.today),
        **sums.changes(code, span),
    }
    return render(request, "desk/summary_of_sums.html", context)


def _rows_address(figure: summaries.Figure, code: str, span: Span, today: Any) -> str:
    if figure.past and span.last < today:
        return ""
    return f"{reverse('summary-rows', args=[code, figure.name])}?period={span.code}"


def _spans(span: Span, today: Any) -> Sequence[Span]:
    """The periods a reader goes to from here: the one before and after, and the wider ones."""
    after = Span.month_of(span.last) if span.months == 1 else span
    found = [span.before, *span.wider()]
    if span.months != 1:
        found.append(Span.month_of(min(after.last, today)))
    this = Span.month_of(today)
    return [one for one in [*found, this] if one != span and one.first <= today]


def _sheets(sheet: summaries.Sheet) -> list[ReportSheet]:
    """The summary as a workbook: the place's figures, then the places below."""
    say = speech.say
    told = [
        ReportColumn(say(Text("数据", "Figure")), width=28),
        ReportColumn(say(Text("本期", "This period")), "int"),
        ReportColumn(say(Text("上期", "Period before")), "int"),
        ReportColumn(say(Text("增减", "Change")), "int"),
    ]
    title = f"{sheet.own.name} {say(sheet.span.text)}"
    own = ReportSheet(
        say(Text("汇总", "Summary")),
        told,
        [(say(one.figure.text), one.now, one.before, one.change) for one in sheet.own.told],
        title,
    )
    columns = [ReportColumn(say(Text("地方", "Place")))]
    for figure in summaries.FIGURES:
        columns.append(ReportColumn(say(figure.text), "int"))
        columns.append(ReportColumn(say(Text("增减", "Change")), "int"))
    below = ReportSheet(
        say(Text("下级地方", "Places below")),
        columns,
        [
            (line.name, *(part for one in line.told for part in (one.now, one.change)))
            for line in sheet.below
        ],
        title,
    )
    return [own, below] if sheet.below else [own]
