"""The functions of the rule language: what each takes and the node it makes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.policy.rules import checking, nodes
from bangfu.core.policy.rules.checking import Refusal, no_fit, require
from bangfu.core.policy.rules.names import Scope, nearest
from bangfu.core.policy.rules.nodes import Node, Relation
from bangfu.core.policy.rules.types import NUMBERS, ORDERED, ZH, Type

_TRUE = nodes.Literal(True, Type.BOOL)


class Reader(Protocol):
    """What a function needs of the parser."""

    scope: Scope

    def value(self, tree: ast.expr) -> Node: ...
    def condition(self, tree: ast.expr) -> Node: ...
    def options(self, tree: ast.expr) -> nodes.Options | nodes.Parameter: ...
    def rows(self, relation: Relation) -> AbstractContextManager[None]: ...


Function = Callable[[Reader, ast.Call], Node]


def _arguments(tree: ast.Call, least: int, most: int, *, keywords: bool = False) -> list[ast.expr]:
    """The positional arguments, refused when too few, too many or named."""
    name = ast.unparse(tree.func)
    count = f"{least}" if least == most else f"{least}–{most}"
    require(
        least <= len(tree.args) <= most,
        tree,
        Text(f"{name}() 要 {count} 个参数。", f"{name}() takes {count} arguments."),
    )
    require(
        keywords or not tree.keywords,
        tree,
        Text(f"{name}() 的参数不写名字。", f"{name}() takes no named arguments."),
    )
    return tree.args


def _typed(reader: Reader, tree: ast.expr, name: str, *kinds: Type) -> Node:
    """A value of one of the types."""
    node = reader.value(tree)
    wanted = " or ".join(kinds)
    zh = "或".join(ZH[kind] for kind in kinds)
    one = not (isinstance(node, nodes.Parameter) and node.many)
    require(
        one and node.type in kinds and not isinstance(node, nodes.Ratio),
        tree,
        no_fit(name, wanted, zh, node),
    )
    return node


# --- rows --------------------------------------------------------------------------------------


def _relation(reader: Reader, tree: ast.expr) -> Relation:
    """The rows named by the first argument, seen from where the rule stands."""
    name = tree.id if isinstance(tree, ast.Name) else ast.unparse(tree)
    if name not in set(Relation):
        near = nearest(name, Relation)
        raise Refusal(
            tree,
            Text(
                f"这里要写一组行：{'、'.join(Relation)}。{near.zh}",
                f"Rows are needed here: {', '.join(Relation)}.{near.en}",
            ),
        )
    relation = Relation(name)
    home = nodes.PARENT[relation]
    seen = home in reader.scope.visible
    require(
        seen,
        tree,
        Text(
            f"{relation} 属于 {home}，在{_here(reader.scope).zh}看不到；请先用 any(members, …) 之类进入。",
            f"{relation} belong to a {home}, not visible from {_here(reader.scope).en}; "
            "reach them inside any(members, …) or the like.",
        ),
    )
    return relation


def _here(scope: Scope) -> Text:
    """Where a rule stands."""
    if scope.table is None:
        return Text("疑点这里", "what red flags are looked for in")
    return Text(f" {scope.table} 这里", f"a {scope.table}")


def _condition(reader: Reader, relation: Relation, tree: ast.expr | None) -> Node:
    if tree is None:
        return _TRUE
    with reader.rows(relation):
        return reader.condition(tree)


def _any(reader: Reader, tree: ast.Call) -> Node:
    rows, condition = _arguments(tree, 2, 2)
    relation = _relation(reader, rows)
    return nodes.AnyRow(relation, ast.unparse(tree), _condition(reader, relation, condition))


def _none(reader: Reader, tree: ast.Call) -> Node:
    # The node has the value of the question, so it bears its name: whether there is any.
    return nodes.Not(_any(reader, ast.Call(ast.Name("any"), tree.args, tree.keywords)))


def _all(reader: Reader, tree: ast.Call) -> Node:
    rows, condition = _arguments(tree, 2, 2)
    relation = _relation(reader, rows)
    failing = nodes.Not(_condition(reader, relation, condition))
    label = f"any({relation}, not ({ast.unparse(condition)}))"
    return nodes.Not(nodes.AnyRow(relation, label, failing))


def _has(reader: Reader, tree: ast.Call) -> Node:
    (rows,) = _arguments(tree, 1, 1)
    relation = _relation(reader, rows)
    return nodes.AnyRow(relation, ast.unparse(tree), _TRUE)


def _count(reader: Reader, tree: ast.Call) -> Node:
    arguments = _arguments(tree, 1, 2)
    relation = _relation(reader, arguments[0])
    condition = arguments[1] if len(arguments) == 2 else None
    return nodes.CountRows(relation, ast.unparse(tree), _condition(reader, relation, condition))


def _sum(reader: Reader, tree: ast.Call) -> Node:
    arguments = _arguments(tree, 2, 3)
    relation = _relation(reader, arguments[0])
    with reader.rows(relation):
        value = _typed(reader, arguments[1], "sum", *NUMBERS, Type.MONEY)
    condition = arguments[2] if len(arguments) == 3 else None
    return nodes.SumRows(
        relation, ast.unparse(tree), value, _condition(reader, relation, condition)
    )


def _pick(*, last: bool) -> Function:
    def read(reader: Reader, tree: ast.Call) -> Node:
        arguments = _arguments(tree, 2, 3, keywords=True)
        relation = _relation(reader, arguments[0])
        by = _order(reader, relation, tree)
        with reader.rows(relation):
            value = reader.value(arguments[1])
        fits = value.type is not Type.VALUES and not isinstance(value, nodes.Ratio)
        require(fits, arguments[1], _NOT_PICKED)
        condition = arguments[2] if len(arguments) == 3 else None
        return nodes.PickRow(
            relation,
            ast.unparse(tree),
            last,
            value,
            _condition(reader, relation, condition),
            by,
        )

    return read


def _order(reader: Reader, relation: Relation, tree: ast.Call) -> tuple[nodes.FactRef, ...]:
    """The facts of `by=`, one or a tuple."""
    named = {keyword.arg: keyword.value for keyword in tree.keywords}
    name = ast.unparse(tree.func)
    require(set(named) == {"by"}, tree, _needs_order(name))
    by = named["by"]
    trees = by.elts if isinstance(by, ast.Tuple) else [by]
    return tuple(_row_fact(reader, relation, each) for each in trees)


def _row_fact(reader: Reader, relation: Relation, tree: ast.expr) -> nodes.FactRef:
    """A plain fact of the rows themselves, with an order."""
    node = _own_fact(reader, relation, tree)
    require(node.type in ORDERED | {Type.TEXT}, tree, _OWN_FACT)
    return node


def _own_fact(reader: Reader, relation: Relation, tree: ast.expr) -> nodes.FactRef:
    """A plain fact of the rows themselves."""
    with reader.rows(relation):
        node = reader.value(tree)
    own = isinstance(node, nodes.FactRef) and node.fact.table is nodes.CHILD[relation]
    require(own, tree, _OWN_FACT)
    assert isinstance(node, nodes.FactRef)
    return node


def _overlaps(reader: Reader, tree: ast.Call) -> Node:
    rows, start, end = _arguments(tree, 3, 3)
    relation = _relation(reader, rows)
    first, second = (_row_fact(reader, relation, each) for each in (start, end))
    require(
        first.type is second.type and first.type in (Type.MONTH, Type.DATE),
        tree,
        Text("overlaps() 要两个月份或两个日期。", "overlaps() takes two months or two dates."),
    )
    return nodes.Overlaps(relation, ast.unparse(tree), first, second)


def _conflict(reader: Reader, tree: ast.Call) -> Node:
    rows, value, same = _arguments(tree, 3, 3)
    relation = _relation(reader, rows)
    first, second = (_own_fact(reader, relation, each) for each in (value, same))
    require(first.type is not Type.VALUES, value, _NOT_PICKED)
    require(first.type is not Type.BOOL, value, _OWN_FACT)
    require(second.type is not Type.VALUES, same, _OWN_FACT)
    return nodes.Conflicts(relation, ast.unparse(tree), first, second)


def _shared(*, elsewhere: bool) -> Function:
    def read(reader: Reader, tree: ast.Call) -> Node:
        (argument,) = _arguments(tree, 1, 1)
        require(Table.PERSON in reader.scope.visible, tree, _PERSON_FACT)
        node = reader.value(argument)
        own = isinstance(node, nodes.FactRef) and node.fact.table is Table.PERSON
        require(own and node.type is not Type.VALUES, argument, _PERSON_FACT)
        assert isinstance(node, nodes.FactRef)
        return nodes.Shared(node.fact, elsewhere)

    return read


# --- text, values ------------------------------------------------------------------------------


def _length(reader: Reader, tree: ast.Call) -> Node:
    (text,) = _arguments(tree, 1, 1)
    return nodes.Call("length", (_typed(reader, text, "length", Type.TEXT),), Type.INT)


def _size(reader: Reader, tree: ast.Call) -> Node:
    (values,) = _arguments(tree, 1, 1)
    return nodes.Call("size", (_typed(reader, values, "size", Type.VALUES),), Type.INT)


def _text_test(
    name: str, make: Callable[[Node, nodes.Options | nodes.Parameter], Node]
) -> Function:
    def read(reader: Reader, tree: ast.Call) -> Node:
        text, written = _arguments(tree, 2, 2)
        node = _typed(reader, text, name, Type.TEXT)
        options = reader.options(written)
        require(options.type is Type.TEXT, written, no_fit(name, "text", "文字", options))
        return make(node, options)

    return read


# --- time --------------------------------------------------------------------------------------


def _age(reader: Reader, tree: ast.Call) -> Node:
    birth, on = _arguments(tree, 2, 2)
    born = _typed(reader, birth, "age", Type.DATE)
    return nodes.Call("age", (born, _date(reader, on)), Type.INT)


def _date(reader: Reader, tree: ast.expr) -> Node:
    """A date, a month (its first day counts), or a date written as text."""
    node = reader.value(tree)
    if isinstance(node, nodes.Literal):
        node = checking.literal_as(node, Type.DATE)
    require(
        node.type in (Type.DATE, Type.MONTH),
        tree,
        no_fit("age", "date or month", "日期或月份", node),
    )
    return node


def _months(reader: Reader, tree: ast.Call) -> Node:
    start, end = _arguments(tree, 2, 2)
    both = tuple(_month_value(reader, each) for each in (start, end))
    return nodes.Call("months", both, Type.INT)


def _month_value(reader: Reader, tree: ast.expr) -> Node:
    node = reader.value(tree)
    if isinstance(node, nodes.Literal):
        node = checking.literal_as(node, Type.MONTH)
    require(
        node.type is Type.MONTH,
        tree,
        Text(
            f"months() 要月份，现在是{ZH[node.type]}；日期请写 month(日期)。",
            f"months() needs months, not a {node.type}; of a date take month(date).",
        ),
    )
    return node


def _part(name: str, result: Type, *kinds: Type) -> Function:
    def read(reader: Reader, tree: ast.Call) -> Node:
        (argument,) = _arguments(tree, 1, 1)
        return nodes.Call(name, (_typed(reader, argument, name, *kinds),), result)

    return read


# --- choice ------------------------------------------------------------------------------------


def _between(reader: Reader, tree: ast.Call) -> Node:
    value, low, high = (reader.value(each) for each in _arguments(tree, 3, 3))
    return checking.between(tree, value, low, high)


def _choose(reader: Reader, tree: ast.Call) -> Node:
    arguments = _arguments(tree, 2, 3)
    condition = reader.condition(arguments[0])
    then = reader.value(arguments[1])
    other = reader.value(arguments[2]) if len(arguments) == 3 else None
    return checking.choose(tree, condition, then, other)


def _otherwise(reader: Reader, tree: ast.Call) -> Node:
    value, other = (reader.value(each) for each in _arguments(tree, 2, 2))
    return checking.choose(tree, nodes.Not(nodes.IsMissing(value)), value, other)


def _collect(reader: Reader, tree: ast.Call) -> Node:
    arguments = _arguments(tree, 1, 20)
    return nodes.Collect(tuple(_typed(reader, each, "collect", Type.TEXT) for each in arguments))


FUNCTIONS: dict[str, Function] = {
    "any": _any,
    "all": _all,
    "none": _none,
    "count": _count,
    "sum": _sum,
    "has": _has,
    "first": _pick(last=False),
    "last": _pick(last=True),
    "overlaps": _overlaps,
    "conflict": _conflict,
    "shared": _shared(elsewhere=False),
    "shared_elsewhere": _shared(elsewhere=True),
    "between": _between,
    "length": _length,
    "size": _size,
    "starts_with": _text_test("starts_with", nodes.StartsWith),
    "contains": _text_test("contains", nodes.Contains),
    "age": _age,
    "months": _months,
    "year": _part("year", Type.INT, Type.MONTH, Type.DATE),
    "month": _part("month", Type.MONTH, Type.DATE, Type.MONTH),
    "month_no": _part("month_no", Type.INT, Type.MONTH, Type.DATE),
    "choose": _choose,
    "otherwise": _otherwise,
    "collect": _collect,
}

_NOT_PICKED = Text(
    "first()、last() 取一个单值。", "first() and last() take a single value of a row."
)
_OWN_FACT = Text("这里要写这些行自己的事实。", "A fact of the rows themselves is needed here.")
_PERSON_FACT = Text(
    "shared() 只用于人的事实。", "shared() takes a plain fact of a person, where persons are seen."
)


def _needs_order(name: str) -> Text:
    return Text(
        f"{name}() 要写清按什么排序，例如 by=start。",
        f"{name}() needs its order stated, such as by=start.",
    )
