"""Reads the values of the policy documents: units, and periods that follow one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

from bangfu.core.language import Text
from bangfu.core.policy.keys import Entries
from bangfu.core.policy.model import Source, Value


def read_values(entries: Entries, sources: Mapping[str, Source]) -> list[Value]:
    """Every value that passes; problems are noted in `entries`."""
    values = []
    for item in entries.found["value"]:
        entries.source(item, sources)
        unit = entries.unit(item.entry, ("unit",), item["unit"])
        period = entries.period(item)
        if unit is None:
            continue
        value = entries.converted(item.entry.spot("value"), unit, item["value"])
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
    _periods(entries, values)
    _one_unit(entries, values)
    return values


def _periods(entries: Entries, values: Sequence[Value]) -> None:
    """The periods of one key and place follow one another day on day."""
    groups: dict[tuple[str, str], list[Value]] = {}
    for value in values:
        groups.setdefault((value.key, value.place), []).append(value)
    for group in groups.values():
        group.sort(key=lambda value: (value.period.start, str(value.spot)))  # type: ignore[arg-type,return-value]
        for earlier, later in pairwise(group):
            _follows(entries, earlier, later)


def _follows(entries: Entries, earlier: Value, later: Value) -> None:
    assert later.period.start is not None
    end = earlier.period.end
    told = f"{later.key} @ {later.place}"
    if earlier.period == later.period:
        entries.problem(
            later.spot,
            f"{told} 的同一时期已在 {earlier.spot} 写过。",
            f"{told} has the same period at {earlier.spot} already.",
            value=later.key,
        )
    elif end is None or end >= later.period.start:
        until = end or "…"
        entries.problem(
            later.spot,
            f"{told} 的时期与 {earlier.spot}（{earlier.period.start} 至 {until}）重叠。",
            f"The period of {told} overlaps that at {earlier.spot} "
            f"({earlier.period.start} to {until}).",
            value=later.key,
        )
    elif end + timedelta(days=1) != later.period.start:
        entries.problem(
            later.spot,
            f"{told} 缺少 {end + timedelta(days=1)} 至 {later.period.start - timedelta(days=1)}"
            f" 的时期（前一时期在 {earlier.spot}）。",
            f"{told} has no value from {end + timedelta(days=1)} to "
            f"{later.period.start - timedelta(days=1)} (the period before is at {earlier.spot}).",
            value=later.key,
        )


def _one_unit(entries: Entries, values: Sequence[Value]) -> None:
    first: dict[str, Value] = {}
    for value in values:
        other = first.setdefault(value.key, value)
        same = (value.unit, type(value.value)) == (other.unit, type(other.value))
        if not same:
            entries.problem(
                value.spot,
                f"{value.key} 的单位或形式与 {other.spot} 不同。",
                f"{value.key} has another unit or shape than at {other.spot}.",
                value=value.unit.name,
            )
