"""The county's year: its milestones, key villages and teams, meetings and commitments."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.places.queries import names
from bangfu.books.projects import actions, queries
from bangfu.books.projects.actions.year import COUNTY, Listed
from bangfu.books.projects.forms import (
    CommitmentForm,
    KeyVillagesForm,
    MeetingForm,
    PlanForm,
    ReleaseForm,
    TeamForm,
    fen,
)
from bangfu.books.projects.models import Commitment, KeyVillage, Meeting, TeamMember
from bangfu.books.projects.views.doors import EITHER, county_of
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.forms import page_with
from bangfu.web.tables import Badge, Column, Kind, Table

MEETINGS = {
    Meeting.Kind.YEAR_START: Text("年初办公会", "year's start"),
    Meeting.Kind.VILLAGE: Text("到村现场办公会", "in the village"),
    Meeting.Kind.JOINT: Text("部门联席会议", "joint meeting"),
}
PARTS = {
    TeamMember.Part.LEADER: Text("联村县领导", "county leader"),
    TeamMember.Part.LEADING_UNIT: Text("队长单位", "leading unit"),
    TeamMember.Part.MEMBER: Text("成员单位", "member unit"),
    TeamMember.Part.ENTERPRISE: Text("规模企业", "enterprise"),
}
NOT_THERE = Text(
    "没有这一项，或者它不在您的范围内。", "There is no such thing, or it is not yours."
)


def _year(request: HttpRequest) -> int:
    written = request.GET.get("year", "")
    return int(written) if len(written) == 4 and written.isdigit() else request.today.year


@page(either=EITHER, purpose="the county's year")
def year_page(request: HttpRequest) -> HttpResponse:
    """The year's milestones with what the books show of each; the key villages with teams and minutes."""
    county, year = county_of(request), _year(request)
    villages = list(
        KeyVillage.objects.filter(place_code__startswith=places.prefix(county), year=year).order_by(
            "place_code"
        )
    )
    codes = [each.place_code for each in villages]
    teams: dict[str, list[tuple[Text, TeamMember]]] = {}
    for member in TeamMember.objects.filter(place_code__in=codes, year=year).order_by("pk"):
        words = PARTS[TeamMember.Part(member.part)]
        teams.setdefault(member.place_code, []).append((words, member))
    minutes: dict[str, Meeting] = {
        each.place_code: each
        for each in Meeting.objects.filter(
            place_code__in=codes, year=year, kind=Meeting.Kind.VILLAGE
        ).order_by("pk")
    }
    known = names(codes)
    context = {
        "county": county,
        "year": year,
        "lines": queries.milestones(county, year, policy=policy_in_force()),
        "villages": [
            (
                each,
                short_name(known.get(each.place_code, "")),
                teams.get(each.place_code, []),
                minutes.get(each.place_code),
            )
            for each in villages
        ],
        "open": queries.open_commitments().filter(meeting__year=year).count(),
        "late": queries.open_commitments()
        .filter(meeting__year=year, due_on__lt=request.today)
        .count(),
        "may_list": request.actor.holds(*COUNTY, at=county),
        "years": (year - 1, year + 1),
    }
    return render(request, "projects/year.html", context)


@page(either=EITHER, purpose="key villages")
def key_villages_page(request: HttpRequest) -> HttpResponse:
    """Make the list of a year's key villages."""
    county, year = county_of(request), _year(request)
    listed = KeyVillage.objects.filter(place_code__startswith=places.prefix(county), year=year)
    lines = "\n".join(
        f"{each.place_code} {each.registered_households or ''}".strip()
        for each in listed.order_by("place_code")
    )
    form = KeyVillagesForm(request.POST or None, initial={"villages": lines})
    if request.method == "POST":
        done = form.carry_out(
            lambda data: actions.list_key_villages(
                by=request.actor,
                county=county,
                year=year,
                villages=[Listed(code, number) for code, number in data["villages"]],
            )
        )
        if done is not None:
            return redirect(f"{reverse('county-year')}?year={year}")
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{year} 年整村推进重点村", f"Key villages of {year}"),
        back=f"{reverse('county-year')}?year={year}",
    )


def _village(request: HttpRequest, code: str) -> KeyVillage:
    found = KeyVillage.objects.filter(place_code=code, year=_year(request)).first()
    if found is None:
        raise NotFoundError(NO_SUCH_PLACE)
    return found


@page(either=EITHER, purpose="plan of a village")
def plan_page(request: HttpRequest, code: str) -> HttpResponse:
    """What a key village's plan is."""
    village = _village(request, code)
    form = PlanForm(request.POST or None, initial={"plan": village.plan})
    if request.method == "POST":
        done = form.carry_out(
            lambda data: (
                actions.plan_key_village(
                    by=request.actor,
                    place_code=code,
                    year=village.year,
                    plan=data["plan"],
                    today=request.today,
                )
                or True
            )
        )
        if done:
            return redirect(f"{reverse('county-year')}?year={village.year}")
    name = names([code]).get(code, code)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{name}：{village.year} 年村级规划", f"{name}: plan of {village.year}"),
        back=f"{reverse('county-year')}?year={village.year}",
    )


@page(either=EITHER, purpose="team of a village")
def team_page(request: HttpRequest, code: str) -> HttpResponse:
    """Name who leads and who helps a village."""
    village = _village(request, code)
    form = TeamForm(request.POST or None)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.name_team_member(
                by=request.actor,
                place_code=code,
                year=village.year,
                part=TeamMember.Part(data["part"]),
                name=data["name"],
                duty=data["duty"],
            )
        )
        if made is not None:
            return redirect(f"{reverse('county-year')}?year={village.year}")
    name = names([code]).get(code, code)
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"{name}：“1119”帮扶成员", f"{name}: team of 1119"),
        back=f"{reverse('county-year')}?year={village.year}",
    )


@page(either=EITHER, purpose="milestone of the year")
def milestone_page(request: HttpRequest, milestone: str) -> HttpResponse:
    """Say that a milestone is passed."""
    county, year = county_of(request), _year(request)
    policy = policy_in_force()
    line = next(
        (each for each in queries.milestones(county, year, policy=policy) if each.id == milestone),
        None,
    )
    if line is None:
        raise NotFoundError(NOT_THERE)
    form = PlanForm(request.POST or None)
    form.fields["plan"].label = speech.later("办结说明（文号、会议等）", "How (document, meeting)")
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.pass_milestone(
                by=request.actor,
                county=county,
                year=year,
                milestone=milestone,
                said=data["plan"],
                policy=policy,
                today=request.today,
            )
        )
        if made is not None:
            return redirect(f"{reverse('county-year')}?year={year}")
    return page_with(
        request,
        "projects/form.html",
        form=form,
        title=Text(f"办结：{line.text.zh}", f"Passed: {line.text.en}"),
        back=f"{reverse('county-year')}?year={year}",
    )


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
            link=lambda m: reverse("meeting", args=[m.pk]),
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


@page(either=EITHER, purpose="write minutes")
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Write a meeting's minutes and the commitments in them."""
    form = MeetingForm(
        request.POST or None,
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
            link=lambda c: reverse("commitment", args=[c.pk]),
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
            link=lambda c: reverse("meeting", args=[c.meeting_id]),
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


@page(either=EITHER, purpose="release a commitment")
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
