"""The rule language once more, slow and obvious, to hold the engines against.

Rows are dicts; a rule is evaluated for one row after the other, straight from its typed nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from bangfu.core.facts.model import Table
from bangfu.core.periods import age_on, months_between
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.nodes import KEYS, Node, Relation
from bangfu.core.policy.rules.types import Type

Row = Mapping[str, Any]


def blank(value: Any) -> Any:
    """What counts as missing is None."""
    return None if value == "" or value == [] else value


@dataclass(frozen=True, eq=False)
class World:
    """All rows, by table, and what the rules are asked with."""

    rows: Mapping[Table, Sequence[Row]]
    today: date
    parameters: Mapping[str, Callable[[str], tuple]] | None = None

    @cache  # noqa: B019  # a world lives as long as its test
    def of(self, table: Table) -> list[Context]:
        """Every row of a table with the rows it belongs to; rows that belong to none are no rows."""
        found = []
        for row in self.rows.get(table, ()):
            context = Context(self, table, row)
            above = nodes.VISIBLE[table][1:]
            if all(context.row(each) is not None for each in above if each is not Table.VILLAGE):
                found.append(context)
        return found


@dataclass(frozen=True, eq=False)
class Context:
    """One row, seen with the rows it belongs to."""

    world: World
    table: Table
    own: Row

    @cache  # noqa: B019
    def row(self, table: Table) -> Row | None:
        """The row itself, or the one of that table it belongs to."""
        if table is self.table:
            return self.own
        keys = KEYS[table]
        for row in self.world.rows.get(table, ()):
            if all(row[key] == self.own[key] for key in keys):
                return row
        return None

    @cache  # noqa: B019
    def children(self, relation: Relation) -> list[Context]:
        """The rows of a relation, of this row or of the one it belongs to."""
        keys = KEYS[nodes.PARENT[relation]]
        return [
            child
            for child in self.world.of(nodes.CHILD[relation])
            if all(child.own[key] == self.own[key] for key in keys)
        ]


def truth(node: Node, context: Context) -> bool:
    """Whether a condition holds: a missing answer is no."""
    return value(node, context) is True


def value(node: Node, context: Context) -> Any:
    """The value of a node for a row; None is missing."""
    return _VALUES[type(node)](node, context)


def _fact(node: nodes.FactRef, context: Context) -> Any:
    row = context.row(node.fact.table)
    return None if row is None else blank(row.get(node.fact.name))


def _parameter(node: nodes.Parameter, context: Context) -> Any:
    values = node.values
    if node.key:
        values = context.world.parameters[node.key](context.own["place_code"])
    return tuple(values) if node.many else values[0]


def _compare(node: nodes.Compare, context: Context) -> bool:
    left, right = value(node.left, context), value(node.right, context)
    if left is None or right is None:
        return False
    if node.operator == "==":
        return left == right
    if node.operator == "<":
        return left < right
    if node.operator == "<=":
        return left <= right
    return left > right if node.operator == ">" else left >= right


def _options(node: nodes.Options | nodes.Parameter, context: Context) -> tuple:
    if isinstance(node, nodes.Options):
        return node.values
    found = _parameter(node, context)
    return found if node.many else (found,)


def _in(node: nodes.In, context: Context) -> bool:
    left = value(node.argument, context)
    return left is not None and left in _options(node.options, context)


def _holds(node: nodes.Holds, context: Context) -> bool:
    values, text = value(node.values, context), value(node.text, context)
    return values is not None and text is not None and text in values


def _starts(node: nodes.StartsWith, context: Context) -> bool:
    text = value(node.text, context)
    return text is not None and any(text.startswith(x) for x in _options(node.options, context))


def _contains(node: nodes.Contains, context: Context) -> bool:
    text = value(node.text, context)
    return text is not None and any(x in text for x in _options(node.options, context))


def _arithmetic(node: nodes.Arithmetic, context: Context) -> Any:
    left, right = value(node.left, context), value(node.right, context)
    if left is None or right is None:
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[node.operator]


def _ratio(node: nodes.Ratio, context: Context) -> Any:
    over, under = value(node.over, context), value(node.under, context)
    if over is None or under is None or under == 0:
        return None
    return Fraction(over) / Fraction(under)


def _choose(node: nodes.Choose, context: Context) -> Any:
    if truth(node.condition, context):
        return value(node.then, context)
    return None if node.other is None else value(node.other, context)


def _collect(node: nodes.Collect, context: Context) -> Any:
    found = [value(each, context) for each in node.arguments]
    return [each for each in found if each is not None] or None


def _matching(node: Any, context: Context) -> list[Context]:
    return [row for row in context.children(node.relation) if truth(node.condition, row)]


def _sum(node: nodes.SumRows, context: Context) -> Any:
    found = [value(node.value, row) for row in _matching(node, context)]
    zero = Decimal(0) if node.type is Type.DECIMAL else 0
    return sum((each for each in found if each is not None), zero)


def _key(by: Sequence[Node], relation: Relation) -> Callable[[Context], tuple]:
    def key(row: Context) -> tuple:
        found = [value(each, row) for each in (*by, nodes.TIE_BREAK[relation])]
        return tuple((each is not None, each if each is not None else 0) for each in found)

    return key


def _pick(node: nodes.PickRow, context: Context) -> Any:
    rows = sorted(_matching(node, context), key=_key(node.by, node.relation))
    if not rows:
        return None
    return value(node.value, rows[-1 if node.last else 0])


def _overlaps(node: nodes.Overlaps, context: Context) -> bool:
    rows = sorted(context.children(node.relation), key=_key((node.start,), node.relation))
    for before, after in pairwise(rows):
        end, start = value(node.end, before), value(node.start, after)
        if end is not None and start is not None and start < end:
            return True
    return False


def _conflicts(node: nodes.Conflicts, context: Context) -> bool:
    rows = context.children(node.relation)
    pairs = [(value(node.same, row), value(node.value, row)) for row in rows]
    return any(
        same is not None and same == other_same and found != other_found
        for same, found in pairs
        for other_same, other_found in pairs
    )


def _shared(node: nodes.Shared, context: Context) -> int:
    own = blank(context.row(Table.PERSON).get(node.fact.name))
    if own is None:
        return 0
    persons = context.world.of(Table.PERSON)
    alike = [each.own for each in persons if blank(each.own.get(node.fact.name)) == own]
    if not node.elsewhere:
        return len(alike)
    homes = {(row["place_code"], row["household_no"]) for row in alike}
    return len(homes - {(context.own["place_code"], context.own["household_no"])})


def _call(node: nodes.Call, context: Context) -> Any:
    arguments = [value(each, context) for each in node.arguments]
    if node.name == "size":
        return len(set(arguments[0] or ()))
    if any(each is None for each in arguments):
        return None
    return _FUNCTIONS[node.name](*arguments)


def _day(moment: date | int) -> date:
    return moment if isinstance(moment, date) else date(moment // 100, moment % 100, 1)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "length": len,
    "age": lambda birth, on: age_on(birth, _day(on)),
    "months": months_between,
    "year": lambda moment: _day(moment).year,
    "month": lambda moment: _day(moment).year * 100 + _day(moment).month,
    "month_no": lambda moment: _day(moment).month,
}
_VALUES: dict[type, Callable[[Any, Context], Any]] = {
    nodes.FactRef: _fact,
    nodes.Literal: lambda node, _: node.value,
    nodes.Parameter: _parameter,
    nodes.Today: lambda _, context: context.world.today,
    nodes.Named: lambda node, context: value(node.body, context),
    nodes.IsMissing: lambda node, context: value(node.argument, context) is None,
    nodes.Not: lambda node, context: not truth(node.argument, context),
    nodes.And: lambda node, context: all(truth(each, context) for each in node.arguments),
    nodes.Or: lambda node, context: any(truth(each, context) for each in node.arguments),
    nodes.Compare: _compare,
    nodes.In: _in,
    nodes.Holds: _holds,
    nodes.StartsWith: _starts,
    nodes.Contains: _contains,
    nodes.Arithmetic: _arithmetic,
    nodes.Ratio: _ratio,
    nodes.Choose: _choose,
    nodes.Collect: _collect,
    nodes.Call: _call,
    nodes.AnyRow: lambda node, context: bool(_matching(node, context)),
    nodes.CountRows: lambda node, context: len(_matching(node, context)),
    nodes.SumRows: _sum,
    nodes.PickRow: _pick,
    nodes.Overlaps: _overlaps,
    nodes.Conflicts: _conflicts,
    nodes.Shared: _shared,
}
