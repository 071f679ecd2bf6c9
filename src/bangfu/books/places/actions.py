"""Verbs on places."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db import connection, transaction

from bangfu.books.journal import actions as journal
from bangfu.books.places.models import Place
from bangfu.books.walls import bulk
from bangfu.core import places
from bangfu.core.errors import InputError, NotFoundError, Problem
from bangfu.core.language import Text

NO_PLACE = Text(
    "没有这个地方，或者它不归您管理。", "There is no such place, or it is not yours to keep."
)
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


@transaction.atomic
def rename_place(*, by: str, code: str, name: str, reason: str) -> None:
    """Give a place another name. NotFoundError for a place that is not the actor's to keep."""
    place = _kept(code)
    Place.objects.filter(pk=code).update(name=name)
    _journal(by, code, "places.rename", reason, {"name": place.name}, {"name": name})


@transaction.atomic
def merge_place(*, by: str, code: str, into: str, on: date, reason: str) -> None:
    """Merge a place into another of its level: `on` is the first day without it.

    What lies in it keeps its code, and is seen by who sees the place that took it in.
    """
    place, taker = _kept(code), _kept(into)
    if code == into or place.level != taker.level or place.valid_to or taker.valid_to:
        raise InputError(
            Text("不能这样合并。", "These cannot be merged."),
            [
                Problem(
                    "into",
                    Text(
                        "两地须同级、都还有效，且不是同一个。",
                        "Both must be of one level and still valid, and not the same.",
                    ),
                    into,
                )
            ],
        )
    _end(place, on, into)
    _journal(by, code, "places.merge", reason, None, {"into": into, "on": on.isoformat()})


@transaction.atomic
def recode_place(*, by: str, code: str, new_code: str, on: date, reason: str) -> None:
    """Give a place another code from the day `on`: the old code ends and leads to the new one."""
    place = _kept(code)
    if (
        not places.is_code(new_code)
        or places.level(new_code) != place.level
        or place.valid_to
        or Place.objects.filter(pk=new_code).exists()
    ):
        raise InputError(
            Text("不能换成这个代码。", "It cannot take this code."),
            [
                Problem(
                    "new_code",
                    Text(
                        "应为同级、没有用过的 12 位代码。",
                        "Give a 12-digit code of the same level that was never used.",
                    ),
                    new_code,
                )
            ],
        )
    Place.objects.create(
        code=new_code,
        name=place.name,
        level=place.level,
        parent=places.parent(new_code) or "",
        valid_from=on,
    )
    _end(place, on, new_code)
    _journal(by, code, "places.recode", reason, None, {"to": new_code, "on": on.isoformat()})


def _kept(code: str) -> Place:
    # Locked for the change: the database gives rows to change only inside the scope.
    place: Place | None = Place.objects.select_for_update().filter(pk=code).first()
    if place is None:
        raise NotFoundError(NO_PLACE)
    return place


def _end(place: Place, on: date, successor: str) -> None:
    if place.valid_from and place.valid_from >= on:
        wrong = Text("日期早于这个地方的起始日。", "The day lies before the place began.")
        raise InputError(wrong, [Problem("on", wrong, on.isoformat())])
    Place.objects.filter(pk=place.pk).update(valid_to=on, successor=successor)


def _journal(by: str, code: str, verb: str, reason: str, before: object, after: object) -> None:
    journal.write(
        by=by,
        place_code=code,
        verb=verb,
        subject=f"place {code}",
        reason=reason,
        before=before,
        after=after,
    )


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
