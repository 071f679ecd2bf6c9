"""Sentences: every flag has one in both languages, and it shows the values of its row."""

from __future__ import annotations

import string
from datetime import date

import ibis
import pytest
from lib.policies import shipped

from bangfu.core.facts.model import Table
from bangfu.core.facts.tables import schema
from bangfu.core.language import Text
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.nodes import Or
from bangfu.core.screening.expressions import by_place
from bangfu.core.screening.guarantees import GUARANTEES
from bangfu.core.screening.household import CONCERNS, household_facts, household_screening
from bangfu.core.screening.ranking import income_order
from bangfu.core.screening.reasons import (
    REASONS,
    clue_reason,
    household_reasons,
    yuan,
)
from bangfu.core.screening.risks import RISKS
from bangfu.core.screening.rosters import VALUES
from bangfu.core.sheets.rosters import ROSTERS


@pytest.fixture(scope="module")
def parameters(made):
    return made.parameters


@pytest.fixture(scope="module")
def columns(made) -> set[str]:
    tables = {table: ibis.table(schema(table), name=str(table)) for table in Table}
    facts = household_facts(Composer(tables, made.asking), made)
    return set(household_screening(facts, made).columns)


def test_every_concern_comes_down_to_flags_with_a_sentence(columns) -> None:
    leaves = {leaf for concern in CONCERNS for leaf in GUARANTEES.get(concern, (concern,))} | set(
        RISKS
    )
    assert leaves <= columns
    assert leaves <= set(REASONS)


def test_both_languages_show_the_same_values() -> None:
    def fields(template: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(template) if name}

    for code, text in REASONS.items():
        assert fields(text.zh) == fields(text.en), code


def test_a_household_says_why(parameters) -> None:
    row = {
        "members": 3,
        "net_income": 2_046_002,
        "reference_income": None,
        "line": 730_000,
        "out_of_pocket": 2_000_050,
        "below_line": True,
        "reference_below_line": False,
        "medical_over_share": True,
        "concern": True,
    }
    found = household_reasons(row, parameters)
    assert [reason.code for reason in found] == ["below_line", "medical_over_share"]
    assert found[0].text == Text(
        "人均纯收入 6,820 元，低于 2026 年监测线 7,300 元",
        "Net income per head 6,820 yuan, below the 2026 line of 7,300 yuan",
    )
    assert found[1].text.zh == "合规自付支出 20,000.50 元，超过家庭纯收入 20,460.02 元的 2/5"


def test_income_per_head_just_below_the_line_is_never_shown_as_the_line(parameters) -> None:
    row = {"members": 3, "net_income": 2_189_999, "reference_income": None, "line": 730_000}
    (reason,) = household_reasons({**row, "below_line": True}, parameters)
    assert "7,299.99" in reason.text.zh


def test_a_guarantee_is_unmet_by_its_reasons() -> None:
    """The policy's definition names the reasons that have a sentence, and nothing else."""
    for guarantee, reasons in GUARANTEES.items():
        condition = shipped().definitions[guarantee].condition
        assert isinstance(condition, Or)
        assert [each.name for each in condition.arguments] == list(reasons)


def test_clues_say_why() -> None:
    clue = {
        "clue": "medical_not_monitored",
        "amount": 4_382_500,
        "threshold": 2_000_000,
        "sheet_value": None,
    }
    assert clue_reason(clue).text.zh == "医保名单个人自付 43,825 元，超过 20,000 元，所在户未在监测"
    clue = {"clue": "dead_still_member", "day": date(2026, 3, 1)}
    assert clue_reason(clue).text.en.startswith("On the list of deaths (2026-03-01)")


def test_every_roster_has_its_values_placed() -> None:
    for roster in ROSTERS:
        fields = {column.field for column in roster.columns}
        assert set(VALUES[roster.id]) <= fields
        assert set(VALUES[roster.id].values()) <= {"amount", "kind", "day"}
    assert set(VALUES) == {roster.id for roster in ROSTERS}


def test_the_longest_prefix_decides_and_none_is_null() -> None:
    table = ibis.table({"place_code": "string"}, name="t")
    connection = ibis.duckdb.connect()
    connection.raw_sql(
        "create table t as select unnest(['520101100201', '520201100201', '110101100201']) place_code"
    )
    lines = (("52", 2), ("5201", 3))
    for values, expected in (
        (lines, [3, 2, None]),
        ((("", 1), *lines), [3, 2, 1]),
        ((), [None] * 3),
    ):
        found = connection.to_pyarrow(table.select(line=by_place(table.place_code, values)))
        assert found["line"].to_pylist() == expected


def test_income_per_head_is_ordered_exactly() -> None:
    rows = [
        (-1, 2),
        (0, 3),
        (1, 3),
        (2, 6),
        (333_333, 999),
        (333_334, 1000),
        (10**13, 7),
        (10**15, 7),
    ]
    connection = ibis.duckdb.connect()
    values = ", ".join(f"({net}::bigint, {members}::int)" for net, members in rows)
    connection.raw_sql(f"create table t as select * from (values {values}) v(net, members)")
    table = connection.table("t")
    found = connection.to_pyarrow(table.select(key=income_order(table.net, table.members)))
    keys = found["key"].to_pylist()
    for one, key in zip(rows, keys, strict=True):
        for other, other_key in zip(rows, keys, strict=True):
            assert (key < other_key) == (one[0] * other[1] < other[0] * one[1])
    assert yuan(-5) == "-0.05"
