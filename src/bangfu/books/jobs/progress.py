"""Progress of a task, told while its own transaction is still open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from bangfu.books.jobs.bookkeeping import noting
from bangfu.books.jobs.models import Task
from bangfu.core.language import Text

# A second connection of this thread to the same database: its short transactions are seen at once,
# while those of the work are seen at its end.
BESIDE = "beside"
PERCENT = 100


class Progress:
    """Tells how far a task is. Only a new percent or a new sentence is written."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._told: tuple[int, Text | None] = (-1, None)

    def __call__(self, done: int, total: int, text: Text | None = None) -> None:
        """`done` of `total` steps, and in words what is being done now."""
        text = text or self._told[1]
        percent = done * PERCENT // total if total else 0
        if (percent, text) == self._told:
            return
        self._told = (percent, text)
        task = self._task
        with noting(
            task.pk, by=task.requested_by, place_code=task.place_code, using=BESIDE
        ) as known:
            known.done, known.total = done, total
            if text is not None:
                known.message_zh, known.message_en = text.zh, text.en
            known.save(using=BESIDE, update_fields=["done", "total", "message_zh", "message_en"])


@contextmanager
def progress_of(task: Task) -> Iterator[Progress]:
    """Progress with its own connection, for as long as the work takes."""
    beside = connections["default"].copy(BESIDE)
    connections[BESIDE] = beside
    try:
        yield Progress(task)
    finally:
        beside.close()
        del connections[BESIDE]
