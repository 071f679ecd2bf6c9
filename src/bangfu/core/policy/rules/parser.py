"""From the text of a rule to typed nodes, or to every reason why not.

The text is valid Python syntax, read with `ast` against a white list and never executed. Every
refusal has its place in the text; the caller maps it to file, line and column.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from bangfu.core.facts.derived import BY_NAME
from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.core.policy.rules import checking, nodes
from bangfu.core.policy.rules.checking import Noted, Refusal, require
from bangfu.core.policy.rules.functions import FUNCTIONS
from bangfu.core.policy.rules.names import Scope, nearest, tables_of
from bangfu.core.policy.rules.nodes import Node, Relation
from bangfu.core.policy.rules.types import ZH, Type

_FULL_WIDTH = {
    "（": "(", "）": ")", "，": ",", "、": ",", "：": ":", "；": ";", "＝": "=", "＜": "<", "＞": ">",
    "“": '"', "”": '"', "‘": "'", "’": "'", "＂": '"', "！": "!", "＋": "+", "－": "-", "—": "-",
    "×": "*", "÷": "/", "≥": ">=", "≤": "<=", "≠": "!=", "【": "[", "】": "]", "　": " ", "．": ".",
}  # fmt: skip
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|#[^\n]*")
_MAX_LENGTH = 20_000
_MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a piece of the text does not pass: line and column in the text, both from 0."""

    line: int
    column: int
    text: Text
    value: str = ""


def parse_condition(text: str, scope: Scope) -> tuple[Node | None, list[Refused]]:
    """The condition that `text` asks of a row of `scope.table`, or every reason why it is none."""
    return _parse(text, scope, condition=True)


def parse_value(text: str, scope: Scope) -> tuple[Node | None, list[Refused]]:
    """The value that `text` stands for, of whatever type."""
    return _parse(text, scope, condition=False)


def _parse(text: str, scope: Scope, *, condition: bool) -> tuple[Node | None, list[Refused]]:
    tree, refused = _syntax(text)
    if tree is None:
        return None, refused
    parser = _Parser(text, scope)
    node = parser.attempt(tree, parser.condition if condition else parser.value)
    return (None if parser.refused else node), parser.refused


def _syntax(text: str) -> tuple[ast.expr | None, list[Refused]]:
    if len(text) > _MAX_LENGTH:
        too_long = Text("这条规则太长。", "This rule is too long.")
        return None, [Refused(0, 0, too_long)]
    wide = _full_width(text)
    if wide:
        return None, wide
    try:
        # In brackets a rule may run over several lines; the closing one clears a last comment.
        tree = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as fault:
        line, column = (fault.lineno or 1) - 1, (fault.offset or 1) - 1
        message = Text(
            f"这里写得不对，读不懂（{fault.msg}）。", f"This cannot be read here ({fault.msg})."
        )
        return None, [Refused(line, max(0, column - (line == 0)), message)]
    except (RecursionError, MemoryError, ValueError):
        return None, [Refused(0, 0, _TOO_DEEP)]
    if _depth(tree) > _MAX_DEPTH:
        return None, [Refused(0, 0, _TOO_DEEP)]
    return tree, []


_TOO_DEEP = Text(
    "括号套得太深，请用 [[definition]] 拆开。",
    "Too deeply nested; take it apart with [[definition]].",
)


def _depth(tree: ast.AST) -> int:
    deepest = 0
    waiting = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return deepest


def _full_width(text: str) -> list[Refused]:
    """Chinese punctuation outside quoted text, each with what to write instead."""
    blanked = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    found = []
    for number, line in enumerate(blanked.split("\n")):
        for column, letter in enumerate(line):
            if letter in _FULL_WIDTH:
                plain = _FULL_WIDTH[letter]
                message = Text(
                    f"这里是全角符号“{letter}”，请改成半角 {plain}",
                    f"This is the full-width {letter}; write {plain}",
                )
                found.append(Refused(number, column, message, letter))
    return found


@cache
def derived(name: str) -> nodes.Named:
    """A derived fact with its expression, typed."""
    item = BY_NAME[name]
    body, refused = parse_value(item.expression, Scope(item.fact.table))
    if body is None:
        raise AssertionError(f"derived fact {name}: {[str(each.text) for each in refused]}")
    return nodes.Named(name, item.fact.table, body, item.fact)


class _Parser:
    """Turns one tree into nodes. A refusal ends its branch of an and/or, not the whole reading."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.text = text
        self.lines = f"({text}\n)".split("\n")
        self.scope = scope
        self.refused: list[Refused] = []

    def attempt(self, tree: ast.expr, read: Callable[[ast.expr], Node]) -> Node | None:
        """Read a branch; a refusal is noted and answered with None."""
        try:
            return read(tree)
        except Noted:
            return None
        except Refusal as refusal:
            line, column = self._position(refusal.tree)
            source = ast.unparse(refusal.tree)
            self.refused.append(Refused(line, column, refusal.text, source))
            return None

    @contextmanager
    def rows(self, relation: Relation) -> Iterator[None]:
        """Read what follows as a rule about the rows of a relation."""
        outer = self.scope
        self.scope = outer.inside(nodes.CHILD[relation])
        try:
            yield
        finally:
            self.scope = outer

    def _position(self, tree: ast.expr) -> tuple[int, int]:
        line = tree.lineno - 1
        # `ast` counts bytes of UTF-8; people count letters.
        column = len(self.lines[line].encode()[: tree.col_offset].decode())
        return line, column - (line == 0)

    # --- conditions ----------------------------------------------------------------------------

    def condition(self, tree: ast.expr) -> Node:
        """A node that is true or false."""
        node = self.value(tree)
        require(node.type is Type.BOOL, tree, _needs_condition(node))
        return node

    def conditions(self, trees: list[ast.expr]) -> tuple[Node, ...]:
        """Several branches, each noted by itself."""
        found = [self.attempt(tree, self.condition) for tree in trees]
        passed = tuple(node for node in found if node is not None)
        if len(passed) < len(found):
            raise Noted
        return passed

    # --- values --------------------------------------------------------------------------------

    def value(self, tree: ast.expr) -> Node:
        """Any node."""
        read = _READERS.get(type(tree))
        if read is None:
            raise Refusal(tree, _not_in_language(ast.unparse(tree)))
        return read(self, tree)

    def boolean(self, tree: ast.BoolOp) -> Node:
        both = self.conditions(tree.values)
        return nodes.And(both) if isinstance(tree.op, ast.And) else nodes.Or(both)

    def unary(self, tree: ast.UnaryOp) -> Node:
        if isinstance(tree.op, ast.Not):
            return nodes.Not(self.condition(tree.operand))
        if not isinstance(tree.op, ast.USub):
            raise Refusal(tree, _not_in_language(ast.unparse(tree)))
        node = self.value(tree.operand)
        if isinstance(node, nodes.Literal) and node.kind in (Type.INT, Type.DECIMAL):
            assert isinstance(node.value, int | Decimal)
            return nodes.Literal(-node.value, node.kind)
        return checking.arithmetic(tree, "-", nodes.Literal(0, Type.INT), node)

    def arithmetic(self, tree: ast.BinOp) -> Node:
        operator = _ARITHMETIC.get(type(tree.op))
        if operator is None:
            raise Refusal(tree, _not_in_language(ast.unparse(tree)))
        return checking.arithmetic(tree, operator, self.value(tree.left), self.value(tree.right))

    def literal(self, tree: ast.Constant) -> Node:
        value = tree.value
        if isinstance(value, bool):
            return nodes.Literal(value, Type.BOOL)
        if isinstance(value, int):
            require(abs(value) < 2**63, tree, Text("这个数太大。", "This number is too large."))
            return nodes.Literal(value, Type.INT)
        if isinstance(value, float):
            return nodes.Literal(self._decimal(tree), Type.DECIMAL)
        if isinstance(value, str):
            return nodes.Literal(value, Type.TEXT)
        raise Refusal(tree, _not_in_language(ast.unparse(tree)))

    def _decimal(self, tree: ast.Constant) -> Decimal:
        """A decimal from the digits as written, so that 0.1 is a tenth."""
        line = self.lines[tree.lineno - 1].encode()
        written = line[tree.col_offset : tree.end_col_offset].decode()
        require(
            re.fullmatch(r"\d{1,15}\.\d{1,6}", written) is not None,
            tree,
            Text("小数请写成 0.25 这样。", "Write a decimal as 0.25."),
        )
        return Decimal(written)

    def name(self, tree: ast.Name) -> Node:
        name = tree.id
        if name in ("true", "false"):
            return nodes.Literal(name == "true", Type.BOOL)
        if name == "today":
            return nodes.Today()
        if name == "missing":
            raise Refusal(tree, _MISSING_ALONE)
        parameter = self.scope.parameters.get(name)
        if parameter is not None:
            return parameter
        return self._definition(tree) or self._fact(tree)

    def _definition(self, tree: ast.Name) -> Node | None:
        grain = self.scope.definitions.grain(tree.id)
        if grain is None or grain not in self.scope.visible:
            return None
        named = self.scope.definitions.named(tree.id)
        if named is None:
            raise Noted
        return named

    def _fact(self, tree: ast.Name) -> Node:
        fact = self.scope.fact(tree.id)
        if fact is not None:
            require(fact.kind is not Kind.GUARDED, tree, _guarded(fact.name, self.scope))
            return nodes.FactRef(fact)
        item = BY_NAME.get(tree.id)
        if item is not None and item.fact.table in self.scope.visible:
            return derived(tree.id)
        raise Refusal(tree, self._unknown(tree.id))

    def _unknown(self, name: str) -> Text:
        elsewhere = tables_of(name)
        if elsewhere and self.scope.table is not None:
            tables = "、".join(elsewhere)
            return Text(
                f"“{name}”是 {tables} 的事实，在 {self.scope.table} 这里看不到。",
                f'"{name}" is a fact of {" and ".join(elsewhere)}, '
                f"not visible from a {self.scope.table}.",
            )
        near = nearest(name, self.scope.known())
        return Text(f"没有叫“{name}”的名称。{near.zh}", f'No name "{name}" is known here.{near.en}')

    # --- comparison ----------------------------------------------------------------------------

    def comparison(self, tree: ast.Compare) -> Node:
        require(len(tree.ops) == 1, tree, _CHAIN)
        operator, right = tree.ops[0], tree.comparators[0]
        if isinstance(operator, ast.Is | ast.IsNot):
            return self._missing(tree, right, negated=isinstance(operator, ast.IsNot))
        if isinstance(operator, ast.In | ast.NotIn):
            node = self._membership(tree, right)
            return nodes.Not(node) if isinstance(operator, ast.NotIn) else node
        sign = _COMPARISON[type(operator)]
        return checking.compare(tree, sign, self.value(tree.left), self.value(right))

    def _missing(self, tree: ast.Compare, right: ast.expr, *, negated: bool) -> Node:
        require(isinstance(right, ast.Name) and right.id == "missing", right, _ONLY_MISSING)
        node = nodes.IsMissing(self.value(tree.left))
        require(
            not isinstance(node.argument, nodes.Condition | nodes.Literal | nodes.Ratio),
            tree.left,
            Text("这里永远不会缺失。", "This is never missing, or cannot be asked so."),
        )
        return nodes.Not(node) if negated else node

    def _membership(self, tree: ast.Compare, right: ast.expr) -> Node:
        left = self.value(tree.left)
        if not isinstance(right, ast.Tuple | ast.List | ast.Set):
            target = self.value(right)
            if target.type is Type.VALUES:
                return checking.holds(tree, target, left)
            require(isinstance(target, nodes.Parameter) and target.many, right, _NO_LIST)
            assert isinstance(target, nodes.Parameter)
            return checking.is_in(tree, left, target)
        return checking.is_in(tree, left, self.options(right))

    def options(self, tree: ast.expr) -> nodes.Options | nodes.Parameter:
        """A written list of literals, or one literal, or a parameter."""
        if isinstance(tree, ast.Tuple | ast.List | ast.Set):
            require(bool(tree.elts), tree, Text("这个列表是空的。", "This list is empty."))
            found = [self.value(each) for each in tree.elts]
        else:
            found = [self.value(tree)]
            if isinstance(found[0], nodes.Parameter):
                return found[0]
        return checking.options(tree, found)

    def call(self, tree: ast.Call) -> Node:
        require(isinstance(tree.func, ast.Name), tree, _not_in_language(ast.unparse(tree.func)))
        assert isinstance(tree.func, ast.Name)
        function = FUNCTIONS.get(tree.func.id)
        if function is None:
            near = nearest(tree.func.id, FUNCTIONS)
            raise Refusal(
                tree,
                Text(
                    f"没有叫“{tree.func.id}”的函数。{near.zh}",
                    f'No function "{tree.func.id}" is known.{near.en}',
                ),
            )
        return function(self, tree)


_READERS: dict[type[ast.expr], Callable[[_Parser, Any], Node]] = {
    ast.BoolOp: _Parser.boolean,
    ast.UnaryOp: _Parser.unary,
    ast.BinOp: _Parser.arithmetic,
    ast.Constant: _Parser.literal,
    ast.Name: _Parser.name,
    ast.Compare: _Parser.comparison,
    ast.Call: _Parser.call,
}
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISON = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_MISSING_ALONE = Text(
    "missing 只能写在 is missing 或 is not missing 里。",
    '"missing" stands only in "is missing" and "is not missing".',
)
_ONLY_MISSING = Text("is 后面只能写 missing。", 'Only "missing" may follow "is".')
_NO_LIST = Text(
    "in 后面要写列表、列表参数，或有多个值的事实。",
    '"in" takes a list, a parameter that is a list, or a fact with several values.',
)
_CHAIN = Text(
    "一次只能比较两个值；要写区间请用 between(x, 下限, 上限)。",
    "One comparison at a time; for a range write between(x, low, high).",
)


def _needs_condition(node: Node) -> Text:
    return Text(
        f"这里要写一个条件（是或否），现在是{ZH[node.type]}。",
        f"A condition is needed here (true or false), not a {node.type}.",
    )


def _not_in_language(source: str) -> Text:
    return Text(
        f"规则语言里没有“{source}”这种写法。", f'The rule language has no "{source}" of this form.'
    )


def _guarded(name: str, scope: Scope) -> Text:
    instead = [each for each in scope.known() if each.startswith(f"{name}_")]
    listed = ", ".join(instead)
    return Text(
        f"“{name}”是受保护的个人信息，规则不能读取；可用：{listed}。",
        f'"{name}" is guarded: rules cannot read it. Use {listed}.',
    )
