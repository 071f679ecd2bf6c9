"""The entry: what is computed without rosters, income items or an engine that keeps tables."""

from __future__ import annotations

from dataclasses import replace

import ibis
import pytest

from bangfu.core.facts.dictionary import HELP
from bangfu.core.screening.classes import standard_classes
from bangfu.core.screening.rosters import COLUMNS
from bangfu.core.screening.screen import ScreeningTables, screen


@pytest.fixture(scope="module")
def books() -> ibis.BaseBackend:
    """One household of one, who is on the low-income allowance and on no roster."""
    backend = ibis.duckdb.connect()
    helps = ", ".join(f"null::text[] as {name}" for name in HELP)
    backend.raw_sql(
        f"""create table household as select
          '420527101200' as place_code, '1' as household_no, null::text as monitored_class,
          null::boolean as risk_removed, null::text as risk_1, null::text as risk_2,
          null::text as risk_3, null::text as risk_4, null::text as risk_5,
          500000::bigint as wage_income, null::bigint as business_income,
          null::bigint as property_income, null::bigint as transfer_income,
          null::bigint as business_cost, null::bigint as claims_income,
          null::bigint as out_of_pocket, null::boolean as dangerous_house,
          null::text as housing_grade, null::boolean as safe_water, null::bigint as water_litres,
          null::bigint as water_minutes, null::bigint as water_shortage_days,
          null::boolean as dropout, null::boolean as uninsured_member,
          null::boolean as electricity, null::boolean as sanitary_toilet,
          null::boolean as paved_access, null::decimal(14, 2) as cropland,
          null::decimal(14, 2) as woodland, null::decimal(14, 2) as orchard, {helps}"""
    )
    backend.raw_sql(
        """create table person as select
          '420527101200' as place_code, '1' as household_no, '01' as person_no,
          't' as certificate_token, date '1960-01-01' as birth, null::text as schooling,
          null::text as no_school_reason, '初中' as education, ['残疾'] as health,
          '无劳动力' as skill, null::bigint as work_months, null::boolean as resident_medical,
          null::boolean as employee_medical, '农村低保' as low_income_aid,
          null::text as destitute_aid"""
    )
    backend.raw_sql(
        """create table roster (roster text, place_code text, certificate_token text,
          amount bigint, kind text, day date)"""
    )
    return backend


def rows(books, table) -> list[dict]:
    return books.to_pyarrow(table).to_pylist()


def test_without_rosters_there_are_no_clues(books, parameters) -> None:
    tables = ScreeningTables(household=books.table("household"), person=books.table("person"))
    found = screen(tables, parameters, standard_classes(parameters))
    assert found.clues is None
    (household,) = rows(books, found.households)
    assert household["net_income"] == 500_000
    assert household["below_line"]
    assert rows(books, found.ranking)[0]["village_rank"] == 1
    (classes,) = rows(books, found.classes)
    assert classes["class_lost_labour"]
    assert not classes["helped"]


def test_absence_is_a_clue_only_from_a_complete_roster(books, parameters) -> None:
    tables = ScreeningTables(
        household=books.table("household"),
        person=books.table("person"),
        roster=books.table("roster"),
    )
    for complete, expected in (
        ((), []),
        (("low_income",), ["low_income_not_on_roster"]),
        (("low_income", "disabled"), ["disabled_not_on_roster", "low_income_not_on_roster"]),
    ):
        set_to = replace(parameters, rosters=frozenset(complete))
        found = screen(tables, set_to, standard_classes(set_to))
        assert tuple(found.clues.columns) == COLUMNS
        assert sorted(row["clue"] for row in rows(books, found.clues)) == expected
