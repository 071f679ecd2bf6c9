"""Reads the rules of the policy documents: checks, definitions and their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.core.policy.documents import Entry, Spot
from bangfu.core.policy.keys import Entries, Fields
from bangfu.core.policy.model import Check, Definition, ParameterSpec, Source, Value
from bangfu.core.policy.rules.names import RESERVED, Scope, nearest, tables_of
from bangfu.core.policy.rules.nodes import Named, Node, Parameter, walk
from bangfu.core.policy.rules.parser import Refused, parse_condition
from bangfu.core.policy.schema import PARAMETER
from bangfu.core.policy.units import UNITS


class Rules:
    """Reads checks and definitions, once the values they may name are known."""

    def __init__(self, entries: Entries, values: Iterable[Value]) -> None:
        self.entries = entries
        values = list(values)
        # A value that was refused still has a unit: a rule that names it need not be told twice.
        self.units = {
            item["key"]: UNITS[item["unit"]]
            for item in entries.found["value"]
            if item["unit"] in UNITS
        }
        self.lists = {value.key: isinstance(value.value, tuple) for value in values}
        entries.unique("definition", "name")
        entries.unique("check", "id")
        self.definitions = _Definitions(self)

    def checks(self, sources: Mapping[str, Source]) -> list[Check]:
        """Every check that passes."""
        read = (self._check(item, sources) for item in self.entries.found["check"])
        return [check for check in read if check is not None]

    def _check(self, item: Fields, sources: Mapping[str, Source]) -> Check | None:
        self.entries.source(item, sources)
        self._look_at(item)
        parameters = self.parameters(item)
        grain = Table(item["grain"])
        condition = self.rule(item, grain, parameters)
        period = self.entries.period(item)
        if condition is None:
            return None
        return Check(
            item["id"],
            item.get("level"),
            item["object"],
            grain,
            condition,
            item["when"].strip(),
            Text(item["zh"], item["en"]),
            item["look_at"],
            parameters,
            item["source"],
            item["status"],
            item.get("note", ""),
            item.get("place", NATION),
            period,
            item.spot,
        )

    def _look_at(self, item: Fields) -> None:
        known = {fact.name for facts in FACTS.values() for fact in facts}
        for name in item["look_at"]:
            if name not in known and not tables_of(name):
                near = nearest(name, known)
                self.entries.problem(
                    item.entry.spot("look_at"),
                    f"没有叫“{name}”的事实。{near.zh}",
                    f'No fact "{name}" is known.{near.en}',
                    value=name,
                )

    def parameters(self, item: Fields) -> dict[str, ParameterSpec]:
        """The parameters of a check or a definition, those that pass."""
        found = {}
        for name, written in item.get("parameters", {}).items():
            spec = self._parameter(item, name, written)
            if spec is not None:
                found[name] = spec
        return found

    def _parameter(self, item: Fields, name: str, written: Any) -> ParameterSpec | None:
        path = ("parameters", name)
        spot = item.entry.spot(*path)
        if name in RESERVED or tables_of(name) or self.definitions.grain(name):
            self.entries.problem(
                spot,
                f"参数名“{name}”已是事实、定义或保留字的名称。",
                f'The parameter name "{name}" is taken by a fact, a definition or a reserved word.',
                value=name,
            )
            return None
        if not isinstance(written, dict):
            self.entries.problem(spot, *_PARAMETER_FORM, value=name)
            return None
        read = self.entries.keys(item.entry, PARAMETER, written, path)
        if read is None:
            return None
        if set(read) - {"note"} == {"key"}:
            return self._by_key(spot, name, read["key"])
        if set(read) - {"note"} == {"value", "unit"}:
            return self._by_value(item.entry, path, read)
        self.entries.problem(spot, *_PARAMETER_FORM, value=name)
        return None

    def _by_key(self, spot: Spot, name: str, key: str) -> ParameterSpec | None:
        unit = self.units.get(key)
        if unit is None:
            near = nearest(key, self.units)
            self.entries.problem(
                spot,
                f"没有政策值“{key}”。{near.zh}",
                f'No policy value "{key}".{near.en}',
                value=key,
            )
            return None
        if unit.type is None or key not in self.lists:
            self.entries.problem(
                spot,
                f"政策值“{key}”不能作规则的参数。",
                f'The policy value "{key}" cannot be a parameter of a rule.',
                value=key,
            )
            return None
        node = Parameter(unit.type, self.lists[key], key=key, name=name)
        return ParameterSpec(name, node, unit.name, spot)

    def _by_value(
        self, entry: Entry, path: tuple[str, ...], read: Mapping[str, Any]
    ) -> ParameterSpec | None:
        spot = entry.spot(*path)
        unit = self.entries.unit(entry, path, read["unit"])
        if unit is None:
            return None
        value = self.entries.converted(spot, unit, read["value"])
        if value is None:
            return None
        if unit.type is None or isinstance(value, dict):
            self.entries.problem(
                spot,
                "规则的参数是一个值或一个列表。",
                "A parameter of a rule is a value or a list.",
            )
            return None
        many = isinstance(value, tuple)
        node = Parameter(unit.type, many, values=value if many else (value,), name=path[-1])
        return ParameterSpec(path[-1], node, unit.name, spot)

    def rule(
        self, item: Fields, grain: Table, parameters: Mapping[str, ParameterSpec]
    ) -> Node | None:
        """The condition of a check or definition; None, with problems noted, when it does not pass."""
        scope = Scope(
            grain, {name: spec.node for name, spec in parameters.items()}, self.definitions
        )
        node, refused = parse_condition(item["when"], scope)
        self.refusals(item, "when", refused, parameters)
        if node is None:
            return None
        self.unused(item, parameters, [node])
        return node

    def unused(
        self, item: Fields, parameters: Mapping[str, ParameterSpec], asked: Iterable[Node]
    ) -> None:
        """Note every parameter that none of the nodes names."""
        named = (each for node in asked for each in walk(node))
        used = {each.name for each in named if isinstance(each, Parameter)}
        for name in parameters:
            if name not in used:
                self.entries.problem(
                    item.entry.spot("parameters", name),
                    f"规则里没有用到参数“{name}”。",
                    f'The rule does not use the parameter "{name}".',
                    value=name,
                )

    def refusals(
        self,
        item: Fields,
        key: str,
        refused: Iterable[Refused],
        parameters: Mapping[str, ParameterSpec],
        *,
        offset: int = 0,
    ) -> None:
        """Note why the text of a key does not pass; `offset` letters of it stand before what was read.

        What names a parameter that was refused itself is told of there.
        """
        written = item.get("parameters", {})
        start = item.entry.texts.get((key,), item.entry.spot(key))
        for each in refused:
            if each.value in written and each.value not in parameters:
                continue
            column = each.column + (start.column + offset if each.line == 0 else 1)
            spot = Spot(start.file, start.line + each.line, column)
            self.entries.problem(spot, each.text.zh, each.text.en, value=each.value, rule=key)


class _Definitions:
    """The definitions, typed when first named, so that their order in the files is free."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._items = {item["name"]: item for item in rules.entries.found["definition"]}
        self._typed: dict[str, Definition | None] = {}
        self._open: list[str] = []

    def grain(self, name: str) -> Table | None:
        item = self._items.get(name)
        return None if item is None else Table(item["grain"])

    def names(self) -> Iterable[str]:
        return self._items

    def named(self, name: str) -> Named | None:
        definition = self._definition(name)
        if definition is None:
            return None
        return Named(name, definition.grain, definition.condition)

    def all(self) -> list[Definition]:
        """Every definition that passes."""
        typed = [self._definition(name) for name in self._items]
        return [definition for definition in typed if definition is not None]

    def _definition(self, name: str) -> Definition | None:
        if name in self._open:
            self._circle(name)
            return None
        if name not in self._typed:
            self._open.append(name)
            self._typed[name] = self._read(name)
            self._open.pop()
        return self._typed[name]

    def _circle(self, name: str) -> None:
        ring = " → ".join([*self._open[self._open.index(name) :], name])
        self._rules.entries.problem(
            self._items[name].spot,
            f"定义互相引用成圈：{ring}。",
            f"The definitions go in a circle: {ring}.",
            value=name,
        )

    def _read(self, name: str) -> Definition | None:
        item = self._items[name]
        if name in RESERVED or tables_of(name):
            self._rules.entries.problem(
                item.entry.spot("name"),
                f"“{name}”已是事实的名称或保留字。",
                f'"{name}" is the name of a fact or a reserved word.',
                value=name,
            )
        parameters = self._rules.parameters(item)
        grain = Table(item["grain"])
        condition = self._rules.rule(item, grain, parameters)
        if condition is None:
            return None
        text = Text(item["zh"], item["en"])
        return Definition(name, grain, condition, item["when"].strip(), text, parameters, item.spot)


_PARAMETER_FORM = (
    "参数写成 { value = …, unit = … } 或 { key = … }。",
    "A parameter is { value = …, unit = … } or { key = … }.",
)
