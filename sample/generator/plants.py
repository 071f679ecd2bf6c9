"""Plants: every scenario's two sides, each as a household of its own, and what must be found.

The list of expected findings comes from this bookkeeping alone. No rule is evaluated here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from sample.generator.model import Cells, Household, Member, Village
from sample.generator.people import Registry
from sample.generator.scenarios import VILLAGE, Scenario, Side, cell, households


@dataclass(frozen=True, order=True)
class Finding:
    """One expected finding; numbers are empty where the check speaks of a household or a village."""

    check: str
    place_code: str
    household_no: str = ""
    person_no: str = ""


@dataclass
class Planted:
    """What was planted: households, changes of village rows by code, and the findings to expect."""

    households: list[Household] = field(default_factory=list)
    villages: dict[str, Cells] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def grains(catalogue: Path) -> dict[str, str]:
    """Check → what it speaks of (person, household, village, project), from the catalogue's object."""
    with catalogue.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["object"].split("_")[0] for row in csv.DictReader(file)}


def plant(
    scenarios: list[Scenario], grain: dict[str, str], villages: list[Village], registry: Registry
) -> Planted:
    """Plant both sides of every scenario, spread over the county in the order of its villages."""
    planted = Planted()
    free = iter(villages[::2] + villages[1::2])
    for index, scenario in enumerate(scenarios):
        for turn, side in enumerate((scenario.hit, scenario.near)):
            if scenario.of_village:
                _plant_village(planted, scenario, side, next(free).code, fires=turn == 0)
                continue
            spot = (index * 2 + turn) * 7
            places = (
                villages[spot % len(villages)].code,
                villages[(spot + 3) % len(villages)].code,
            )
            pair = households(scenario, side, registry, places, index)
            for home in pair:
                home.number_members()
            planted.households += pair
            named = (*([scenario.check] if turn == 0 else []), *side.also)
            for home, who in zip(pair, (scenario.who, scenario.partner_who), strict=False):
                planted.findings += _findings(named, home, who, grain)
    return planted


def _plant_village(
    planted: Planted, scenario: Scenario, side: Side, code: str, *, fires: bool
) -> None:
    changes = {**scenario.given.get(VILLAGE, {}), **side.changes.get(VILLAGE, {})}
    planted.villages[code] = {key: cell(value) for key, value in changes.items()}
    checks = (*([scenario.check] if fires else []), *side.also)
    planted.findings += [Finding(check, code) for check in checks]


def _findings(
    checks: tuple[str, ...], home: Household, who: tuple[str, ...], grain: dict[str, str]
) -> list[Finding]:
    found = []
    for entry in checks:
        check, _, role = entry.partition("@")
        if grain[check] != "person":
            found.append(Finding(check, home.place, home.number))
            continue
        for person in _persons(home, role, who):
            found.append(Finding(check, home.place, home.number, person.number))
    return found


def _persons(home: Household, role: str, who: tuple[str, ...]) -> list[Member]:
    if role == "*":
        return home.members
    if role or who:
        return [home.member(name) for name in ([role] if role else who)]
    raise ValueError(f"household {home.number}: a person check needs `who`")
