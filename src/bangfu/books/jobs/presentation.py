"""How a task looks, on its own page and on the pages of the apps whose work it is."""

from __future__ import annotations

from django.urls import reverse

from bangfu.books.accounts.queries import display_names
from bangfu.books.jobs import kinds, queries
from bangfu.books.jobs.models import State, Task
from bangfu.core.language import Text
from bangfu.web.tables import Badge

PERCENT = 100
STATES = {
    State.WAITING: Badge(Text("排队", "waiting"), "secondary"),
    State.RUNNING: Badge(Text("进行中", "running"), "blue"),
    State.DONE: Badge(Text("完成", "done"), "green"),
    State.FAILED: Badge(Text("没有完成", "failed"), "red"),
}


def shown(task: Task, *, poll: str = "") -> dict[str, object]:
    """Context of the template jobs/state.html. `poll` is the address that is asked for its state while
    the task is under way; the task's own when none is given."""
    return {
        "task": task,
        "who": display_names([task.requested_by]).get(task.requested_by, task.requested_by),
        "title": kinds.title_of(task.kind),
        "badge": STATES[State(task.state)],
        "files": task.files.order_by("position"),
        "percent": task.done * PERCENT // task.total if task.total else None,
        "asleep": not task.has_ended and not queries.a_worker_lives(),
        "poll": poll or reverse("task_state", args=[task.pk]),
    }
