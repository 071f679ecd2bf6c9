"""Who may do what with grievances: roles by policy."""

from __future__ import annotations

from datetime import date

from bangfu.books.accounts.actors import Actor
from bangfu.core.errors import ForbiddenError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy


def roles(policy: Policy, what: str, *, place: str, on: date) -> tuple[str, ...]:
    """The roles that policy lets "triage", "answer" or "appeal"."""
    return tuple(policy.value(f"grievances.roles_{what}", place=place, on=on).value)


def require(by: Actor, what: str, *, place: str, policy: Policy, on: date) -> None:
    """ForbiddenError unless the actor holds a role that does this at the place."""
    if not by.holds(*roles(policy, what, place=place, on=on), at=place):
        raise ForbiddenError(
            Text("您在这里没有办理这一项的角色。", "You hold no role here that does this.")
        )
