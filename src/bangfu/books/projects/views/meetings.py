"""Meetings with their minutes, and the commitments that follow from them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.places.queries import names
from bangfu.books.projects import actions, queries
from bangfu.books.projects.forms import (
    CommitmentForm,
    MeetingForm,
    ReleaseForm,
    fen,
)
from bangfu.books.projects.models import Commitment, Meeting
from bangfu.books.projects.views.doors import EITHER
from bangfu.books.projects.views.year import NOT_THERE
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table

MEETINGS = {
    Meeting.Kind.YEAR_START: Text("年初办公会", "year's start"),
    Meeting.Kind.VILLAGE: Text("到村现场办公会", "in the village"),
    Meeting.Kind.JOINT: Text("部门联席会议", "joint meeting"),
}


@page(either=EITHER, purpose="meetings")
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings and their minutes."""
    known = names(Meeting.objects.values_list("place_code", flat=True).distinct())
    columns = (
        Column(
            "number",
            Text("纪要", "Minutes"),
            lambda m: f"{m.number}（{m.pk}）",
            sort="number",
            link=lambda m: address_of("meeting", m.pk),
        ),
        Column("kind", Text("会议", "Meeting"), lambda m: MEETINGS[m.kind], sort="kind"),
        Column(
            "place",
            Text("地方", "Place"),
            lambda m: short_name(known.get(m.place_code, m.place_code)),
            sort="place_code",
        ),
        Column("held", Text("日期", "Day"), lambda m: m.held_on, Kind.DAY, "held_on"),
        Column("chaired", Text("主持", "Chaired by"), lambda m: m.chaired_by),
    )
    table = Table(
        request,
        columns,
        Meeting.objects.all(),
        name="meetings",
        title=Text("会议纪要", "Minutes"),
        order="-held",
    )
    if table.wants_workbook:
        return table.workbook()
    return render(request, "projects/meetings.html", {"table": table})


@page(either=EITHER, purpose="write minutes", form=True)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Write a meeting's minutes and the commitments in them."""
    form = MeetingForm(
        request.POST or None,
        reach=request.scope.places,
        initial={"place_code": request.GET.get("place", ""), "held_on": request.today},
    )
    if request.method == "POST":
        meeting = form.carry_out(
            lambda data: actions.hold_meeting(
                by=request.actor,
                place_code=data["place_code"],
                kind=Meeting.Kind(data["kind"]),
                year=data["held_on"].year,
                held_on=data["held_on"],
                chaired_by=data["chaired_by"],
                attended=data["attended"],
                decided=data["decided"],
                promises=data["promises"],
                today=request.today,
                now=request.now,
            )
        )
        if meeting is not None:
            return redirect("meeting", meeting.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text("会议纪要", "Minutes of a meeting"),
        says=Text(
            "一村一纪要：议定的事项、金额、责任部门和时限逐条写进落实清单，到期前会在清单里催办。",
            "Minutes for each village: item, amount, department and deadline, a line each; what is due is "
            "asked for.",
        ),
        draft="meeting",
        back=reverse("meetings"),
    )


@page(either=EITHER, purpose="minutes")
def meeting_page(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: its minutes and its commitments."""
    meeting = Meeting.objects.filter(pk=meeting_id).first()
    if meeting is None:
        raise NotFoundError(NOT_THERE)
    table = _table(request, meeting.commitments.select_related("meeting", "project"))
    if table.wants_workbook:
        return table.workbook()
    context = {
        "meeting": meeting,
        "kind": MEETINGS[Meeting.Kind(meeting.kind)],
        "place": names([meeting.place_code]).get(meeting.place_code, meeting.place_code),
        "table": table,
        "releases": meeting.releases.all(),
    }
    return render(request, "projects/meeting.html", context)


def commitment_state(commitment: Commitment, today: date) -> Badge:
    """How a commitment stands, in words."""
    if commitment.done_on is not None:
        return Badge(Text("已落实", "done"), "green")
    if commitment.released_by_id is not None:
        return Badge(Text("已解除", "released"))
    left = (commitment.due_on - today).days
    if left < 0:
        return Badge(Text(f"逾期 {-left} 天", f"{-left} days late"), "red")
    return Badge(
        Text(f"还剩 {left} 天", f"{left} days left"), "yellow" if left <= 14 else "secondary"
    )


def _table(request: HttpRequest, query: QuerySet[Commitment]) -> Table:
    known = names(query.values_list("village_code", flat=True).distinct())
    columns = (
        Column(
            "item",
            Text("事项", "Item"),
            lambda c: c.item,
            link=lambda c: address_of("commitment", c.pk),
        ),
        Column(
            "village",
            Text("村", "Village"),
            lambda c: short_name(known.get(c.village_code, "")),
            sort="village_code",
        ),
        Column("department", Text("责任部门", "Unit"), lambda c: c.department, sort="department"),
        Column(
            "amount", Text("金额（元）", "Yuan"), lambda c: c.amount_fen, Kind.MONEY, "amount_fen"
        ),
        Column("due", Text("时限", "Due"), lambda c: c.due_on, Kind.DAY, "due_on"),
        Column("state", Text("落实", "State"), lambda c: commitment_state(c, request.today)),
        Column(
            "minutes",
            Text("纪要", "Minutes"),
            lambda c: c.meeting.number,
            link=lambda c: address_of("meeting", c.meeting_id),
        ),
    )
    return Table(
        request,
        columns,
        query,
        name="commitments",
        title=Text("落实清单", "Commitments"),
        order="due",
    )


@page(either=EITHER, purpose="commitments")
def commitment_list(request: HttpRequest) -> HttpResponse:
    """What departments are bound to, by state."""
    query = queries.commitments()
    state = request.GET.get("state", "")
    closed = Q(done_on__isnull=False) | Q(released_by__isnull=False)
    if state in ("open", "late"):
        query = query.exclude(closed)
    if state == "late":
        query = query.filter(due_on__lt=request.today)
    if state == "done":
        query = query.filter(closed)
    if request.GET.get("department"):
        query = query.filter(department=request.GET["department"])
    table = _table(request, query)
    if table.wants_workbook:
        return table.workbook()
    return render(request, "projects/commitments.html", {"table": table, "state": state})


def _commitment(commitment_id: int) -> Commitment:
    found = queries.commitments().select_related("project").filter(pk=commitment_id).first()
    if found is None:
        raise NotFoundError(NOT_THERE)
    return found


@page(either=EITHER, purpose="commitment")
def commitment_page(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """One commitment: what it is, and the form by which it is carried out."""
    commitment = _commitment(commitment_id)
    closed = commitment.done_on is not None or commitment.released_by_id is not None
    form = None
    if not closed:
        form = CommitmentForm(request.POST or None, initial={"done_on": request.today})
        if request.method == "POST":
            done = form.carry_out(
                lambda data: actions.carry_out_commitment(
                    by=request.actor,
                    commitment_id=commitment.pk,
                    outcome=data["outcome"],
                    done_fen=fen(data["done"]),
                    done_on=data["done_on"],
                    today=request.today,
                )
            )
            if done is not None:
                return redirect("commitment", commitment.pk)
    return page_with(
        request,
        "projects/commitment.html",
        form=form,
        commitment=commitment,
        state=commitment_state(commitment, request.today),
        village=names([commitment.village_code]).get(commitment.village_code, ""),
    )


@page(either=EITHER, purpose="release a commitment", form=True)
def release_page(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """Release a commitment by a joint meeting's decision."""
    commitment = _commitment(commitment_id)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.release_commitment(
                by=request.actor,
                commitment_id=commitment.pk,
                meeting_id=data["meeting_id"],
                reason=data["reason"],
            )
        )
        if done is not None:
            return redirect("commitment", commitment.pk)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"解除：{commitment.item}", f"Release: {commitment.item}"),
        says=Text("解除要有之后一次联席会议的决定。", "It takes a later joint meeting's decision."),
        back=reverse("commitment", args=[commitment.pk]),
    )
