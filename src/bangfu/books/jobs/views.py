"""Pages of background work: my tasks, one task with its bar, the files it left."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import display_names
from bangfu.books.attachments import queries as attachments
from bangfu.books.jobs import kinds, queries
from bangfu.books.jobs.models import State, Task, TaskFile
from bangfu.books.jobs.presentation import STATES, shown
from bangfu.books.places import queries as places_read
from bangfu.books.walls.scope import DataClass, within
from bangfu.core.language import Text
from bangfu.web import speech
from bangfu.web.addresses import address_of
from bangfu.web.tables import Column, Kind, Table, download

COLUMNS = (
    Column(
        "no",
        Text("编号", "No."),
        lambda task: str(task.pk),
        sort="pk",
        link=lambda task: address_of("task", task.pk),
    ),
    Column("kind", Text("任务", "Task"), lambda task: kinds.title_of(task.kind), sort="kind"),
    Column("state", Text("状态", "State"), lambda task: STATES[State(task.state)], sort="state"),
    Column("said", Text("说明", "What it says"), lambda task: task.message),
    Column("by", Text("谁交办", "Asked by"), lambda task: task.who, sort="requested_by"),
    Column(
        "at",
        Text("交办时间", "Asked at"),
        lambda task: task.requested_at,
        Kind.DAY,
        sort="requested_at",
    ),
)


def _with_names(tasks: list[Task]) -> list[Task]:
    names = display_names(task.requested_by for task in tasks)
    for task in tasks:
        task.who = names.get(task.requested_by, task.requested_by)  # type: ignore[attr-defined]
    return tasks


@page(purpose="jobs")
def task_list(request: HttpRequest) -> HttpResponse:
    """My tasks; with ?whose=all those of the people below me too."""
    tasks = queries.seen()
    everyone = request.GET.get("whose") == "all"
    if not everyone:
        tasks = tasks.filter(requested_by=request.actor.username)
    table = Table(
        request,
        COLUMNS,
        tasks,
        name="tasks",
        title=Text("后台任务", "Background tasks"),
        order="-at",
        decorate=_with_names,
    )
    if table.wants_workbook:
        return table.workbook()
    empty = Text(
        "还没有任务。导入、排查、成批打印都会在这里留下进度和结果。",
        "No task yet. Imports, screening and printing in bulk leave their progress and results here.",
    )
    return render(
        request,
        "jobs/list.html",
        {"table": table, "everyone": everyone, "empty": speech.say(empty)},
    )


@page(purpose="job")
def task(request: HttpRequest, number: int) -> HttpResponse:
    """One task: how far it is, or what came out. It goes on when the page is left."""
    found = queries.found(number)
    place = places_read.names([found.place_code]).get(found.place_code, found.place_code)
    return render(request, "jobs/task.html", {**shown(found), "place": place})


@page(purpose="job")
def task_state(request: HttpRequest, number: int) -> HttpResponse:
    """The part of the task's page that is asked for again while the task is under way."""
    return render(request, "jobs/state.html", shown(queries.found(number)))


def task_file(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """A file that a task left, for who may see every class of data it was made from."""
    actor = request.actor
    if actor is None:
        return redirect_to_login(request.get_full_path())
    scope = actor.scope((), purpose="job file")
    with within(scope, by=actor.username):
        classes = [DataClass(name) for name in queries.found(number).classes]
    send = page(classes=classes, purpose="job file")(_send)
    return send(request, number=number, position=position)


# Its door opens in two steps: which classes are needed stands in the task.
task_file.door = frozenset()  # type: ignore[attr-defined]


def _send(request: HttpRequest, number: int, position: int) -> HttpResponse:
    queries.found(number)
    left = TaskFile.objects.filter(task_id=number, position=position).first()
    attachment = attachments.found(left.attachment_id if left else 0)
    content = attachments.content_of(attachment)
    return download(content, attachment.name, attachment.content_type)
