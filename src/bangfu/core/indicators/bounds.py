"""What the policy asks of a rate, where it asks something for a place on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from bangfu.core.indicators.model import Target
from bangfu.core.places import contains
from bangfu.core.policy.model import Value
from bangfu.core.policy.resolve import Policy


def asked(policy: Policy, key: str, *, place: str, on: date) -> Value | None:
    """The value of a key for a place on a day; None where the policy says nothing for it."""
    return next((v for v in policy.in_force(key, on) if contains(v.place, place)), None)


def target(policy: Policy, key: str, *, place: str, on: date, at_least: bool) -> Target | None:
    """A bound that the policy sets, or None."""
    value = asked(policy, key, place=place, on=on)
    if value is None:
        return None
    return Target(key, Fraction(value.value), at_least, value.status == "verified")


def cut_offs(policy: Policy, *, place: str, year: int, on: date) -> list[tuple[date, Target]]:
    """The days of a year by which a share must be paid, up to `on`, each with its share."""
    key = "funds.paid_by_quarter_end"
    value = asked(policy, key, place=place, on=min(on, date(year, 12, 31)))
    found = [] if value is None else [_cut_off(key, row, year, value) for row in value.value]
    return [(day, share) for day, share in found if day <= on]


def _cut_off(key: str, row: Mapping[str, Any], year: int, value: Value) -> tuple[date, Target]:
    month, day = (int(part) for part in row["by"].split("-"))
    share = Fraction(row["share"])
    return date(year, month, day), Target(key, share, True, value.status == "verified")
