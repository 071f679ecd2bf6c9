"""Who is told at once that a month was sealed: a later app shows its digests to the public."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from bangfu.books.funds.models import MonthSeal


class Listener(Protocol):
    """Takes a seal in the transaction that made it."""

    def __call__(self, *, by: str, seal: MonthSeal, today: date) -> object: ...


_LISTENERS: list[Listener] = []


def told_to(listener: Listener) -> None:
    """Say who is told; once, when the app that publishes is loaded."""
    assert not _LISTENERS, listener
    _LISTENERS.append(listener)


def tell(*, by: str, seal: MonthSeal, today: date) -> None:
    """Tell that a month was sealed."""
    [listener] = _LISTENERS
    listener(by=by, seal=seal, today=today)
