"""Verbs on places."""

from __future__ import annotations

import os
from collections.abc import Sequence

import polars as pl
from django.db import connection, transaction

from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.books.walls import bulk
from bangfu.core import places
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text

_SCHEMA = {
    "code": pl.String,
    "name": pl.String,
    "level": pl.Int64,
    "parent": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "successor": pl.String,
}


@transaction.atomic
def load_places(
    *, by: str, rows: Sequence[places.Place], source: str, dry_run: bool = False
) -> bulk.Change:
    """Bring divisions into the books, whole or not at all: a county's, or every village of the nation.

    Matched by code; a repeated load changes nothing; a place that the rows no longer hold is reported
    as absent and stays, since a code is never lost. The scope must hold every code. Level and parent
    follow from the code. Raises InputError for a code that stands twice with different names, or a
    successor that is no code.
    """
    found = _problems(rows)
    if found:
        raise InputError(
            Text(f"区划数据有 {len(found)} 处问题。", f"{len(found)} problems in the places."),
            found,
        )
    frame = _frame(rows)
    low, high = _region(frame["code"].to_list())
    staged = bulk.Staged(
        Place._meta.db_table, ("code",), tuple(_SCHEMA), "t.code >= %s and t.code < %s", (low, high)
    )
    with connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
    bulk.stage(staged, frame)
    change = staged.compare()
    if dry_run:
        change = staged.with_examples(change)
    elif change.added or change.changed:
        staged.write(change)
        journal.write(
            by=by,
            place_code=(low if low != "0" else "").ljust(places.CODE_LENGTH, "0"),
            verb="places.load",
            subject=f"places {source}",
            after={"added": change.added, "changed": change.changed, "absent": change.absent},
        )
    staged.drop()
    return change


def _problems(rows: Sequence[places.Place]) -> list[Problem]:
    names: dict[str, str] = {}
    found = []
    for row in rows:
        if names.setdefault(row.code, row.name) != row.name:
            text = Text(
                f"同一代码有两个名称：{names[row.code]}、{row.name}。",
                f"One code has two names: {names[row.code]}, {row.name}.",
            )
            found.append(Problem(row.code, text, row.name, "place"))
        if row.successor and not places.is_code(row.successor):
            text = Text("接续代码不是区划代码。", "The successor is no place code.")
            found.append(Problem(row.code, text, row.successor, "place"))
    return found


def _frame(rows: Sequence[places.Place]) -> pl.DataFrame:
    unique = {row.code: row for row in rows}.values()
    return pl.DataFrame(
        {
            "code": [row.code for row in unique],
            "name": [row.name for row in unique],
            "level": [int(row.level) for row in unique],
            "parent": [places.parent(row.code) or "" for row in unique],
            "valid_from": [row.valid_from for row in unique],
            "valid_to": [row.valid_to for row in unique],
            "successor": [row.successor or "" for row in unique],
        },
        schema=_SCHEMA,
    )


def _region(codes: list[str]) -> tuple[str, str]:
    """The smallest place that holds every code of the lowest level: what the rows speak of.

    A county's list names its province and prefecture too; it does not speak of their other counties.
    """
    lowest = max((places.level(code) for code in codes), default=places.Level.NATION)
    common = os.path.commonprefix([code for code in codes if places.level(code) is lowest])
    digits = max(length for length in places.DIGITS.values() if length <= len(common))
    low, high = places.code_range(common[:digits])
    return low or "0", high
