"""The shipped policy, and the shipped policy with some values set to what a test is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bangfu.core.places import NATION
from bangfu.core.policy import Policy, load
from bangfu.core.policy.model import Period
from bangfu.files.policy_folder import read_policy

FOLDER = Path(__file__).parents[2] / "policy"


@cache
def shipped() -> Policy:
    """The policy of this repository."""
    return load(read_policy(FOLDER))


def with_values(values: Mapping[str, Any]) -> Policy:
    """The shipped policy in which these keys have these values, at all times.

    Values are in the unit rules reckon in (fen); a mapping of 12-digit codes sets them by place.
    """
    policy = shipped()
    kept = [value for value in policy.values if value.key not in values]
    for key, given in values.items():
        first = next(value for value in policy.values if value.key == key)
        by_place = given if isinstance(given, Mapping) and NATION in given else {NATION: given}
        kept += [
            replace(first, place=place, period=Period(), value=value, written=value)
            for place, value in by_place.items()
        ]
    return Policy(
        policy.sources,
        kept,
        list(policy.definitions.values()),
        policy.all_checks,
        policy.left_out,
        signs=policy.signs,
    )
