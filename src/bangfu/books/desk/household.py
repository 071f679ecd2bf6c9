"""One household as its page and its card show it: everything the apps know of it, put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from bangfu.books.accounts.queries import display_names
from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.cases import queries as cases
from bangfu.books.cases import rules
from bangfu.books.cases.models import Case, State
from bangfu.books.cases.showing import STATE_WORDS
from bangfu.books.cases.verified import last_verified, recognised_for, seen_of_household
from bangfu.books.desk.verified import verified_told
from bangfu.books.households.actions.happening import KINDS
from bangfu.books.households.incomes import income_per_head
from bangfu.books.households.models import Happening, Household, IncomeItem, Person
from bangfu.books.households.past import Act, acts
from bangfu.books.payments import queries as payments
from bangfu.books.payments.models import Payment
from bangfu.books.screening.queries import of_household, told_once
from bangfu.core.facts.dictionary import HELP, plain
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.periods import age_on
from bangfu.core.sheets.income import GROUPS, ITEMS
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.charts import Series, bars
from bangfu.web.statements import Kept, together

_FACTS = plain(Table.HOUSEHOLD)
_RISKS = ("risk_1", "risk_2", "risk_3", "risk_4", "risk_5")
_CONDITIONS = (
    "housing_grade",
    "dangerous_house",
    "house_area",
    "safe_water",
    "electricity",
    "sanitary_toilet",
    "paved_access",
    "main_road_km",
    "cropland",
    "woodland",
    "orchard",
)
# Units that the national sheet leaves out of its own Chinese names.
_UNITS = {"house_area": "（平方米）", "main_road_km": "（公里）"}
# The newest payments stand on the page; the page of the household's money has all.
MONEY_SHOWN = 8
# What the page says of a member, of whom sixty columns are kept.
_OF_MEMBERS = (
    "household_id",
    "person_no",
    "name",
    "relation",
    "sex",
    "birth",
    "schooling",
    "education",
    "health",
    "skill",
    "work_months",
    "work_place",
    "resident_medical",
    "employee_medical",
)
COST = "e"
FEN_IN_YUAN = 100


@dataclass(frozen=True, slots=True)
class Year:
    """A year's incomes by group, with the net sum and, when there were members, the sum a head."""

    year: int
    groups: dict[str, int]
    items: tuple[tuple[Text, int], ...]
    net: int
    per_head: int | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A fact with its label; `kind` tells the template how to write it."""

    label: Text
    value: Any
    kind: str


# What the page reads of one household, each by its number.
_members = Kept(
    lambda number: (
        Person.objects.filter(household_id=number).order_by("person_no").only(*_OF_MEMBERS)
    )
)
_incomes = Kept(
    lambda number: (
        IncomeItem.objects.filter(household_id=number)
        .order_by("-year", "item")
        .only("year", "item", "fen")
    )
)
_measures = Kept(lambda number: Measure.objects.filter(household_no=number).order_by("-agreed_on"))
_visits = Kept(
    lambda number: Visit.objects.filter(household_no=number).order_by("-visited_on")[:20]
)
_happenings = Kept(
    lambda number: Happening.objects.filter(household_no=number).order_by("-happened_on", "-pk")
)
_history_of_cases = Kept(cases.history_of)
_arrived = Kept(lambda number: payments.arrived(Q(household_no=number)))


def incomes(
    household: Household,
    rows: Iterable[IncomeItem],
    *,
    members: int,
    happenings: Sequence[Happening],
) -> list[Year]:
    """Incomes by year, latest first. Net = a + b + c + d − e (domain: income formula)."""
    by_year: dict[int, list[tuple[str, int]]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append((row.item, row.fen))
    found = []
    for year, items in by_year.items():
        groups = dict.fromkeys(GROUPS, 0)
        for item, fen in items:
            groups[item[0]] += fen
        net = sum(fen if group != COST else -fen for group, fen in groups.items())
        named = tuple((ITEMS[item], fen) for item, fen in items)
        per_head = income_per_head(household, net, year, members=members, happenings=happenings)
        found.append(Year(year, groups, named, net, per_head))
    return found


def income_chart(years: Sequence[Year]) -> dict[str, Any]:
    """Which groups the income came from, year by year."""
    ordered = sorted(years, key=lambda one: one.year)
    return bars(
        Text("收入从哪里来？（元）", "Where does the income come from? (yuan)"),
        [str(one.year) for one in ordered],
        [
            Series(
                label,
                [
                    (-one.groups[group] if group == COST else one.groups[group]) / FEN_IN_YUAN
                    for one in ordered
                ],
            )
            for group, label in GROUPS.items()
        ],
        stacked=True,
    )


def conditions(household: Household) -> list[Pair]:
    """Housing, water and living conditions."""
    return [
        Pair(
            Text(_FACTS[name].zh + _UNITS.get(name, ""), _FACTS[name].en),
            getattr(household, name),
            "yes_no" if isinstance(getattr(household, name), bool) else "text",
        )
        for name in _CONDITIONS
    ]


def registered_help(household: Household) -> list[tuple[Text, list[str]]]:
    """Measures as the last sheet registered them, by family."""
    return [
        (Text(_FACTS[name].zh, _FACTS[name].en), values)
        for name in HELP
        if (values := getattr(household, name))
    ]


def risks(household: Household) -> list[str]:
    """The household's risk types."""
    return [risk for name in _RISKS if (risk := getattr(household, name))]


def with_ages(persons: Sequence[Person], on: date) -> list[Person]:
    """Each member with the age in completed years."""
    for person in persons:
        person.age = age_on(person.birth, on) if person.birth else None  # type: ignore[attr-defined]
    return list(persons)


def history(household_no: str) -> list[tuple[Act, str]]:
    """Every change with the name of who made it."""
    found = acts(household_no)
    names = display_names(act.actor for act in found)
    return [(act, names.get(act.actor, act.actor)) for act in found]


def gathered(household: Household, on: date) -> dict[str, Any]:
    """Everything the page shows of a household in the scope."""
    number = household.household_no
    members, items, measures, visits, happened, of_cases, seen, arrived, findings = together(
        _members.of(number),
        _incomes.of(number),
        _measures.of(number),
        _visits.of(number),
        _happenings.of(number),
        _history_of_cases.of(number),
        seen_of_household.of(number),
        _arrived.of(number),
        of_household.of(number),
    )
    years = incomes(household, items, members=len(members), happenings=happened)
    money = _money(number, happened, arrived)
    verified = last_verified(seen)
    return {
        "household": household,
        "head": next((p.name for p in members if p.relation == "户主"), number),
        "members": with_ages(members, on),
        "years": years,
        "groups": GROUPS,
        "chart": income_chart(years),
        "verified": verified,
        "verified_told": verified
        and verified_told(verified, members=len(members), happenings=happened),
        "recognised_for": recognised_for(of_cases, seen, policy_in_force()),
        "conditions": conditions(household),
        "risks": risks(household),
        "registered_help": registered_help(household),
        "measures": _with_families(measures),
        "visits": visits,
        "money": money[:MONEY_SHOWN],
        "money_count": len(money),
        "money_fen": sum(payment.fen for payment, _ in money),
        "happenings": [(row, KINDS[row.kind]) for row in happened],
        "cases": _cases(of_cases),
        "findings": told_once(findings, {p.person_no: p.name for p in members}),
    }


def _money(
    household_no: str, happened: Sequence[Happening], arrived: list[Payment]
) -> list[tuple[Payment, Text]]:
    """What arrived at the household and at those that joined it, the newest first, with its scheme."""
    if any(row.kind == "merge" for row in happened):
        arrived = payments.received([household_no]).get(household_no, [])
    schemes = policy_in_force().schemes
    return [(row, schemes.words(row.scheme)) for row in arrived]  # type: ignore[attr-defined]


def _cases(known: Sequence[Case]) -> list[tuple[Case, Text, Text, list[str]]]:
    """The household's cases, newest first: the matter, the step it stands at or how it ended, and who went
    to see."""
    policy = policy_in_force()
    found = []
    checks = cases.home_checks(known, policy) if known else {}
    for case in known:
        procedure = rules.procedure_of(policy, case)
        step = rules.current_step(policy, case)
        stands = step.text if step else STATE_WORDS[State(case.state)]
        found.append((case, procedure.text, stands, checks[case.pk]))
    return found


def _with_families(measures: Any) -> list[tuple[Measure, Text]]:
    return [(m, Text(_FACTS[m.family].zh, _FACTS[m.family].en)) for m in measures]
