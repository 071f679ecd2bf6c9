"""Who may do what in supervision: roles by policy, and never the same person twice in one round."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.models import Role
from bangfu.books.accounts.queries import same_person
from bangfu.core import places
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy

# The plan, the register and the bulletins are the county's: below it nobody has pages of them.
OFFICE = ("keeper", "county_officer", "county_approver", "sector_department", "finance", "auditor")


def roles(policy: Policy, what: str, *, place: str, on: date) -> tuple[str, ...]:
    """The roles that policy lets "plan", "inspect", "order", "answer" or "close"."""
    return tuple(policy.value(f"supervision.roles_{what}", place=place, on=on).value)


def is_below(role: str, place: str) -> bool:
    """Whether a role is held at a lower level than a place, so that nobody holds it at the place."""
    level = Role.objects.filter(code=role).values_list("level", flat=True).first()
    return level is None or level > places.level(place)


def require(by: Actor, what: str, *, place: str, policy: Policy, on: date) -> None:
    """ForbiddenError unless the actor holds a role that does this at the place."""
    if not by.holds(*roles(policy, what, place=place, on=on), at=place):
        raise ForbiddenError(
            Text("您在这里没有办理这一项的角色。", "You hold no role here that does this.")
        )


def require_another(by: Actor, others: Iterable[str]) -> None:
    """ForbiddenError when the actor is one of those who acted before, under whatever account."""
    if any(same_person(by.username, other) for other in others):
        raise ForbiddenError(
            Text(
                "整改、复查、销号须由不同的人办理（同一人的两个账号也不行）。",
                "Who puts it right, who looks again and who closes it are different people, "
                "not one with two accounts.",
            )
        )
