"""A sheet as people have it: which column holds which fact, and how it may be spelt.

The same definition serves reading (`files`), templates, the check of workbooks without a database,
and the importers of `books`. The sheets themselves stand in `county`, `national`, `money` and
`rosters`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `field` names the value in the frame read; `table` is the fact table it goes to, or None when the
    value only serves to find the row's place (county, township and village names).
    `unit_fen` is what one unit of a money column is worth (100 for 元, 1,000,000 for 万元).
    `spellings` maps other spellings of a value to the one in `values`. `open_list` keeps a value
    that is not listed; otherwise it is a problem.
    """

    header: str
    field: str
    kind: Kind
    table: Table | None = None
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    spellings: Mapping[str, str] = dataclass_field(default_factory=dict)
    open_list: bool = False
    required: bool = False
    unit_fen: int = 100
    note: Text | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header text that means this column, the proper one first."""
        return (self.header, *self.aliases)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of sheet. `name` is its usual tab name, `key` the fields that tell its rows apart."""

    id: str
    name: str
    title: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, field_name: str) -> Column:
        """The column that feeds `field_name`. Raises KeyError when the sheet has none."""
        for column in self.columns:
            if column.field == field_name:
                return column
        raise KeyError(field_name)


def fact_columns(
    table: Table, *names: str, **overrides: Mapping[str, object]
) -> tuple[Column, ...]:
    """Columns for plain facts of `table`, spelt as the dictionary spells them.

    `overrides` gives single columns other arguments: `relation={"spellings": {...}}`.
    """
    facts = plain(table)
    unknown = set(overrides) - set(names)
    if unknown:
        raise KeyError(f"no such column to override: {sorted(unknown)}")
    columns = []
    for name in names:
        fact = facts[name]
        arguments: dict[str, object] = {
            "header": fact.zh,
            "field": name,
            "kind": fact.kind,
            "table": table,
            "values": fact.values,
            **overrides.get(name, {}),
        }
        columns.append(Column(**arguments))  # type: ignore[arg-type]
    return tuple(columns)


def name_column(header: str, field_name: str, *aliases: str, required: bool = False) -> Column:
    """A column of text that finds the row's place and is not itself a fact."""
    return Column(header, field_name, Kind.TEXT, aliases=aliases, required=required)
