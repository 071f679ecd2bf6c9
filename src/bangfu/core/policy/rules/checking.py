"""The type rules of the language: which operations fit which types, and what to say when not."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from datetime import date

from bangfu.core.facts.dictionary import is_closed
from bangfu.core.facts.model import Fact
from bangfu.core.language import Text
from bangfu.core.periods import is_month
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.names import nearest
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import NUMBERS, ORDERED, ZH, Scalar, Type


class Refusal(Exception):
    """A piece of the tree that does not pass, and why."""

    def __init__(self, tree: ast.expr, text: Text) -> None:
        super().__init__(str(text))
        self.tree = tree
        self.text = text


class Noted(Exception):
    """A branch that cannot be read because something inside it has been refused already."""


def require(holds: bool, tree: ast.expr, text: Text) -> None:
    """Refuse the tree with `text` unless the condition holds."""
    if not holds:
        raise Refusal(tree, text)


# --- arithmetic --------------------------------------------------------------------------------


def arithmetic(tree: ast.expr, operator: str, left: Node, right: Node) -> Node:
    """left operator right. Money adds to money, and is multiplied by a number."""
    for side in (left, right):
        require(not isinstance(side, nodes.Ratio), tree, _ONLY_COMPARED)
        require(not _many(side), tree, _LIST_HERE)
    if operator == "/":
        return _ratio(tree, left, right)
    kind = _product(left.type, right.type) if operator == "*" else _sum(left, right)
    require(kind is not None, tree, _no_operation(operator, left, right))
    assert kind is not None
    if kind is Type.MONEY and operator != "*":
        left, right = literal_as(left, kind), literal_as(right, kind)
    return nodes.Arithmetic(operator, left, right, kind)


def _sum(left: Node, right: Node) -> Type | None:
    kinds = {left.type, right.type}
    if kinds <= NUMBERS:
        return Type.DECIMAL if Type.DECIMAL in kinds else Type.INT
    if kinds == {Type.MONEY} or (kinds == {Type.MONEY, Type.INT} and (_zero(left) or _zero(right))):
        return Type.MONEY
    return None


def _product(left: Type, right: Type) -> Type | None:
    kinds = {left, right}
    if kinds <= NUMBERS:
        return Type.DECIMAL if Type.DECIMAL in kinds else Type.INT
    if Type.MONEY in kinds and (left in NUMBERS or right in NUMBERS):
        return Type.MONEY
    return None


def _ratio(tree: ast.expr, over: Node, under: Node) -> Node:
    numbers = NUMBERS | {Type.MONEY}
    fits = over.type in numbers and under.type in numbers
    fits = fits and not (over.type in NUMBERS and under.type is Type.MONEY)
    require(fits, tree, _no_operation("/", over, under))
    kind = Type.MONEY if under.type in NUMBERS and over.type is Type.MONEY else Type.DECIMAL
    return nodes.Ratio(over, under, kind)


# --- comparison --------------------------------------------------------------------------------


def compare(tree: ast.expr, sign: str, left: Node, right: Node) -> Node:
    """left sign right; != is the negation of ==."""
    for side in (left, right):
        require(not _many(side), tree, _LIST_HERE)
    left, right = _meet(tree, left, right)
    kind = left.type
    require(kind is not Type.VALUES, tree, _VALUES_COMPARED)
    require(
        kind in ORDERED or sign in ("==", "!="),
        tree,
        Text(f"{ZH[kind]}不能比大小。", f"A {kind} has no order; use == or !=."),
    )
    require(
        not (isinstance(left, nodes.Ratio) and isinstance(right, nodes.Ratio)), tree, _ONLY_COMPARED
    )
    check_spelling(tree, left, _written(right))
    check_spelling(tree, right, _written(left))
    if sign == "!=":
        return nodes.Not(nodes.Compare("==", left, right))
    return nodes.Compare(sign, left, right)


def between(tree: ast.expr, value: Node, low: Node, high: Node) -> Node:
    """low <= value <= high."""
    return nodes.And((compare(tree, ">=", value, low), compare(tree, "<=", value, high)))


def is_in(tree: ast.expr, value: Node, options: nodes.Options | nodes.Parameter) -> Node:
    """Whether the value is one of the options."""
    require(value.type is not Type.VALUES, tree, _VALUES_COMPARED)
    require(not isinstance(value, nodes.Ratio), tree, _ONLY_COMPARED)
    if isinstance(options, nodes.Options):
        written = nodes.Options(
            tuple(_coerced(each, options.kind, value.type) for each in options.values),
            value.type if _coercible(options, value.type) else options.kind,
        )
        options = written
    check_spelling(tree, value, _written(options))
    both_numbers = value.type in NUMBERS and options.type in NUMBERS
    require(both_numbers or value.type is options.type, tree, _mismatch(value, options))
    return nodes.In(value, options)


def holds(tree: ast.expr, values: Node, text: Node) -> Node:
    """Whether a list of values holds a text."""
    require(text.type is Type.TEXT and not _many(text), tree, _TEXT_IN_VALUES)
    check_spelling(tree, values, _written(text))
    return nodes.Holds(values, text)


def options(tree: ast.expr, found: Sequence[Node]) -> nodes.Options:
    """A written list of literals of one type."""
    literals = [each for each in found if isinstance(each, nodes.Literal)]
    require(
        len(literals) == len(found), tree, Text("列表里只能写常量。", "A list holds literals only.")
    )
    kinds = {each.kind for each in literals}
    if kinds == {Type.INT, Type.DECIMAL}:
        kinds = {Type.DECIMAL}
    require(
        len(kinds) == 1,
        tree,
        Text("列表里的值类型不同。", "The values of a list are of one type."),
    )
    return nodes.Options(tuple(each.value for each in literals), kinds.pop())


def _meet(tree: ast.expr, left: Node, right: Node) -> tuple[Node, Node]:
    """The two sides brought to one type: a written month, date or zero takes the other's."""
    if left.type is right.type or (left.type in NUMBERS and right.type in NUMBERS):
        return left, right
    for written, other in ((left, right), (right, left)):
        bare = isinstance(written, nodes.Literal) and written.kind in NUMBERS
        if other.type is Type.MONEY and bare and not _zero(written):
            raise Refusal(tree, _BARE_MONEY)
    converted = literal_as(left, right.type), literal_as(right, left.type)
    if converted[0].type is right.type:
        return converted[0], right
    if converted[1].type is left.type:
        return left, converted[1]
    raise Refusal(tree, _mismatch(left, right))


def literal_as(node: Node, kind: Type) -> Node:
    """A literal as a value of another type where that is what it says; else the node itself."""
    if not isinstance(node, nodes.Literal):
        return node
    value = _coerced(node.value, node.kind, kind)
    changed = kind is Type.MONEY and _zero(node)
    changed = changed or (kind is Type.MONTH and node.kind is Type.INT and is_month(int(value)))  # type: ignore[arg-type]
    changed = changed or (kind is Type.DATE and isinstance(value, date))
    return nodes.Literal(value, kind) if changed else node


def _coercible(written: nodes.Options, kind: Type) -> bool:
    return all(
        literal_as(nodes.Literal(value, written.kind), kind).type is kind
        for value in written.values
    )


def _coerced(value: Scalar, written: Type, kind: Type) -> Scalar:
    if kind is Type.DATE and written is Type.TEXT:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return value
    return value


def choose(tree: ast.expr, condition: Node, then: Node, other: Node | None) -> Node:
    """`then` where the condition holds, else `other`; both of one type."""
    for side in (then, other):
        require(not isinstance(side, nodes.Ratio), tree, _ONLY_COMPARED)
        require(side is None or not _many(side), tree, _LIST_HERE)
    if other is not None:
        then, other = _meet(tree, then, other)
    return nodes.Choose(condition, then, other)


def _zero(node: Node) -> bool:
    return isinstance(node, nodes.Literal) and node.kind in NUMBERS and node.value == 0


def _many(node: Node) -> bool:
    return isinstance(node, nodes.Parameter) and node.many


# --- closed lists ------------------------------------------------------------------------------


def check_spelling(tree: ast.expr, node: Node, written: Sequence[Scalar]) -> None:
    """Refuse a literal that the closed list of a fact does not know."""
    require("" not in written, tree, _EMPTY_TEXT)
    fact = _listed(node)
    if fact is None:
        return
    for value in written:
        if value not in fact.values:
            near = nearest(str(value), fact.values)
            raise Refusal(
                tree,
                Text(
                    f"“{value}”不在“{fact.zh}”的代码表里。{near.zh}",
                    f'"{value}" is not in the code list of {fact.name}.{near.en}',
                ),
            )


def _written(node: Node) -> tuple[Scalar, ...]:
    """What stands written in a literal, a list or a parameter with its own values."""
    if isinstance(node, nodes.Literal):
        return (node.value,)
    return node.values if isinstance(node, nodes.Options | nodes.Parameter) else ()


def _listed(node: Node) -> Fact | None:
    """The fact whose closed list the values of a node come from."""
    if isinstance(node, nodes.PickRow):
        return _listed(node.value)
    if not isinstance(node, nodes.FactRef | nodes.Named) or node.fact is None:
        return None
    return node.fact if is_closed(node.fact) else None


# --- sentences ---------------------------------------------------------------------------------

_ONLY_COMPARED = Text(
    "除法的结果只能直接与一个值比较；要再运算，请先把算式乘开。",
    "The result of a division may only be compared with a value that is no division; "
    "multiply out first.",
)
_LIST_HERE = Text(
    "这里要一个值，参数却是列表。", "One value is needed here, the parameter is a list."
)
_VALUES_COMPARED = Text(
    '有多个值的事实请写成 "值" in 事实，或 size(事实)。',
    'A fact with several values is asked with "value" in fact, or size(fact).',
)
_TEXT_IN_VALUES = Text(
    "in 左边要写文字。", "The left side of in must be a text when the right holds several values."
)
_EMPTY_TEXT = Text(
    "空文字就是缺失；请写 is missing。", 'Empty text counts as missing; write "is missing".'
)
_BARE_MONEY = Text(
    "金额不能与没有单位的数比较；请用带单位的参数。",
    "Money is not compared with a number without a unit; give it a parameter with a unit.",
)


def _mismatch(left: Node, right: Node) -> Text:
    return Text(
        f"{ZH[left.type]}不能与{ZH[right.type]}比较。",
        f"A {left.type} cannot be compared with a {right.type}.",
    )


def _no_operation(operator: str, left: Node, right: Node) -> Text:
    return Text(
        f"{ZH[left.type]}与{ZH[right.type]}之间不能用 {operator}。",
        f"A {left.type} {operator} a {right.type} makes no sense.",
    )


def no_fit(name: str, wanted: str, zh: str, node: Node) -> Text:
    """A function got an argument of a wrong type."""
    return Text(
        f"{name}() 这里要{zh}，现在是{ZH[node.type]}。",
        f"{name}() needs a {wanted} here, not a {node.type}.",
    )
