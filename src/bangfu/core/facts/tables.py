"""Plain facts as typed Ibis columns, whatever the engine holds them in.

Every engine's tables pass through `typed`, so that a fact has one type and one way to be missing:
empty text and an empty list count as missing, and a column that a source lacks is all missing. What a
part holds packed stays packed: the rule language reads it either way.
"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Fact, Kind, Table
from bangfu.core.facts.packing import is_packed

DTYPES = {
    Kind.TEXT: "string",
    Kind.CODE: "string",
    Kind.VALUES: "array<string>",
    Kind.YES_NO: "boolean",
    Kind.FEN: "int64",
    Kind.INT: "int64",
    Kind.DECIMAL: "decimal(14, 2)",
    Kind.SHARE: "decimal(18, 6)",
    Kind.DATE: "date",
    Kind.MONTH: "int64",
    Kind.TOKEN: "string",
}


def schema(table: Table) -> ibis.Schema:
    """The columns of a table that rules may read, with their types. Guarded facts are not there."""
    readable = {name: fact for name, fact in plain(table).items() if fact.kind in DTYPES}
    return ibis.schema({name: DTYPES[fact.kind] for name, fact in readable.items()})


def typed(table: Table, source: ir.Table, names: Iterable[str]) -> dict[str, ir.Value]:
    """The named facts of a table as columns of `source`, each of its one type."""
    facts = plain(table)
    return {name: column(source, facts[name]) for name in names}


def column(source: ir.Table, fact: Fact) -> ir.Value:
    """A fact as a column of `source`, of its one type."""
    dtype = DTYPES[fact.kind]
    if fact.name not in source.columns:
        return ibis.null(dtype)
    if is_packed(fact, source[fact.name]):
        return source[fact.name]
    found = source[fact.name].cast(dtype)
    if dtype == "string":
        return found.nullif("")
    if fact.kind is Kind.VALUES:
        return (found.length() > 0).ifelse(found, ibis.null(dtype))
    return found
