"""HiGHS and whole fen against plain enumeration, for the value of every tier."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import HealthCheck, given, settings

from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.solve import solve
from allocation_brute_force import best
from allocation_tiny_problems import documents


def ticking():
    """A clock that moves a thousandth of a second each time it is read."""
    steps = itertools.count()
    return lambda: next(steps) / 1000


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_tier_equals_the_best_of_all_plans(document):
    problem, errors = parse(document)
    assert errors == []
    expected = best(problem)

    answer = solve(problem, clock=ticking())

    if expected is None:
        assert answer.status == "infeasible"
        return
    shortfall, priority = expected
    assert answer.status == "optimal"
    assert {tier.name: tier.value for tier in answer.tiers if tier.name != "pieces"} == {
        "shortfall": Fraction(shortfall),
        "priority": priority,
    }
