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
from functools import cache
from typing import Any, get_args

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import typed
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.nodes import KEYS, Node, OfRows, Relation

# Holds a table expression so that it is computed once: a temporary table, or the expression itself.
Keep = Callable[[ir.Table], ir.Table]
# What a row has of its own: a fact, or what its rows or its likes say.
Given = nodes.FactRef | OfRows | nodes.Shared
# Made of givens once, in the table whose facts it names, then carried like a fact.
Made = (
    nodes.Compare
    | nodes.In
    | nodes.Holds
    | nodes.StartsWith
    | nodes.Contains
    | nodes.IsMissing
    | nodes.Call
)
Leaf = Given | Made
_GIVEN = get_args(Given)
_MADE = get_args(Made)


def lazily(table: ir.Table) -> ir.Table:
    """Keep nothing: the whole plan stays one expression."""
    return table


@cache
def givens(node: Node) -> tuple[Given, ...]:
    """The facts and aggregates of the row that a node names, each once."""
    return tuple(_found(node, lambda each: isinstance(each, _GIVEN)))


@cache
def leaves(node: Node) -> tuple[Leaf, ...]:
    """The columns that a node is put together from, each once."""
    return tuple(_found(node, _is_leaf))


def _is_leaf(node: Node) -> bool:
    return isinstance(node, _GIVEN) or (isinstance(node, _MADE) and bool(givens(node)))


def _found(node: Node, wanted: Callable[[Node], bool]) -> list[Any]:
    found: dict[Node, None] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if wanted(each):
            found[each] = None
        else:
            waiting.extend(reversed(each.children))
    return list(found)


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

    def view(self, table: Table, asked: Iterable[Node], only: ir.Table | None = None) -> View:
        """The rows of `table` with everything that the asked nodes name.

        `only` is a table of keys, of these rows or of what they belong to: other rows are left out.
        """
        asked = list(asked)
        self._aggregate(given for node in asked for given in givens(node))
        needed = dict.fromkeys(leaf for node in asked for leaf in leaves(node))
        return self._join(table, needed, only, whole=True)

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
        """All aggregates of one relation, in one group-by."""
        inner = dict.fromkeys(leaf for each in asked for leaf in _inside(each))
        view = self._join(nodes.CHILD[relation], inner)
        keys = KEYS[nodes.PARENT[relation]]
        windows = _Windows(relation, keys, view.compiler(self.asking))
        for each in asked:
            windows.prepare(each)
        rows = view.rows.mutate(**windows.columns) if windows.columns else view.rows
        over = View(view.table, rows, view.columns).compiler(self.asking)
        names = {each: f"{relation}_{len(self._parts) + n}" for n, each in enumerate(asked)}
        made = {name: _aggregate(each, rows, over, windows) for each, name in names.items()}
        part = self.keep(rows.group_by(list(keys)).aggregate(**made))
        for each, name in names.items():
            self._parts[each] = (part, name)

    def _shared(self, leaf: nodes.Shared) -> None:
        """How many persons, or other households, carry the value of each person."""
        name = f"shared_{len(self._parts)}"
        view = self._join(Table.PERSON, [nodes.FactRef(leaf.fact)], whole=True)
        column = view.columns[nodes.FactRef(leaf.fact)]
        rows = view.rows.filter(view.rows[column].notnull())
        own = list(KEYS[Table.PERSON])
        if leaf.elsewhere:
            homes = rows.select(column, "place_code", "household_no").distinct()
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
        own, above = self._divide(table, needed)
        rows, columns = self._own_facts(table, own, only)
        rows = self._join_parts(rows, own, columns)
        over = nodes.VISIBLE[table][1:2]
        if over and (above or (whole and over[0] is not Table.VILLAGE)):
            upper = self._join(over[0], above, whole=whole)
            rows = _join_upper(rows, upper.rows, KEYS[over[0]], kept=over[0] is Table.VILLAGE)
            columns |= upper.columns
        made = [leaf for leaf in own if isinstance(leaf, Made)]
        return self._make(View(table, rows, columns), made)

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
        keys = _keys(table)
        source = self.sources[table]
        if only is not None:
            source = source.semi_join(only, [key for key in keys if key in only.columns])
        facts = {leaf.fact.name: leaf for leaf in own if isinstance(leaf, nodes.FactRef)}
        made = {f"{table}__{name}": each for name, each in typed(table, source, facts).items()}
        rows = source.select(**{key: source[key] for key in keys}, **made)
        return rows, {leaf: f"{table}__{name}" for name, leaf in facts.items()}

    def _join_parts(
        self, rows: ir.Table, own: Iterable[Leaf], columns: dict[Leaf, str]
    ) -> ir.Table:
        wanted: dict[tuple[ir.Table, Table], list[str]] = {}
        for leaf in own:
            if isinstance(leaf, OfRows | nodes.Shared):
                part, name = self._parts[leaf]
                wanted.setdefault((part, leaf.home), []).append(name)
                columns[leaf] = name
        for (part, home), names in wanted.items():
            keys = KEYS[home]
            rows = _join_upper(rows, part.select(*keys, *names), keys, kept=True)
        return rows

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


class _Windows:
    """Columns over the rows in order that first, last, overlaps and conflict need beforehand."""

    def __init__(self, relation: Relation, keys: tuple[str, ...], compiler: Compiler) -> None:
        self.relation = relation
        self.keys = list(keys)
        self.compiler = compiler
        self.columns: dict[str, ir.Value] = {}
        self.names: dict[OfRows, str] = {}

    def prepare(self, leaf: OfRows) -> None:
        """Add the column that an aggregate needs, if it needs one."""
        made: ir.Value
        if isinstance(leaf, nodes.PickRow):
            made = self._number(leaf)
        elif isinstance(leaf, nodes.Overlaps):
            made = self._overlap(leaf)
        elif isinstance(leaf, nodes.Conflicts):
            made = self._conflict(leaf)
        else:
            return
        self.names[leaf] = f"window_{len(self.names)}"
        self.columns[self.names[leaf]] = made

    def _order(self, by: Iterable[Node], *, last: bool) -> list[ir.Value]:
        """Rows whose `by` is missing come first; `last` turns the whole order round."""
        columns = [self.compiler.value(each) for each in by]
        tie = self.compiler.leaves[nodes.TIE_BREAK[self.relation]]
        if last:
            return [each.desc(nulls_first=False) for each in (*columns, tie)]
        return [each.asc(nulls_first=True) for each in (*columns, tie)]

    def _number(self, leaf: nodes.PickRow) -> ir.Value:
        """Whether this is the row that is picked."""
        meets = self.compiler.truth(leaf.condition)
        order = [meets.desc(), *self._order(leaf.by, last=leaf.last)]
        window = ibis.window(group_by=self.keys, order_by=order)
        return (ibis.row_number().over(window) == 0) & meets

    def _overlap(self, leaf: nodes.Overlaps) -> ir.Value:
        """Whether this row starts before the end of the row before it."""
        window = ibis.window(group_by=self.keys, order_by=self._order((leaf.start,), last=False))
        before = self.compiler.value(leaf.end).lag().over(window)
        return (self.compiler.value(leaf.start) < before).fill_null(False)

    def _conflict(self, leaf: nodes.Conflicts) -> ir.Value:
        """Whether a row with the same `same` has another `value`."""
        value, same = self.compiler.value(leaf.value), self.compiler.value(leaf.same)
        window = ibis.window(group_by=[*self.keys, same])
        differ = (value.min().over(window) != value.max().over(window)).fill_null(False)
        blank = value.isnull()
        some = blank.ifelse(1, 0).max().over(window) != blank.ifelse(1, 0).min().over(window)
        return same.notnull() & (differ | some)


def _inside(leaf: OfRows) -> list[Leaf]:
    """What an aggregate needs of its own rows."""
    found = [each for child in leaf.children for each in leaves(child)]
    if isinstance(leaf, nodes.PickRow | nodes.Overlaps):
        found.append(nodes.TIE_BREAK[leaf.relation])
    return found


def _aggregate(leaf: OfRows, rows: ir.Table, compiler: Compiler, windows: _Windows) -> ir.Value:
    """The aggregate as an expression of a group-by."""
    match leaf:
        case nodes.AnyRow(condition=condition):
            truth = compiler.truth(condition)
            return (
                truth.any() if isinstance(truth, ir.BooleanColumn) else rows.count(where=truth) > 0
            )
        case nodes.CountRows(condition=condition):
            return rows.count(where=compiler.truth(condition))
        case nodes.SumRows(value=value, condition=condition):
            return exact_sum(compiler.value(value), compiler.truth(condition))
        case nodes.PickRow(value=value):
            return _picked(compiler.value(value), rows[windows.names[leaf]])
    return rows[windows.names[leaf]].any()


def exact_sum(value: ir.Value, where: ir.BooleanValue) -> ir.Value:
    """A sum in the type of its terms, 0 without any.

    Engines widen sums of whole numbers (HUGEINT, numeric), which Ibis takes for int64 already, so
    that a plain cast would be left out.
    """
    total = value.sum(where=where).fill_null(0)
    return total.cast("decimal(38, 0)").cast("int64") if value.type().is_integer() else total


def _picked(value: ir.Value, chosen: ir.BooleanValue) -> ir.Value:
    """The value in the one chosen row."""
    if value.type().is_boolean():
        return value.cast("int32").max(where=chosen) == 1
    return value.max(where=chosen)


def _home(given: Given) -> Table:
    return given.fact.table if isinstance(given, nodes.FactRef) else given.home


def _keys(table: Table) -> tuple[str, ...]:
    """The columns that tie a row to its own kind or to what it belongs to."""
    return KEYS[table] if table in KEYS else KEYS[nodes.VISIBLE[table][1]]


def _join_upper(left: ir.Table, right: ir.Table, keys: tuple[str, ...], *, kept: bool) -> ir.Table:
    """Rows with the columns of what they belong to; `kept` keeps those that belong to nothing."""
    how = "left" if kept else "inner"
    joined = left.join(right, list(keys), how=how, rname="{name}__right")
    return joined.drop(*(f"{key}__right" for key in keys if f"{key}__right" in joined.columns))
