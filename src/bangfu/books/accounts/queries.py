"""From who somebody is to what they may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from bangfu.books.accounts.actors import Actor, actor_of
from bangfu.books.accounts.models import Grant, Operator, RecoveryCode
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


def grants_of(username: str, *, on: date) -> list[Grant]:
    """What an operator holds on a day or will hold, as far as the scope shows it."""
    return list(
        Grant.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), operator_id=username)
        .select_related("role")
        .order_by("place_code", "role_id")
    )


def display_names(usernames: Iterable[str]) -> dict[str, str]:
    """The names of those who act, by user name; the accounts that the scope shows."""
    known = Operator.objects.filter(username__in=set(usernames))
    return dict(known.values_list("username", "display_name"))


def with_who(actor: Callable[[Any], str]) -> Callable[[list[Any]], list[Any]]:
    """What gives the rows of a table the name of who acted, as `who`; `actor` tells a row's user name."""

    def decorate(rows: list[Any]) -> list[Any]:
        names = display_names(actor(row) for row in rows)
        for row in rows:
            row.who = names.get(actor(row), actor(row))
        return rows

    return decorate


def assessors_at(place_code: str, *, on: date) -> list[tuple[str, str]]:
    """Who is an assessor at a place on a day: user name and name, by name."""
    grants = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), role_id="assessor", valid_from__lte=on
    )
    held = [grant.operator_id for grant in grants if places.contains(grant.place_code, place_code)]
    return sorted(display_names(held).items(), key=lambda pair: pair[1])


def recovery_codes_left(username: str) -> int:
    """How many recovery codes of an operator have not been used."""
    return RecoveryCode.objects.filter(operator_id=username, used_at__isnull=True).count()


def operators_of(held: Iterable[str]) -> QuerySet[Operator]:
    """The accounts that belong to the places of a scope, or to places inside them."""
    belonging = Q(pk__in=())
    for place in held:
        low, high = places.code_range(place)
        belonging |= Q(place_code__gte=low, place_code__lt=high)
    return Operator.objects.filter(belonging)


def own_accounts(actor: Actor) -> list[str]:
    """The user names of every account of the person who acts."""
    if not actor.person_token:
        return [actor.username]
    same = Operator.objects.filter(person_token=actor.person_token)
    return sorted({actor.username, *same.values_list("username", flat=True)})


def own_names(actor: Actor) -> set[str]:
    """Every name under which the person who acts is known: of each account the user name and the other."""
    accounts = own_accounts(actor)
    return {actor.display_name, *accounts, *display_names(accounts).values()}


def same_person(one: str, other: str) -> bool:
    """Whether two accounts are one person's: the same account, or the same ID number behind both."""
    if one == other:
        return True
    accounts = Operator.objects.filter(username__in=(one, other), person_token__isnull=False)
    tokens = list(accounts.values_list("person_token", flat=True))
    return len(tokens) == 2 and len(set(tokens)) == 1
