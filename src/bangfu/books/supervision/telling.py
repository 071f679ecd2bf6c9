"""Who is told at once that a list was fixed or drawn from: a later app shows it to the public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from bangfu.books.supervision.models import Plan
from bangfu.core.policy.resolve import Policy


class Listener(Protocol):
    """Takes a plan as it stands now, in the transaction that brought it there."""

    def __call__(
        self, *, by: str, plan: Plan, policy: Policy, today: date, now: datetime
    ) -> object: ...


_LISTENERS: list[Listener] = []


def told_to(listener: Listener) -> None:
    """Say who is told; once, when the app that publishes is loaded."""
    assert not _LISTENERS, listener
    _LISTENERS.append(listener)


def tell(*, by: str, plan: Plan, policy: Policy, today: date, now: datetime) -> None:
    """Tell that a plan was fixed or drawn."""
    [listener] = _LISTENERS
    listener(by=by, plan=plan, policy=policy, today=today, now=now)
