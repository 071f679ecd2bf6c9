"""An expression of a rule in words: `any(members, on_low_income_aid)` as 「家庭成员中有“享受低保”的」.

For people who read a finding and have never seen the rule language. Takes the text of an expression
that the parser has passed; a form it does not know stays as it is written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bangfu.core.language import Text

_COMPARED: Mapping[type[ast.cmpop], Text] = {
    ast.Eq: Text("为", "is"),
    ast.NotEq: Text("不为", "is not"),
    ast.Lt: Text("小于", "is less than"),
    ast.LtE: Text("不超过", "is at most"),
    ast.Gt: Text("大于", "is more than"),
    ast.GtE: Text("不小于", "is at least"),
}
_COUNTED: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "×",
    ast.Div: "÷",
}
# Words of the language itself.
_LANGUAGE = {
    "true": Text("是", "yes"),
    "false": Text("否", "no"),
    "today": Text("今天", "today"),
}
# What a function says of its arguments, in order; `{0}` is the first.
_CALLS: Mapping[str, Text] = {
    "age": Text("按{0}算的年龄", "age by {0}"),
    "any": Text("{0}中有“{1}”的", "some of the {0} with: {1}"),
    "all": Text("{0}全都“{1}”", "all of the {0} with: {1}"),
    "none": Text("{0}中没有“{1}”的", "none of the {0} with: {1}"),
    "between": Text("{0}在{1}与{2}之间", "{0} is between {1} and {2}"),
    "conflict": Text("{0}中{2}相同而{1}不同", "{0} with the same {2} and another {1}"),
    "contains": Text("{0}含{1}", "{0} contains {1}"),
    "has": Text("有{0}", "has {0}"),
    "length": Text("{0}的长度", "length of {0}"),
    "month": Text("{0}的月份", "month of {0}"),
    "months": Text("{0}到{1}的月数", "months from {0} to {1}"),
    "overlaps": Text("{0}的{1}和{2}有重叠", "{0} that overlap by {1} and {2}"),
    "shared": Text("{0}相同的人数", "persons with the same {0}"),
    "shared_elsewhere": Text("{0}相同的其他户数", "other households with the same {0}"),
    "size": Text("{0}的项数", "number of {0}"),
    "starts_with": Text("{0}以{1}开头", "{0} begins with {1}"),
    "year": Text("{0}的年份", "year of {0}"),
}
# The same with a condition for the rows, where it may be left out.
_COUNT = (
    Text("{0}的个数", "number of {0}"),
    Text("{0}中“{1}”的个数", "number of {0} with: {1}"),
)
_SUM = (
    Text("{0}的{1}合计", "{1} of the {0} in all"),
    Text("{0}中“{2}”的{1}合计", "{1} of the {0} with: {2}, in all"),
)
_FIRST = (
    Text("第一条{0}的{1}", "{1} of the first of the {0}"),
    Text("{0}中第一个“{2}”的{1}", "{1} of the first of the {0} with: {2}"),
)
_LAST = (
    Text("最后一条{0}的{1}", "{1} of the last of the {0}"),
    Text("{0}中最后一个“{2}”的{1}", "{1} of the last of the {0} with: {2}"),
)
# Which argument of a function over rows is a condition.
_CONDITION_OF = {"any": 1, "all": 1, "none": 1, "count": 1, "sum": 2, "first": 2, "last": 2}
_OPTIONAL = {"count": (1, _COUNT), "sum": (2, _SUM), "first": (2, _FIRST), "last": (2, _LAST)}


def spoken(expression: str, word: Callable[[str], Text | None]) -> Text:
    """The expression in words. `word` says what a name or a value is called, None for one it does not
    know."""
    return _Speaker(word).say(ast.parse(expression, mode="eval").body)


@dataclass(frozen=True)
class _Speaker:
    word: Callable[[str], Text | None]

    def say(self, tree: ast.expr) -> Text:
        match tree:
            case ast.Name(id=name):
                return _LANGUAGE.get(name) or self.word(name) or _same(name)
            case ast.Constant(value=value):
                return self.word(str(value)) or _same(str(value))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return _joined([self.say(part) for part in parts], Text("或", " or "))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._part(operand)
                return Text(f"并非{inner.zh}", f"not {inner.en}")
            case ast.BoolOp(op=op, values=values):
                between = Text("且", " and ") if isinstance(op, ast.And) else Text("或", " or ")
                return _joined([self._part(value) for value in values], between)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _COUNTED:
                return _joined([self.say(left), self.say(right)], _same(_COUNTED[type(op)]))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._compare(left, op, right)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments, tree)
        return _written(tree)

    def _part(self, tree: ast.expr) -> Text:
        """A condition among others: what has parts itself stands in brackets."""
        said = self._condition(tree)
        if isinstance(tree, ast.BoolOp):
            return Text(f"（{said.zh}）", f"({said.en})")
        return said

    def _condition(self, tree: ast.expr) -> Text:
        """A fact that asks 是否… states, where it stands as a condition, that it is so."""
        said = self.say(tree)
        if isinstance(tree, ast.Name):
            return Text(said.zh.removeprefix("是否"), said.en)
        return said

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Text:
        one, other = self.say(left), self.say(right)
        match op:
            case ast.Is():
                return Text(f"{one.zh}为空", f"{one.en} is blank")
            case ast.IsNot():
                return Text(f"已填{one.zh}", f"{one.en} is filled in")
            case ast.In() if isinstance(left, ast.Constant):
                return Text(f"{other.zh}含{one.zh}", f"{other.en} contains {one.en}")
            case ast.In():
                return Text(f"{one.zh}为{other.zh}", f"{one.en} is {other.en}")
            case ast.NotIn() if isinstance(left, ast.Constant):
                return Text(f"{other.zh}不含{one.zh}", f"{other.en} does not contain {one.en}")
            case ast.NotIn():
                return Text(f"{one.zh}不为{other.zh}", f"{one.en} is none of {other.en}")
        word = _COMPARED[type(op)]
        return Text(f"{one.zh}{word.zh}{other.zh}", f"{one.en} {word.en} {other.en}")

    def _call(self, name: str, arguments: list[ast.expr], tree: ast.expr) -> Text:
        at = _CONDITION_OF.get(name)
        said = [self._condition(a) if n == at else self.say(a) for n, a in enumerate(arguments)]
        if name in _OPTIONAL:
            least, forms = _OPTIONAL[name]
            form = forms[len(said) > least]
        elif name in _CALLS:
            form = _CALLS[name]
        else:
            return _written(tree)
        return Text(
            form.zh.format(*(each.zh for each in said)), form.en.format(*(each.en for each in said))
        )


def _same(text: str) -> Text:
    return Text(text, text)


def _written(tree: ast.expr) -> Text:
    return _same(ast.unparse(tree))


def _joined(parts: list[Text], between: Text) -> Text:
    return Text(between.zh.join(p.zh for p in parts), between.en.join(p.en for p in parts))
