"""What pages read of background work."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateWorker

from bangfu.books.jobs import liveness
from bangfu.books.jobs.models import Task
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text

NO_SUCH_TASK = Text(
    "没有这个任务，或者它不在您的范围内。", "There is no such task, or it is not yours to see."
)


def found(number: int) -> Task:
    """The task, when the scope sees it. NotFoundError otherwise."""
    task = Task.objects.filter(pk=number).first()
    if task is None:
        raise NotFoundError(NO_SUCH_TASK)
    return task


def seen() -> QuerySet[Task]:
    """The tasks that the scope sees: the actor's own, and those of people below."""
    return Task.objects.all()


def a_worker_lives() -> bool:
    """Whether some worker has told lately that it works. By the database's own clock, as workers do."""
    since = Now() - timedelta(seconds=liveness.STALLED)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=since).exists()
