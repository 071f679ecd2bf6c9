"""The one door of every read outside row-level security: the caller's places, applied first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis.expr.types as ir

from bangfu.core.places import NATION, code_range


@dataclass(frozen=True, slots=True)
class Scope:
    """The places whose rows may be read. No places: no rows."""

    places: tuple[str, ...]

    @classmethod
    def of(cls, places: Iterable[str]) -> Scope:
        """A scope of 12-digit codes or their significant digits."""
        return cls(tuple(sorted(set(places))))

    def admit(self, table: ir.Table) -> ir.Table:
        """The rows of a table with `place_code` that lie in the scope."""
        if NATION in self.places:
            return table
        ranges = [code_range(place) for place in self.places]
        inside = [(table.place_code >= low) & (table.place_code < high) for low, high in ranges]
        return table.filter(reduce(or_, inside) if inside else False)


WHOLE = Scope((NATION,))
