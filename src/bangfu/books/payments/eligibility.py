"""Who meets the conditions of a scheme, by the live books, and why not who does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
from django.db import connection

from bangfu.core.facts.model import Table
from bangfu.core.payments.schemes import Condition, Scheme
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.nodes import KEYS
from bangfu.core.screening.checks import ask
from bangfu.engines.postgres import Books
from bangfu.engines.scope import Scope


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the conditions of a scheme say of one person, or of one household (`person_no` "")."""

    place_code: str
    household_no: str
    person_no: str
    answers: tuple[tuple[Condition, bool], ...]

    @property
    def entitled(self) -> bool:
        """Whether every condition holds."""
        return all(holds for _, holds in self.answers)

    @property
    def missing(self) -> tuple[Condition, ...]:
        """The conditions that do not hold."""
        return tuple(condition for condition, holds in self.answers if not holds)


def verdicts(
    policy: Policy, scheme: Scheme, *, place: str, on: date, household_no: str = ""
) -> list[Verdict]:
    """Everybody in a place, or in one household of it, held against a scheme; in the order of the keys.

    A blank answers no condition: who is not known to meet it does not.
    """
    connection.ensure_connection()
    books = Books(connection.connection, Scope.of([place]))
    tables = _of_household(books.tables, household_no) if household_no else books.tables
    wanted = [condition.condition for condition in scheme.conditions]
    composer = Composer(tables, ask(wanted, policy, on, [place]))
    view = composer.view(scheme.grain, wanted)
    compiler = view.compiler(composer.asking)
    keys = KEYS[scheme.grain]
    truths = {f"holds_{n}": compiler.truth(node) for n, node in enumerate(wanted)}
    frame = books.frame(view.rows.select(*keys, **truths))
    return [
        Verdict(
            row["place_code"],
            row["household_no"],
            row.get("person_no", ""),
            tuple(
                (condition, bool(row[f"holds_{n}"]))
                for n, condition in enumerate(scheme.conditions)
            ),
        )
        for row in frame.sort(keys).iter_rows(named=True)
    ]


def _of_household(tables: Mapping[Table, ir.Table], household_no: str) -> dict[Table, ir.Table]:
    return {
        kind: rows if kind is Table.VILLAGE else rows.filter(rows.household_no == household_no)
        for kind, rows in tables.items()
    }
