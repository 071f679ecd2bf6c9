"""The office's pages of publishing: what is public, what is held back, publish now, take off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from bangfu.books.accounts.doors import page
from bangfu.books.publishing import actions
from bangfu.books.publishing.copies import County
from bangfu.books.publishing.forms import WithdrawForm
from bangfu.books.publishing.models import End, Kind, Publication
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Table
from bangfu.web.tables import Kind as Kinds

# Persons too: what names a villager is held back.
CLASSES = (DataClass.PERSONS, DataClass.MONEY)
KINDS = {
    Kind.PLAN: Text("计划", "plan"),
    Kind.PROJECT: Text("项目", "project"),
    Kind.MONTH: Text("拨付", "payments"),
    Kind.RESULTS: Text("绩效", "results"),
    Kind.DRAW: Text("抽查", "draw"),
    Kind.SEAL: Text("月封", "seal"),
}
ENDS = {
    End.REPLACED: Badge(Text("有新版", "replaced"), "secondary"),
    End.GONE: Badge(Text("账上已撤销", "gone from the books"), "secondary"),
    End.WITHDRAWN: Badge(Text("人工撤下", "taken off"), "red"),
}
NOT_HERE = Text(
    "没有这项公开内容，或者它不在您的范围内。",
    "There is no such publication, or it is not yours to see.",
)


@page(classes=CLASSES, purpose="publications", roles=actions.PUBLISHERS)
def publications(request: HttpRequest) -> HttpResponse:
    """What is and was public, the latest first."""
    today = request.today
    table = Table(
        request,
        (
            Column("kind", Text("种类", "Kind"), lambda p: KINDS[p.kind], sort="kind"),
            Column(
                "title",
                Text("内容", "What"),
                lambda p: Text(p.title_zh, p.title_en),
                link=lambda p: _public_address(p) if _state(p, today).text == _OPEN.text else "",
            ),
            Column(
                "place",
                Text("地方", "Place"),
                lambda p: f"{p.township} {short_name(p.village)}".strip() or None,
            ),
            Column("state", Text("状态", "State"), lambda p: _state(p, today)),
            Column("opens_on", Text("公开", "Since"), lambda p: p.opens_on, Kinds.DAY, "opens_on"),
            Column(
                "closes_on",
                Text("到", "Until"),
                lambda p: p.closes_on,
                Kinds.DAY,
                "closes_on",
            ),
            Column(
                "withdraw",
                Text("撤下", "Take off"),
                lambda p: Text("撤下", "take off") if p.end == "" else None,
                link=lambda p: address_of("publication-withdraw", p.pk) if p.end == "" else "",
            ),
        ),
        Publication.objects.all(),
        name="publications",
        title=Text("公开内容", "Publications"),
        order="-opens_on",
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "publishing/list.html", {"table": table, "county": _county(request)})


@require_POST
@page(classes=CLASSES, purpose="publish", roles=actions.PUBLISHERS)
def publish(request: HttpRequest) -> HttpResponse:
    """Have the public site brought in line with the books now, in the background; leads to the task."""
    task = actions.request_turn(by=request.actor, place_code=_county(request), now=request.now)
    return redirect("task", task.pk)


@page(classes=CLASSES, purpose="publications", roles=actions.PUBLISHERS)
def held(request: HttpRequest) -> HttpResponse:
    """What the books would show and the public may not read, each with its reason."""
    contents = County(_county(request)).contents(
        months_done=Publication.objects.filter(kind=Kind.MONTH).values_list("period", flat=True)
    )
    found = [content for content in contents if content.held is not None]
    return render(request, "publishing/held.html", {"held": found, "kinds": KINDS})


@page(classes=CLASSES, purpose="take off the public site", roles=actions.PUBLISHERS)
def withdraw_page(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Take something off the public site for good."""
    found = Publication.objects.filter(pk=publication_id).first()
    if found is None:
        raise NotFoundError(NOT_HERE)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = form.carry_out(
            lambda data: actions.withdraw(
                by=request.actor, publication=found, reason=data["reason"], now=request.now
            )
        )
        if done is not None:
            return redirect("publications")
    return page_with(
        request,
        "publishing/withdraw.html",
        form=form,
        title=Text(found.title_zh, found.title_en),
        back=reverse("publications"),
    )


_OPEN = Badge(Text("公开中", "public"), "green")
_OVER = Badge(Text("已到期", "over"), "secondary")


def _state(publication: Publication, today: object) -> Badge:
    if publication.end:
        return ENDS[End(publication.end)]
    return _OPEN if publication.closes_on >= today else _OVER  # type: ignore[operator]


def _public_address(publication: Publication) -> str:
    return reverse(f"public:open-{publication.kind}", args=[publication.series])


def _county(request: HttpRequest) -> str:
    return places.ancestor(request.scope.places[0], places.Level.COUNTY)
