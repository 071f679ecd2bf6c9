"""Many rules over the tables of a snapshot at once.

Every aggregate that any rule asks for (any, count, sum, first … of jobs, plans, incomes, members,
households) is computed once, all of one relation in one group-by, and joined back to the rows it
belongs to. Aggregates that rest on others come a round later.

Every simple condition (a comparison, a test of a list) and every age or span of months is a column
too, computed once, in the table whose facts it names: "household_type is 脱贫户" is asked of 50,000
households once, not of 150,000 persons by a hundred rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import typed
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.aggregates import ALONE, alone, counted, inside
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.leaves import Given, Leaf, Made, givens, leaves
from bangfu.core.policy.rules.nodes import KEYS, NUMBER, Node, OfRows, Relation

# Holds a table expression so that it is computed once: a temporary table, or the expression itself.
Keep = Callable[[ir.Table], ir.Table]
# What a join calls the columns of its right side that stand on its left already.
_RIGHT = "{name}__right"


def lazily(table: ir.Table) -> ir.Table:
    """Keep nothing: the whole plan stays one expression."""
    return table


@dataclass(frozen=True)
class View:
    """The rows of a table with a column for every leaf asked for."""

    table: Table
    rows: ir.Table
    columns: Mapping[Leaf, str]

    def compiler(self, asking: Asking) -> Compiler:
        """Compiles nodes over these rows."""
        columns: dict[Node, ir.Value] = {
            leaf: self.rows[name] for leaf, name in self.columns.items()
        }
        return Compiler(columns, self.rows["place_code"], asking)


class Composer:
    """Lays rules over `sources` (one Ibis table for every kind of row, columns named as the facts).

    Rows that belong to no row of the table above (a work row of nobody) are left out; a household
    whose village has no row stays, the village's facts missing.
    """

    def __init__(
        self, sources: Mapping[Table, ir.Table], asking: Asking, keep: Keep = lazily
    ) -> None:
        self.sources = sources
        self.asking = asking
        self.keep = keep
        self._parts: dict[Leaf, tuple[ir.Table, str]] = {}
        self._depths: dict[Given, int] = {}
        self._names: dict[Leaf, str] = {}
        self._laid: dict[Table, View] = {}

    def view(self, table: Table, asked: Iterable[Node], only: ir.Table | None = None) -> View:
        """The rows of `table` with everything that the asked nodes name.

        `only` is a table of keys, of these rows or of what they belong to: other rows are left out.
        """
        return self._join(table, self._needed(asked), only, whole=True)

    def lay(
        self, table: Table, asked: Iterable[Node], below: Mapping[Table, Iterable[Node]]
    ) -> None:
        """Keep the rows of `table` with all that the asked nodes name, and that nodes asked of the
        tables below name of it. Views of it, and of those below it, are then taken from there."""
        needed = self._needed(asked)
        for lower, nodes_below in below.items():
            needed |= dict.fromkeys(self._divide(lower, self._needed(nodes_below))[1])
        view = self._join(table, needed, whole=True)
        self._laid[table] = View(table, self.keep(view.rows), view.columns)

    def _needed(self, asked: Iterable[Node]) -> dict[Leaf, None]:
        """The leaves of the nodes, their aggregates computed."""
        asked = list(asked)
        self._aggregate(given for node in asked for given in givens(node))
        return dict.fromkeys(leaf for node in asked for leaf in leaves(node))

    # --- aggregates ----------------------------------------------------------------------------

    def _aggregate(self, needed: Iterable[Given]) -> None:
        """Compute every aggregate that is needed and not there yet, the inner ones first."""
        rounds: dict[int, dict[Given, None]] = {}
        waiting = list(needed)
        while waiting:
            given = waiting.pop()
            if isinstance(given, nodes.FactRef) or given in self._parts:
                continue
            rounds.setdefault(self._depth(given), {})[given] = None
            waiting.extend(each for child in given.children for each in givens(child))
        for depth in sorted(rounds):
            self._round(list(rounds[depth]))

    def _depth(self, given: Given) -> int:
        if isinstance(given, nodes.FactRef):
            return 0
        if given not in self._depths:
            inner = [self._depth(each) for child in given.children for each in givens(child)]
            self._depths[given] = 1 + max(inner, default=0)
        return self._depths[given]

    def _round(self, asked: list[Given]) -> None:
        for relation in Relation:
            rows = [
                each for each in asked if isinstance(each, OfRows) and each.relation is relation
            ]
            if rows:
                self._of_rows(relation, rows)
        for each in asked:
            if isinstance(each, nodes.Shared):
                self._shared(each)

    def _of_rows(self, relation: Relation, asked: list[OfRows]) -> None:
        """All aggregates of one relation: those that need no order in one group-by."""
        grouped = [each for each in asked if not isinstance(each, ALONE)]
        if grouped:
            self._grouped(relation, grouped)
        for each in asked:
            if isinstance(each, ALONE):
                self._alone(relation, each)

    def _grouped(self, relation: Relation, asked: list[OfRows]) -> None:
        view = self._join(nodes.CHILD[relation], dict.fromkeys(inside(asked)))
        compiler = view.compiler(self.asking)
        names = {each: f"{relation}_{len(self._parts) + n}" for n, each in enumerate(asked)}
        made = {name: counted(each, view.rows, compiler) for each, name in names.items()}
        rows = view.rows.group_by(list(self.keys(nodes.PARENT[relation]))).aggregate(**made)
        part = self.keep(rows)
        for each, name in names.items():
            self._parts[each] = (part, name)

    def _alone(self, relation: Relation, leaf: OfRows) -> None:
        """An aggregate that orders or groups rows in its own way, over its own columns only."""
        needed = [*inside([leaf]), nodes.TIE_BREAK[relation]]
        view = self._join(nodes.CHILD[relation], dict.fromkeys(needed))
        keys = list(self.keys(nodes.PARENT[relation]))
        name = f"{relation}_{len(self._parts)}"
        rows = alone(leaf, view.rows, view.compiler(self.asking), keys, name)
        self._parts[leaf] = (self.keep(rows), name)

    def _shared(self, leaf: nodes.Shared) -> None:
        """How many persons, or other households, carry the value of each person."""
        name = f"shared_{len(self._parts)}"
        view = self._join(Table.PERSON, [nodes.FactRef(leaf.fact)], whole=True)
        column = view.columns[nodes.FactRef(leaf.fact)]
        rows = view.rows.filter(view.rows[column].notnull())
        own = self.keys(Table.PERSON)
        if leaf.elsewhere:
            homes = rows.select(column, *self.keys(Table.HOUSEHOLD)).distinct()
            counts = homes.group_by(column).aggregate(**{name: homes.count() - 1})
        else:
            counts = rows.group_by(column).aggregate(**{name: rows.count()})
        part = rows.join(counts, column).select(*own, name)
        self._parts[leaf] = (self.keep(part), name)

    # --- joining -------------------------------------------------------------------------------

    def _join(
        self,
        table: Table,
        needed: Iterable[Leaf],
        only: ir.Table | None = None,
        *,
        whole: bool = False,
    ) -> View:
        """The rows of a table with the needed leaves, its own and those of the tables above it.

        `whole` leaves out rows that belong to no row above even where nothing from above is needed;
        the rows of an aggregate find their row above, or none, when it is joined back.
        """
        needed = list(needed)
        laid = self._laid.get(table)
        if laid is not None and all(leaf in laid.columns for leaf in needed):
            rows = laid.rows if only is None else self._among(table, laid.rows, only)
            return View(table, rows, {leaf: laid.columns[leaf] for leaf in needed})
        own, above = self._divide(table, needed)
        rows, columns = self._own_facts(table, own, only)
        kept = list(rows.columns)
        joined = rows
        for (part, home), leaves_there in self._wanted_parts(own).items():
            joined = joined.join(part, list(self.keys(home)), how="left", rname=_RIGHT)
            columns |= leaves_there
            kept.extend(leaves_there.values())
        over = nodes.VISIBLE[table][1:2]
        if over and (above or (whole and over[0] is not Table.VILLAGE)):
            upper = self._join(over[0], above, whole=whole)
            how: Any = "left" if over[0] is Table.VILLAGE else "inner"
            joined = joined.join(upper.rows, list(self.keys(over[0])), how=how, rname=_RIGHT)
            from_above = {leaf: upper.columns[leaf] for leaf in above}
            columns |= from_above
            kept.extend(from_above.values())
        if joined is not rows:
            rows = joined.select(*dict.fromkeys(kept))
        made = [leaf for leaf in own if isinstance(leaf, Made)]
        return self._make(View(table, rows, columns), made)

    def keys(self, table: Table) -> tuple[str, ...]:
        """The columns that tell a row of a table with keys: its number where the source has one."""
        number = NUMBER.get(table, "")
        return (number,) if number in self.sources[table].columns else KEYS[table]

    def _links(self, table: Table) -> tuple[str, ...]:
        """The columns that every row carries: its keys, or those of what it belongs to."""
        found = KEYS[table] if table in KEYS else KEYS[nodes.VISIBLE[table][1]]
        above = nodes.VISIBLE[table][:2]
        numbers = [NUMBER[each] for each in above if each in NUMBER]
        return (*found, *(each for each in numbers if each in self.sources[table].columns))

    def _divide(self, table: Table, needed: Iterable[Leaf]) -> tuple[list[Leaf], list[Leaf]]:
        """The leaves of this table's own rows, with what they are made of, and those from above."""
        own: dict[Leaf, None] = {}
        above: dict[Leaf, None] = {}
        waiting = list(needed)
        while waiting:
            leaf = waiting.pop(0)
            if leaf in own or leaf in above:
                continue
            if not self._at_home(leaf, table):
                above[leaf] = None
                continue
            own[leaf] = None
            if isinstance(leaf, Made):
                waiting.extend(each for child in leaf.children for each in leaves(child))
        return list(own), list(above)

    def _at_home(self, leaf: Leaf, table: Table) -> bool:
        """Whether a leaf is computed in this table rather than above it.

        A village may have no row: what is made of its facts is made below, where missing facts are
        seen as missing, and what its households say is joined by the village code that every row has.
        """
        if isinstance(leaf, OfRows) and leaf.home is Table.VILLAGE:
            return True
        if isinstance(leaf, Made):
            homes = {_home(given) for given in givens(leaf)}
            lowest = next(each for each in nodes.VISIBLE[table] if each in homes)
            return lowest in (table, Table.VILLAGE)
        return _home(leaf) is table

    def _own_facts(
        self, table: Table, own: Iterable[Leaf], only: ir.Table | None
    ) -> tuple[ir.Table, dict[Leaf, str]]:
        source = self.sources[table]
        if only is not None:
            source = self._among(table, source, only)
        facts = {leaf.fact.name: leaf for leaf in own if isinstance(leaf, nodes.FactRef)}
        made = {f"{table}__{name}": each for name, each in typed(table, source, facts).items()}
        rows = source.select(*self._links(table), **made)
        return rows, {leaf: f"{table}__{name}" for name, leaf in facts.items()}

    def _among(self, table: Table, rows: ir.Table, only: ir.Table) -> ir.Table:
        """The rows whose keys, by number or in full, or those of what they belong to, are in `only`."""
        keys = self.keys(table)
        in_full = [key for key in KEYS[table] if key in only.columns]
        by_number = all(key in only.columns for key in keys)
        return rows.semi_join(only, list(keys) if by_number else in_full)

    def _wanted_parts(self, own: Iterable[Leaf]) -> dict[tuple[ir.Table, Table], dict[Leaf, str]]:
        """The tables of aggregates that hold what is wanted, with their columns."""
        wanted: dict[tuple[ir.Table, Table], dict[Leaf, str]] = {}
        for leaf in own:
            if isinstance(leaf, OfRows | nodes.Shared):
                part, name = self._parts[leaf]
                wanted.setdefault((part, leaf.home), {})[leaf] = name
        return wanted

    def _make(self, view: View, made: Sequence[Leaf]) -> View:
        """Add the columns that are made of others, those made of plain columns first."""
        while made:
            ready = [leaf for leaf in made if _made_of(leaf).isdisjoint(made)]
            compiler = view.compiler(self.asking)
            names = {leaf: self._name(leaf) for leaf in ready}
            rows = view.rows.mutate(
                **{name: _compiled(compiler, leaf) for leaf, name in names.items()}
            )
            view = View(view.table, rows, {**view.columns, **names})
            made = [leaf for leaf in made if leaf not in names]
        return view

    def _name(self, leaf: Leaf) -> str:
        return self._names.setdefault(leaf, f"made_{len(self._names)}")


def _made_of(leaf: Leaf) -> set[Leaf]:
    return {each for child in leaf.children for each in leaves(child)}


def _compiled(compiler: Compiler, leaf: Leaf) -> ir.Value:
    return compiler.truth(leaf) if isinstance(leaf, nodes.Condition) else compiler.value(leaf)


def _home(given: Given) -> Table | None:
    return given.fact.table if isinstance(given, nodes.FactRef) else given.home
