"""Looks for red flags: the signs of the policy over a county's candidates, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

import duckdb
import ibis

from bangfu.core.facts.model import Fact
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.compile import Asking
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import Scalar
from bangfu.core.red_flags import asking
from bangfu.core.red_flags.candidates import Counted, Given
from bangfu.core.red_flags.facts import County
from bangfu.core.red_flags.look import candidates, flag, rules
from bangfu.core.red_flags.model import Asked, Flag
from bangfu.core.red_flags.signs import Sign

T = TypeVar("T")
_TABLE = "candidates"


def look(county: County, policy: Policy) -> list[Flag]:
    """Every flag of a county, rule by rule, by the rules in force there.

    Where several signs of one rule fire on one matter, the first of them tells it.
    """
    asked = Asked(policy, county.code, county.on)
    in_force = rules(policy, place=county.code, on=county.on)
    found: dict[tuple[str, str, str, str], Flag] = {}
    with closing(_Look(county, asked)) as looking:
        for rule in in_force.values():
            for sign in rule.signs:
                for one in looking.flags(sign):
                    found.setdefault((one.rule, one.subject, one.key, one.about), one)
    return list(found.values())


class _Look:
    """One look: an empty DuckDB in which candidates stand while a sign is asked of them."""

    def __init__(self, county: County, asked: Asked) -> None:
        self.county = county
        self.asked = asked
        self._connection = duckdb.connect(config={"threads": 1})

    def close(self) -> None:
        """Give back the memory."""
        self._connection.close()

    def flags(self, sign: Sign) -> Iterator[Flag]:
        """The flags that a sign raises, in the order of its candidates."""
        known = list(
            candidates(sign, self.county, self.asked, lambda rows: self._among(sign, rows))
        )
        facts = [candidate.facts for candidate in known]
        for row in self._ask(sign, sign.subject.facts, facts, sign.when, sign.values):
            yield flag(sign, known[row[asking.NUMBER]], asking.told(sign.values, row))

    def _among(self, sign: Sign, rows: Sequence[Counted[T]]) -> list[T]:
        """The rows that a sign lets count."""
        if sign.among is None:
            return [row.of for row in rows]
        facts = [row.facts for row in rows]
        found = self._ask(sign, sign.subject.rows, facts, sign.among, ())
        return [rows[row[asking.NUMBER]].of for row in found]

    def _ask(
        self,
        sign: Sign,
        facts: Mapping[str, Fact],
        given: Sequence[Mapping[str, Given]],
        condition: Node,
        values: tuple[Node, ...],
    ) -> list[dict[str, Any]]:
        """The rows for which a condition holds, each with its number and the values asked for."""
        if not given:
            return []
        query = _query(
            tuple(facts.values()),
            condition,
            values,
            self.asked.on,
            asking.parameters(sign, self.asked),
        )
        rows = asking.frame(facts, given, self.county.code)
        self._connection.register(_TABLE, rows.to_arrow())
        return self._connection.execute(query).pl().to_dicts()


@lru_cache(maxsize=256)
def _query(
    facts: tuple[Fact, ...],
    condition: Node,
    values: tuple[Node, ...],
    on: date,
    parameters: tuple[tuple[str, tuple[Scalar, ...]], ...],
) -> str:
    """The SQL of a question: writing it takes longer than running it, and the next look asks the same."""
    rows = ibis.table(asking.schema(facts), name=_TABLE)
    everywhere = Asking(on, {key: [("", held)] for key, held in parameters})
    return str(ibis.to_sql(asking.fires(facts, rows, condition, values, everywhere), "duckdb"))
