"""The one way into the journal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

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
    """Record each of many acts of one transaction with a row of its own."""
    Entry.objects.bulk_create(
        Entry(
            actor=by,
            place_code=act.place_code,
            verb=act.verb,
            subject=act.subject,
            reason=act.reason,
            before=_text(act.before),
            after=_text(act.after),
        )
        for act in acts
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
        before=_text(before),
        after=_text(after),
    )


def _text(value: object) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
