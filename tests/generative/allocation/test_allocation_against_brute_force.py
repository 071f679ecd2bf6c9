"""HiGHS and whole fen against plain enumeration: values, conflicts, reasons, and what closes gaps."""

from __future__ import annotations

import copy
import itertools
from fractions import Fraction

import pytest
from allocation_brute_force import best
from allocation_tiny_problems import documents
from hypothesis import HealthCheck, given, settings

from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.problem import Problem
from bangfu.core.allocation.solve import allocate, solve

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def ticking():
    """A clock that moves a thousandth of a second each time it is read."""
    steps = itertools.count()
    return lambda: next(steps) / 1000


def problem_of(document: dict) -> Problem:
    problem, errors = parse(document)
    assert errors == []
    assert problem is not None
    return problem


@settings(max_examples=30, suppress_health_check=SLOW)
@given(documents())
def test_every_tier_equals_the_best_of_all_plans(document):
    problem = problem_of(document)
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


@settings(max_examples=30, suppress_health_check=SLOW)
@given(documents(unit=10**9 + 7))
def test_money_of_any_size_is_split_to_the_fen(document):
    """The verifier would raise; tiny fractions of huge amounts must not stop a proof."""
    answer = solve(problem_of(document), clock=ticking())

    assert answer.status in {"optimal", "infeasible"}


@settings(max_examples=30, suppress_health_check=SLOW)
@given(documents())
def test_a_conflict_is_one_and_loses_it_with_any_rule(document):
    answer = allocate(document, clock=ticking())
    if answer["status"] != "infeasible":
        return
    paths = {item["path"] for item in answer["conflict"]}

    assert answer["conflict_irreducible"] is True
    assert best(problem_of(only(document, paths))) is None
    for path in paths:
        assert best(problem_of(only(document, paths - {path}))) is not None


@settings(max_examples=30, suppress_health_check=SLOW)
@given(documents())
def test_reasons_hold_when_the_project_is_forced_in(document):
    answer = allocate(document, clock=ticking())
    if answer["status"] == "infeasible":
        return
    for reason in answer["reasons"]:
        forced = copy.deepcopy(document)
        next(p for p in forced["projects"] if p["id"] == reason["project"])["required"] = True
        reached = best(problem_of(forced))
        if reason["why"] in {"not_admitted", "no_line"}:
            assert reached is None
        elif reason["why"] == "crowded_out" and reached is not None:
            same_shortfall = reached[0] == answer["tiers"][0]["value"]
            price = reason["detail"]["costs_at_least"]
            if price is None:
                assert not same_shortfall
            elif same_shortfall:
                assert Fraction(answer["priority"]) - reached[1] >= Fraction(price)


@settings(max_examples=30, suppress_health_check=SLOW)
@given(documents())
def test_the_money_that_is_said_to_close_a_shortfall_closes_it(document):
    answer = allocate(document, clock=ticking())
    for shortfall in answer["shortfalls"]:
        if shortfall["detail"]["kind"] != "money":
            continue
        richer = copy.deepcopy(document)
        for more in shortfall["detail"]["more"]:
            line = next(x for x in richer["fund_lines"] if x["id"] == more["lines"][0])
            line["amount_fen"] += more["fen"]
        reached = best(problem_of(richer))
        assert reached is not None
        assert reached[0] <= answer["tiers"][0]["value"] - shortfall["fen"]


def only(document: dict, paths: set[str]) -> dict:
    """The document with no removable rule but those at `paths`."""
    kept = copy.deepcopy(document)
    rules = kept["rules"]
    for i, project in enumerate(kept["projects"]):
        project["required"] = project["required"] and f"$.projects[{i}].required" in paths
    rules["floors"] = [
        floor
        for i, floor in enumerate(rules["floors"])
        if not floor["hard"] or f"$.rules.floors[{i}]" in paths
    ]
    for key in ("ceilings", "exclusive", "requires", "share_rules"):
        rules[key] = [r for i, r in enumerate(rules[key]) if f"$.rules.{key}[{i}]" in paths]
    if "$.rules.total_at_least_fen" not in paths:
        rules["total_at_least_fen"] = None
    for i, line in enumerate(kept["fund_lines"]):
        line["share_rules"] = [
            share
            for r, share in enumerate(line["share_rules"])
            if f"$.fund_lines[{i}].share_rules[{r}]" in paths
        ]
    return kept


@pytest.mark.hard
@settings(max_examples=4000, suppress_health_check=SLOW)
@given(documents())
def test_every_tier_equals_the_best_of_very_many_plans(document):
    problem = problem_of(document)
    expected = best(problem)

    answer = solve(problem, clock=ticking())

    reached = None
    if answer.status != "infeasible":
        reached = (int(answer.tiers[0].value), answer.tiers[1].value)
    assert reached == expected
