"""The import in the browser: upload, check, what is wrong or what would change, confirm, receipt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import display_names
from bangfu.books.intake import actions, queries
from bangfu.books.intake.forms import IntakeForm, uploads
from bangfu.books.intake.importing import table_name
from bangfu.books.intake.models import Batch, Count
from bangfu.books.jobs.models import State
from bangfu.books.jobs.presentation import STATES, shown
from bangfu.books.places import queries as places_read
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.catalogue import TEMPLATES
from bangfu.core.sheets.locate import short_name
from bangfu.files.blanks import blank_sheets
from bangfu.files.templates import write_template
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import EXCEL, Badge, Column, Kind, Table, download

PERSONS = {DataClass.PERSONS}
# The empty workbooks of what is imported here.
BLANKS = {
    "households": Text("农户和成员空表", "Households and members, empty"),
    "roster": Text("部门名单空表", "Rosters of departments, empty"),
    "funds": Text("资金空表", "Fund lines, empty"),
    "projects": Text("项目空表", "Projects, empty"),
}
NO_TEMPLATE = Text(
    "没有这种空表。请在“导入”页选择。", "There is no such template. Choose one on the Import page."
)
FAULTS = (
    Column("no", Text("序号", "No."), lambda fault: fault.position, Kind.NUMBER, sort="position"),
    Column("where", Text("位置", "Where"), lambda fault: fault.where, sort="where"),
    Column("value", Text("单元格内容", "Value"), lambda fault: fault.value, sort="value"),
    Column(
        "text",
        Text("问题与改正", "What is wrong and what would be right"),
        lambda fault: fault.text,
    ),
)


def _stage(batch: Batch) -> Badge:
    """Where a batch stands, in words."""
    brought, checked = batch.bring_task, batch.check_task
    if brought is not None:
        if brought.state == State.DONE:
            return Badge(Text("已导入", "imported"), "green")
        if brought.state == State.FAILED:
            return Badge(Text("没有导入", "not imported"), "red")
        return Badge(Text("正在导入", "being imported"), "blue")
    if checked is None or checked.state != State.DONE:
        return STATES[State(checked.state)] if checked else STATES[State.WAITING]
    if batch.faults.exists():
        return Badge(Text("有错要改", "to be corrected"), "red")
    return Badge(Text("待确认", "to be confirmed"), "yellow")


BATCHES = (
    Column(
        "no",
        Text("编号", "No."),
        lambda batch: str(batch.pk),
        sort="pk",
        link=lambda batch: address_of("batch", batch.pk),
    ),
    Column(
        "at", Text("上传时间", "Uploaded at"), lambda b: b.uploaded_at, Kind.DAY, sort="uploaded_at"
    ),
    Column("by", Text("谁上传", "By"), lambda b: b.who, sort="uploaded_by"),
    Column("place", Text("地方", "Place"), lambda b: b.place_name, sort="place_code"),
    Column("year", Text("年度", "Year"), lambda b: str(b.year), sort="year"),
    Column("stage", Text("到哪一步", "Stage"), _stage),
)


def _with_names(batches: list[Batch]) -> list[Batch]:
    names = places_read.names(batch.place_code for batch in batches)
    people = display_names(batch.uploaded_by for batch in batches)
    for batch in batches:
        batch.who = people.get(batch.uploaded_by, batch.uploaded_by)  # type: ignore[attr-defined]
        batch.place_name = short_name(names.get(batch.place_code, batch.place_code))  # type: ignore[attr-defined]
    return batches


@page(classes=PERSONS, purpose="import")
def batches(request: HttpRequest) -> HttpResponse:
    """Upload workbooks; below, the batches so far. ?template=households is the empty workbook of that kind."""
    if "template" in request.GET:
        return _template(request.GET["template"])
    choices = queries.places_for(request.actor)
    form = None
    if choices:
        form = IntakeForm(
            request.POST or None, request.FILES or None, places=choices, today=request.today
        )
    if request.method == "POST" and form is not None:
        opened = form.carry_out(lambda data: _open(request, data))
        if opened is not None:
            return redirect("batch", opened.pk)
    table = Table(
        request,
        BATCHES,
        queries.seen(),
        name="batches",
        title=Text("导入记录", "Imports"),
        order="-at",
        decorate=_with_names,
    )
    if table.wants_workbook:
        return table.workbook()
    empty = Text(
        "还没有上传过。选工作簿上传，检查通过后确认导入。",
        "Nothing uploaded yet. Choose workbooks; once checked, you confirm the import.",
    )
    return page_with(
        request,
        "intake/batches.html",
        form=form,
        table=table,
        empty=speech.say(empty),
        templates=BLANKS,
    )


def _template(kind: str) -> HttpResponse:
    """An empty workbook to fill in, with its drop-down lists and notes."""
    if kind not in BLANKS:
        raise NotFoundError(NO_TEMPLATE)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(path, blank_sheets(TEMPLATES[kind]), speech.current())
        return download(path.read_bytes(), f"{speech.say(BLANKS[kind])}.xlsx", EXCEL)


def _open(request: HttpRequest, data: Mapping[str, Any]) -> Batch:
    return actions.open_batch(
        by=request.actor.username,
        place_code=data["place_code"],
        year=data["year"],
        files=uploads(data["files"]),
        classes=queries.classes_for(request.actor, data["place_code"]),
        lang=speech.current(),
        now=request.now,
    )


@page(classes=PERSONS, purpose="import")
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """One batch: its check under way, its faults, its preview, its import under way, its receipt."""
    found = queries.found(number)
    faults = Table(
        request,
        FAULTS,
        found.faults.all(),
        name="faults",
        title=Text("要改的地方", "What to change"),
        order="no",
    )
    if faults.wants_workbook:
        return faults.workbook()
    place = Place.objects.filter(code=found.place_code).first()
    files = found.files.select_related("attachment").order_by("position")
    context = {
        **_state(found),
        "batch": _with_names([found])[0],
        "place": place.name if place else found.place_code,
        "workbooks": [file.attachment for file in files],
        "faults": faults,
        "stage": _stage(found),
    }
    return render(request, "intake/batch.html", context)


@page(classes=PERSONS, purpose="import")
def batch_state(request: HttpRequest, number: int) -> HttpResponse:
    """The bar of the batch's task under way; when it has ended the whole page is asked for again."""
    found = queries.found(number)
    context = _state(found)
    response = render(request, "jobs/state.html", context)
    if not context["under_way"]:
        response["HX-Refresh"] = "true"
    return response


@page(classes=PERSONS, purpose="import")
def check_again(request: HttpRequest, number: int) -> HttpResponse:
    """Have the same workbooks checked once more."""
    return _act(request, number, actions.check)


@page(classes=PERSONS, purpose="import")
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """Have the batch brought in."""
    return _act(request, number, actions.confirm)


def _act(request: HttpRequest, number: int, verb: Any) -> HttpResponse:
    found = queries.found(number)
    if request.method == "POST":
        verb(
            by=request.actor.username,
            batch_id=found.pk,
            classes=queries.classes_for(request.actor, found.place_code),
            lang=speech.current(),
            now=request.now,
        )
    return redirect("batch", found.pk)


def _state(found: Batch) -> dict[str, Any]:
    """The task that the page shows, and what it has led to."""
    task = found.bring_task or found.check_task
    assert task is not None  # a batch is opened together with its check
    written = found.bring_task is not None and found.bring_task.state == State.DONE
    counts = [_Counted(count) for count in found.counts.filter(written=written).order_by("pk")]
    clean = task.state == State.DONE and bool(counts)
    return {
        **shown(task, poll=reverse("batch_state", args=[found.pk])),
        "under_way": not task.has_ended,
        "written": written,
        "counts": counts,
        "clean": clean,
        "added": sum(one.count.added for one in counts),
        "changed": sum(one.count.changed for one in counts),
    }


class _Counted:
    """A table's count with its name and its samples, as the page shows them."""

    def __init__(self, count: Count) -> None:
        self.count = count
        self.name = table_name(count.table)

    @property
    def samples(self) -> list[tuple[Text, list[str], bool]]:
        """The first keys added, changed and absent, and whether there are more."""
        count = self.count
        kinds = (
            (Text("新增", "added"), count.added_keys, count.added),
            (Text("改变", "changed"), count.changed_keys, count.changed),
            (Text("本次没有", "absent"), count.absent_keys, count.absent),
        )
        return [(label, keys, total > len(keys)) for label, keys, total in kinds if keys]
