"""From the JSON contract to a `Problem`: every error at once, each with its path.

Nothing is guessed: an unknown key, a number that is not whole fen, an id that names nothing is an
error, not a warning. Only what the contract leaves out gets its default, which restricts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeVar

from bangfu.core.allocation.problem import (
    AmountRule,
    FundLine,
    Names,
    Options,
    Prefixes,
    Problem,
    Project,
    Rules,
    ShareRule,
    significant,
)
from bangfu.core.allocation.references import ParseError, broken_references
from bangfu.core.language import Text

# Ten trillion yuan: above any budget, and exact in every number type on the way.
MAX_AMOUNT_FEN = 10**15
MAX_UNITS = 10**6
MAX_DECIMAL_DIGITS = 30
_ANY = "*"
# Python reads more as a number: spaces, underscores, digits of other scripts, "NaN".
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

T = TypeVar("T")


def parse(document: object) -> tuple[Problem | None, list[ParseError]]:
    """The problem a JSON-like document states, or every error in it and None."""
    reader = _Reader()
    top = reader.mapping(document, "$", {"fund_lines", "projects", "rules", "options"})
    for key in ("fund_lines", "projects"):
        if top is not None and key not in top:
            reader.fail(f"$.{key}", Text("缺少此项", "missing"))
    top = top or {}
    lines = reader.each(top.get("fund_lines", []), "$.fund_lines", reader.fund_line)
    projects = reader.each(top.get("projects", []), "$.projects", reader.project)
    rules = reader.rules(top.get("rules", {}))
    options = reader.options(top.get("options", {}))
    problem = Problem(tuple(lines), tuple(projects), rules, options)
    if not reader.errors:
        reader.errors.extend(broken_references(problem))
    return (None, reader.errors) if reader.errors else (problem, [])


class _Reader:
    """Reads values and collects what is wrong with them."""

    def __init__(self) -> None:
        self.errors: list[ParseError] = []

    def fail(self, path: str, text: Text) -> None:
        self.errors.append(ParseError(path, text))

    # Plain values

    def mapping(self, value: object, path: str, known: set[str]) -> Mapping[str, object] | None:
        if not isinstance(value, Mapping):
            self.fail(path, Text("应为对象", "should be an object"))
            return None
        for key in value:
            if key not in known:
                names = ", ".join(sorted(known))
                self.fail(
                    f"{path}.{key}",
                    Text(f"未知的键，可用：{names}", f"unknown key; known: {names}"),
                )
        return value

    def each(self, value: object, path: str, read: Callable[[object, str], T | None]) -> list[T]:
        if not isinstance(value, list | tuple):
            self.fail(path, Text("应为列表", "should be a list"))
            return []
        found = (read(item, f"{path}[{i}]") for i, item in enumerate(value))
        return [item for item in found if item is not None]

    def text(self, value: object, path: str, *, empty: bool = True) -> str:
        if not isinstance(value, str) or (not empty and not value):
            self.fail(path, Text("应为非空文字", "should be text that is not empty"))
            return ""
        return value

    def flag(self, value: object, path: str) -> bool:
        if not isinstance(value, bool):
            self.fail(path, Text("应为 true 或 false", "should be true or false"))
            return False
        return value

    def whole(self, value: object, path: str, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail(path, Text("应为整数", "should be a whole number"))
            return low
        if not low <= value <= high:
            self.fail(path, Text(f"应在 {low} 到 {high} 之间", f"should be {low} to {high}"))
            return low
        return value

    def fen(self, value: object, path: str) -> int:
        return self.whole(value, path, 0, MAX_AMOUNT_FEN)

    def decimal(self, value: object, path: str, low: int, high: int) -> Fraction:
        """An exact decimal from "12.5", 12 or a finite 12.5 as it is written."""
        such = "0.5" if high == 1 else "12.5"
        wrong = Text(
            f'应为 {low} 到 {high} 之间的小数，如 "{such}"',
            f'should be a decimal of {low} to {high}, such as "{such}"',
        )
        if (
            isinstance(value, bool)
            or not isinstance(value, str | int | float | Decimal)
            or (isinstance(value, str) and not _DECIMAL.fullmatch(value))
        ):
            self.fail(path, wrong)
            return Fraction(0)
        if isinstance(value, int):
            if low <= value <= high:
                return Fraction(value)
            self.fail(path, wrong)
            return Fraction(0)
        try:
            number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        except InvalidOperation:
            self.fail(path, wrong)
            return Fraction(0)
        # The size is tested before any arithmetic: 1E+999999 would build a million digits.
        if (
            not number.is_finite()
            or (number and abs(number.adjusted()) > MAX_DECIMAL_DIGITS)
            or len(number.as_tuple().digits) > MAX_DECIMAL_DIGITS
            or not low <= number <= high
        ):
            self.fail(path, wrong)
            return Fraction(0)
        return Fraction(number)

    def names(self, value: object, path: str) -> Names:
        """ "*" (no limit) or a list of names."""
        if value == _ANY:
            return None
        return frozenset(self.each(value, path, self.text))

    def prefix(self, value: object, path: str) -> str:
        code = significant(value) if isinstance(value, str) else None
        if code is None:
            self.fail(
                path,
                Text(
                    "应为 12 位地区代码或 2、4、6、9 位前缀",
                    "should be a 12-digit place code or its first 2, 4, 6 or 9 digits",
                ),
            )
            return ""
        return code

    def prefixes(self, value: object, path: str) -> Prefixes:
        if value == _ANY:
            return None
        return tuple(self.each(value, path, self.prefix))

    # The contract's objects

    def fund_line(self, value: object, path: str) -> FundLine | None:
        known = {"id", "name", "amount_fen", "purposes", "areas", "beneficiaries", "poolable"}
        got = self.mapping(value, path, known | {"share_rules", "spend_by"})
        if got is None:
            return None
        spend_by = got.get("spend_by")
        return FundLine(
            id=self.text(got.get("id"), f"{path}.id", empty=False),
            amount_fen=self.fen(got.get("amount_fen"), f"{path}.amount_fen"),
            name=self.text(got.get("name", ""), f"{path}.name"),
            purposes=self.names(got.get("purposes", _ANY), f"{path}.purposes"),
            areas=self.prefixes(got.get("areas", _ANY), f"{path}.areas"),
            beneficiaries=self.names(got.get("beneficiaries", _ANY), f"{path}.beneficiaries"),
            poolable=self.flag(got.get("poolable", True), f"{path}.poolable"),
            share_rules=tuple(
                self.each(got.get("share_rules", []), f"{path}.share_rules", self.share_rule)
            ),
            spend_by=None if spend_by is None else self.text(spend_by, f"{path}.spend_by"),
        )

    def share_rule(self, value: object, path: str) -> ShareRule | None:
        got = self.mapping(value, path, {"purposes", "at_least", "at_most"})
        if got is None:
            return None
        bounds = {
            key: self.decimal(got[key], f"{path}.{key}", 0, 1)
            for key in ("at_least", "at_most")
            if got.get(key) is not None
        }
        if not bounds:
            self.fail(path, Text("缺少 at_least 或 at_most", "at_least or at_most is missing"))
        purposes = self.names(got.get("purposes", _ANY), f"{path}.purposes")
        return ShareRule(purposes, bounds.get("at_least"), bounds.get("at_most"))

    def project(self, value: object, path: str) -> Project | None:
        known = {"id", "name", "place", "purpose", "cost_fen", "priority", "required", "divisible"}
        got = self.mapping(value, path, known | {"recipe", "beneficiaries", "admitted"})
        if got is None:
            return None
        units = self.divisible(got.get("divisible"), f"{path}.divisible")
        unit_fen, max_units = units or (self.fen(got.get("cost_fen"), f"{path}.cost_fen"), 1)
        return Project(
            id=self.text(got.get("id"), f"{path}.id", empty=False),
            unit_fen=unit_fen,
            name=self.text(got.get("name", ""), f"{path}.name"),
            place=self.prefix(got.get("place", ""), f"{path}.place"),
            purpose=self.text(got.get("purpose", ""), f"{path}.purpose"),
            priority=self.decimal(got.get("priority", 1), f"{path}.priority", -(10**12), 10**12),
            required=self.flag(got.get("required", False), f"{path}.required"),
            max_units=max_units,
            divisible=units is not None,
            recipe=self.recipe(got.get("recipe"), f"{path}.recipe"),
            beneficiaries=frozenset(
                self.each(got.get("beneficiaries", []), f"{path}.beneficiaries", self.text)
            ),
            admitted=self.flag(got.get("admitted", True), f"{path}.admitted"),
        )

    def divisible(self, value: object, path: str) -> tuple[int, int] | None:
        if value is None:
            return None
        got = self.mapping(value, path, {"unit_fen", "max_units"})
        if got is None:
            return None
        return (
            self.fen(got.get("unit_fen"), f"{path}.unit_fen"),
            self.whole(got.get("max_units"), f"{path}.max_units", 1, MAX_UNITS),
        )

    def recipe(self, value: object, path: str) -> tuple[tuple[str, int], ...] | None:
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.fail(path, Text("应为对象", "should be an object"))
            return None
        return tuple((str(line), self.fen(fen, f"{path}.{line}")) for line, fen in value.items())

    def rules(self, value: object) -> Rules:
        path = "$.rules"
        known = {"floors", "ceilings", "exclusive", "requires", "share_rules"}
        got = self.mapping(value, path, known | {"total_at_least_fen"}) or {}
        total = got.get("total_at_least_fen")

        def floor(item: object, where: str) -> AmountRule | None:
            return self.amount_rule(item, where, always_hard=False)

        def ceiling(item: object, where: str) -> AmountRule | None:
            return self.amount_rule(item, where, always_hard=True)

        def pair(item: object, where: str) -> tuple[str, str] | None:
            ids = self.each(item, where, self.text)
            if len(ids) != 2:
                self.fail(where, Text("应为 [项目, 前置项目]", "should be [project, prerequisite]"))
                return None
            return ids[0], ids[1]

        def group(item: object, where: str) -> tuple[str, ...]:
            return tuple(self.each(item, where, self.text))

        return Rules(
            floors=tuple(self.each(got.get("floors", []), f"{path}.floors", floor)),
            ceilings=tuple(self.each(got.get("ceilings", []), f"{path}.ceilings", ceiling)),
            exclusive=tuple(self.each(got.get("exclusive", []), f"{path}.exclusive", group)),
            requires=tuple(self.each(got.get("requires", []), f"{path}.requires", pair)),
            share_rules=tuple(
                self.each(got.get("share_rules", []), f"{path}.share_rules", self.share_rule)
            ),
            total_at_least_fen=(
                None if total is None else self.fen(total, f"{path}.total_at_least_fen")
            ),
        )

    def amount_rule(self, value: object, path: str, *, always_hard: bool) -> AmountRule | None:
        got = self.mapping(value, path, {"id", "places", "amount_fen", "purposes", "lines", "hard"})
        if got is None:
            return None
        hard = self.flag(got.get("hard", False), f"{path}.hard")
        return AmountRule(
            id=self.text(got.get("id"), f"{path}.id", empty=False),
            amount_fen=self.fen(got.get("amount_fen"), f"{path}.amount_fen"),
            places=self.prefixes(got.get("places", _ANY), f"{path}.places"),
            purposes=self.names(got.get("purposes", _ANY), f"{path}.purposes"),
            lines=self.names(got.get("lines", _ANY), f"{path}.lines"),
            hard=hard or always_hard,
        )

    def options(self, value: object) -> Options:
        got = self.mapping(value, "$.options", {"gap", "time_limit_s"}) or {}
        default = Options()
        return Options(
            gap=(self.decimal(got["gap"], "$.options.gap", 0, 1) if "gap" in got else default.gap),
            time_limit_s=(
                self.decimal(got["time_limit_s"], "$.options.time_limit_s", 0, 10**6)
                if "time_limit_s" in got
                else default.time_limit_s
            ),
        )
