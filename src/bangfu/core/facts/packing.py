"""Facts as small numbers: how a nation's parts hold what a county's snapshot writes out.

A fact of a closed list is its place in that list, from 1; 0 is a value that the list lacks, null is
missing. A fact of several values is a bit a value of its list. A place is its twelve digits as a
number. The dictionary's lists alone decide the numbers, so a list may grow at its end only: parts are
made anew from snapshots, and never outlive their period.

The rule language asks a packed column its numbers where it can, and reads `Packed.written` where it
cannot: a condition means the same of text and of numbers. Of a value that the list lacks, parts know
only that it is there and none of the list's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.dictionary import is_closed, plain
from bangfu.core.facts.model import Fact, Kind, Table
from bangfu.core.places import CODE_LENGTH

PLACE = "place_code"
_CODE = "uint8"


def is_packed(fact: Fact, column: ir.Value) -> bool:
    """Whether the column holds the fact as numbers."""
    return is_closed(fact) and column.type().is_integer()


@dataclass(frozen=True)
class Packed:
    """A packed column and the fact that it holds. Conditions are null where it is missing."""

    fact: Fact
    column: ir.Value

    def among(self, values: Iterable[object]) -> ir.BooleanValue:
        """Whether the fact is one of the values. Raises ValueError for one that the list lacks."""
        return self._is_one(self._number(each) for each in values)

    def fits(self, test: Callable[[str], bool]) -> ir.BooleanValue:
        """Whether the fact is a value of the list that passes the test."""
        return self.among(each for each in self.fact.values if test(each))

    def holds(self, value: object) -> ir.BooleanValue:
        """Whether the fact's values hold this one. Raises ValueError when the list lacks it."""
        return (self.column & (1 << self._number(value))) != 0

    @property
    def written(self) -> ir.Value:
        """The text, or the list of texts in the order of the closed list, that is packed."""
        if self.fact.kind is Kind.CODE:
            numbers = [ibis.literal(self._number(each), _CODE) for each in self.fact.values]
            return self.column.cases(*zip(numbers, self.fact.values, strict=True))
        missing = ibis.null("string")
        held = [self.holds(each).ifelse(each, missing) for each in self.fact.values]
        found = ibis.array(held).filter(lambda each: each.notnull())
        return (found.length() > 0).ifelse(found, ibis.null("array<string>"))

    def _number(self, value: object) -> int:
        return self.fact.values.index(str(value)) + 1

    def _is_one(self, given: Iterable[int]) -> ir.BooleanValue:
        numbers = sorted(set(given))
        if not numbers:
            return ibis.literal(False)
        if numbers == list(range(numbers[0], numbers[-1] + 1)):
            return self.column.between(numbers[0], numbers[-1])
        return self.column.isin(numbers)


def packed(kind: Table, table: ir.Table) -> dict[str, ir.Value]:
    """Every column of a table of facts as parts hold it."""
    facts = plain(kind)
    found = {}
    for name in table.columns:
        fact, column = facts.get(name), table[name]
        if name == PLACE:
            column = column.cast("int64")
        elif fact is not None and is_closed(fact):
            column = _code(fact, column) if fact.kind is Kind.CODE else _bits(fact, column)
        found[name] = column
    return found


def first_digits(place_code: ir.Value, length: int) -> ir.Value:
    """The digits that tell the level of that length: text of text, a number of a number."""
    if not place_code.type().is_integer():
        return place_code.left(length)
    return place_code // 10 ** (CODE_LENGTH - length)


def in_place(place_code: ir.Value, prefix: str) -> ir.BooleanValue:
    """Whether a 12-digit code begins with the significant digits of a place."""
    if not prefix:
        return ibis.literal(True)
    if place_code.type().is_integer():
        return first_digits(place_code, len(prefix)) == int(prefix)
    return place_code.startswith(prefix)


def _code(fact: Fact, column: ir.Value) -> ir.Value:
    given = column.nullif("")
    cases = [(each, ibis.literal(number, _CODE)) for number, each in enumerate(fact.values, 1)]
    numbers = given.cases(*cases, else_=ibis.literal(0, _CODE))
    return given.isnull().ifelse(ibis.null(_CODE), numbers)


def _bits(fact: Fact, column: ir.Value) -> ir.Value:
    # Bits count from 1 like the numbers, so that seven values fit a byte.
    dtype = _CODE if len(fact.values) < 8 else "int64"
    bits = [
        column.contains(each).ifelse(ibis.literal(1 << number, dtype), ibis.literal(0, dtype))
        for number, each in enumerate(fact.values, 1)
    ]
    return (column.length() > 0).ifelse(reduce(or_, bits), ibis.null(dtype))
