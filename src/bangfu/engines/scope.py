"""The one door of every read outside row-level security: the caller's places and classes of data,
applied first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from bangfu.core.places import NATION, code_range

if TYPE_CHECKING:  # the books state scopes without waiting for ibis
    import ibis.expr.types as ir

PERSONS = "persons"


@dataclass(frozen=True, slots=True)
class Scope:
    """The places whose rows may be read, and the classes of data. No places, no class: no rows."""

    places: tuple[str, ...]
    classes: frozenset[str] = frozenset({PERSONS})

    @classmethod
    def of(cls, places: Iterable[str], classes: Iterable[str] = (PERSONS,)) -> Scope:
        """A scope of 12-digit codes or their significant digits."""
        return cls(tuple(sorted(set(places))), frozenset(classes))

    def admit(self, table: ir.Table, *, persons: bool = True) -> ir.Table:
        """The rows of a table with `place_code` that lie in the scope.

        A table holds persons, and is empty without the class *persons*, unless it is said to hold none.
        """
        if persons and PERSONS not in self.classes:
            return table.filter(False)
        if NATION in self.places:
            return table
        ranges = [code_range(place) for place in self.places]
        inside = [(table.place_code >= low) & (table.place_code < high) for low, high in ranges]
        return table.filter(reduce(or_, inside) if inside else False)


WHOLE = Scope((NATION,))
