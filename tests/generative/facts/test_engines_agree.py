"""DuckDB, PostgreSQL and the slow reference give the same answers on generated counties."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lib import reference
from lib.agreement import in_both_engines, named_facts
from lib.postgres import holding
from lib.worlds import PLACES, frames, seeded, worlds

from bangfu.core.facts.model import Table
from bangfu.core.policy import load
from bangfu.core.policy.rules.names import Scope
from bangfu.core.policy.rules.nodes import KEYS, walk
from bangfu.core.policy.rules.parser import parse_value
from bangfu.core.policy.rules.types import Type
from bangfu.core.screening.checks import compile_checks
from bangfu.core.screening.witnesses import NAMED, questions, tells_of_household
from bangfu.engines import duckdb
from bangfu.engines.postgres import run as run_postgres
from bangfu.engines.scope import WHOLE
from bangfu.files.policy_folder import read_policy

ON = date(2024, 6, 1)
_HOME = ("rule", "place_code", "household_no")
POLICY = load(read_policy(Path(__file__).parents[3] / "policy"))
CHECKS = POLICY.checks(ON)
QUICK = settings(
    max_examples=6,
    # A failing county is small already; shrinking one that runs 260 rules takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


def _agree(rows, grain, asked, postgres) -> None:
    """Both engines give the answers of the reference, for every row of the grain."""

    def expected(node, context):
        if node.type is Type.BOOL:
            return reference.truth(node, context)
        return reference.value(node, context)

    world = reference.World(rows, ON)
    wanted = {
        tuple(context.own[key] for key in KEYS[grain]): tuple(
            expected(node, context) for node in asked
        )
        for context in world.of(grain)
    }
    for answers in in_both_engines(rows, grain, asked, ON, postgres):
        assert answers == wanted


EXPRESSIONS = {
    Table.HOUSEHOLD: (
        "any(members, any(jobs, working and months(start, end) > 3))",
        "count(members, last(jobs, working, by=start) == true)",
        "sum(members, work_months) / size > 2.5",
        "net_income / size < wage_income",
        "sum(members, work_months * 2) - size * 3",
        "cropland * 0.05 + woodland > 1.5 or cropland * cropland < 4",
        "first(members, skill, sex == '男', by=(birth, person_no))",
        "between(months(identified_month, removed_month), 0, 5) or removed_month is missing",
        "choose(size(risks) > 1, risk_1, otherwise(risk_2, risk_3))",
        '"因病" in risks and not ("因学" in risks) or risks is missing',
        "conflict(members, work_place, phone_token)",
        "count(households, dangerous_house) > village_cropland",
        # A village's households are counted whether or not the village has a row of its own.
        "count(households, dangerous_house) > 0",
        "all(members, overlaps(jobs, start, end) or none(plans, planning))",
    ),
    Table.PERSON: (
        "age(birth, today) * 12 - months(month(birth), identified_month)",
        "shared(phone_token) > 1 and shared_elsewhere(phone_token) > 0",
        "last(jobs, monthly_income, working, by=(start, end))",
        "first(jobs, start, by=end) == last(jobs, start, by=end)",
        "length(work_place) > 2 and not contains(work_place, ('县', '务'))",
        "any(members, skill == '无劳动力') and skill != '无劳动力'",
        "size(health) == 1 and '健康' in health",
        "count(jobs, monthly_income > wage_income) - count(plans, planning)",
        "age(birth, last(jobs, start, by=row_no)) < 16",
    ),
    Table.VILLAGE: (
        "sum(households, cropland) > village_cropland",
        "count(households, any(members, has(jobs)))",
        "exited and none(households, dangerous_house)",
    ),
}


@pytest.mark.parametrize("grain", EXPRESSIONS)
def test_expressions(grain, postgres):
    """Every function of the language, on small drawn counties."""
    parsed = [parse_value(text, Scope(grain)) for text in EXPRESSIONS[grain]]
    assert [refused for _, refused in parsed if refused] == []
    asked = [node for node, _ in parsed]

    @QUICK
    @given(worlds(named_facts(asked)))
    def agree(rows):
        _agree(rows, grain, asked, postgres)

    agree()


@pytest.mark.parametrize("seed", [1, 2])
def test_catalogue(seed, postgres):
    """Every check of the catalogue fires for the same rows, on the same values."""
    rows = seeded(named_facts([check.condition for check in CHECKS]), seed, 40)
    plan = compile_checks(CHECKS, POLICY, ON, PLACES)
    with duckdb.open_frames(frames(rows), WHOLE, threads=1) as snapshot:
        in_duckdb = duckdb.run(plan, snapshot)
    with holding(postgres, frames(rows)) as books:
        in_postgres = run_postgres(plan, books)
    assert set(_rows(in_duckdb)) ^ set(_rows(in_postgres)) == set()
    assert _members(in_duckdb) == _members(in_postgres) == _expected_members(plan, rows, in_duckdb)
    expected = _expected(plan, rows)
    assert set(_keys(in_duckdb)) ^ set(expected) == set()
    assert _keys(in_duckdb) == expected
    # A county that never fires a rule would prove nothing of it.
    assert len(set(in_duckdb["rule"])) > 150


def _rows(found: pl.DataFrame) -> list[tuple]:
    kept = found.select("rule", "place_code", "household_no", "person_no", "values")
    return [(*row[:4], json.dumps(json.loads(row[4]), sort_keys=True)) for row in kept.rows()]


def _members(found: pl.DataFrame) -> list[tuple]:
    """The members that findings name: how many are meant, and the numbers of the first."""
    kept = found.filter(pl.col("members").is_not_null())
    read = [(*row[:3], json.loads(row[3])) for row in kept.select(*_HOME, "members").rows()]
    return [
        (*home, meant["count"], [each["person_no"] for each in meant["named"]])
        for *home, meant in read
    ]


def _expected_members(plan, rows, found: pl.DataFrame) -> list[tuple]:
    world = _world(plan, rows)
    homes = defaultdict(list)
    for context in world.of(Table.PERSON):
        homes[context.own["place_code"], context.own["household_no"]].append(context)
    asked = {
        check.id: questions(check.condition) for check in plan.checks if tells_of_household(check)
    }
    expected = []
    for rule, *home in found.select(*_HOME).rows():
        members = homes[tuple(home)] if home[1] else []
        meant = sorted(
            each.own["person_no"]
            for each in members
            if any(reference.truth(question.condition, each) for question in asked.get(rule, ()))
        )
        if meant:
            expected.append((rule, *home, len(meant), meant[:NAMED]))
    return expected


def _keys(found: pl.DataFrame) -> list[tuple]:
    return found.select("rule", "place_code", "household_no", "person_no").rows()


def _world(plan, rows) -> reference.World:
    parameters = {
        key: lambda place, by_place=by_place: next(
            values for prefix, values in by_place if place.startswith(prefix)
        )
        for key, by_place in plan.asking.parameters.items()
    }
    return reference.World(rows, ON, parameters)


def _expected(plan, rows) -> list[tuple]:
    world = _world(plan, rows)
    without = {key for key, by_place in plan.asking.parameters.items() if not by_place}
    found = []
    for check in plan.checks:
        keys = {getattr(node, "key", "") for node in walk(check.condition)}
        if keys & without:
            continue
        hits = [
            (
                check.id,
                context.own["place_code"],
                context.own.get("household_no"),
                context.own.get("person_no"),
            )
            for context in world.of(check.grain)
            if reference.truth(check.condition, context)
        ]
        found += sorted(hits, key=lambda row: tuple(str(each) for each in row[1:]))
    return found
