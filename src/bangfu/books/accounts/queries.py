"""From who somebody is to what they may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bangfu.books.accounts.actors import actor_of
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core import places


def scope_of(
    username: str,
    *,
    on: date,
    purpose: str,
    classes: Iterable[DataClass],
    place_code: str = places.NATION,
    writes: bool = False,
) -> Scope:
    """What an operator may see of `place_code` on a day for a task that needs `classes` of data.

    Only grants that give every class wanted, and may write when `writes`, count (`Actor.scope`).
    """
    return actor_of(username, on=on).scope(
        classes, purpose=purpose, place_code=place_code, writes=writes
    )
