"""What a screening is set to: parameters, deprivations and classes as `policy/` states them.

Everything is asked in the rule language; `Setting` names the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.places import prefix
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.screening.asked import OF_CONCERN, OF_HOUSEHOLD, OF_PERSON, asked
from bangfu.core.screening.checks import ask, named_values
from bangfu.core.screening.classes import HelpClass, Shown
from bangfu.core.screening.deprivation import Indicator, Scheme
from bangfu.core.screening.labels import label
from bangfu.core.screening.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything a screening needs besides the tables.

    `of_household`, `of_concern` (a household of concern) and `of_person` are what it asks of each, by
    column; `asking` is what it asks them with. `indicators` says what each deprivation is, by its id.
    """

    parameters: Parameters
    classes: tuple[HelpClass, ...]
    indicators: Mapping[str, Text]
    of_household: Mapping[str, Node]
    of_concern: Mapping[str, Node]
    of_person: Mapping[str, Node]
    asking: Asking


def setting(
    policy: Policy,
    *,
    place: str,
    on: date,
    rosters: Iterable[str] = (),
    also: Mapping[str, str] = MappingProxyType({}),
) -> Setting:
    """The screening of a place on a day. `rosters` are those that are complete for it.

    `also` is what else to ask of each household, in the rule language, by column. Raises UsageError when policy has no value for something that is needed there on that day.
    """

    def value(key: str) -> Any:
        return policy.value(key, place=place, on=on).value

    scheme_id = value("screening.deprivation_scheme")
    rows, cutoff = value(f"deprivation.{scheme_id}"), value(f"deprivation.{scheme_id}_cutoff")
    scheme = Scheme(
        scheme_id,
        tuple(Indicator(row["id"], row["dimension"], row["weight"]) for row in rows),
        Fraction(cutoff["numerator"], cutoff["denominator"]),
    )
    parameters = Parameters(
        on=on,
        lines=_lines(policy, place, on),
        school_age=(value("screening.school_age_at_least"), value("screening.school_age_at_most")),
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
        scheme=scheme,
        rosters=frozenset(rosters),
    )
    classes = tuple(_help_class(policy, on, row) for row in value("classes"))
    deprived = {
        indicator.column: _condition(policy, row["condition"])
        for indicator, row in zip(scheme.indicators, rows, strict=True)
    }
    of_household = {
        **asked(policy, Table.HOUSEHOLD, {**OF_HOUSEHOLD, **also}),
        **deprived,
    }
    of_concern = {
        **asked(policy, Table.HOUSEHOLD, OF_CONCERN),
        **{one.column: one.condition for one in classes},
        **{shown.column: shown.node for one in classes for shown in one.values},
    }
    of_person = asked(policy, Table.PERSON, OF_PERSON)
    nodes_asked = (*of_household.values(), *of_concern.values(), *of_person.values())
    asking = ask(nodes_asked, policy, on, [place])
    indicators = {row["id"]: policy.definitions[row["condition"]].text for row in rows}
    return Setting(parameters, classes, indicators, of_household, of_concern, of_person, asking)


def _condition(policy: Policy, name: str) -> Node:
    definition = policy.definitions[name]
    return nodes.Named(name, definition.grain, definition.condition)


def _help_class(policy: Policy, on: date, row: Mapping[str, Any]) -> HelpClass:
    definition = policy.definitions[row["condition"]]
    values = tuple(
        Shown(_title(policy, on, named, node), f"shown_{row['id']}_{number}", node)
        for number, (named, node) in enumerate(named_values(definition.condition))
    )
    return HelpClass(
        id=row["id"],
        text=Text(row["zh"], row["en"]),
        why=definition.text,
        condition=_condition(policy, row["condition"]),
        values=values,
        measures=(Text(row["measures_zh"], row["measures_en"]),),
    )


def _title(policy: Policy, on: date, named: str, node: Node) -> Text:
    """What a value is called: by its fact, by its policy value, else in words."""
    match node:
        case nodes.FactRef(fact=fact) | nodes.Named(fact=fact) if fact is not None:
            return Text(fact.zh, fact.en)
        case nodes.Parameter(key=key):
            return policy.in_force(key, on)[0].title
    return label(named)


def _lines(policy: Policy, place: str, on: date) -> tuple[tuple[str, int], ...]:
    """The income lines that matter to a place, by prefix: its own, those above and those inside it."""
    inside: Callable[[str], bool] = lambda other: (
        other.startswith(prefix(place)) or prefix(place).startswith(other)
    )
    found = [(prefix(v.place), v.value) for v in policy.in_force("income.line", on)]
    return tuple((code, fen) for code, fen in found if inside(code))
