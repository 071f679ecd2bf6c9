"""Runs one task: once, in its requester's scope, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connection
from django.utils import timezone

from bangfu.books.accounts.actors import actor_of
from bangfu.books.attachments import actions as attachments
from bangfu.books.jobs import bookkeeping
from bangfu.books.jobs.kinds import Result, Running, kind_of
from bangfu.books.jobs.models import State, Task, TaskFile
from bangfu.books.jobs.progress import progress_of
from bangfu.books.walls.faults import user_error
from bangfu.books.walls.scope import DataClass, within
from bangfu.core.errors import UnavailableError, UserError
from bangfu.core.language import Text

MAX_ATTEMPTS = 5
# The fault alone says that it is ours; what happened is in the worker's log, under the task's number.
FAULT = Text(
    "程序出错，没有做完，也没有写入任何内容。请把这个任务的编号告诉管理员。",
    "A fault of ours: the work was not done and nothing was written. Tell the keeper its number.",
)
GIVEN_UP = Text(
    "后台程序几次中途停下，没有做完，也没有写入任何内容。文件可能太大；请拆分后再试，或告诉管理员。",
    "The worker stopped midway several times; nothing was written. The file may be too large: "
    "split it and try again, or tell the keeper.",
)


def run(task_id: int, *, requested_by: str, place_code: str, clock: Callable[[], datetime]) -> None:
    """Carry out the task, unless it has ended already.

    Raises UnavailableError when it should be tried again later (the database or the disk is away,
    another worker still has it), and a fault of ours as it is; the task tells either in words.
    """
    with _alone(task_id):
        task = bookkeeping.begin(task_id, by=requested_by, place_code=place_code, now=clock())
        if task is None:
            return
        if task.attempts > MAX_ATTEMPTS:
            bookkeeping.fail(task, GIVEN_UP, now=clock())
            return
        with _told(task, clock), progress_of(task) as progress:
            now = clock()
            _carry_out(Running(task, requested_by, now, timezone.localdate(now), progress), clock)


def _carry_out(job: Running, clock: Callable[[], datetime]) -> None:
    task = job.task
    wanted = [DataClass(name) for name in task.classes]
    actor = actor_of(job.by, on=job.today)
    scope = actor.scope(wanted, purpose=task.purpose, place_code=task.place_code, writes=True)
    request = bookkeeping.request_of(task.pk)
    with within(scope, by=job.by, reason=task.purpose, request=request):
        # The connection may have been lost and made anew since the task was taken in hand.
        _hold(task.pk, "pg_try_advisory_xact_lock")
        if Task.objects.get(pk=task.pk).has_ended:
            return
        result = kind_of(task.kind).handler(job)
        _keep_files(job, wanted, result)
        Task.objects.filter(pk=task.pk).update(
            state=State.DONE,
            message_zh=result.text.zh,
            message_en=result.text.en,
            address=result.address,
            finished_at=clock(),
        )


@contextmanager
def _alone(task_id: int) -> Iterator[None]:
    """Hold the task in this connection, which is let go at the end. UnavailableError while another
    worker holds it: one that was taken for dead and is not."""
    try:
        _hold(task_id, "pg_try_advisory_lock")
        yield
    finally:
        connection.close()


def _hold(task_id: int, lock: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"select {lock}(hashtext('jobs.task'), %s)", [task_id % 2**31])
            [(alone,)] = cursor.fetchall()
    except DatabaseError as fault:
        raise user_error(fault) or fault from fault
    if not alone:
        raise UnavailableError(Text("这项任务正在进行。", "This task is already at work."))


def _keep_files(job: Running, classes: list[DataClass], result: Result) -> None:
    for position, made in enumerate(result.files, start=1):
        kept = attachments.keep(
            by=job.by,
            place_code=job.place_code,
            classes=classes,
            name=made.name,
            content=made.content,
            content_type=made.content_type,
            now=job.now,
        )
        TaskFile.objects.create(
            place_code=job.place_code,
            task=job.task,
            attachment=kept,
            position=position,
            name=made.name,
        )


@contextmanager
def _told(task: Task, clock: Callable[[], datetime]) -> Iterator[None]:
    """What the work raises is told in the task's own row. What is away for now goes on to the queue,
    which tries again; a fault of ours goes on to the worker's log."""
    ours = True
    try:
        yield
        ours = False
    except UnavailableError as away:
        ours = False
        if task.attempts == MAX_ATTEMPTS:
            bookkeeping.fail(task, away.text, now=clock())
        else:
            bookkeeping.put_off(task, away.text)
            raise
    except UserError as refused:
        ours = False
        bookkeeping.fail(task, refused.text, now=clock())
    finally:
        if ours:
            bookkeeping.fail(task, FAULT, now=clock())
