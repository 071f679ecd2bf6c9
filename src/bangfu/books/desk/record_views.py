"""Records that come out: the household card, and the book, register or file of a place."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.desk import exporters, records
from bangfu.books.desk.crumbs import crumbs, wholly_reached
from bangfu.books.desk.tasks import PDF, PRINT
from bangfu.books.households.queries import the_household
from bangfu.books.jobs import actions as jobs
from bangfu.books.jobs.models import State, Task
from bangfu.books.jobs.presentation import STATES
from bangfu.books.notices.links import qr_svg
from bangfu.books.places import queries as places_read
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import speech
from bangfu.web.tables import EXCEL, download, workbook_response

PERSONS = {DataClass.PERSONS}
FORMS = ("pdf", "xlsx")
SHOWN_TASKS = 10
IN_BACKGROUND = Text(
    "这份簿册较大，请在簿册页上选择“在后台做”。",
    "This record is large; ask for it in the background on its page.",
)


@page(classes=PERSONS, purpose="print a household card", sampled=True)
def household_card(request: HttpRequest, household_no: str) -> HttpResponse:
    """The household card as PDF, or with ?as=xlsx as a workbook."""
    found = the_household(household_no)
    policy, lang = policy_in_force(), speech.current()
    if request.GET.get("as") == "xlsx":
        sheets = exporters.card_sheets(found, policy=policy, today=request.today, lang=lang)
        return workbook_response(f"card-{household_no}", sheets)
    path = reverse("household", args=[household_no])
    address = settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)
    pdf = exporters.card_pdf(
        found,
        policy=policy,
        qr_svg=qr_svg(address),
        lang=lang,
        today=request.today,
        now=request.now,
    )
    return download(pdf, f"card-{household_no}.pdf", PDF)


@page(classes=PERSONS, purpose="print records", place="code")
def place_records(request: HttpRequest, code: str) -> HttpResponse:
    """The record of a place: at once with ?as=pdf or ?as=xlsx when it is small, asked for by POST in the
    background when it is large; without either, the page that offers it."""
    reached = wholly_reached(request.actor, code)
    level = records.level_of(code)
    wanted = request.POST.get("as", "") if request.method == "POST" else request.GET.get("as", "")
    large = records.is_large(code)
    if request.method == "POST":
        task = jobs.request(
            by=request.actor.username,
            kind=PRINT,
            place_code=code,
            arguments={"as": wanted if wanted in FORMS else "pdf", "lang": speech.current()},
            purpose="print records",
            classes=PERSONS,
            now=request.now,
        )
        return redirect("task", task.pk)
    if wanted in FORMS:
        if large:
            raise ConflictError(IN_BACKGROUND)
        return _made(request, code, wanted)
    tasks = Task.objects.filter(kind=PRINT, place_code=code).order_by("-pk")[:SHOWN_TASKS]
    context = {
        "code": code,
        "name": places_read.names([code]).get(code, code),
        "crumbs": crumbs(code, reached=reached),
        "title": records.TITLES[level],
        "households": records.size(code),
        "large": large,
        "writes": bool(request.actor.reach(PERSONS, place_code=code, writes=True)),
        "tasks": [(task, STATES[State(task.state)]) for task in tasks],
    }
    return render(request, "desk/records.html", context)


def _made(request: HttpRequest, code: str, form: str) -> HttpResponse:
    policy, lang = policy_in_force(), speech.current()
    record = records.record_of(code, policy=policy, today=request.today)
    name = f"{record.title.to(lang)}-{code}.{form}"
    if form == "xlsx":
        content = exporters.record_workbook(record, lang=lang, today=request.today)
        return download(content, name, EXCEL)
    pdf = exporters.record_pdf(
        record, policy=policy, lang=lang, today=request.today, now=request.now
    )
    return download(pdf, name, PDF)
