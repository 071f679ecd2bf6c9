"""Findings: their list, one with its acts, the next act, their photos and papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.models import Role
from bangfu.books.attachments.models import Attachment
from bangfu.books.attachments.queries import NO_SUCH_FILE, content_of
from bangfu.books.places.models import Place
from bangfu.books.places.queries import names
from bangfu.books.projects.views.doors import EITHER
from bangfu.books.red_flags import queries as red_flags
from bangfu.books.red_flags.models import Flag as RedFlag
from bangfu.books.supervision import actions, people, queries
from bangfu.books.supervision.forms import (
    AnswerForm,
    CloseForm,
    FindingForm,
    OrderForm,
    RecheckForm,
)
from bangfu.books.supervision.models import Evidence, Finding, Step, SubjectKind, Visit
from bangfu.books.supervision.queries.plans import NO_SUCH_PLAN
from bangfu.books.supervision.views.words import SEVERITY, SUBJECT, finding_columns, state_badge
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ConflictError, NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.core.supervision.findings import STATES, VERBS, State, Verb, next_verb
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.forms import Form, page_with
from bangfu.web.tables import Table

LATE, MINE = "late", "mine"
DOES = {Verb.ORDER: "order", Verb.RECHECK: "inspect", Verb.CLOSE: "close"}


@page(either=EITHER, purpose="findings")
def finding_list(request: HttpRequest) -> HttpResponse:
    """The findings of my places: all, those that wait for me, those that are late, by state."""
    rows = _filtered(request)
    village = Place.objects.filter(code=OuterRef("place_code"))
    table = Table(
        request,
        finding_columns(request.today),
        rows.annotate(village=Subquery(village.values("name")[:1])),
        name="findings",
        title=Text("督查问题", "Findings"),
        order="-found",
    )
    if table.wants_workbook:
        return table.workbook()
    everything = queries.listed()
    mine = queries.waiting_for(request.actor, policy=policy_in_force(), today=request.today)
    counts = [
        (MINE, Text("待您办理", "yours"), mine.count()),
        (LATE, Text("逾期未整改", "late"), queries.due(request.today).count()),
        *(
            (state.value, words, everything.filter(state=state).count())
            for state, words in STATES.items()
        ),
    ]
    context = {
        "table": table,
        "counts": counts,
        "chosen": request.GET.get("state", ""),
        "inspects": _may(request, "inspect"),
        "office": request.actor.holds(*people.OFFICE),
    }
    return render(request, "supervision/findings.html", context)


def _filtered(request: HttpRequest) -> QuerySet[Finding]:
    code, state = request.GET.get("place", ""), request.GET.get("state", "")
    rows = queries.listed(place_code=code if places.is_code(code) else places.NATION)
    if state == MINE:
        rows = rows & queries.waiting_for(
            request.actor, policy=policy_in_force(), today=request.today
        )
    elif state == LATE:
        rows = rows & queries.due(request.today)
    elif state in {each.value for each in State}:
        rows = rows.filter(state=state)
    for name in ("subject", "unit"):
        if request.GET.get(name):
            rows = rows.filter(**{name: request.GET[name]})
    return rows


def _may(request: HttpRequest, what: str, at: str | None = None) -> bool:
    place = at or request.scope.places[0]
    held = people.roles(policy_in_force(), what, place=place, on=request.today)
    return bool(request.actor.holds(*held, at=at))


@page(either=EITHER, purpose="finding", form=True)
def note_page(request: HttpRequest) -> HttpResponse:
    """Note a finding; a visit or a red flag may have led here, with what it knows."""
    visit, flag = _visit(request.GET.get("visit", "")), _flag(request.GET.get("flag", ""))
    kind, subject = _about(visit, flag)
    initial = {
        "subject_kind": kind,
        "subject": subject,
        "what": speech.say(flag.reason) if flag else "",
    }
    form = FindingForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        reach=request.scope.places,
        persons=DataClass.PERSONS in request.scope.classes,
    )
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.note_finding(
                by=request.actor,
                visit=visit,
                policy=policy_in_force(),
                today=request.today,
                now=request.now,
                flag=actions.Flag(str(flag.pk), flag.reason_zh) if flag else None,
                **form.told(),
            )
        )
        if made is not None:
            return redirect("watch-finding", made.pk)
    return page_with(
        request,
        "supervision/form.html",
        form=form,
        title=Text("登记问题", "Note a finding"),
        says=flag and Text(f"来自疑点：{flag.reason_zh}", f"From a red flag: {flag.reason_en}"),
        draft="finding",
        back=reverse("watch"),
    )


def _flag(written: str) -> RedFlag | None:
    """The red flag that led here. NotFoundError for one that the scope does not see."""
    return red_flags.found(int(written)) if written.isdecimal() else None


def _about(visit: Visit | None, flag: RedFlag | None) -> tuple[str, str]:
    """What a finding is about, as far as what led here says."""
    if visit:
        return visit.kind, visit.key
    if flag and flag.subject_kind in (SubjectKind.PROJECT, SubjectKind.VILLAGE):
        return flag.subject_kind, flag.subject_key
    return SubjectKind.PROJECT, ""


def _visit(written: str) -> Visit | None:
    if not written:
        return None
    visit = Visit.objects.filter(pk=int(written)).first() if written.isdecimal() else None
    if visit is None:
        raise NotFoundError(NO_SUCH_PLAN)
    return visit


@page(either=EITHER, purpose="finding")
def finding_page(request: HttpRequest, finding_id: int) -> HttpResponse:
    """One finding: what, about whom, each act with its evidence, what comes next."""
    finding = queries.found(finding_id)
    kept = list(queries.evidence_of(finding))
    steps = Step.objects.filter(finding=finding).order_by("pk")
    verb = next_verb(State(finding.state))
    context = {
        "finding": finding,
        "state": state_badge(finding),
        "severity": SEVERITY[finding.severity],  # type: ignore[index]
        "subject_words": SUBJECT[finding.subject_kind],  # type: ignore[index]
        "subject_address": _subject_address(request, finding),
        "village": short_name(names([finding.place_code]).get(finding.place_code, "")),
        "found_with": [one for one in kept if one.step_id is None],
        "steps": [
            (VERBS[Verb(step.verb)], step, [one for one in kept if one.step_id == step.pk])
            for step in steps
        ],
        "next": _DO[verb] if verb and _my_turn(request, finding, verb) else None,
        "waits": STATES[State(finding.state)] if verb else None,
        "role": Role.objects.filter(code=finding.answers_role).first(),
        "office": request.actor.holds(*people.OFFICE),
    }
    return render(request, "supervision/finding.html", context)


def _my_turn(request: HttpRequest, finding: Finding, verb: Verb) -> bool:
    if verb is Verb.ANSWER:
        return bool(request.actor.holds(finding.answers_role, at=finding.place_code))
    return _may(request, DOES[verb], finding.place_code)


def _subject_address(request: HttpRequest, finding: Finding) -> str:
    if finding.project_id:
        return reverse("project", args=[finding.project_id])
    if finding.payment_id:
        return reverse("payment", args=[finding.payment_id])
    if finding.subject_kind == SubjectKind.HOUSEHOLD:
        return reverse("household", args=[finding.subject])
    if DataClass.PERSONS in request.actor.classes:
        return reverse("place", args=[finding.subject])
    return ""


@page(either=EITHER, purpose="finding", form=True)
def act_page(request: HttpRequest, finding_id: int) -> HttpResponse:
    """The one act that comes next."""
    finding = queries.found(finding_id)
    verb = next_verb(State(finding.state))
    if verb is None:
        raise ConflictError(Text("这个问题已经销号。", "This finding is closed."))
    form, act = _next(request, finding, verb)
    if request.method == "POST" and form.carry_out(lambda data: act(data)):
        return redirect("watch-finding", finding.pk)
    return page_with(
        request,
        "supervision/form.html",
        form=form,
        title=Text(f"{VERBS[verb].zh}：问题 {finding.pk}", f"Finding {finding.pk}: {_TITLE[verb]}"),
        says=Text(finding.what, finding.what),
        draft=f"finding-{finding.pk}-{verb}",
        back=reverse("watch-finding", args=[finding.pk]),
    )


_DO = {
    Verb.ORDER: Text("下达整改通知", "Order it put right"),
    Verb.ANSWER: Text("报告整改情况", "Report what was done"),
    Verb.RECHECK: Text("登记复查", "Record the second look"),
    Verb.CLOSE: Text("销号", "Close it"),
}
_TITLE = {
    Verb.ORDER: "order it put right",
    Verb.ANSWER: "answer",
    Verb.RECHECK: "look again",
    Verb.CLOSE: "close",
}


def _next(
    request: HttpRequest, finding: Finding, verb: Verb
) -> tuple[Form, Callable[[Mapping[str, Any]], Finding]]:
    """The form of a verb and what carries it out."""
    policy = policy_in_force()
    here: dict[str, Any] = {
        "by": request.actor,
        "finding": finding,
        "today": request.today,
        "now": request.now,
    }
    sent = (request.POST or None, request.FILES or None)
    if verb is Verb.ORDER:
        at = {"place": finding.place_code, "on": request.today}
        roles = people.roles(policy, "answer", **at)
        known = {role.code: role for role in Role.objects.filter(code__in=roles)}
        choices = [
            (code, speech.say(Text(known[code].name_zh, known[code].name_en))) for code in roles
        ]
        form = OrderForm(*sent, roles=choices)
        return form, lambda data: actions.order(**here, policy=policy, **data)
    if verb is Verb.ANSWER:
        return AnswerForm(*sent), lambda data: actions.answer(**here, **data)
    if verb is Verb.RECHECK:
        return RecheckForm(*sent), lambda data: actions.recheck(**here, policy=policy, **data)
    return CloseForm(*sent), lambda data: actions.close(**here, policy=policy, **data)


@page(either=EITHER, purpose="evidence of a finding")
def file_page(request: HttpRequest, finding_id: int, file_id: int) -> HttpResponse:
    """A photo or paper of a finding."""
    one = (
        Evidence.objects.filter(finding_id=finding_id, attachment_id=file_id)
        .select_related("attachment")
        .first()
    )
    if one is None:
        raise NotFoundError(NO_SUCH_FILE)
    return file_answer(one.attachment)


def file_answer(kept: Attachment) -> HttpResponse:
    """A kept file, a photo shown in the page and a paper as a download."""
    answer = HttpResponse(content_of(kept), content_type=kept.content_type)
    answer["Cache-Control"] = "private, max-age=3600"
    shown = content_disposition_header(not kept.content_type.startswith("image/"), kept.name)
    answer["Content-Disposition"] = shown
    return answer
