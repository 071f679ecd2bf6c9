"""How far a task is, written in short transactions of its requester, beside the work itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bangfu.books.jobs.models import ENDED, State, Task
from bangfu.books.walls.scope import Scope, within
from bangfu.core.language import Text


@contextmanager
def noting(task_id: int, *, by: str, place_code: str, using: str = "default") -> Iterator[Task]:
    """A transaction that sees the task and, of everything else, nothing."""
    alone = Scope((place_code,), frozenset(), "job")
    with within(alone, by=by, reason="job", request=request_of(task_id), using=using):
        yield Task.objects.using(using).get(pk=task_id)


def request_of(task_id: int) -> str:
    """What history names as the request of a task's writes."""
    return f"job {task_id}"


def begin(task_id: int, *, by: str, place_code: str, now: datetime) -> Task | None:
    """Note one more attempt; None when the task has ended already."""
    with noting(task_id, by=by, place_code=place_code) as task:
        if task.has_ended:
            return None
        task.state = State.RUNNING
        task.attempts += 1
        task.started_at = task.started_at or now
        task.done = task.total = 0
        task.save(update_fields=["state", "attempts", "started_at", "done", "total"])
    return task


def put_off(task: Task, why: Text) -> None:
    """The task waits for another attempt, and says why."""
    _note(task, state=State.WAITING, message_zh=why.zh, message_en=why.en)


def fail(task: Task, why: Text, *, now: datetime) -> None:
    """The task has failed for good, and says why."""
    _note(task, state=State.FAILED, message_zh=why.zh, message_en=why.en, finished_at=now)


def _note(task: Task, **values: object) -> None:
    with noting(task.pk, by=task.requested_by, place_code=task.place_code):
        Task.objects.filter(pk=task.pk).exclude(state__in=ENDED).update(**values)
