"""From typed nodes to Ibis expressions over one table whose columns hold every leaf.

Two-valued: `truth` is never missing. Exact: a division is compared by multiplying out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add, and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.packing import Packed, in_place, is_packed
from bangfu.core.periods import month_of
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import Scalar, Type

_MISSING_DTYPES = {
    Type.BOOL: "boolean",
    Type.INT: "int64",
    Type.DECIMAL: "decimal(38, 6)",
    Type.MONEY: "int64",
    Type.TEXT: "string",
    Type.DATE: "date",
    Type.MONTH: "int64",
    Type.VALUES: "array<string>",
    Type.TOKEN: "string",
}
_COMPARE: dict[str, Callable[[ir.Value, ir.Value], ir.BooleanValue]] = {
    "==": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
# Wide enough for areas in hundredths times a share in millionths, and for every sum of fen.
_EXACT = "decimal(38, 10)"
_FLIPPED = {"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
# What an aggregate is for a row that has no rows in the relation.
_WITHOUT_ROWS: dict[type[Node], int | bool] = {
    nodes.AnyRow: False,
    nodes.Overlaps: False,
    nodes.Conflicts: False,
    nodes.CountRows: 0,
    nodes.SumRows: 0,
    nodes.Shared: 0,
}


@dataclass(frozen=True)
class Asking:
    """What the rules are asked with: the date, and the values of every parameter with a key.

    `parameters` maps a key to (place prefix, values), the most specific place first.
    """

    today: date
    parameters: Mapping[str, Sequence[tuple[str, tuple[Scalar, ...]]]]


class Compiler:
    """Compiles nodes over one table; equal nodes are compiled once.

    `leaves` has a column for every fact and aggregate the nodes name; `place` is the place code.
    """

    def __init__(self, leaves: Mapping[Node, ir.Value], place: ir.Value, asking: Asking) -> None:
        self.leaves = leaves
        self.place = place
        self.asking = asking
        self._values: dict[Node, ir.Value] = {}
        self._truths: dict[Node, ir.BooleanValue] = {}

    def truth(self, node: Node) -> ir.BooleanValue:
        """Whether the condition holds: true or false."""
        if node not in self._truths:
            ready = self.leaves.get(node) if isinstance(node, nodes.Condition) else None
            self._truths[node] = self._truth(node) if ready is None else ready
        return self._truths[node]

    def value(self, node: Node) -> ir.Value:
        """The value of a node; missing is null."""
        if node not in self._values:
            ready = self.leaves.get(node) if isinstance(node, nodes.Call) else None
            self._values[node] = self._value(node) if ready is None else ready
        return self._values[node]

    def _truth(self, node: Node) -> ir.BooleanValue:
        ask = _TRUTHS.get(type(node))
        return self.value(node).fill_null(False) if ask is None else ask(self, node)

    def _value(self, node: Node) -> ir.Value:
        if isinstance(node, nodes.Condition):
            return self.truth(node)
        return _VALUES[type(node)](self, node)

    def _given(self, node: Node) -> ir.Value:
        """A column of these rows; an aggregate of no rows at all has its own answer."""
        held = self._packed(node)
        if held is not None:
            return held.written
        column = self.leaves[node]
        default = _WITHOUT_ROWS.get(type(node))
        return column if default is None else column.fill_null(default)

    def _packed(self, node: Node) -> Packed | None:
        """The fact that a node is, where these rows hold it as numbers."""
        fact = unnamed(node)
        if not isinstance(fact, nodes.FactRef) or not is_packed(fact.fact, self.leaves[fact]):
            return None
        return Packed(fact.fact, self.leaves[fact])

    # --- conditions ----------------------------------------------------------------------------

    def _missing(self, argument: Node) -> ir.BooleanValue:
        plain = unnamed(argument)
        if isinstance(plain, nodes.Collect):
            return reduce(and_, (self.value(each).isnull() for each in plain.arguments))
        held = self._packed(argument)
        return (self.value(argument) if held is None else held.column).isnull()

    def _compare(self, node: nodes.Compare) -> ir.BooleanValue:
        left, right = node.left, node.right
        if isinstance(left, nodes.Ratio):
            return self._compare_ratio(node.operator, left, right)
        if isinstance(right, nodes.Ratio):
            return self._compare_ratio(_FLIPPED[node.operator], right, left)
        held = self._packed(left)
        if held is not None and node.operator == "==" and isinstance(right, nodes.Literal):
            return held.among([right.value])
        return _compared(node.operator, self.value(left), self.value(right))

    def _compare_ratio(self, operator: str, ratio: nodes.Ratio, other: Node) -> ir.BooleanValue:
        """over / under <operator> other, multiplied out; under zero is missing."""
        over, under = self.value(ratio.over), self.value(ratio.under)
        product = self.value(other) * under
        return ibis.cases(
            (under > 0, _compared(operator, over, product)),
            (under < 0, _compared(_FLIPPED[operator], over, product)),
            else_=ibis.null("boolean"),
        )

    def _is_in(self, node: nodes.In) -> ir.BooleanValue:
        return self._per_place(node.options, self._in(node.argument)).fill_null(False)

    def _in(self, argument: Node) -> Callable[[Sequence[Scalar], Type], ir.BooleanValue]:
        held = self._packed(argument)
        if held is not None:
            return lambda options, _: held.among(options)
        value = self.value(argument)
        if value.type().is_decimal():
            value = value.cast(_EXACT)

        def among(options: Sequence[Scalar], kind: Type) -> ir.BooleanValue:
            if not options:
                return ibis.literal(False)
            constants = [constant(each, kind) for each in options]
            if value.type().is_decimal():
                constants = [each.cast(_EXACT) for each in constants]
            return value.isin(constants)

        return among

    def _text_test(
        self,
        node: nodes.StartsWith | nodes.Contains,
        test: Callable[[ir.StringValue, str], ir.BooleanValue],
        of_listed: Callable[[str, str], bool],
    ) -> ir.BooleanValue:
        """`test` of a column, `of_listed` of a value of its closed list."""
        held = self._packed(node.text)
        if held is not None:
            return self._per_place(
                node.options,
                lambda options, _: held.fits(
                    lambda value: any(of_listed(value, str(part)) for part in options)
                ),
            ).fill_null(False)
        text = self.value(node.text)

        def some(options: Sequence[Scalar], _: Type) -> ir.BooleanValue:
            tests = (test(text, str(part)) for part in options)
            return reduce(or_, tests) if options else ibis.literal(False)

        return self._per_place(node.options, some).fill_null(False)

    def _holds(self, node: nodes.Holds) -> ir.BooleanValue:
        held = self._packed(node.values)
        if held is not None and isinstance(node.text, nodes.Literal):
            return held.holds(node.text.value).fill_null(False)
        text = self.value(node.text)
        plain = unnamed(node.values)
        if isinstance(plain, nodes.Collect):
            equal = ((self.value(each) == text).fill_null(False) for each in plain.arguments)
            return reduce(or_, equal)
        return self.value(node.values).contains(text).fill_null(False)

    # --- parameters ----------------------------------------------------------------------------

    def _parameter(self, node: nodes.Parameter) -> ir.Value:
        return self._per_place(node, lambda values, kind: constant(values[0], kind))

    def _per_place(
        self,
        options: nodes.Options | nodes.Parameter,
        make: Callable[[Sequence[Scalar], Type], ir.Value],
    ) -> ir.Value:
        """What `make` makes of the values in force at the place of the row."""
        if isinstance(options, nodes.Options) or not options.key:
            return make(options.values, options.type)
        by_place = self.asking.parameters[options.key]
        cases = [
            (in_place(self.place, prefix), make(values, options.type))
            for prefix, values in by_place
        ]
        if not cases:
            return ibis.null(_MISSING_DTYPES[options.type])
        if by_place[0][0] == "":
            return cases[0][1]
        return ibis.cases(*cases, else_=ibis.null(cases[0][1].type()))

    # --- values --------------------------------------------------------------------------------

    def _arithmetic(self, node: nodes.Arithmetic) -> ir.Value:
        left, right = self.value(node.left), self.value(node.right)
        if node.operator == "+":
            return left + right
        return left - right if node.operator == "-" else left * right

    def _choose(self, node: nodes.Choose) -> ir.Value:
        then = self.value(node.then)
        other = ibis.null(then.type()) if node.other is None else self.value(node.other)
        return self.truth(node.condition).ifelse(then, other)

    def _collect(self, node: nodes.Collect) -> ir.Value:
        found = ibis.array([self.value(each) for each in node.arguments])
        found = found.filter(lambda each: each.notnull())
        return self._missing(node).ifelse(ibis.null("array<string>"), found)

    def size(self, arguments: Sequence[Node]) -> ir.Value:
        """How many distinct values; 0 when missing."""
        plain = unnamed(arguments[0])
        if not isinstance(plain, nodes.Collect):
            values = self.value(arguments[0])
            # Most lists hold one value; only the others are worth the dear way.
            distinct = (values.length() > 1).ifelse(values.unique().length(), values.length())
            return distinct.fill_null(0)
        values = [self.value(each) for each in plain.arguments]
        counted = []
        for number, value in enumerate(values):
            known = value.notnull()
            for earlier in values[:number]:
                known = known & ~(value == earlier).fill_null(False)
            counted.append(known.ifelse(1, 0))
        return reduce(add, counted)

    def length(self, arguments: Sequence[Node]) -> ir.Value:
        """Letters of a text."""
        return self.value(arguments[0]).length()

    def age(self, arguments: Sequence[Node]) -> ir.Value:
        """Completed years from birth to a date, or to the first day of a month."""
        birth = self.value(arguments[0])
        year, day = self._year_and_day(arguments[1])
        passed = birth.month() * 100 + birth.day()
        return year - birth.year() - (passed > day).ifelse(1, 0)

    def _year_and_day(self, node: Node) -> tuple[ir.Value, ir.Value]:
        """The year, and month × 100 + day."""
        fixed = self.fixed_date(node)
        if fixed is not None:
            return ibis.literal(fixed.year), ibis.literal(fixed.month * 100 + fixed.day)
        value = self.value(node)
        if node.type is Type.MONTH:
            return value // 100, value % 100 * 100 + 1
        return value.year(), value.month() * 100 + value.day()

    def fixed_date(self, node: Node) -> date | None:
        """The date that a node is for every row, if it is."""
        if isinstance(node, nodes.Today):
            return self.asking.today
        if isinstance(node, nodes.Literal) and isinstance(node.value, date):
            return node.value
        return None

    def months(self, arguments: Sequence[Node]) -> ir.Value:
        """Whole months from a month to a month."""
        start, end = (self.value(each) for each in arguments)
        return (end // 100 - start // 100) * 12 + (end % 100 - start % 100)

    def year(self, arguments: Sequence[Node]) -> ir.Value:
        """The year of a month or a date."""
        return self._year_and_day(arguments[0])[0]

    def month(self, arguments: Sequence[Node]) -> ir.Value:
        """The month of a date, as YYYYMM."""
        (argument,) = arguments
        if argument.type is Type.MONTH:
            return self.value(argument)
        fixed = self.fixed_date(argument)
        if fixed is not None:
            return constant(month_of(fixed), Type.MONTH)
        value = self.value(argument)
        return value.year() * 100 + value.month()

    def month_no(self, arguments: Sequence[Node]) -> ir.Value:
        """1 to 12."""
        return self.month(arguments) % 100


_TRUTHS: dict[type[Node], Callable[[Compiler, Any], ir.BooleanValue]] = {
    nodes.Named: lambda compiler, node: compiler.truth(node.body),
    nodes.Literal: lambda compiler, node: ibis.literal(bool(node.value)),
    nodes.Not: lambda compiler, node: ~compiler.truth(node.argument),
    nodes.And: lambda compiler, node: reduce(and_, map(compiler.truth, node.arguments)),
    nodes.Or: lambda compiler, node: reduce(or_, map(compiler.truth, node.arguments)),
    nodes.IsMissing: lambda compiler, node: compiler._missing(node.argument),
    nodes.Compare: lambda compiler, node: compiler._compare(node).fill_null(False),
    nodes.In: Compiler._is_in,
    nodes.Holds: Compiler._holds,
    nodes.StartsWith: lambda compiler, node: compiler._text_test(
        node, ir.StringValue.startswith, str.startswith
    ),
    nodes.Contains: lambda compiler, node: compiler._text_test(
        node, ir.StringValue.contains, str.__contains__
    ),
}
_VALUES: dict[type[Node], Callable[[Compiler, Any], ir.Value]] = {
    nodes.FactRef: Compiler._given,
    nodes.AnyRow: Compiler._given,
    nodes.CountRows: Compiler._given,
    nodes.SumRows: Compiler._given,
    nodes.PickRow: Compiler._given,
    nodes.Overlaps: Compiler._given,
    nodes.Conflicts: Compiler._given,
    nodes.Shared: Compiler._given,
    nodes.Named: lambda compiler, node: compiler.value(node.body),
    nodes.Literal: lambda compiler, node: constant(node.value, node.kind),
    nodes.Today: lambda compiler, node: ibis.literal(compiler.asking.today),
    nodes.Parameter: Compiler._parameter,
    nodes.Arithmetic: Compiler._arithmetic,
    nodes.Choose: Compiler._choose,
    nodes.Collect: Compiler._collect,
    nodes.Call: lambda compiler, node: _CALLS[node.name](compiler, node.arguments),
}
_CALLS: dict[str, Callable[[Compiler, Sequence[Node]], ir.Value]] = {
    "size": Compiler.size,
    "length": Compiler.length,
    "age": Compiler.age,
    "months": Compiler.months,
    "year": Compiler.year,
    "month": Compiler.month,
    "month_no": Compiler.month_no,
}


def _compared(operator: str, left: ir.Value, right: ir.Value) -> ir.BooleanValue:
    """A comparison; Ibis compares decimals of one precision and scale only."""
    if left.type().is_decimal() or right.type().is_decimal():
        left, right = left.cast(_EXACT), right.cast(_EXACT)
    return _COMPARE[operator](left, right)


def unnamed(node: Node) -> Node:
    """What a derived fact or definition stands for."""
    while isinstance(node, nodes.Named):
        node = node.body
    return node


def constant(value: Scalar, kind: Type) -> ir.Value:
    """A literal of the language as an Ibis literal."""
    if isinstance(value, Decimal):
        places = max(0, -int(value.as_tuple().exponent))
        return ibis.literal(value, f"decimal(18, {places})")
    if kind in (Type.INT, Type.MONEY, Type.MONTH):
        return ibis.literal(value, "int64")
    return ibis.literal(value)
