"""Verbs on batches of workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from bangfu.books.attachments import actions as attachments
from bangfu.books.intake.models import Batch, BatchFile
from bangfu.books.jobs import actions as jobs
from bangfu.books.jobs.models import State, Task
from bangfu.books.journal import actions as journal
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError
from bangfu.core.language import Lang, Text
from bangfu.files.uploads import Upload

CHECK = "intake.check"
BRING = "intake.bring_in"
PURPOSE = "import"
_UNDER_WAY = Text(
    "这批文件正在检查或导入，请等它结束。", "This batch is being checked or brought in; let it end."
)
_NOT_CLEAN = Text(
    "这批文件还没有通过检查，不能导入。",
    "This batch has not passed its check; it cannot be imported.",
)


@transaction.atomic
def open_batch(
    *,
    by: str,
    place_code: str,
    year: int,
    files: Sequence[Upload],
    classes: Iterable[DataClass],
    lang: Lang,
    now: datetime,
) -> Batch:
    """Keep workbooks of a place and year, and have them checked in the background."""
    batch = Batch.objects.create(place_code=place_code, year=year, uploaded_by=by, uploaded_at=now)
    for position, file in enumerate(files, start=1):
        kept = attachments.keep(
            by=by,
            place_code=place_code,
            classes=[DataClass.PERSONS],
            name=file.name,
            content=file.content,
            content_type=file.content_type,
            now=now,
        )
        BatchFile.objects.create(
            place_code=place_code, batch=batch, attachment=kept, position=position
        )
    journal.write(
        by=by,
        place_code=place_code,
        verb="intake.open",
        subject=f"batch {batch.pk}",
        after={"files": len(files), "year": year},
    )
    return check(by=by, batch_id=batch.pk, classes=classes, lang=lang, now=now)


@transaction.atomic
def check(
    *, by: str, batch_id: int, classes: Iterable[DataClass], lang: Lang, now: datetime
) -> Batch:
    """Have a batch checked, or checked again. ConflictError while it is under way or once it is in."""
    batch = _held(batch_id)
    if _runs(batch.check_task) or _runs(batch.bring_task) or _is_in(batch):
        raise ConflictError(_UNDER_WAY)
    batch.check_task = _asked(CHECK, by=by, batch=batch, classes=classes, lang=lang, now=now)
    batch.bring_task = None
    batch.save(update_fields=["check_task", "bring_task"])
    return batch


@transaction.atomic
def confirm(
    *, by: str, batch_id: int, classes: Iterable[DataClass], lang: Lang, now: datetime
) -> Batch:
    """Have a checked batch brought in; once it is under way or in, nothing more happens.

    ConflictError when the check has not ended well or has found something wrong.
    """
    batch = _held(batch_id)
    if _runs(batch.bring_task) or _is_in(batch):
        return batch
    checked = batch.check_task is not None and batch.check_task.state == State.DONE
    if not checked or batch.faults.exists():
        raise ConflictError(_NOT_CLEAN)
    batch.bring_task = _asked(BRING, by=by, batch=batch, classes=classes, lang=lang, now=now)
    batch.save(update_fields=["bring_task"])
    return batch


def _held(batch_id: int) -> Batch:
    """The batch, held against two acts at once."""
    return Batch.objects.select_for_update(of=("self",)).get(pk=batch_id)


def _runs(task: Task | None) -> bool:
    return task is not None and not task.has_ended


def _is_in(batch: Batch) -> bool:
    return batch.bring_task is not None and batch.bring_task.state == State.DONE


def _asked(
    kind: str, *, by: str, batch: Batch, classes: Iterable[DataClass], lang: Lang, now: datetime
) -> Task:
    return jobs.request(
        by=by,
        kind=kind,
        place_code=batch.place_code,
        arguments={"batch": batch.pk, "lang": lang},
        purpose=PURPOSE,
        classes=classes,
        now=now,
    )
