"""Verbs on background work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from bangfu.books.accounts.actors import held_roles
from bangfu.books.jobs import queue
from bangfu.books.jobs.kinds import kind_of
from bangfu.books.jobs.models import Task
from bangfu.books.journal import actions as journal
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text

NOT_GRANTED = Text(
    "您没有可以在这里做这件事的角色。", "You hold no role that allows this work here."
)


@transaction.atomic
def request(
    *,
    by: str,
    kind: str,
    place_code: str,
    arguments: Mapping[str, str | int],
    purpose: str,
    classes: Iterable[DataClass],
    now: datetime,
) -> Task:
    """Ask for work in the background, inside the transaction that is open: it rolls back with it.

    `arguments` are ids, codes and numbers. The work runs in the scope that the requester has when it
    runs, for `classes` at `place_code`. ForbiddenError when no role that may write reaches there now.
    """
    known = kind_of(kind)
    wanted = frozenset(classes)
    held = [
        role.place_code
        for role in held_roles(by, on=timezone.localdate(now))
        if role.writes and wanted <= role.classes and places.contains(role.place_code, place_code)
    ]
    if not held:
        raise ForbiddenError(NOT_GRANTED)
    widest = min(held, key=places.level)
    task = Task.objects.create(
        place_code=place_code,
        seen_from=places.parent(widest) or places.NATION,
        kind=known.name,
        requested_by=by,
        requested_at=now,
        purpose=purpose,
        classes=sorted(wanted),
        arguments=dict(arguments),
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="jobs.request",
        subject=f"task {task.pk}",
        after={"kind": known.name, **arguments},
    )
    queue.defer(queue.RUN, task=task.pk, requested_by=by, place_code=place_code)
    return task
