"""A batch of workbooks into the books, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import psycopg
from django.db import IntegrityError, connection, transaction

from bangfu.books.households.actions.names import index_names
from bangfu.books.households.batch import BY_NAME, TARGETS, Batch, Diff, Target
from bangfu.books.households.staging import problems, typed, with_sealed
from bangfu.books.journal import actions as journal
from bangfu.books.walls import bulk, policies
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, Problem, UsageError
from bangfu.core.facts.model import Table
from bangfu.core.language import Text


@transaction.atomic
def import_households(*, by: str, batch: Batch, dry_run: bool = False) -> Diff:
    """Bring a batch into the books, whole or not at all, inside the scope of the transaction.

    Rows are matched by their numbers: new ones are added, different ones changed, equal ones left
    untouched, so that a repeated import changes nothing and leaves no history. Rows of the books that
    the batch does not hold are reported as absent and never deleted. A dry run compares and writes
    nothing.

    Raises InputError with every problem found, UsageError for a place outside the scope, and
    ConflictError while another import of that county runs.
    """
    frames = {name: typed(BY_NAME[name], frame, batch.year) for name, frame in batch.frames.items()}
    found = problems(batch, frames)
    _prepare(batch.place_code)
    found += _unknown_places(frames)
    if found:
        raise InputError(
            Text(
                f"数据有 {len(found)} 处问题，没有导入。",
                f"{len(found)} problems; nothing was imported.",
            ),
            found,
        )
    changes: dict[Table, bulk.Change] = {}
    for target in TARGETS:
        if target.name not in frames:
            continue
        frame = with_sealed(target, frames.pop(target.name))
        staged = _staged(target, frame, batch.place_code)
        bulk.stage(staged, frame)
        change = staged.compare()
        if dry_run:
            change = staged.with_examples(change)
        else:
            _write(staged, change)
        staged.drop()
        changes[target.name] = change
    diff = Diff(changes, written=not dry_run)
    if diff.written and Table.PERSON in changes:
        index_names(batch.place_code)
    if not (dry_run or diff.is_empty):
        journal.write(
            by=by,
            place_code=batch.place_code,
            verb="households.import",
            subject=f"batch {batch.source}",
            after={name: _counts(change) for name, change in changes.items()},
        )
    return diff


def _prepare(place_code: str) -> None:
    """Refuse a place outside the scope and a second import at once; lift the time limit."""
    county = places.ancestor(place_code, min(places.level(place_code), places.Level.COUNTY))
    with connection.cursor() as cursor:
        cursor.execute(f"select {policies.in_scope('%s::text')}", [place_code] * 3)
        [(inside,)] = cursor.fetchall()
        if not inside:
            raise UsageError(
                Text(f"{place_code} 不在您的权限范围内。", f"{place_code} is outside your scope.")
            )
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtext('households.import'), hashtext(%s))",
            [county],
        )
        [(alone,)] = cursor.fetchall()
        if not alone:
            raise ConflictError(
                Text(
                    f"{county} 正在进行另一次导入，请等它结束后再试。",
                    f"Another import of {county} is running. Try again when it has ended.",
                )
            )
        cursor.execute("set local statement_timeout = 0")


def _unknown_places(frames: Mapping[Table, pl.DataFrame]) -> list[Problem]:
    """Codes that no place of the books has. Names and old codes are settled before a batch is made."""
    codes = sorted({code for frame in frames.values() for code in frame["place_code"].unique()})
    with connection.cursor() as cursor:
        cursor.execute(
            "select c from unnest(%s::text[]) c"
            " where not exists (select from places_place where code = c) order by 1",
            [codes],
        )
        unknown = [code for (code,) in cursor.fetchall()]
    return [
        Problem(
            "place_code",
            Text(
                "没有这个区划代码。请先导入区划，或改正代码。",
                "No place has this code. Load the places first, or correct it.",
            ),
            value=code,
            rule="place",
        )
        for code in unknown
    ]


def _staged(target: Target, frame: pl.DataFrame, place_code: str) -> bulk.Staged:
    low, high = places.code_range(place_code)
    region = 't."place_code" >= %s and t."place_code" < %s'
    parameters: list[object] = [low, high]
    if "year" in frame.columns:
        region += ' and t."year" = any(%s)'
        parameters.append(frame["year"].unique().to_list())
    return bulk.Staged(target.table, target.key, tuple(frame.columns), region, tuple(parameters))


def _write(staged: bulk.Staged, change: bulk.Change) -> None:
    try:
        with transaction.atomic():
            staged.write(change)
    except IntegrityError as fault:
        if not isinstance(fault.__cause__, psycopg.errors.UniqueViolation):
            raise
        # Rows outside the scope are invisible: which numbers they hold is told, where they lie is not.
        raise InputError(
            Text(
                "有的编号已在别处登记，没有导入。请与上级核对后再试。",
                "Some numbers are already registered elsewhere; nothing was imported. "
                "Check them with the level above.",
            ),
            [_registered(key) for key in staged.held_unseen()],
        ) from fault


def _registered(key: tuple[str, ...]) -> Problem:
    number = "/".join(key)
    return Problem(
        number,
        Text(
            "这个编号已在别处登记，请与上级核对。",
            "This number is already registered elsewhere. Check it with the level above.",
        ),
        value=number,
        rule="registered",
    )


def _counts(change: bulk.Change) -> dict[str, int]:
    return {name: getattr(change, name) for name in ("added", "changed", "absent", "unchanged")}
