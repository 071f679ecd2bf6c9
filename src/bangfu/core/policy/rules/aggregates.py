"""What the rows of a relation say of the row they belong to, as table expressions.

Any, count and sum are columns of one group-by. The others look at rows beside each other, each in its
own way; they read their own columns only, since ordering rows carries every column along.
"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Compiler
from bangfu.core.policy.rules.leaves import Leaf, leaves
from bangfu.core.policy.rules.nodes import OfRows

# Aggregates that look at rows beside each other.
ALONE = (nodes.PickRow, nodes.Overlaps, nodes.Conflicts)


def _order(columns: Iterable[ir.Value], *, last: bool) -> list[ir.Value]:
    """Rows where a column is missing come first; `last` turns the whole order round."""
    if last:
        return [each.desc(nulls_first=False) for each in columns]
    return [each.asc(nulls_first=True) for each in columns]


def inside(asked: Iterable[OfRows]) -> list[Leaf]:
    """What aggregates need of their own rows."""
    return [leaf for each in asked for child in each.children for leaf in leaves(child)]


def counted(leaf: OfRows, rows: ir.Table, compiler: Compiler) -> ir.Value:
    """Any, count or sum as an expression of a group-by."""
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
    raise TypeError(f"no aggregate of a group-by: {leaf}")


def exact_sum(value: ir.Value, where: ir.BooleanValue) -> ir.Value:
    """A sum in the type of its terms, 0 without any.

    Engines widen sums of whole numbers (HUGEINT, numeric), which Ibis takes for int64 already, so
    that a plain cast would be left out.
    """
    total = value.sum(where=where).fill_null(0)
    return total.cast("decimal(38, 0)").cast("int64") if value.type().is_integer() else total


def alone(leaf: OfRows, rows: ir.Table, compiler: Compiler, keys: list[str], name: str) -> ir.Table:
    """A table of one `ALONE` aggregate: the keys it belongs to, and the value under `name`."""
    match leaf:
        case nodes.PickRow():
            return _picked(leaf, rows, compiler, keys, name)
        case nodes.Overlaps():
            return _overlapping(leaf, rows, compiler, keys, name)
        case nodes.Conflicts():
            return _conflicting(leaf, rows, compiler, keys, name)
    raise TypeError(f"an aggregate of a group-by: {leaf}")


def _picked(
    leaf: nodes.PickRow, rows: ir.Table, compiler: Compiler, keys: list[str], name: str
) -> ir.Table:
    """The value in the first or last of the rows that meet the condition."""
    by = (*leaf.by, nodes.TIE_BREAK[leaf.relation])
    columns = {f"by_{number}": compiler.value(each) for number, each in enumerate(by)}
    value, meets = compiler.value(leaf.value), compiler.truth(leaf.condition)
    rows = rows.select(*keys, **{name: value}, **columns, meets=meets)
    rows = rows.filter(rows.meets)
    order = _order([rows[column] for column in columns], last=leaf.last)
    number = ibis.row_number().over(ibis.window(group_by=keys, order_by=order))
    rows = rows.select(*keys, name, number=number)
    return rows.filter(rows.number == 0).drop("number")


def _overlapping(
    leaf: nodes.Overlaps, rows: ir.Table, compiler: Compiler, keys: list[str], name: str
) -> ir.Table:
    """Whether some row starts before the end of the row before it."""
    by = (leaf.start, nodes.TIE_BREAK[leaf.relation])
    order = _order([compiler.value(each) for each in by], last=False)
    before = compiler.value(leaf.end).lag().over(ibis.window(group_by=keys, order_by=order))
    early = (compiler.value(leaf.start) < before).fill_null(False)
    rows = rows.select(*keys, early=early)
    return rows.group_by(keys).aggregate(**{name: rows.early.any()})


def _conflicting(
    leaf: nodes.Conflicts, rows: ir.Table, compiler: Compiler, keys: list[str], name: str
) -> ir.Table:
    """Whether rows with the same `same` have another `value`, or only some of them have one."""
    rows = rows.select(*keys, same=compiler.value(leaf.same), value=compiler.value(leaf.value))
    rows = rows.filter(rows.same.notnull())
    alike = rows.group_by([*keys, "same"]).aggregate(
        low=rows.value.min(), high=rows.value.max(), known=rows.value.count(), rows=rows.count()
    )
    differ = (alike.low != alike.high).fill_null(False)
    some = (alike.known > 0) & (alike.known < alike.rows)
    return alike.group_by(keys).aggregate(**{name: (differ | some).any()})
