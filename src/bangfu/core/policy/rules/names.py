"""What a name in a rule stands for, and the nearest known name when it stands for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Protocol

from bangfu.core.facts.derived import BY_NAME
from bangfu.core.facts.dictionary import FACTS, plain
from bangfu.core.facts.model import Fact, Table
from bangfu.core.language import Text
from bangfu.core.policy.rules.nodes import VISIBLE, Named, Parameter

# Names that the language keeps for itself.
RESERVED = frozenset({"true", "false", "True", "False", "missing", "today"})


class Definitions(Protocol):
    """Conditions with a name, shared by rules."""

    def grain(self, name: str) -> Table | None:
        """The grain of a definition, or None when there is none of that name."""

    def names(self) -> Iterable[str]:
        """Every defined name."""

    def named(self, name: str) -> Named | None:
        """The definition, typed; None when it does not pass itself (told elsewhere)."""


class NoDefinitions:
    """Where only facts and parameters are known."""

    def grain(self, name: str) -> Table | None:
        return None

    def names(self) -> Iterable[str]:
        return ()

    def named(self, name: str) -> Named | None:
        return None


@dataclass(frozen=True)
class Scope:
    """What the rows of `table` can see. Rows of no table of the books see `facts` of their own only."""

    table: Table | None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    definitions: Definitions = field(default_factory=NoDefinitions)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def visible(self) -> tuple[Table, ...]:
        """The tables whose facts are seen: its own first, then those it belongs to."""
        return () if self.table is None else VISIBLE[self.table]

    def inside(self, table: Table) -> Scope:
        """The scope of the rows of a relation."""
        return Scope(table, self.parameters, self.definitions)

    def fact(self, name: str) -> Fact | None:
        """The plain fact of that name: of the row itself, else of what it belongs to."""
        if self.table is None:
            return self.facts.get(name)
        return next(
            (plain_facts(table)[name] for table in self.visible if name in plain_facts(table)),
            None,
        )

    def known(self) -> list[str]:
        """Every name that stands for something here."""
        names = [*self.facts, *(name for table in self.visible for name in plain_facts(table))]
        names += [name for name, item in BY_NAME.items() if item.fact.table in self.visible]
        names += [
            name
            for name in self.definitions.names()
            if self.definitions.grain(name) in self.visible
        ]
        return [*names, *self.parameters, "today"]


@cache
def plain_facts(table: Table) -> dict[str, Fact]:
    """The plain facts of a table by name."""
    return plain(table)


def tables_of(name: str) -> list[Table]:
    """The tables that have a fact of that name, visible or not."""
    derived = BY_NAME[name].fact.table if name in BY_NAME else None
    return [table for table in FACTS if name in plain_facts(table) or table is derived]


def nearest(name: str, known: Iterable[str]) -> Text:
    """A sentence that names the nearest known names, or nothing when none is near."""
    close = get_close_matches(name, sorted(set(known)), n=3, cutoff=0.6)
    if not close:
        return Text("", "")
    listed = "、".join(f"“{each}”" for each in close)
    named = " or ".join(f'"{each}"' for each in close)
    return Text(f"是不是 {listed}？", f" Did you mean {named}?")
