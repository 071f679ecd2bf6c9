"""The entry: what is computed without rosters, income items or an engine that keeps tables."""

from __future__ import annotations

from dataclasses import replace

import ibis
import pytest

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.screening.reasons import class_reasons
from bangfu.core.screening.rosters import COLUMNS
from bangfu.core.screening.screen import screen


@pytest.fixture(scope="module")
def books() -> ibis.BaseBackend:
    """One household of one, who is on the low-income allowance and on no roster."""
    backend = ibis.duckdb.connect()
    for table in (Table.VILLAGE, Table.INCOME):
        backend.create_table(str(table), schema=schema(table))
    backend.raw_sql(
        """create table household as select
          '420527101200' as place_code, '1' as household_no, 500000::bigint as wage_income,
          null::text as risk_1, null::text as risk_2, null::text as risk_3, null::text as risk_4,
          null::text as risk_5"""
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


def tables(books) -> dict[Table, ibis.Table]:
    kinds = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE, Table.INCOME)
    return {kind: books.table(str(kind)) for kind in kinds}


def test_without_rosters_there_are_no_clues(books, made) -> None:
    found = screen(tables(books), made)
    assert found.clues is None
    (household,) = rows(books, found.households)
    assert household["net_income"] == 500_000
    assert household["below_line"]
    assert rows(books, found.ranking)[0]["village_rank"] == 1


def test_a_class_says_why_by_its_own_definition(books, made) -> None:
    """The sentence is made of the policy's words and of the values that its condition names."""
    (row,) = rows(books, screen(tables(books), made).classes)
    assert not row["helped"]
    reasons = {reason.code: reason.text for reason in class_reasons(row, made.classes)}
    assert set(reasons) == {"class_lost_labour", "class_village_short_of_labour", "class_disabled"}
    assert reasons["class_lost_labour"].zh == "已失去劳动能力（家庭人口数 1，家庭有劳动能力 否）"
    assert reasons["class_disabled"].en == "Has disabled members (members recorded as disabled 1)"
    assert reasons["class_village_short_of_labour"].zh == (
        "劳力少的贫困村（在册有劳动能力人数 0，劳力少的村：劳动力占比低于 0.4，在册人数 1）"
    )


def test_absence_is_a_clue_only_from_a_complete_roster(books, made) -> None:
    for complete, expected in (
        ((), []),
        (("low_income",), ["low_income_not_on_roster"]),
        (("low_income", "disabled"), ["disabled_not_on_roster", "low_income_not_on_roster"]),
    ):
        parameters = replace(made.parameters, rosters=frozenset(complete))
        set_to = replace(made, parameters=parameters)
        found = screen(tables(books), set_to, roster=books.table("roster"))
        assert tuple(found.clues.columns) == COLUMNS
        assert sorted(row["clue"] for row in rows(books, found.clues)) == expected
