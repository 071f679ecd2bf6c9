"""DuckDB, PostgreSQL and the slow reference give the same answers on generated counties."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lib import reference
from lib.postgres import holding
from lib.worlds import PLACES, frames, worlds

from bangfu.core.facts.derived import DERIVED
from bangfu.core.facts.model import Table
from bangfu.core.policy import load
from bangfu.core.policy.rules.compile import Asking
from bangfu.core.policy.rules.compose import Composer
from bangfu.core.policy.rules.nodes import KEYS, FactRef, Node, walk
from bangfu.core.policy.rules.parser import derived
from bangfu.core.screening.checks import compile_checks
from bangfu.engines import duckdb
from bangfu.engines.expressions import unfused
from bangfu.engines.postgres import run as run_postgres
from bangfu.engines.scope import WHOLE
from bangfu.files.policy_folder import read_policy

ON = date(2024, 6, 1)
POLICY = load(read_policy(Path(__file__).parents[3] / "policy"))
CHECKS = POLICY.checks(ON)
QUICK = settings(
    max_examples=12,
    # A failing county is small already; shrinking one that runs 260 rules takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


def _names(asked: list[Node]) -> dict[Table, frozenset[str]]:
    """The plain facts that the nodes name, by table."""
    facts = {each.fact for node in asked for each in walk(node) if isinstance(each, FactRef)}
    facts |= {each.fact for node in asked for each in walk(node) if type(each).__name__ == "Shared"}
    return {table: frozenset(f.name for f in facts if f.table is table) for table in Table}


def _answers(view_frame: pl.DataFrame, grain: Table, names: list[str]) -> dict[tuple, tuple]:
    keys = KEYS[grain]
    return {
        tuple(row[key] for key in keys): tuple(row[name] for name in names)
        for row in view_frame.iter_rows(named=True)
    }


@pytest.mark.parametrize("grain", [Table.HOUSEHOLD, Table.PERSON])
def test_derived_facts(grain, postgres):
    named = [derived(item.fact.name) for item in DERIVED if item.fact.table is grain]
    names = _names(named)

    @QUICK
    @given(worlds(names))
    def agree(rows):
        asking = Asking(ON, {})
        columns = [each.name for each in named]

        def asked(tables):
            view = Composer(tables, asking).view(grain, named)
            compiler = view.compiler(asking)
            return view.rows.select(
                *KEYS[grain], **{each.name: compiler.value(each) for each in named}
            )

        world = reference.World(rows, ON)
        expected = {
            tuple(context.own[key] for key in KEYS[grain]): tuple(
                reference.value(each, context) for each in named
            )
            for context in world.of(grain)
        }
        with duckdb.open_frames(frames(rows), WHOLE, threads=1) as snapshot, unfused():
            in_duckdb = _answers(asked(snapshot.tables).to_polars(), grain, columns)
        with holding(postgres, frames(rows)) as books:
            in_postgres = _answers(books.frame(asked(books.tables)), grain, columns)
        assert in_duckdb == expected
        assert in_postgres == expected

    agree()


def test_catalogue(postgres):
    """Every check of the catalogue fires for the same rows, on the same values."""
    names = _names([check.condition for check in CHECKS])

    @QUICK
    @given(worlds(names))
    def agree(rows):
        plan = compile_checks(CHECKS, POLICY, ON, PLACES)
        with duckdb.open_frames(frames(rows), WHOLE, threads=1) as snapshot:
            in_duckdb = duckdb.run(plan, snapshot)
        with holding(postgres, frames(rows)) as books:
            in_postgres = run_postgres(plan, books)
        assert set(_rows(in_duckdb)) ^ set(_rows(in_postgres)) == set()
        assert set(_keys(in_duckdb)) ^ set(_expected(plan, rows)) == set()
        assert _keys(in_duckdb) == _expected(plan, rows)

    agree()


def _rows(found: pl.DataFrame) -> list[tuple]:
    kept = found.select("rule", "place_code", "household_no", "person_no", "values")
    return [(*row[:4], json.dumps(json.loads(row[4]), sort_keys=True)) for row in kept.rows()]


def _keys(found: pl.DataFrame) -> list[tuple]:
    return found.select("rule", "place_code", "household_no", "person_no").rows()


def _expected(plan, rows) -> list[tuple]:
    parameters = {
        key: lambda place, by_place=by_place: next(
            values for prefix, values in by_place if place.startswith(prefix)
        )
        for key, by_place in plan.asking.parameters.items()
    }
    world = reference.World(rows, ON, parameters)
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
