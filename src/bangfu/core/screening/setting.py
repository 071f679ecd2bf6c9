"""What a screening is set to: parameters, deprivations and classes as `policy/` states them.

Deprivations and classes are definitions of the rule language. Their truth is laid beside the
household's facts as columns, so that the rest of the screening reads them like any other fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.places import prefix
from bangfu.core.policy.model import Definition
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.compose import Composer, Keep
from bangfu.core.screening.checks import ask
from bangfu.core.screening.classes import HelpClass
from bangfu.core.screening.deprivation import Condition, Indicator, Scheme
from bangfu.core.screening.expressions import HOUSEHOLD_KEY
from bangfu.core.screening.parameters import Parameters

_CONDITION = "holds_"


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything a screening needs besides the tables. `conditions` are the definitions it asks."""

    parameters: Parameters
    classes: tuple[HelpClass, ...]
    conditions: tuple[Definition, ...]


def setting(policy: Policy, *, place: str, on: date, rosters: Iterable[str] = ()) -> Setting:
    """The screening of a place on a day. `rosters` are those that are complete for it.

    Raises UsageError when policy has no value for something that is needed there on that day.
    """

    def value(key: str) -> Any:
        return policy.value(key, place=place, on=on).value

    scheme_id = value("screening.deprivation_scheme")
    rows, cutoff = value(f"deprivation.{scheme_id}"), value(f"deprivation.{scheme_id}_cutoff")
    classes = value("classes")
    scheme = Scheme(
        scheme_id,
        tuple(
            Indicator(row["id"], row["dimension"], row["weight"], _reads(row["condition"]))
            for row in rows
        ),
        Fraction(cutoff["numerator"], cutoff["denominator"]),
    )
    low, high = value("screening.school_age")
    parameters = Parameters(
        on=on,
        lines=_lines(policy, place, on),
        school_age=(low, high),
        dangerous_grades=tuple(value("screening.dangerous_grades")),
        water_litres_at_least=value("screening.water_litres_at_least"),
        water_minutes_at_most=value("screening.water_minutes_at_most"),
        water_shortage_days_at_most=value("screening.water_shortage_days_at_most"),
        medical_threshold=value("screening.medical_threshold"),
        medical_share=Fraction(value("screening.medical_share")),
        medical_roster_threshold=value("screening.medical_roster_threshold"),
        students_at_least=value("screening.students_at_least"),
        labour_share_at_most=Fraction(value("screening.labour_share_at_most")),
        work_months_at_least=value("screening.work_months_at_least"),
        many_labour_at_least=value("screening.many_labour_at_least"),
        village_labour_share_below=Fraction(value("screening.village_labour_share_below")),
        land_at_least=int(value("screening.land_at_least")),
        fragile_places=tuple(value("screening.fragile_places")),
        scheme=scheme,
        rosters=frozenset(rosters),
    )
    names = [row["condition"] for row in (*rows, *classes)]
    return Setting(
        parameters,
        tuple(_help_class(row) for row in classes),
        tuple(policy.definitions[name] for name in dict.fromkeys(names)),
    )


def with_conditions(
    tables: Mapping[Table, ir.Table],
    made: Setting,
    policy: Policy,
    places: Iterable[str],
    keep: Keep,
) -> ir.Table:
    """The household table with a column for the truth of every condition of the setting.

    A condition of the village holds for each of its households; without a village row it does not.
    """
    asking = ask((d.condition for d in made.conditions), policy, made.parameters.on, places)
    composer = Composer(tables, asking, keep)
    household = tables[Table.HOUSEHOLD]
    for grain, keys in ((Table.HOUSEHOLD, HOUSEHOLD_KEY), (Table.VILLAGE, ("place_code",))):
        asked = {d.name: d.condition for d in made.conditions if d.grain is grain}
        if not asked:
            continue
        view = composer.view(grain, asked.values())
        compiler = view.compiler(asking)
        truths = keep(
            view.rows.select(
                *keys, **{_CONDITION + name: compiler.truth(node) for name, node in asked.items()}
            )
        )
        joined = household.left_join(truths, list(keys))
        flags = {_CONDITION + name: joined[_CONDITION + name].fill_null(False) for name in asked}
        household = joined.select(*household.columns, **flags)
    return household


def _reads(name: str) -> Condition:
    column = _CONDITION + name
    return lambda table: table[column]


def _help_class(row: Mapping[str, Any]) -> HelpClass:
    return HelpClass(
        id=row["id"],
        text=Text(row["zh"], row["en"]),
        condition=_reads(row["condition"]),
        values=("members", "able", "disabled"),
        measures=(Text(row["measures_zh"], row["measures_en"]),),
    )


def _lines(policy: Policy, place: str, on: date) -> tuple[tuple[str, int], ...]:
    """The income lines that matter to a place, by prefix: its own, those above and those inside it."""
    inside: Callable[[str], bool] = lambda other: (
        other.startswith(prefix(place)) or prefix(place).startswith(other)
    )
    found = [(prefix(v.place), v.value) for v in policy.in_force("income.line", on)]
    return tuple((code, fen) for code, fen in found if inside(code))
