"""Verbs on attachments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from bangfu.books.attachments import store
from bangfu.books.attachments.models import Attachment
from bangfu.books.walls.scope import DataClass


def keep(
    *,
    by: str,
    place_code: str,
    classes: Iterable[DataClass],
    name: str,
    content: bytes,
    content_type: str,
    now: datetime,
    taken_at: datetime | None = None,
    position: tuple[Decimal, Decimal] | None = None,
) -> Attachment:
    """Keep a file for those who may see `classes` at `place_code`, inside the transaction that is open.

    `name` is what its owner called it. `position` is latitude and longitude in degrees. The content is
    taken as it is: what comes from outside passes `files.uploads` first. A rolled back transaction
    leaves at most a sealed content that nobody refers to. UnavailableError when the disk is full.
    """
    digest = store.put(content)
    return Attachment.objects.create(
        place_code=place_code,
        classes=sorted(classes),
        name=name,
        content_type=content_type,
        size=len(content),
        digest=digest,
        kept_by=by,
        kept_at=now,
        taken_at=taken_at,
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
    )
