"""Evidence of conditions, computed from the books and from what was seen in the case.

Rows of the books are read under the caller's scope; what a home check saw replaces what the books say
of the same household, and the one screening expression runs over the result.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from bangfu.books.cases import subjects
from bangfu.books.cases.models import Answer, Case, Registration
from bangfu.books.households.batch import BY_NAME
from bangfu.books.households.models import Household, Person, VillageProfile
from bangfu.books.walls import bulk
from bangfu.core import places
from bangfu.core.facts.dictionary import HELP
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.compose import Composer, Keep
from bangfu.core.screening.household import household_facts, household_screening
from bangfu.core.screening.reasons import household_reasons
from bangfu.core.screening.risks import STATED
from bangfu.core.screening.setting import setting
from bangfu.core.workflow import evidence
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import Criteria, Subject
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE
from bangfu.engines.scripts import of_user

SEEN = (
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "business_cost",
    "claims_income",
    "out_of_pocket",
    "dangerous_house",
    "safe_water",
    "dropout",
    "uninsured_member",
)
INCOMES = SEEN[:5]
# A field of the thirteen after removal → the fact of the household that it says anew.
AFTER = {
    "after_wage_income": "wage_income",
    "after_business_income": "business_income",
    "after_property_income": "property_income",
    "after_transfer_income": "transfer_income",
    "after_business_cost": "business_cost",
    "after_claims_income": "claims_income",
    "after_out_of_pocket": "out_of_pocket",
    "after_house_damaged": "dangerous_house",
    "after_dropout": "dropout",
    "after_uninsured": "uninsured_member",
}
# What a procedure asks of a household beside its screening, in the rule language.
ALSO = {"wages": "wages", "without_electricity": "deprived_electricity"}
Row = Mapping[str, Any]


def answers_of(
    cases: Sequence[Case], fields: Collection[str] | None = None
) -> dict[int, dict[str, Any]]:
    """The newest answer to each field (or to some) of each case, whichever round it was given in."""
    found: dict[int, dict[str, Any]] = {case.pk: {} for case in cases}
    rows = Answer.objects.filter(record__case_id__in=list(found)).order_by("record_id")
    if fields is not None:
        rows = rows.filter(field__in=fields)
    columns = ("text", "number", "day", "flag", "choices")
    for case, name, *values in rows.values_list("record__case_id", "field", *columns):
        value = next(value for value in values if value is not None)
        found[case][name] = tuple(value) if isinstance(value, list) else value
    return found


def seen_in(answers: Row) -> dict[str, Any]:
    """What a home check saw, by the facts of the household."""
    seen = {name: answers[name] for name in SEEN if name in answers}
    seen |= {fact: answers[name] for name, fact in AFTER.items() if name in answers}
    if "after_water_damaged" in answers:
        seen["safe_water"] = not answers["after_water_damaged"]
    return seen


def screened(
    seen: Mapping[str, Row], *, policy: Policy, place: str, on: date
) -> dict[str, tuple[Row, dict[str, Text]]]:
    """By household number, its row of the screening and the sentence of each flag that holds.

    `seen` has every household asked for, with what was seen of it (nothing: the books alone count).
    """
    made = setting(policy, place=place, on=on, also=ALSO)
    # A set is not written out in one order, and a household is held against no roster.
    asked = replace(made, parameters=replace(made.parameters, rosters=frozenset()))
    frames = _frames(seen)
    with duckdb.open_frames(frames, WHOLE, threads=1, scripts=of_user()) as snapshot:

        def write(keep: Keep, fetch: duckdb.Fetch) -> None:
            composer = Composer(snapshot.tables, asked.asking, keep)
            fetch(household_screening(household_facts(composer, asked), asked))

        _, [waiting] = snapshot.answers(("household", asked), write)
        rows = waiting.result()
    books = {row["household_no"]: row for row in frames[Table.HOUSEHOLD].to_dicts()}
    return {
        row["household_no"]: (
            {**books[row["household_no"]], **row},
            {reason.code: reason.text for reason in household_reasons(row, made.parameters)},
        )
        for row in rows.to_dicts()
    }


def _frames(seen: Mapping[str, Row]) -> dict[Table, pl.DataFrame]:
    """The households asked for as frames, what was seen laid over what the books say."""
    numbers = list(seen)
    households = _read(Table.HOUSEHOLD, numbers)
    over = [{**row, **seen[row["household_no"]]} for row in households.to_dicts()]
    # Items of the books would outweigh sums that were seen.
    itemised = [no for no in numbers if not any(name in seen[no] for name in INCOMES)]
    return {
        Table.HOUSEHOLD: pl.DataFrame(over, schema=households.schema, orient="row"),
        Table.PERSON: _read(Table.PERSON, numbers),
        Table.INCOME: _read(Table.INCOME, itemised),
    }


def _read(table: Table, numbers: Sequence[str]) -> pl.DataFrame:
    """The rows of some households, without guarded columns."""
    target = BY_NAME[table]
    schema = {name: kind for name, kind in target.schema.items() if name not in target.guarded}
    columns = ", ".join(
        bulk.joined(name) if isinstance(kind, pl.List) else f'"{name}"'
        for name, kind in schema.items()
    )
    query = f'select {columns} from "{target.table}" where household_no = any(%s)'
    return bulk.read(query, schema, [list(numbers)])


def conditions(
    cases: Sequence[Case],
    listed: Criteria,
    *,
    subject: Subject,
    answers: Mapping[int, Row],
    policy: Policy,
    today: date,
) -> dict[int, dict[str, Evidence]]:
    """By case, the computed evidence of each condition of the list that has any.

    `cases` run by one procedure in one county; values of the policy are those of each case's place
    on the day.
    """
    if subject in subjects.KEPT:
        return subjects.KEPT[subject].conditions(cases, listed, answers, policy, today)
    known: Mapping[int, Any]
    judges: Mapping[str, Callable[[Any, Any], Evidence]]
    if subject is Subject.HOUSEHOLD:
        known, judges = _households(cases, answers, policy, today), evidence.HOUSEHOLD
    elif subject is Subject.VILLAGE:
        known = {case.pk: _village(case.place_code, policy, today) for case in cases}
        judges = evidence.VILLAGE
    else:
        known = {case.pk: _county(case.place_code, answers[case.pk]) for case in cases}
        judges = evidence.COUNTY
    return {
        case.pk: {
            item.id: judges[item.evidence](
                known[case.pk],
                policy.value(item.limit, place=case.place_code, on=today).value
                if item.limit
                else None,
            )
            for item in listed.items
            if item.evidence
        }
        for case in cases
    }


def _households(
    cases: Sequence[Case], answers: Mapping[int, Row], policy: Policy, today: date
) -> dict[int, evidence.Household]:
    seen = {str(case.household_id): seen_in(answers[case.pk]) for case in cases}
    place = places.ancestor(cases[0].place_code, places.Level.COUNTY)
    rows = screened(seen, policy=policy, place=place, on=today)
    registered = dict(
        Registration.objects.filter(household_id__in=seen, exited_on=None).values_list(
            "household_id", "registered_on"
        )
    )
    known = {}
    for case in cases:
        row, reasons = rows[str(case.household_id)]
        known[case.pk] = evidence.Household(
            row,
            reasons,
            today,
            [row[name] for name in STATED if row[name]],
            [name for name in HELP if row[name]],
            registered.get(str(case.household_id)),
        )
    return known


def _village(code: str, policy: Policy, today: date) -> evidence.Village:
    """Every household of the village is screened, so that a guarantee has one meaning."""
    sheet = VillageProfile.objects.filter(place_code=code).order_by("-year").values().first()
    numbers = Household.objects.filter(place_code=code).values_list("household_no", flat=True)
    county = places.ancestor(code, places.Level.COUNTY)
    found = screened({no: {} for no in numbers}, policy=policy, place=county, on=today)
    count = lambda flag: sum(row[flag] for row, _ in found.values())
    return evidence.Village(
        sheet=sheet,
        poor=registered_poor(code),
        households=len(found),
        unsafe_houses=count("housing_unmet"),
        uninsured=count("medical_unmet"),
        dropouts=count("education_unmet"),
        unsafe_water=count("water_unmet"),
        no_electricity=count("without_electricity"),
    )


def registered_poor(code: str) -> int:
    """Persons in the register of the poor inside a place who have not exited."""
    low, high = places.code_range(code)
    return Person.objects.filter(
        household__registrations__exited_on=None,
        household__registrations__place_code__gte=low,
        household__registrations__place_code__lt=high,
        household__registrations__pk__isnull=False,
    ).count()


def _county(code: str, answers: Row) -> evidence.County:
    return evidence.County(
        poor=registered_poor(code),
        **{
            name: answers.get(name, 0)
            for name in evidence.County.__slots__
            if name != "poor"
        },
    )  # fmt: skip
