"""Where a finding stands (督查问题), which verb may come next, and what the periods of the watch are."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from bangfu.core.language import Text


class State(StrEnum):
    """Where a finding stands. The values are stored."""

    FOUND = "found"
    ORDERED = "ordered"
    ANSWERED = "answered"
    RECHECKED = "rechecked"
    CLOSED = "closed"


class Verb(StrEnum):
    """What is done about a finding. The values are stored, and are the journal's verbs."""

    ORDER = "order"
    ANSWER = "answer"
    RECHECK = "recheck"
    CLOSE = "close"


STATES = {
    State.FOUND: Text("待下达整改", "waits for its order"),
    State.ORDERED: Text("整改中", "being put right"),
    State.ANSWERED: Text("待复查", "waits for the second look"),
    State.RECHECKED: Text("待销号", "waits to be closed"),
    State.CLOSED: Text("已销号", "closed"),
}
VERBS = {
    Verb.ORDER: Text("下达整改通知", "ordered"),
    Verb.ANSWER: Text("报告整改情况", "answered"),
    Verb.RECHECK: Text("复查", "looked again"),
    Verb.CLOSE: Text("销号", "closed"),
}
# Each verb's state before and after; a second look that is not satisfied leads back to the order.
STEPS = {
    Verb.ORDER: (State.FOUND, State.ORDERED),
    Verb.ANSWER: (State.ORDERED, State.ANSWERED),
    Verb.RECHECK: (State.ANSWERED, State.RECHECKED),
    Verb.CLOSE: (State.RECHECKED, State.CLOSED),
}


def after(verb: Verb, *, passes: bool = True) -> State:
    """Where a verb leads."""
    if verb is Verb.RECHECK and not passes:
        return State.ORDERED
    return STEPS[verb][1]


def next_verb(state: State) -> Verb | None:
    """The one verb that may come next; None when the finding is closed."""
    return next((verb for verb, (before, _) in STEPS.items() if before is state), None)


def quarter_of(day: date) -> int:
    """The quarter of a day, 1 to 4."""
    return (day.month - 1) // 3 + 1


def half_of(day: date) -> int:
    """The half of the year of a day, 1 or 2."""
    return 1 if day.month <= 6 else 2


def half_year(year: int, half: int) -> tuple[date, date]:
    """The first and last day of a half of a year."""
    first = date(year, 1 if half == 1 else 7, 1)
    after_it = date(year, 7, 1) if half == 1 else date(year + 1, 1, 1)
    return first, after_it - timedelta(days=1)
