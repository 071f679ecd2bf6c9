"""The one way into the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from bangfu.books.journal.models import Entry


@dataclass(frozen=True, slots=True)
class Act:
    """One of many acts written in one go; the fields are those of `write`."""

    place_code: str
    verb: str
    subject: str
    reason: str = ""
    before: object = None
    after: object = None


def write_many(*, by: str, acts: Iterable[Act]) -> None:
    """Record each of many acts of one transaction with a row of its own, in one statement."""
    rows = [
        (act.place_code, act.verb, act.subject, act.reason, text_of(act.before), text_of(act.after))
        for act in acts
    ]
    columns = "place_code, verb, subject, reason, before, after"
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into journal_entry (actor, {columns}) select %s, {columns}"
            " from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
            f" as v({columns})",
            [by, *([row[place] for row in rows] for place in range(6))],
        )


def write(
    *,
    by: str,
    place_code: str,
    verb: str,
    subject: str,
    reason: str = "",
    before: object = None,
    after: object = None,
) -> Entry:
    """Record an act inside the transaction of the act itself.

    `verb` is "app.verb" ("households.import"), `subject` names what was acted upon in words that outlive
    it ("household 4205270001"). `before` and `after` are anything JSON can hold. The database refuses
    another actor than the transaction's.
    """
    return Entry.objects.create(
        actor=by,
        place_code=place_code,
        verb=verb,
        subject=subject,
        reason=reason,
        before=text_of(before),
        after=text_of(after),
    )


def text_of(value: object) -> str:
    """How `before` and `after` are kept: JSON, "" for nothing."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
