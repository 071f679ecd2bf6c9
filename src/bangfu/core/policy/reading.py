"""From policy documents to a `Policy`, or to every problem in them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from bangfu.core.errors import InputError, Problem
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.core.policy.documents import Document, Entry, Spot, entries
from bangfu.core.policy.model import (
    Check,
    Definition,
    LeftOut,
    ParameterSpec,
    Period,
    Source,
    Value,
)
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.names import RESERVED, Scope, nearest, tables_of
from bangfu.core.policy.rules.nodes import Named, Node, Parameter, walk
from bangfu.core.policy.rules.parser import Refused, parse_condition
from bangfu.core.policy.schema import PARAMETER, TABLES, Key, Wrong
from bangfu.core.policy.units import UNITS, Unit, convert


def load(documents: Iterable[Document]) -> Policy:
    """The policy that the documents state together.

    Raises InputError with every problem found, each with file, line and column.
    """
    reader = _Reader(documents)
    policy = reader.policy()
    if reader.problems:
        count = len(reader.problems)
        raise InputError(
            Text(f"政策文件有 {count} 处问题。", f"The policy files have {count} problem(s)."),
            sorted(reader.problems, key=_by_spot),
        )
    return policy


def _by_spot(problem: Problem) -> tuple[str, int, int]:
    file, line, column = problem.where.rsplit(":", 2)
    return file, int(line), int(column)


@dataclass(frozen=True, slots=True)
class _Fields:
    """An entry whose plain keys have been read."""

    entry: Entry
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of an optional key."""
        return self.values.get(key, default)

    @property
    def spot(self) -> Spot:
        """Where the entry stands."""
        return self.entry.spot()


class _Reader:
    """Reads all entries, then what needs the others: sources, periods, parameters, rules."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.problems: list[Problem] = []
        self.found: dict[str, list[_Fields]] = {table: [] for table in TABLES}
        # Sources that do not pass themselves: what names them need not be told of as well.
        self._refused_sources: set[str] = set()
        for document in documents:
            tables, problems = entries(document)
            self.problems += problems
            for entry in tables:
                self._entry(entry)
        self.definitions = _Definitions(self)

    def policy(self) -> Policy:
        """Everything that passed; complete only when no problem was noted."""
        sources = self._sources()
        values = self._values(sources)
        self.units = {value.key: value.unit for value in values} | self._refused_units()
        self.lists = {value.key: isinstance(value.value, tuple) for value in values}
        self._unique("definition", "name")
        self._unique("check", "id")
        definitions = self.definitions.all()
        checks = [
            check for fields in self.found["check"] if (check := self._check(fields, sources))
        ]
        left_out = [
            LeftOut(item["id"], Text(item.get("zh", item["why"]), item["why"]), item.spot)
            for item in self.found["left_out"]
        ]
        return Policy(sources, values, definitions, checks, left_out)

    def problem(
        self, spot: Spot, zh: str, en: str, *, value: str = "", rule: str = "policy"
    ) -> None:
        """Note one problem."""
        self.problems.append(Problem(str(spot), Text(zh, en), value, rule))

    # --- plain keys ----------------------------------------------------------------------------

    def _entry(self, entry: Entry) -> None:
        keys = TABLES.get(entry.table)
        if keys is None:
            near = nearest(entry.table, TABLES)
            self.problem(
                entry.spot(),
                f"没有 [[{entry.table}]] 这种表。{near.zh}",
                f"There is no table [[{entry.table}]].{near.en}",
                value=entry.table,
            )
            return
        read = self._keys(entry, keys, entry.data, ())
        if read is not None:
            self.found[entry.table].append(_Fields(entry, read))
        elif entry.table == "source":
            self._refused_sources.add(str(entry.data.get("id")))

    def _keys(
        self, entry: Entry, keys: Mapping[str, Key], data: Mapping[str, Any], path: tuple[str, ...]
    ) -> dict[str, Any] | None:
        """The keys of a table, read; None when a required one is missing or one does not fit."""
        before = len(self.problems)
        read = {}
        for name, written in data.items():
            spot = entry.spot(*path, name)
            if name not in keys:
                near = nearest(name, keys)
                self.problem(
                    spot,
                    f"不认识键“{name}”。{near.zh}",
                    f'The key "{name}" is unknown here.{near.en}',
                    value=name,
                )
                continue
            try:
                read[name] = keys[name].read(written)
            except Wrong as wrong:
                self.problem(
                    spot,
                    f"{name}：{wrong.text.zh}。",
                    f"{name}: {wrong.text.en}.",
                    value=str(written),
                )
        for name, key in keys.items():
            if key.required and name not in data:
                self.problem(
                    entry.spot(*path),
                    f"缺少必填的键“{name}”。",
                    f'The required key "{name}" is missing.',
                    value=entry.table,
                )
        fatal = any(key.required and name not in read for name, key in keys.items())
        return None if fatal or (path and len(self.problems) > before) else read

    def _unique(self, table: str, key: str) -> None:
        first: dict[str, Spot] = {}
        for item in self.found[table]:
            name = item[key]
            if name in first:
                self.problem(
                    item.entry.spot(key),
                    f"“{name}”已在 {first[name]} 写过。",
                    f'"{name}" already stands at {first[name]}.',
                    value=name,
                )
            first.setdefault(name, item.spot)

    # --- sources and values --------------------------------------------------------------------

    def _sources(self) -> dict[str, Source]:
        self._unique("source", "id")
        return {
            item["id"]: Source(
                item["id"], Text(item["zh"], item["en"]), item.get("address", ""), item["tag"]
            )
            for item in self.found["source"]
        }

    def _source(self, item: _Fields, sources: Mapping[str, Source]) -> None:
        name = item.get("source")
        if name is not None and name not in sources and name not in self._refused_sources:
            near = nearest(name, sources)
            self.problem(
                item.entry.spot("source"),
                f"来源“{name}”没有列在 [[source]] 里。{near.zh}",
                f'The source "{name}" is not listed in a [[source]].{near.en}',
                value=name,
            )

    def _values(self, sources: Mapping[str, Source]) -> list[Value]:
        values = []
        for item in self.found["value"]:
            self._source(item, sources)
            unit = self._unit(item.entry, ("unit",), item["unit"])
            period = self._period(item)
            if unit is None:
                continue
            value = self._converted(item.entry.spot("value"), unit, item["value"])
            if value is None:
                continue
            title = Text(item.get("zh", item["key"]), item.get("en", item["key"]))
            values.append(
                Value(
                    item["key"],
                    item["place"],
                    period,
                    value,
                    item["value"],
                    unit,
                    item["source"],
                    item["status"],
                    item.spot,
                    title,
                )
            )
        self._periods(values)
        self._one_unit(values)
        return values

    def _refused_units(self) -> dict[str, Unit]:
        """Units of values that were refused: a rule that names one need not be told twice."""
        return {
            item["key"]: UNITS[item["unit"]]
            for item in self.found["value"]
            if item["unit"] in UNITS
        }

    def _unit(self, entry: Entry, path: tuple[str, ...], name: str) -> Unit | None:
        unit = UNITS.get(name)
        if unit is None:
            near = nearest(name, UNITS)
            self.problem(
                entry.spot(*path),
                f"不认识单位“{name}”。{near.zh}",
                f'The unit "{name}" is unknown.{near.en}',
                value=name,
            )
        return unit

    def _converted(self, spot: Spot, unit: Unit, written: Any) -> Any:
        """The value in the unit rules reckon in; None, with a problem noted, when it does not fit."""
        try:
            return _convert_all(unit, written)
        except ValueError as fault:
            self.problem(
                spot,
                f"这个值与单位“{unit.name}”不符（{fault}）。",
                f'The value does not fit the unit "{unit.name}" ({fault}).',
                value=str(written),
            )
            return None

    def _period(self, item: _Fields) -> Period:
        period = Period(item.get("from"), item.get("to"))
        if period.start and period.end and period.end < period.start:
            self.problem(
                item.entry.spot("to"),
                f"结束日期 {period.end} 早于开始日期 {period.start}。",
                f"The period ends on {period.end}, before it starts on {period.start}.",
                value=str(period.end),
            )
        return period

    def _periods(self, values: Sequence[Value]) -> None:
        """The periods of one key and place follow one another day on day."""
        groups: dict[tuple[str, str], list[Value]] = {}
        for value in values:
            groups.setdefault((value.key, value.place), []).append(value)
        for group in groups.values():
            group.sort(key=lambda value: (value.period.start, str(value.spot)))  # type: ignore[arg-type,return-value]
            for earlier, later in pairwise(group):
                self._follows(earlier, later)

    def _follows(self, earlier: Value, later: Value) -> None:
        assert later.period.start is not None
        end = earlier.period.end
        told = f"{later.key} @ {later.place}"
        if earlier.period == later.period:
            self.problem(
                later.spot,
                f"{told} 的同一时期已在 {earlier.spot} 写过。",
                f"{told} has the same period at {earlier.spot} already.",
                value=later.key,
            )
        elif end is None or end >= later.period.start:
            until = end or "…"
            self.problem(
                later.spot,
                f"{told} 的时期与 {earlier.spot}（{earlier.period.start} 至 {until}）重叠。",
                f"The period of {told} overlaps that at {earlier.spot} "
                f"({earlier.period.start} to {until}).",
                value=later.key,
            )
        elif end + timedelta(days=1) != later.period.start:
            self.problem(
                later.spot,
                f"{told} 缺少 {end + timedelta(days=1)} 至 {later.period.start - timedelta(days=1)}"
                f" 的时期（前一时期在 {earlier.spot}）。",
                f"{told} has no value from {end + timedelta(days=1)} to "
                f"{later.period.start - timedelta(days=1)} (the period before is at {earlier.spot}).",
                value=later.key,
            )

    def _one_unit(self, values: Sequence[Value]) -> None:
        first: dict[str, Value] = {}
        for value in values:
            other = first.setdefault(value.key, value)
            same = (value.unit, type(value.value)) == (other.unit, type(other.value))
            if not same:
                self.problem(
                    value.spot,
                    f"{value.key} 的单位或形式与 {other.spot} 不同。",
                    f"{value.key} has another unit or shape than at {other.spot}.",
                    value=value.unit.name,
                )

    # --- rules ---------------------------------------------------------------------------------

    def _check(self, item: _Fields, sources: Mapping[str, Source]) -> Check | None:
        self._source(item, sources)
        self._look_at(item)
        parameters = self.parameters(item)
        grain = Table(item["grain"])
        condition = self.rule(item, grain, parameters)
        period = self._period(item)
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

    def _look_at(self, item: _Fields) -> None:
        known = {fact.name for facts in FACTS.values() for fact in facts}
        for name in item["look_at"]:
            if name not in known and not tables_of(name):
                near = nearest(name, known)
                self.problem(
                    item.entry.spot("look_at"),
                    f"没有叫“{name}”的事实。{near.zh}",
                    f'No fact "{name}" is known.{near.en}',
                    value=name,
                )

    def parameters(self, item: _Fields) -> dict[str, ParameterSpec]:
        """The parameters of a check or a definition, those that pass."""
        found = {}
        for name, written in item.get("parameters", {}).items():
            spec = self._parameter(item, name, written)
            if spec is not None:
                found[name] = spec
        return found

    def _parameter(self, item: _Fields, name: str, written: Any) -> ParameterSpec | None:
        path = ("parameters", name)
        spot = item.entry.spot(*path)
        if name in RESERVED or tables_of(name) or self.definitions.grain(name):
            self.problem(
                spot,
                f"参数名“{name}”已是事实、定义或保留字的名称。",
                f'The parameter name "{name}" is taken by a fact, a definition or a reserved word.',
                value=name,
            )
            return None
        if not isinstance(written, dict):
            self.problem(spot, *_PARAMETER_FORM, value=name)
            return None
        read = self._keys(item.entry, PARAMETER, written, path)
        if read is None:
            return None
        if set(read) - {"note"} == {"key"}:
            return self._by_key(spot, name, read["key"])
        if set(read) - {"note"} == {"value", "unit"}:
            return self._by_value(item.entry, path, read)
        self.problem(spot, *_PARAMETER_FORM, value=name)
        return None

    def _by_key(self, spot: Spot, name: str, key: str) -> ParameterSpec | None:
        unit = self.units.get(key)
        if unit is None:
            near = nearest(key, self.units)
            self.problem(
                spot,
                f"没有政策值“{key}”。{near.zh}",
                f'No policy value "{key}".{near.en}',
                value=key,
            )
            return None
        if unit.type is None or key not in self.lists:
            self.problem(
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
        unit = self._unit(entry, path, read["unit"])
        if unit is None:
            return None
        value = self._converted(spot, unit, read["value"])
        if value is None:
            return None
        if unit.type is None or isinstance(value, dict):
            self.problem(
                spot,
                "规则的参数是一个值或一个列表。",
                "A parameter of a rule is a value or a list.",
            )
            return None
        many = isinstance(value, tuple)
        node = Parameter(unit.type, many, values=value if many else (value,), name=path[-1])
        return ParameterSpec(path[-1], node, unit.name, spot)

    def rule(
        self, item: _Fields, grain: Table, parameters: Mapping[str, ParameterSpec]
    ) -> Node | None:
        """The condition of a check or definition; None, with problems noted, when it does not pass."""
        written = item.get("parameters", {})
        scope = Scope(
            grain, {name: spec.node for name, spec in parameters.items()}, self.definitions
        )
        node, refused = parse_condition(item["when"], scope)
        for each in refused:
            if each.value not in written or each.value in parameters:
                self._refusal(item.entry, each)
        if node is None:
            return None
        used = {each.name for each in walk(node) if isinstance(each, Parameter)}
        for name in parameters:
            if name not in used:
                self.problem(
                    item.entry.spot("parameters", name),
                    f"规则里没有用到参数“{name}”。",
                    f'The rule does not use the parameter "{name}".',
                    value=name,
                )
        return node

    def _refusal(self, entry: Entry, refused: Refused) -> None:
        start = entry.texts.get(("when",), entry.spot("when"))
        column = refused.column + (start.column if refused.line == 0 else 1)
        spot = Spot(start.file, start.line + refused.line, column)
        self.problem(spot, refused.text.zh, refused.text.en, value=refused.value, rule="when")


class _Definitions:
    """The definitions, typed when first named, so that their order in the files is free."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._items = {item["name"]: item for item in reader.found["definition"]}
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
        self._reader.problem(
            self._items[name].spot,
            f"定义互相引用成圈：{ring}。",
            f"The definitions go in a circle: {ring}.",
            value=name,
        )

    def _read(self, name: str) -> Definition | None:
        item = self._items[name]
        if name in RESERVED or tables_of(name):
            self._reader.problem(
                item.entry.spot("name"),
                f"“{name}”已是事实的名称或保留字。",
                f'"{name}" is the name of a fact or a reserved word.',
                value=name,
            )
        parameters = self._reader.parameters(item)
        grain = Table(item["grain"])
        condition = self._reader.rule(item, grain, parameters)
        if condition is None:
            return None
        text = Text(item["zh"], item["en"])
        return Definition(name, grain, condition, item["when"].strip(), text, parameters, item.spot)


_PARAMETER_FORM = (
    "参数写成 { value = …, unit = … } 或 { key = … }。",
    "A parameter is { value = …, unit = … } or { key = … }.",
)


def _convert_all(unit: Unit, written: Any) -> Any:
    """One value, a list of them, or a table of them; a table unit takes any shape."""
    if unit.type is None:
        return _frozen(written)
    if isinstance(written, list):
        if not written:
            raise ValueError("an empty list")
        return tuple(convert(unit, each) for each in written)
    if isinstance(written, dict):
        return {name: convert(unit, each) for name, each in written.items()}
    return convert(unit, written)


def _frozen(written: Any) -> Any:
    """A table of any shape, its lists as tuples; a float is refused, it has lost its digits."""
    if isinstance(written, float):
        raise ValueError("write a decimal as text")
    if isinstance(written, list):
        return tuple(_frozen(each) for each in written)
    if isinstance(written, dict):
        return {name: _frozen(each) for name, each in written.items()}
    return written
