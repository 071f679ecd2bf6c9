"""Bulletins: their list, one to mend, issue and print."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bangfu.books.accounts.doors import page
from bangfu.books.places.queries import names
from bangfu.books.projects.views.doors import EITHER
from bangfu.books.supervision import actions, people
from bangfu.books.supervision.forms import BulletinForm, HalfForm, IssueForm
from bangfu.books.supervision.models import Bulletin
from bangfu.books.supervision.queries.bulletins import bulletin_found
from bangfu.core.language import Text
from bangfu.core.supervision.findings import half_of
from bangfu.files.policy_folder import policy_in_force
from bangfu.printing.bulletins import Paper, print_bulletin
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table, download

PDF = "application/pdf"
COLUMNS = (
    Column(
        "title",
        Text("通报", "Bulletin"),
        lambda b: b.title,
        sort="year",
        link=lambda b: address_of("bulletin", b.pk),
    ),
    Column(
        "half",
        Text("期间", "Of"),
        lambda b: Text(
            f"{b.year} 年{'上' if b.half == 1 else '下'}半年", f"{b.year}, half {b.half}"
        ),
        sort="half",
    ),
    Column("drafted", Text("起草", "Drafted"), lambda b: b.drafted_on, Kind.DAY, "drafted_on"),
    Column(
        "state",
        Text("状态", "State"),
        lambda b: (
            Badge(Text("已签发", "issued"), "green")
            if b.issued_on
            else Badge(Text("草稿", "draft"), "yellow")
        ),
    ),
    Column("number", Text("文号", "Number"), lambda b: b.number, sort="number"),
    Column("issued", Text("签发", "Issued"), lambda b: b.issued_on, Kind.DAY, "issued_on"),
)


@page(either=EITHER, purpose="bulletins", roles=people.OFFICE)
def bulletin_list(request: HttpRequest) -> HttpResponse:
    """The bulletins of the county, and the form that drafts one."""
    county = request.scope.places[0]
    initial = {"year": request.today.year, "half": half_of(request.today)}
    form = HalfForm(request.POST or None, initial=initial)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.draft_bulletin(
                by=request.actor,
                county=county,
                year=data["year"],
                half=data["half"],
                policy=policy_in_force(),
                today=request.today,
            )
        )
        if made is not None:
            return redirect("bulletin", made.pk)
    table = Table(
        request,
        COLUMNS,
        Bulletin.objects.all(),
        name="bulletins",
        title=Text("督查通报（半年一通报）", "Bulletins, one every half year"),
        order="-title",
    )
    if table.wants_workbook:
        return table.workbook()
    return page_with(
        request,
        "supervision/bulletins.html",
        form=form,
        table=table,
        drafts=_holds(request, "plan", county),
    )


def _holds(request: HttpRequest, what: str, place: str) -> bool:
    roles = people.roles(policy_in_force(), what, place=place, on=request.today)
    return bool(request.actor.holds(*roles, at=place))


@page(either=EITHER, purpose="bulletin", roles=people.OFFICE)
def bulletin_page(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """One bulletin: its text, to be mended until it is issued, and its issue."""
    bulletin = bulletin_found(bulletin_id)
    issuing = "number" in request.POST
    sent = request.POST or None
    words = {"title": bulletin.title, "body": bulletin.body}
    form = BulletinForm(None if issuing else sent, initial=words)
    issue = IssueForm(sent if issuing else None)
    here = {
        "by": request.actor,
        "bulletin": bulletin,
        "policy": policy_in_force(),
        "today": request.today,
    }
    if request.method == "POST":
        done = (
            issue.carry_out(lambda data: actions.issue_bulletin(**here, **data))
            if issuing
            else form.carry_out(lambda data: actions.edit_bulletin(**here, **data))
        )
        if done is not None:
            return redirect("bulletin", bulletin.pk)
    return page_with(
        request,
        "supervision/bulletin.html",
        form=issue if issuing else form,
        mend=form,
        issue=issue,
        bulletin=bulletin,
        mends=_holds(request, "plan", bulletin.place_code),
        issues=_holds(request, "close", bulletin.place_code),
    )


@page(either=EITHER, purpose="bulletin", roles=people.OFFICE)
def bulletin_pdf(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """The bulletin as a PDF."""
    bulletin = bulletin_found(bulletin_id)
    county = bulletin.place_code
    paper = Paper(
        bulletin.title,
        bulletin.number,
        names([county]).get(county, county),
        bulletin.issued_on or bulletin.drafted_on,
        bulletin.body,
        bulletin.issued_on is not None,
    )
    content = print_bulletin(paper, lang=speech.current(), printed_at=request.now)
    return download(content, f"{bulletin.title}.pdf", PDF)
