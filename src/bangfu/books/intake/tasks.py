"""Checking a batch and bringing it in, in the background."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.urls import reverse

from bangfu.books.attachments.opened import as_files
from bangfu.books.intake.actions import BRING, CHECK
from bangfu.books.intake.importing import bring_in
from bangfu.books.intake.models import Batch, Count, Fault
from bangfu.books.jobs.kinds import Made, Result, Running, task_kind
from bangfu.books.places import queries as places_read
from bangfu.books.walls import guarded
from bangfu.books.walls.bulk import Change
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Lang, Text
from bangfu.files.intake import Intake, take_in
from bangfu.files.marking import copies, mark_errors

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS = 4
_READING = Text("正在读工作簿", "Reading the workbooks")
_COMPARING = Text("正在与账本比较", "Comparing with the books")
_WRITING = Text("正在写入账本", "Writing into the books")
_NOTING = Text("正在整理结果", "Putting the results together")


@task_kind(CHECK, title=Text("检查要导入的工作簿", "Check workbooks for import"))
def check_batch(job: Running) -> Result:
    """Everything wrong with the batch, or what it would add and change. Writes no row of the books."""
    batch = _batch(job)
    lang: Lang = "en" if job.arguments["lang"] == "en" else "zh"
    job.progress(0, STEPS, _READING)
    batch.faults.all().delete()
    batch.counts.all().delete()
    with _opened(batch) as paths:
        try:
            intake = _read(batch, paths)
        except InputError as unreadable:
            return _found_wrong(job, batch, unreadable)
        try:
            changes = _bring(job, batch, intake, paths, dry_run=True)
        except InputError as refused:
            job.progress(2, STEPS, _NOTING)
            return _found_wrong(job, batch, refused, _marked(paths, refused.problems, lang))
    job.progress(3, STEPS, _NOTING)
    _note_changes(batch, changes, written=False)
    return Result(
        Text("检查通过，等您确认后导入。", "The check found nothing wrong; confirm to import."),
        _page(batch),
    )


@task_kind(BRING, title=Text("导入工作簿", "Import workbooks"))
def bring_batch(job: Running) -> Result:
    """The batch into the books, whole or not at all."""
    batch = _batch(job)
    job.progress(0, STEPS, _READING)
    with _opened(batch) as paths:
        changes = _bring(job, batch, _read(batch, paths), paths, dry_run=False)
    job.progress(3, STEPS, _NOTING)
    batch.counts.filter(written=True).delete()
    _note_changes(batch, changes, written=True)
    added = sum(change.added for change in changes.values())
    changed = sum(change.changed for change in changes.values())
    return Result(
        Text(
            f"已导入：新增 {added} 行，改变 {changed} 行。",
            f"Imported: {added} rows added, {changed} changed.",
        ),
        _page(batch),
    )


def _page(batch: Batch) -> str:
    return reverse("batch", args=[batch.pk])


def _batch(job: Running) -> Batch:
    return Batch.objects.get(pk=job.arguments["batch"])


@contextmanager
def _opened(batch: Batch) -> Iterator[list[Path]]:
    files = batch.files.select_related("attachment").order_by("position")
    with as_files([file.attachment for file in files]) as paths:
        yield paths


def _read(batch: Batch, paths: Sequence[Path]) -> Intake:
    known = [*places_read.above(batch.place_code), *places_read.inside(batch.place_code)]
    return take_in(paths, places=known, token=guarded.tokeniser())


def _bring(
    job: Running, batch: Batch, intake: Intake, paths: Sequence[Path], *, dry_run: bool
) -> dict[str, Change]:
    """Bring in what was read, or only compare it. InputError with everything that is wrong."""
    problems = [*intake.problems, *_not_here(intake, batch.place_code, job.task.classes)]
    if problems:
        count = len(problems)
        raise InputError(Text(f"有 {count} 处错误。", f"{count} errors."), problems)
    job.progress(1, STEPS, _COMPARING if dry_run else _WRITING)
    return bring_in(
        intake,
        by=job.by,
        county=batch.place_code,
        year=batch.year,
        source="、".join(path.name for path in paths),
        dry_run=dry_run,
    )


def _not_here(intake: Intake, place_code: str, classes: Sequence[str]) -> list[Problem]:
    """Sheets that this place or role does not bring in."""
    found = []
    is_county = places.level(place_code) is places.Level.COUNTY
    if not is_county and (intake.rosters or intake.other):
        found.append(
            Text(
                "部门名单、资金和项目由县级导入；请从文件里去掉这些表。",
                "Rosters, funds and projects are imported by the county; take these sheets out.",
            )
        )
    if is_county and intake.other and DataClass.MONEY not in classes:
        found.append(
            Text(
                "资金和项目要有资金权限的人导入；请从文件里去掉这些表。",
                "Funds and projects need a role that sees money; take these sheets out.",
            )
        )
    return [Problem("", text, rule="role") for text in found]


def _found_wrong(
    job: Running, batch: Batch, refused: InputError, marked: Sequence[Made] = ()
) -> Result:
    """The check has ended, with a list of what to change."""
    problems = refused.problems or (Problem("", refused.text),)
    _note_faults(batch, problems)
    count = len(problems)
    told = Text(
        f"有 {count} 处要改，没有导入。请改正后重新上传。",
        f"Things to change: {count}; nothing was imported. Correct them and upload again.",
    )
    return Result(told, _page(batch), marked)


def _note_faults(batch: Batch, problems: Sequence[Problem]) -> None:
    faults = (
        Fault(
            place_code=batch.place_code,
            batch=batch,
            position=position,
            where=_storable(problem.where),
            value=_storable(problem.value),
            rule=problem.rule,
            text_zh=_storable(problem.text.zh),
            text_en=_storable(problem.text.en),
        )
        for position, problem in enumerate(problems, start=1)
    )
    Fault.objects.bulk_create(faults, batch_size=2000)


def _note_changes(batch: Batch, changes: Mapping[str, Change], *, written: bool) -> None:
    Count.objects.bulk_create(
        Count(
            place_code=batch.place_code,
            batch=batch,
            written=written,
            table=table,
            added=change.added,
            changed=change.changed,
            unchanged=change.unchanged,
            absent=change.absent,
            added_keys=list(change.added_keys),
            changed_keys=list(change.changed_keys),
            absent_keys=list(change.absent_keys),
        )
        for table, change in changes.items()
    )


def _marked(paths: Sequence[Path], problems: Sequence[Problem], lang: Lang) -> list[Made]:
    """The workbooks with problems, back with their cells marked."""
    made = []
    word = Text("已标出错误", "errors marked").to(lang)
    for source, target in copies(paths, problems, paths[0].with_name(f"{word}.xlsx")):
        mark_errors(source, problems, target, lang)
        name = target.name if len(paths) > 1 else f"{word}-{source.stem}.xlsx"
        made.append(Made(name, target.read_bytes(), EXCEL))
    return made


def _storable(text: str) -> str:
    """The text without what the database cannot hold: zero bytes and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
