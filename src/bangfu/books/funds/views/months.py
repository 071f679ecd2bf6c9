"""The month's close: what it would seal, the sealing, and the months sealed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import with_who
from bangfu.books.funds import actions, sealing, standing
from bangfu.books.funds.forms import MonthForm
from bangfu.books.funds.models import MonthSeal
from bangfu.books.funds.people import FINANCE, READERS
from bangfu.books.funds.views.lines import MONEY
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Kind, Table

NO_MONTH = Text(
    "没有这个已封月份，或者它不在您的范围内。",
    "There is no such sealed month, or it is not yours to see.",
)
MONTHS = (
    Column("month", Text("月份", "Month"), lambda s: s.month, Kind.MONTH, sort="month",
           link=lambda s: address_of("fund-month", s.pk)),
    Column("digest", Text("月封摘要（已对外公布）", "Seal (public)"), lambda s: s.digest),
    Column("lines", Text("封存资金笔数", "Lines sealed"), lambda s: s.lines, Kind.NUMBER,
           link=lambda s: address_of("fund-month", s.pk)),
    Column("actor", Text("经办", "By"), lambda s: s.who, sort="actor"),
    Column("at", Text("封账日", "Sealed on"), lambda s: s.sealed_at, Kind.DAY, sort="sealed_at"),
)  # fmt: skip

HEADS = (
    Column("line", Text("资金", "Line"), lambda h: h.line.number, sort="line__number",
           link=lambda h: address_of("fund-line", h.line_id)),
    Column("name", Text("名称", "Name"), lambda h: h.line.name, sort="line__name"),
    Column("position", Text("凭证笔数", "Postings"), lambda h: h.position, Kind.NUMBER,
           sort="position"),
    Column("digest", Text("末笔摘要", "Digest of the last"), lambda h: h.digest),
)  # fmt: skip


@page(classes=MONEY, purpose="month's close", roles=READERS)
def months_page(request: HttpRequest) -> HttpResponse:
    """The months sealed, with their digests. Who closes asks for a month and sees what would be sealed; a
    POST seals it."""
    county = places.ancestor(request.scope.places[0], places.Level.COUNTY)
    last = sealing.span_of(sealing.last_over(request.today))
    asked = request.POST or (request.GET if "month" in request.GET else None)
    form = MonthForm(asked, initial={"month": last.code})
    if request.method == "POST":
        sealed = form.carry_out(
            lambda data: actions.close_month(
                by=request.actor, place_code=county, month=form.number(), today=request.today
            )
        )
        if sealed is not None:
            return redirect("fund-month", sealed.pk)
    table = Table(
        request,
        MONTHS,
        standing.months(),
        name="months",
        title=Text("已封月份", "Sealed months"),
        order="-month",
        decorate=with_who(lambda seal: seal.actor),
    )
    if table.wants_workbook:
        return table.workbook()
    looked = None
    if form.is_bound and request.method != "POST":
        looked = form.carry_out(
            lambda data: sealing.to_seal(
                place_code=county, month=form.number(), today=request.today
            )
        )
    return page_with(
        request,
        "funds/months.html",
        form=form,
        table=table,
        looked=looked,
        closes=request.actor.holds(*FINANCE),
    )


@page(classes=MONEY, purpose="sealed month", roles=READERS)
def month_page(request: HttpRequest, seal_id: int) -> HttpResponse:
    """One sealed month: every line's digest, as the seal holds it."""
    seal = MonthSeal.objects.filter(pk=seal_id).first()
    if seal is None:
        raise NotFoundError(NO_MONTH)
    table = Table(
        request,
        HEADS,
        seal.heads.select_related("line"),
        name="heads",
        title=Text("各笔资金的摘要", "Digests of the lines"),
        order="line",
    )
    if table.wants_workbook:
        return table.workbook()
    return page_with(request, "funds/month.html", table=table, seal=seal)
