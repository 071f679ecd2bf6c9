"""Grievances as the public reaches them: four functions of the database, by the alias `public`.

Call these inside `notices.public_door.public_page`, which opens the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import connections

from bangfu.books.grievances.actions import COMPLAINANT, PHONE, digest
from bangfu.books.grievances.models import State
from bangfu.books.notices.board import ALIAS
from bangfu.books.walls.guarded import sealed, token

# Signs that are not taken for one another, as in receipt numbers.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SECRET_SIGNS = 12


class Outcome(StrEnum):
    """What the functions answer."""

    FILED = "filed"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"
    APPEALED = "appealed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Filed:
    """The receipt: its number, and whether it was filed now."""

    outcome: Outcome
    number: str | None
    received_on: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a grievance stands, for whoever filed it."""

    state: State
    received_on: date
    due_on: date | None
    triage_said: str
    unit: str
    answer: str | None
    upheld: bool | None
    answered_on: date | None
    appeal_until: date | None
    appeal_level: str
    second_answer: str | None
    second_upheld: bool | None
    second_on: date | None
    county: str


def secret_of(submission: str) -> str:
    """The secret of a submission, 60 bits that only this site can make of it: sent twice, the same."""
    drawn = bytes.fromhex(token(f"grievance secret {submission}"))
    signs = "".join(SIGNS[byte & 31] for byte in drawn[:SECRET_SIGNS])
    return "-".join(signs[at : at + 4] for at in range(0, SECRET_SIGNS, 4))


def counties() -> list[tuple[str, str]]:
    """Code and name of each county of the books."""
    return _places(None)


def places_of(county: str) -> list[tuple[str, str]]:
    """Code and name of a county, its townships and villages, by code; empty for an unknown one."""
    return _places(county)


def file(
    *,
    place: str,
    kind: str,
    words: str,
    against: str,
    complainant: str,
    phone: str,
    source: str,
    submission: str,
    due_on: date,
) -> Filed:
    """File a grievance. `source` is the sender's address, kept as a keyed token only."""
    [name] = sealed([complainant or None], COMPLAINANT)
    [number] = sealed([phone or None], PHONE)
    names = [part.strip() for part in against.replace("，", "、").split("、") if part.strip()]
    row = _call(
        "grievances_file",
        [
            place,
            kind,
            words,
            against,
            names,
            name,
            number,
            token(f"address {source}"),
            submission,
            digest(secret_of(submission)),
            due_on,
        ],
        "text, text, text, text, text[], bytea, bytea, text, text, text, date",
    )[0]
    return Filed(Outcome(row[0]), row[1], row[2])


def ask(number: str, secret: str) -> Standing | None:
    """How the grievance with this number and secret stands; None when there is none."""
    rows = _call("grievances_ask", [number, digest(secret)], "text, text")
    if not rows:
        return None
    state, *rest = rows[0]
    return Standing(State(state), *rest)


def appeal(number: str, secret: str, words: str, *, due_on: date) -> Outcome:
    """Appeal an answer."""
    [(outcome,)] = _call(
        "grievances_appeal", [number, digest(secret), words, due_on], "text, text, text, date"
    )
    return Outcome(outcome)


def _places(county: str | None) -> list[tuple[str, str]]:
    return [(code, name) for code, name in _call("grievances_places", [county], "text")]


def _call(function: str, arguments: list[object], types: str) -> list[tuple]:  # type: ignore[type-arg]
    holes = ", ".join(f"%s::{kind.strip()}" for kind in types.split(","))
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(f"select * from {function}({holes})", arguments)
        return list(cursor.fetchall())
