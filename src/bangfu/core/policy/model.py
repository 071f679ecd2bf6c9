"""What a policy file holds, once read: values, checks, definitions, sources, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.places import contains
from bangfu.core.policy.documents import Spot
from bangfu.core.policy.rules.nodes import Node, Parameter
from bangfu.core.policy.units import Unit

Status = Literal["verified", "unverified"]


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; None is open."""

    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from. `tag` says how it was read (domain: tags)."""

    id: str
    text: Text
    address: str
    tag: str


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a key, for a place and a period.

    `value` is in the unit rules reckon in: whole fen, exact decimals; `written` is as in the file.
    """

    key: str
    place: str
    period: Period
    value: Any
    written: Any
    unit: Unit
    source: str
    status: Status
    spot: Spot
    title: Text


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """A parameter of a rule as the file states it: its own value, or the key of a policy value."""

    name: str
    node: Parameter
    unit: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Definition:
    """A condition with a name, which rules share."""

    name: str
    grain: Table
    condition: Node
    when: str
    text: Text
    parameters: Mapping[str, ParameterSpec]
    spot: Spot


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the catalogue. `level` is 1 (most serious) to 5, None unrated."""

    id: str
    level: int | None
    object: str
    grain: Table
    condition: Node
    when: str
    text: Text
    look_at: tuple[str, ...]
    parameters: Mapping[str, ParameterSpec]
    source: str
    status: Status
    note: str
    place: str
    period: Period
    spot: Spot

    def holds_in(self, place: str, day: date) -> bool:
        """Whether the check is in force for (part of) a place on a day."""
        near = contains(self.place, place) or contains(place, self.place)
        return near and self.period.covers(day)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row of the catalogue that is no check here, and why."""

    id: str
    why: Text
    spot: Spot


@dataclass(frozen=True, slots=True)
class Resolved:
    """The value of a key for a place on a date, with where it comes from.

    `value` is in the unit rules reckon in (fen for money); `written` as the file has it, in `unit`.
    """

    key: str
    value: Any
    written: Any
    unit: str
    place: str
    start: date | None
    end: date | None
    source: Source
    status: Status
    file: str
    line: int
    title: Text = field(default=Text("", ""))
