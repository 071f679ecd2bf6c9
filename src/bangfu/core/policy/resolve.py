"""The policy that the files state, asked for a place and a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bangfu.core.errors import UsageError
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.payments.schemes import Schemes
from bangfu.core.places import NATION, contains, prefix
from bangfu.core.policy.model import Check, Definition, LeftOut, Resolved, Source, Value
from bangfu.core.policy.rules.names import Scope, nearest
from bangfu.core.policy.rules.nodes import Named
from bangfu.core.red_flags.signs import Sign
from bangfu.core.workflow.catalogue import Procedures


class Policy:
    """Values, checks, definitions, procedures, schemes and signs that passed every test of `load`."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        values: Sequence[Value],
        definitions: Sequence[Definition],
        checks: Sequence[Check],
        left_out: Sequence[LeftOut],
        procedures: Procedures = Procedures(),  # noqa: B008  a frozen value
        schemes: Schemes = Schemes(),  # noqa: B008  a frozen value
        signs: Sequence[Sign] = (),
    ) -> None:
        self.sources = dict(sources)
        self.values = tuple(values)
        self.definitions = {definition.name: definition for definition in definitions}
        self.all_checks = tuple(checks)
        self.left_out = tuple(left_out)
        self.procedures = procedures
        self.schemes = schemes
        self.signs = tuple(signs)
        self._by_key: dict[str, list[Value]] = {}
        for value in self.values:
            self._by_key.setdefault(value.key, []).append(value)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that has a value, sorted."""
        return tuple(sorted(self._by_key))

    def in_force(self, key: str, on: date) -> list[Value]:
        """The values of a key in force on a date, the most specific place first.

        Raises UsageError, with the nearest known keys, when no value has that key.
        """
        if key not in self._by_key:
            near = nearest(key, self._by_key)
            raise UsageError(
                Text(f"没有政策值“{key}”。{near.zh}", f'There is no policy value "{key}".{near.en}')
            )
        current = [value for value in self._by_key[key] if value.period.covers(on)]
        return sorted(current, key=lambda value: (-len(prefix(value.place)), value.place))

    def value(self, key: str, *, place: str, on: date) -> Resolved:
        """The value of a key for a place on a date: the most specific place, then the date.

        Raises UsageError for an unknown key, or when no value covers that place and date.
        """
        for value in self.in_force(key, on):
            if contains(value.place, place):
                return self.resolved(value)
        raise self._no_value(key, place, on)

    def every(self, key: str) -> list[Value]:
        """Every value a key ever had anywhere, the latest first; none for an unknown key."""
        found = self._by_key.get(key, [])
        return sorted(found, key=lambda v: (v.period.start or date.min, v.place), reverse=True)

    def as_if(self, changes: Mapping[str, Any], *, place: str, on: date) -> Policy:
        """The policy as if on a day each key had another value in a place and everywhere in it.

        Values are in the unit rules reckon in. Raises UsageError for a key without a value there.
        """
        values = list(self.values)
        for key, value in changes.items():
            present = next((v for v in self.in_force(key, on) if contains(v.place, place)), None)
            if present is None:
                raise self._no_value(key, place, on)
            inside = [v for v in self.in_force(key, on) if contains(place, v.place)]
            values = [v for v in values if not any(v is one for one in inside)]
            values.append(replace(present, place=place, value=value, status="unverified"))
        return Policy(
            self.sources,
            values,
            tuple(self.definitions.values()),
            self.all_checks,
            self.left_out,
            self.procedures,
            self.schemes,
            self.signs,
        )

    def checks(self, on: date, place: str = NATION) -> tuple[Check, ...]:
        """The checks in force on a date in a place or in part of it."""
        return tuple(check for check in self.all_checks if check.holds_in(place, on))

    def scope(self, grain: Table) -> Scope:
        """What an expression at a grain can name: facts and the definitions."""
        return Scope(grain, definitions=_Defined(self.definitions))

    def _no_value(self, key: str, place: str, on: date) -> UsageError:
        known = "；".join(
            f"{value.place} {value.period.start}–{value.period.end or '…'}"
            for value in self._by_key[key]
        )
        return UsageError(
            Text(
                f"“{key}”在 {place}、{on} 没有值；现有：{known}。",
                f'"{key}" has no value for {place} on {on}; there is: {known}.',
            )
        )

    def resolved(self, value: Value) -> Resolved:
        """A value with its source and where it is stated."""
        return Resolved(
            value.key,
            value.value,
            value.written,
            value.unit.name,
            value.place,
            value.period.start,
            value.period.end,
            self.sources[value.source],
            value.status,
            value.spot.file,
            value.spot.line,
            value.title,
        )


class _Defined:
    """The definitions of a policy, as the rule language asks for them."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions

    def grain(self, name: str) -> Table | None:
        found = self._definitions.get(name)
        return None if found is None else found.grain

    def names(self) -> Iterable[str]:
        return self._definitions

    def named(self, name: str) -> Named | None:
        found = self._definitions.get(name)
        return None if found is None else Named(name, found.grain, found.condition)
