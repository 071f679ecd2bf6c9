"""A scope: which places, which classes of data, for what purpose. Set for one transaction.

The database decides what a scope sees (`walls.policies`); this module only states it. A transaction
without a scope sees no row of a walled table and can write none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError, connections, transaction

from bangfu.books.walls.faults import user_error
from bangfu.core import places
from bangfu.engines import scope as engines
from bangfu.web.statements import bound_by_the_server


class DataClass(StrEnum):
    """What kind of rows a scope may see."""

    PERSONS = "persons"  # households and the people in them
    SUMS = "sums"  # aggregates only
    SAMPLE = "sample"  # persons of an assigned sample
    MONEY = "money"  # fund lines, plans, the ledger


@dataclass(frozen=True, slots=True)
class Scope:
    """`places` are 12-digit codes: each gives itself and all that lies in it.

    `read_only` makes the database refuse every write, for auditors and for what-if.
    """

    places: tuple[str, ...]
    classes: frozenset[DataClass]
    purpose: str
    read_only: bool = False

    def ranges(self) -> list[tuple[str, str]]:
        """Half-open ranges of place codes, in order, none inside another."""
        found: list[tuple[str, str]] = []
        for low, high in sorted(places.code_range(code) for code in self.places):
            # A place sorts before everything inside it, and the last kept range is the widest so far.
            if not found or not low.startswith(found[-1][0]):
                found.append((low, high))
        return found

    def settings(self) -> dict[str, str]:
        """The settings the policies read. No place at all leaves them empty, which shows nothing."""
        ranges = self.ranges()
        classes = ",".join(sorted(self.classes))
        shared = {"app.classes": classes, "app.purpose": self.purpose}
        if not ranges:
            return {"app.lo": "", "app.hi": "", "app.pattern": "", **shared}
        pattern = "" if len(ranges) == 1 else f"^({'|'.join(low for low, _ in ranges)})"
        # The nation's range is ('', ':'); an empty setting means "not set", so it starts at '0'.
        return {
            "app.lo": ranges[0][0] or "0",
            "app.hi": ranges[-1][1],
            "app.pattern": pattern,
            **shared,
        }


def for_engines(scope: Scope) -> engines.Scope:
    """What this scope lets an engine outside the database read: the same places and classes."""
    return engines.Scope.of(scope.places, (str(each) for each in scope.classes))


@contextmanager
def within(
    scope: Scope,
    *,
    by: str,
    reason: str = "",
    request: str | None = None,
    using: str = "default",
) -> Iterator[str]:
    """One transaction inside `scope`, by the actor `by`; yields the id of the request.

    It is the outermost transaction: it commits at the end, whole, or rolls back on any exception, and
    the scope ends with it. Everything written carries actor, reason and request into its history.
    Raises ValueError when nobody acts, RuntimeError inside another transaction, and UsageError for
    what the database refuses: a row outside the scope, a write in a read-only one, a full disk.
    """
    if not by:
        raise ValueError("a scope needs an actor")
    request = request or uuid.uuid4().hex
    settings = {
        **({"transaction_read_only": "on"} if scope.read_only else {}),
        **scope.settings(),
        "app.actor": by,
        "app.reason": reason,
        "app.request": request,
    }
    try:
        with transaction.atomic(using=using, durable=True):
            calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
            values = [part for pair in settings.items() for part in pair]
            database = connections[using]
            # The beginning of the transaction and its scope go to the database in one round trip.
            with (
                bound_by_the_server(using),
                database.cursor() as cursor,
                database.wrap_database_errors,
                database.connection.pipeline(),
            ):
                cursor.execute(f"select {calls}", values)
            yield request
    except DatabaseError as fault:
        refused = user_error(fault)
        if refused is None:
            raise
        raise refused from fault
