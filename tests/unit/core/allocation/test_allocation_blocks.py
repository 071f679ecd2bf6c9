"""Patterns by village: the same plans and tighter bounds than the model over projects."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from allocation_cases import problem_of, ticking

from bangfu.core.allocation import tiers
from bangfu.core.allocation.blocks import decompose, find_blocks
from bangfu.core.allocation.classes import reduce_problem
from bangfu.core.allocation.mip import Mip
from bangfu.core.allocation.program import build_program
from bangfu.core.allocation.solve import solve
from bangfu.core.allocation.tiers import least_possible, priority_objective


def county(seed: int, *, hard: bool = False) -> dict[str, Any]:
    """A small county: 40 villages of a few projects each, a floor a village, five purposes."""
    draw = random.Random(seed)
    villages = [f"420527101{200 + v}" for v in range(40)]
    projects = [
        {
            "id": f"p{i}",
            "place": draw.choice(villages),
            "purpose": f"k{draw.randrange(5)}",
            "cost_fen": draw.randrange(2, 90) * 1_000_000,
            "priority": str(draw.randrange(1, 90)),
            "required": i % 70 == 3,
        }
        for i in range(160)
    ]
    lines = [
        {
            "id": f"L{i}",
            "amount_fen": draw.randrange(200, 700) * 1_000_000,
            "purposes": draw.sample([f"k{k}" for k in range(5)], 2),
        }
        for i in range(9)
    ]
    floors = [
        {"id": v, "places": [v], "amount_fen": 20_000_000, "hard": hard and n < 3}
        for n, v in enumerate(villages)
    ]
    pairs = [[projects[i]["id"], projects[i + 1]["id"]] for i in range(0, 40, 8)]
    return {
        "fund_lines": lines,
        "projects": projects,
        "rules": {"floors": floors, "requires": pairs},
        "options": {"gap": "0.0001", "time_limit_s": 60},
    }


@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(more, marks=pytest.mark.hard) for more in (0, 3))]
)
def test_with_and_without_patterns_the_plan_is_worth_the_same(seed, monkeypatch):
    problem = problem_of(county(seed, hard=seed % 2 == 1))
    with_patterns = solve(problem, clock=ticking())
    monkeypatch.setattr(tiers, "_WORTH_PATTERNS", 10**9)
    without = solve(problem, clock=ticking())

    assert with_patterns.status == without.status == "optimal"
    for name in range(2):
        mine, other = with_patterns.tiers[name], without.tiers[name]
        assert mine.value <= other.bound if name else mine.value == other.value
        assert other.value <= mine.bound if name else True


def bound_and_prices(document: dict[str, Any]):
    program = build_program(reduce_problem(problem_of(document)))
    mip = Mip(program)
    shorts = least_possible(program)
    mip.bound_columns(list(shorts), [0.0] * len(shorts), [s / mip.unit for s in shorts.values()])
    objective = priority_objective(program)
    linear = mip.relax(objective, 60.0)
    found = decompose(mip, objective, shorts, left=lambda: 60.0)
    assert linear is not None and found is not None
    return program, mip, objective, linear.value, found


def test_the_bound_of_patterns_is_at_least_as_tight_as_the_linear_one():
    _program, _mip, _objective, linear, found = bound_and_prices(county(0))

    assert found.prices.bound <= linear + 1e-6


def test_a_forced_project_never_beats_its_bound():
    program, mip, objective, _linear, found = bound_and_prices(county(1))
    forced = found.prices.forced()

    for p in range(0, len(program.problem.projects), 9):
        low, high = [1.0], [float(program.upper[p])]
        mip.bound_columns([p], low, high)
        outcome = mip.solve(objective, maximize=True, gap=0.001, seconds=20.0)
        if outcome.status == "found":
            assert float(objective @ outcome.values) <= forced[p] + 1e-6
        mip.bound_columns([p], [0.0], high)


def test_blocks_list_exactly_the_selections_their_rows_allow():
    document = {
        "fund_lines": [{"id": "L", "amount_fen": 100}],
        "projects": [
            {"id": name, "cost_fen": fen, "place": "420527101200"}
            for name, fen in (("a", 5), ("b", 4), ("c", 3))
        ],
        "rules": {
            "floors": [{"id": "f", "places": ["420527101200"], "amount_fen": 7, "hard": True}],
            "requires": [["b", "c"]],
        },
    }
    program = build_program(reduce_problem(problem_of(document)))

    blocks, rows = find_blocks(program, {})

    assert len(rows) == 2
    (block,) = blocks
    allowed = {
        (a, b, c)
        for a, b, c in itertools.product((0, 1), repeat=3)
        if 5 * a + 4 * b + 3 * c >= 7 and b <= c
    }
    assert set(map(tuple, block.patterns.tolist())) == allowed
    assert np.array_equal(block.projects, [0, 1, 2])


def test_a_village_that_cannot_meet_its_rows_has_no_blocks():
    document = {
        "fund_lines": [{"id": "L", "amount_fen": 100}],
        "projects": [{"id": "a", "cost_fen": 5}],
        "rules": {"floors": [{"id": "f", "amount_fen": 7, "hard": True}]},
    }

    assert find_blocks(build_program(reduce_problem(problem_of(document))), {}) is None
