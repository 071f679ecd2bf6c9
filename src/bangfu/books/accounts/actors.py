"""Who is at work: an operator with the roles held today, and the scopes these give."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db import connection

from bangfu.books.accounts.models import Operator
from bangfu.books.places.queries import former_codes
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text
from bangfu.web.statements import bound_by_the_server


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role held at a place today."""

    role: str
    name: Text
    place_code: str
    classes: frozenset[DataClass]
    writes: bool


@dataclass(frozen=True)
class Actor:
    """An operator and what he holds today. `person_token` tells two accounts of one person."""

    username: str
    display_name: str
    person_token: str | None
    held: tuple[HeldRole, ...]
    # The former codes of each place held, where they are known already.
    former: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    # A token that was made for reading: the roles may write, this does not.
    reads_only: bool = False

    @cached_property
    def classes(self) -> frozenset[DataClass]:
        """Every class of data that some role gives, somewhere."""
        return frozenset().union(*(role.classes for role in self.held))

    def holds(self, *roles: str, at: str | None = None) -> bool:
        """Whether one of `roles` is held, at a place that contains `at` when it is given."""
        return any(
            held.role in roles and (at is None or places.contains(held.place_code, at))
            for held in self.held
        )

    def as_one_of(self, roles: Iterable[str]) -> Actor:
        """The same operator in these roles only, so that no other role widens what they reach."""
        wanted = frozenset(roles)
        return replace(self, held=tuple(held for held in self.held if held.role in wanted))

    def as_nobody(self) -> Actor:
        """Whoever holds the same: what is the same for all of them may be kept for the next."""
        return Actor("", "", None, self.held, self.former)

    def reading(self) -> Actor:
        """The same operator, who in no role writes."""
        held = tuple(replace(held, writes=False) for held in self.held)
        return replace(self, held=held, reads_only=True)

    def reach(
        self, classes: Iterable[DataClass], *, place_code: str = places.NATION, writes: bool = False
    ) -> tuple[str, ...]:
        """The widest places inside `place_code` where one role gives all `classes` (and may write).

        Persons of one village and sums of the county never add up to persons of the county.
        """
        wanted = frozenset(classes)
        reached = {
            part
            for held in self.held
            if wanted <= held.classes
            and (held.writes or not writes)
            and (part := _narrower(held.place_code, place_code))
        }
        return tuple(
            sorted(
                code
                for code in reached
                if not any(other != code and places.contains(other, code) for other in reached)
            )
        )

    def scope(
        self,
        classes: Iterable[DataClass],
        *,
        purpose: str,
        place_code: str = places.NATION,
        writes: bool = False,
    ) -> Scope:
        """What this actor may see of `place_code` for a task. ForbiddenError when no role reaches it.

        Former codes of merged or recoded places come with the places that took them in.
        """
        wanted = frozenset(classes)
        if writes and self.reads_only:
            raise ForbiddenError(
                Text(
                    "这个令牌只用于读取。要写入，请在“我的账号”中新建一个可以写入的令牌。",
                    'This token was made for reading. To write, make one under "My account" that may.',
                )
            )
        reached = self.reach(wanted, place_code=place_code, writes=writes)
        if not reached:
            raise ForbiddenError(
                Text(
                    f"{self.display_name} 没有可用于这里的角色，不能做这件事。需要时请县级管理员授予角色。",
                    f"{self.display_name} holds no role that allows this here. "
                    "The county's keeper can grant one.",
                )
            )
        places_held = tuple(sorted({*reached, *self._former_codes(reached)}))
        return Scope(places_held, wanted, purpose, read_only=not writes)

    def _former_codes(self, codes: tuple[str, ...]) -> Iterable[str]:
        if self.former is None or any(code not in self._places for code in codes):
            return former_codes(*codes)
        return [former for place, known in self.former if place in codes for former in known]

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(held.place_code for held in self.held)


def actor_of(username: str, *, on: date) -> Actor:
    """The operator `username` with the roles held on a day; an inactive or unknown one holds none.

    Opens a transaction of its own, in which only the operator's own grants are visible.
    """
    with within(Scope((), frozenset(), "log in"), by=username):
        operator = Operator.objects.filter(username=username, is_active=True).first()
        held = held_roles(username, on=on) if operator else ()
    return _actor(operator, held) if operator else Actor(username, username, None, ())


def operator_standing(number: int) -> Operator | None:
    """The active operator of a session, for `actor_logged_in`. Asked in no transaction."""
    # Every request asks it.
    with bound_by_the_server():
        return next(iter(Operator.objects.raw(_STANDING, [number])), None)


def actor_logged_in(operator: Operator, *, on: date) -> Actor:
    """As `actor_of`, for one whom `operator_standing` gave; asks nothing more."""
    grants, former = json.loads(operator.grants_held), json.loads(operator.former)  # type: ignore[attr-defined]
    held = tuple(
        HeldRole(
            grant["role"],
            Text(grant["zh"], grant["en"]),
            grant["place"],
            frozenset(map(DataClass, grant["classes"])),
            grant["writes"],
        )
        for grant in grants
        if grant["from"] <= on.isoformat() and (grant["to"] is None or grant["to"] > on.isoformat())
    )
    known = tuple(sorted((place, tuple(codes)) for place, codes in former.items()))
    return replace(_actor(operator, held), former=known)


def _actor(operator: Operator, held: tuple[HeldRole, ...]) -> Actor:
    return Actor(operator.username, operator.display_name, operator.person_token, held)


def held_roles(
    username: str, *, on: date, grants: Iterable[int] | None = None
) -> tuple[HeldRole, ...]:
    """The roles that the actor of the open transaction holds on a day, by place and role; of these
    `grants` only, when they are named."""
    named = None if grants is None else list(grants)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [username, on, on, named, named])
        found = cursor.fetchall()
    return tuple(
        HeldRole(role, Text(zh, en), place, frozenset(map(DataClass, classes)), writes)
        for role, zh, en, place, classes, writes in found
    )


_STANDING = """
select o.*, s.grants as grants_held, s.former
from accounts_operator o cross join lateral accounts_standing(o.username) s
where o.id = %s and o.is_active
"""
_HELD = """
select r.code, r.name_zh, r.name_en, g.place_code, r.classes, r.writes
from accounts_grant g
join accounts_role r on r.code = g.role_id
join accounts_operator o on o.username = g.operator_id
where g.operator_id = %s and o.is_active and g.valid_from <= %s
  and (g.valid_to is null or g.valid_to > %s) and (%s::bigint[] is null or g.id = any(%s::bigint[]))
order by g.place_code, g.role_id
"""


def _narrower(one: str, other: str) -> str | None:
    """The smaller of two places when one holds the other."""
    if places.contains(one, other):
        return other
    return one if places.contains(other, one) else None
