"""Reads the plain keys of every entry of the policy documents, and notes what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.policy.documents import Document, Entry, Spot, entries
from bangfu.core.policy.model import Period, Source
from bangfu.core.policy.rules.names import nearest
from bangfu.core.policy.schema import TABLES, Key, Wrong
from bangfu.core.policy.units import UNITS, Unfit, Unit, convert


@dataclass(frozen=True, slots=True)
class Fields:
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


class Entries:
    """All entries of the documents, by table, their plain keys read; and every problem so far."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.problems: list[Problem] = []
        self.found: dict[str, list[Fields]] = {table: [] for table in TABLES}
        # Sources that do not pass themselves: what names them need not be told of as well.
        self.refused_sources: set[str] = set()
        for document in documents:
            tables, problems = entries(document)
            self.problems += problems
            for entry in tables:
                self._entry(entry)

    def problem(
        self, spot: Spot, zh: str, en: str, *, value: str = "", rule: str = "policy"
    ) -> None:
        """Note one problem."""
        self.problems.append(Problem(str(spot), Text(zh, en), value, rule))

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
        read = self.keys(entry, keys, entry.data, ())
        if read is not None:
            self.found[entry.table].append(Fields(entry, read))
        elif entry.table == "source":
            self.refused_sources.add(str(entry.data.get("id")))

    def keys(
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

    def unique(self, table: str, key: str) -> None:
        """Note every entry of a table whose key another has already."""
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

    def sources(self) -> dict[str, Source]:
        """The listed sources by id."""
        self.unique("source", "id")
        return {
            item["id"]: Source(
                item["id"], Text(item["zh"], item["en"]), item.get("address", ""), item["tag"]
            )
            for item in self.found["source"]
        }

    def source(self, item: Fields, sources: Mapping[str, Source]) -> None:
        """Note an entry whose source is not listed."""
        name = item.get("source")
        if name is not None and name not in sources and name not in self.refused_sources:
            near = nearest(name, sources)
            self.problem(
                item.entry.spot("source"),
                f"来源“{name}”没有列在 [[source]] 里。{near.zh}",
                f'The source "{name}" is not listed in a [[source]].{near.en}',
                value=name,
            )

    def unit(self, entry: Entry, path: tuple[str, ...], name: str) -> Unit | None:
        """The unit of that name, or None with a problem noted."""
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

    def converted(self, spot: Spot, unit: Unit, written: Any) -> Any:
        """The value in the unit rules reckon in; None, with a problem noted, when it does not fit."""
        try:
            return _convert_all(unit, written)
        except Unfit as fault:
            self.problem(
                spot,
                f"这个值与单位“{unit.name}”不符（{fault}）。",
                f'The value does not fit the unit "{unit.name}" ({fault}).',
                value=str(written),
            )
            return None

    def period(self, item: Fields) -> Period:
        """The period an entry states."""
        period = Period(item.get("from"), item.get("to"))
        if period.start and period.end and period.end < period.start:
            self.problem(
                item.entry.spot("to"),
                f"结束日期 {period.end} 早于开始日期 {period.start}。",
                f"The period ends on {period.end}, before it starts on {period.start}.",
                value=str(period.end),
            )
        return period


def _convert_all(unit: Unit, written: Any) -> Any:
    """One value, a list of them (empty: none is named), or a table of them.

    A table unit takes any shape.
    """
    if unit.type is None:
        return _frozen(written)
    if isinstance(written, list):
        return tuple(convert(unit, each) for each in written)
    if isinstance(written, dict):
        return {name: convert(unit, each) for name, each in written.items()}
    return convert(unit, written)


def _frozen(written: Any) -> Any:
    """A table of any shape, its lists as tuples; a float is refused, it has lost its digits."""
    if isinstance(written, float):
        raise Unfit("write a decimal as text")
    if isinstance(written, list):
        return tuple(_frozen(each) for each in written)
    if isinstance(written, dict):
        return {name: _frozen(each) for name, each in written.items()}
    return written
