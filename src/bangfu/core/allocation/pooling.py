"""A county's pooling rules (资金整合) as rules of an allocation problem.

What the county decides comes in as numbers; what comes out is the `rules` of the problem contract:
per key village a floor for each group of departments, one for the whole, one for its registered
households; over everything the growth on last year and the shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class KeyVillage:
    """A village of the year's programme: its code and how many registered households it has."""

    code: str
    registered_households: int


@dataclass(frozen=True, slots=True)
class PoolingPolicy:
    """What the county decided. Amounts are fen.

    `group_floors` is what each group of departments puts into a key village; `offices` the names by
    which a line's department is known to belong to a group.
    """

    group_floors: Mapping[str, int]
    offices: Mapping[str, Sequence[str]]
    village_total: int
    household_floor: int
    growth_at_least: Fraction
    management_purposes: Sequence[str]
    management_at_most: Fraction


def group_of(department: str, policy: PoolingPolicy) -> str | None:
    """The group a department belongs to, or None."""
    for group, offices in policy.offices.items():
        if any(office in department for office in offices):
            return group
    return None


def pooling_rules(
    policy: PoolingPolicy,
    villages: Sequence[KeyVillage],
    departments: Mapping[str, str],
    last_year_fen: int | None,
) -> dict[str, Any]:
    """The rules of the problem. `departments` names the department of each fund line.

    Floors are soft: a shortfall is shown, with the money that would close it. The growth on last
    year's total is hard; without last year's total there is none.
    """
    lines: dict[str, list[str]] = {group: [] for group in policy.group_floors}
    for line, department in departments.items():
        group = group_of(department, policy)
        if group in lines:
            lines[group].append(line)
    floors = [floor for village in villages for floor in _floors(village, policy, lines)]
    rules: dict[str, Any] = {
        "floors": floors,
        "share_rules": [
            {
                "purposes": list(policy.management_purposes),
                "at_most": _decimal(policy.management_at_most),
            }
        ],
    }
    if last_year_fen is not None:
        rules["total_at_least_fen"] = -(-last_year_fen * (1 + policy.growth_at_least) // 1)
    return rules


def _floors(
    village: KeyVillage, policy: PoolingPolicy, lines: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    floors = [
        {
            "id": f"{village.code}/{group}",
            "places": [village.code],
            "amount_fen": fen,
            "lines": sorted(lines[group]),
        }
        for group, fen in policy.group_floors.items()
    ]
    floors.append(
        {
            "id": f"{village.code}/整村",
            "places": [village.code],
            "amount_fen": policy.village_total,
        }
    )
    floors.append(
        {
            "id": f"{village.code}/户均",
            "places": [village.code],
            "amount_fen": policy.household_floor * village.registered_households,
        }
    )
    return floors


def _decimal(share: Fraction) -> str:
    """A share as the contract writes it. Shares of policy are decimals, so this is exact."""
    scaled = share * 10**12
    if scaled.denominator != 1:
        raise ValueError(f"not a decimal share: {share}")
    whole, rest = divmod(scaled.numerator, 10**12)
    return f"{whole}.{rest:012d}".rstrip("0").rstrip(".")
