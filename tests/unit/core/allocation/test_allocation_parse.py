"""The contract's door: what is wrong is named with its path, all at once, and nothing is guessed."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from allocation_cases import problem_of, ticking
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.solve import allocate

LINE = {"id": "L", "amount_fen": 100}
PROJECT = {"id": "p", "cost_fen": 10}


def paths(document) -> list[str]:
    problem, errors = parse(document)
    assert problem is None
    return [error.path for error in errors]


def with_project(**more):
    return {"fund_lines": [LINE], "projects": [{**PROJECT, **more}]}


def with_line(**more):
    return {"fund_lines": [{**LINE, **more}], "projects": [PROJECT]}


def with_rules(**rules):
    return {
        "fund_lines": [LINE],
        "projects": [PROJECT, {"id": "q", "cost_fen": 5}],
        "rules": rules,
    }


def test_only_ids_and_amounts_are_needed_and_defaults_restrict_nothing():
    problem = problem_of({"fund_lines": [LINE], "projects": [PROJECT]})

    line, project = problem.fund_lines[0], problem.projects[0]
    assert (line.purposes, line.areas, line.beneficiaries, line.poolable) == (
        None,
        None,
        None,
        True,
    )
    assert (project.admitted, project.required, project.max_units) == (True, False, 1)
    assert problem.options.gap == Fraction(1, 10_000)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (None, "$"),
        ([], "$"),
        ({"projects": []}, "$.fund_lines"),
        ({"fund_lines": [], "projects": [], "rulez": {}}, "$.rulez"),
        ({"fund_lines": {}, "projects": []}, "$.fund_lines"),
        (with_line(amount_fen=-1), "$.fund_lines[0].amount_fen"),
        (with_line(amount_fen=1.0), "$.fund_lines[0].amount_fen"),
        (with_line(amount_fen=True), "$.fund_lines[0].amount_fen"),
        (with_line(amount_fen=10**16), "$.fund_lines[0].amount_fen"),
        (with_line(amount_fen="100"), "$.fund_lines[0].amount_fen"),
        (with_line(id=""), "$.fund_lines[0].id"),
        (with_line(colour="red"), "$.fund_lines[0].colour"),
        (with_line(areas=["42052"]), "$.fund_lines[0].areas[0]"),
        (with_line(areas=["４２"]), "$.fund_lines[0].areas[0]"),
        (with_line(purposes="road"), "$.fund_lines[0].purposes"),
        (with_line(share_rules=[{"purposes": []}]), "$.fund_lines[0].share_rules[0]"),
        (
            with_line(share_rules=[{"purposes": [], "at_least": "1.01"}]),
            "$.fund_lines[0].share_rules[0].at_least",
        ),
        (with_project(priority=float("nan")), "$.projects[0].priority"),
        (with_project(priority=float("inf")), "$.projects[0].priority"),
        (with_project(priority="1E+999999"), "$.projects[0].priority"),
        (with_project(priority="1E-999999"), "$.projects[0].priority"),
        (with_project(priority=10**400), "$.projects[0].priority"),
        (with_project(priority="twelve"), "$.projects[0].priority"),
        (with_project(priority=True), "$.projects[0].priority"),
        (with_project(required=1), "$.projects[0].required"),
        (with_project(place=420527), "$.projects[0].place"),
        (
            with_project(divisible={"unit_fen": 1, "max_units": 0}),
            "$.projects[0].divisible.max_units",
        ),
        (with_project(divisible={"unit_fen": 1}), "$.projects[0].divisible.max_units"),
        (with_project(divisible=[]), "$.projects[0].divisible"),
        (with_project(recipe=[]), "$.projects[0].recipe"),
        (with_project(recipe={"L": 9}), "$.projects[0].recipe"),
        (with_project(recipe={"X": 10}), "$.projects[0].recipe.X"),
        (
            with_project(recipe={"L": 10}, divisible={"unit_fen": 1, "max_units": 2}),
            "$.projects[0].recipe",
        ),
        (with_rules(floors=[{"id": "f"}]), "$.rules.floors[0].amount_fen"),
        (
            with_rules(floors=[{"id": "f", "amount_fen": 1, "lines": ["X"]}]),
            "$.rules.floors[0].lines",
        ),
        (with_rules(ceilings=[{"amount_fen": 1}]), "$.rules.ceilings[0].id"),
        (with_rules(exclusive=[["p", "x"]]), "$.rules.exclusive[0]"),
        (with_rules(requires=[["p"]]), "$.rules.requires[0]"),
        (with_rules(requires=[["p", "x"]]), "$.rules.requires[0]"),
        (with_rules(requires=[["p", "p"]]), "$.rules.requires"),
        (with_rules(requires=[["p", "q"], ["q", "p"]]), "$.rules.requires"),
        (with_rules(total_at_least_fen="1"), "$.rules.total_at_least_fen"),
        ({"fund_lines": [LINE, LINE], "projects": []}, "$.fund_lines[1].id"),
        ({"fund_lines": [], "projects": [PROJECT, PROJECT]}, "$.projects[1].id"),
        ({"fund_lines": [], "projects": [], "options": {"gap": "-1"}}, "$.options.gap"),
    ],
)
def test_one_fault_is_named_by_its_path(document, path):
    assert path in paths(document)


def test_every_fault_is_listed_at_once():
    document = {
        "fund_lines": [{"id": "L", "amount_fen": -1}, {"amount_fen": 1}],
        "projects": [{"id": "p", "cost_fen": None, "admitted": "yes"}],
    }

    assert paths(document) == [
        "$.fund_lines[0].amount_fen",
        "$.fund_lines[1].id",
        "$.projects[0].cost_fen",
        "$.projects[0].admitted",
    ]


def test_a_recipe_must_name_lines_that_may_pay():
    document = with_project(recipe={"L": 10}, purpose="road")
    document["fund_lines"] = [{**LINE, "purposes": ["water"]}]

    assert paths(document) == ["$.projects[0].recipe.L"]


def test_a_recipe_may_not_use_money_that_is_only_shown():
    document = with_project(recipe={"L": 10})
    document["fund_lines"] = [{**LINE, "poolable": False}]

    assert paths(document) == ["$.projects[0].recipe.L"]


def test_a_circle_is_shown_from_a_project_back_to_itself():
    names = [{"id": name, "cost_fen": 1} for name in "abcd"]
    requires = [["a", "b"], ["b", "c"], ["c", "b"], ["d", "a"]]

    _problem, errors = parse({"fund_lines": [], "projects": names, "rules": {"requires": requires}})

    assert [error.text.en for error in errors] == ["a circle: b → c → b"]


def test_a_long_chain_of_prerequisites_is_no_circle():
    names = [{"id": str(i), "cost_fen": 1} for i in range(3000)]
    requires = [[str(i), str(i + 1)] for i in range(2999)]

    problem_of({"fund_lines": [], "projects": names, "rules": {"requires": requires}})


def test_decimals_are_exact_however_they_are_written():
    for written in ("0.1", 0.1):
        problem = problem_of(with_project(priority=written))
        assert problem.projects[0].priority == Fraction(1, 10)


def test_a_place_keeps_its_significant_groups():
    places = {"420527101000": "420527101", "420527101200": "420527101200", "441900003": "441900003"}
    for written, digits in places.items():
        assert problem_of(with_project(place=written)).projects[0].place == digits


def test_an_invalid_document_gets_status_invalid_and_nothing_else():
    answer = allocate({"fund_lines": 3}, clock=ticking())

    assert answer["status"] == "invalid"
    assert [error["path"] for error in answer["errors"]] == ["$.projects", "$.fund_lines"]
    assert (answer["amounts"], answer["priority"]) == ([], None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["fund_lines", "projects", "rules", "options", "id", "amount_fen", "cost_fen",
                 "floors", "priority", "recipe", "divisible", "requires", "gap"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_any_json_is_answered(document):
    answer = allocate(document, clock=ticking())

    assert answer["status"] in {"optimal", "feasible", "infeasible", "invalid"}
    assert (answer["status"] == "invalid") == bool(answer["errors"])
    json.dumps(answer)
