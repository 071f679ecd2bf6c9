"""Many rules over the tables of a snapshot at once.

Every aggregate that any rule asks for (any, count, sum, first … of jobs, plans, incomes, members,
households) is computed once, all of one relation in one group-by, and joined back to the rows it
belongs to. Aggregates that rest on others come a round later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import typed
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.nodes import KEYS, Node, OfRows, Relation

# Holds a table expression so that it is computed once: a temporary table, or the expression itself.
Keep = Callable[[ir.Table], ir.Table]
Leaf = nodes.FactRef | OfRows | nodes.Shared


def lazily(table: ir.Table) -> ir.Table:
    """Keep nothing: the whole plan stays one expression."""
    return table


def leaves(node: Node) -> list[Leaf]:
    """The facts and aggregates of the row that a node names, in order, each once."""
    found: dict[Leaf, None] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, nodes.FactRef | OfRows | nodes.Shared):
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
        columns = {leaf: self.rows[name] for leaf, name in self.columns.items()}
        return Compiler(columns, self.rows["place_code"], asking)


class Composer:
    """Lays rules over `sources` (one Ibis table per kind of row, columns named as the facts)."""

    def __init__(
        self, sources: Mapping[Table, ir.Table], asking: Asking, keep: Keep = lazily
    ) -> None:
        self.sources = sources
        self.asking = asking
        self.keep = keep
        self._parts: dict[Leaf, tuple[ir.Table, str]] = {}
        self._depths: dict[Node, int] = {}

    def view(self, table: Table, asked: Iterable[Node]) -> View:
        """The rows of `table` with everything that the asked nodes name."""
        needed = list(dict.fromkeys(leaf for node in asked for leaf in leaves(node)))
        self._aggregate(needed)
        return self._join(table, needed)

    # --- aggregates ----------------------------------------------------------------------------

    def _aggregate(self, needed: Iterable[Leaf]) -> None:
        """Compute every aggregate that is needed and not there yet, the inner ones first."""
        rounds: dict[int, dict[Leaf, None]] = {}
        waiting = [leaf for leaf in needed if leaf not in self._parts]
        while waiting:
            leaf = waiting.pop()
            if isinstance(leaf, nodes.FactRef):
                continue
            rounds.setdefault(self._depth(leaf), {})[leaf] = None
            waiting.extend(each for each in _inside(leaf) if each not in self._parts)
        for depth in sorted(rounds):
            self._round(list(rounds[depth]))

    def _depth(self, leaf: Leaf) -> int:
        if isinstance(leaf, nodes.FactRef):
            return 0
        if leaf not in self._depths:
            inner = [self._depth(each) for each in _inside(leaf)]
            self._depths[leaf] = 1 + max(inner, default=0)
        return self._depths[leaf]

    def _round(self, asked: list[Leaf]) -> None:
        for relation in Relation:
            rows = [
                leaf for leaf in asked if isinstance(leaf, OfRows) and leaf.relation is relation
            ]
            if rows:
                self._of_rows(relation, rows)
        for leaf in asked:
            if isinstance(leaf, nodes.Shared):
                self._shared(leaf)

    def _of_rows(self, relation: Relation, asked: list[OfRows]) -> None:
        """All aggregates of one relation, in one group-by."""
        inner = [leaf for each in asked for leaf in _inside(each)]
        view = self._join(nodes.CHILD[relation], list(dict.fromkeys(inner)))
        keys = KEYS[nodes.PARENT[relation]]
        compiler = view.compiler(self.asking)
        windows = _Windows(relation, keys, compiler)
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
        view = self._join(Table.PERSON, [nodes.FactRef(leaf.fact)])
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

    def _join(self, table: Table, needed: Iterable[Leaf]) -> View:
        """The rows of a table with the needed facts and aggregates, its own and those above it."""
        needed = list(needed)
        own = [leaf for leaf in needed if _home(leaf) is table]
        above = [leaf for leaf in needed if _home(leaf) is not table]
        keys = _keys(table)
        source = self.sources[table]
        facts = {leaf.fact.name: leaf for leaf in own if isinstance(leaf, nodes.FactRef)}
        rows = source.select(
            **{key: source[key] for key in keys},
            **{f"{table}__{name}": column for name, column in typed(table, source, facts).items()},
        )
        columns: dict[Leaf, str] = {leaf: f"{table}__{name}" for name, leaf in facts.items()}
        rows = self._join_parts(table, rows, own, columns)
        if above:
            over = nodes.VISIBLE[table][1]
            upper = self._join(over, above)
            rows = _left_join(rows, upper.rows, KEYS[over])
            columns |= upper.columns
        return View(table, rows, columns)

    def _join_parts(
        self, table: Table, rows: ir.Table, own: list[Leaf], columns: dict[Leaf, str]
    ) -> ir.Table:
        wanted: dict[ir.Table, list[str]] = {}
        for leaf in own:
            if not isinstance(leaf, nodes.FactRef):
                part, name = self._parts[leaf]
                wanted.setdefault(part, []).append(name)
                columns[leaf] = name
        for part, names in wanted.items():
            keys = KEYS[table]
            rows = _left_join(rows, part.select(*keys, *names), keys)
        return rows


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


def _inside(leaf: Leaf) -> list[Leaf]:
    """What an aggregate needs of its own rows."""
    if isinstance(leaf, nodes.Shared):
        return []
    assert isinstance(leaf, OfRows)
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
        return value.ifelse(1, 0).max(where=chosen) == 1
    return value.max(where=chosen)


def _home(leaf: Leaf) -> Table:
    return leaf.fact.table if isinstance(leaf, nodes.FactRef) else leaf.home


def _keys(table: Table) -> tuple[str, ...]:
    """The columns that tie a row to its own kind or to what it belongs to."""
    return KEYS[table] if table in KEYS else KEYS[nodes.VISIBLE[table][1]]


def _left_join(left: ir.Table, right: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    joined = left.left_join(right, list(keys), rname="{name}__right")
    return joined.drop(*(f"{key}__right" for key in keys))
