"""From who somebody is to what they may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from bangfu.books.accounts.models import Grant
from bangfu.books.places.queries import former_codes
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.errors import UsageError
from bangfu.core.language import Text


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

    Only grants that give every class wanted, and may write when `writes`, count: persons of one
    village and sums of the county never add up to persons of the county. Former codes of merged or
    recoded places come with the places that took them in. Opens transactions of its own, in which
    only the operator's own grants are visible. UsageError when no grant reaches the place.
    """
    wanted = frozenset(classes)
    with within(Scope((), frozenset(), "log in"), by=username):
        grants = Grant.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
            operator_id=username,
            operator__is_active=True,
            valid_from__lte=on,
            role__classes__contains=sorted(wanted),
        )
        if writes:
            grants = grants.filter(role__writes=True)
        held = list(grants.values_list("place_code", flat=True))
    reached = {part for code in held if (part := _narrower(code, place_code))}
    if not reached:
        raise UsageError(
            Text(
                f"{username} 没有可用于 {place_code} 的角色，不能做这件事。",
                f"{username} holds no role that allows this for {place_code}.",
            )
        )
    former = {code for place in reached for code in former_codes(place)}
    return Scope(tuple(sorted(reached | former)), wanted, purpose, read_only=not writes)


def _narrower(one: str, other: str) -> str | None:
    """The smaller of two places when one holds the other."""
    if places.contains(one, other):
        return other
    return one if places.contains(other, one) else None
