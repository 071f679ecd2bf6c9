"""Infeasible problems name rules that cannot all hold, none of them idle."""

from __future__ import annotations

from allocation_cases import answer_to

HERE = "420527101200"


def conflict(answer: dict) -> list[tuple[str, str]]:
    assert answer["status"] == "infeasible"
    return sorted((item["kind"], item["path"]) for item in answer["conflict"])


def test_required_but_not_admitted():
    answer = answer_to([("L", 9, {})], [("p", 1, {"required": True, "admitted": False})])

    assert conflict(answer) == [("required", "$.projects[0].required")]
    assert answer["conflict_irreducible"] is True
    assert "not admitted" in answer["conflict"][0]["detail"]["en"]
    assert (answer["amounts"], answer["priority"]) == ([], None)


def test_two_required_projects_and_money_for_one():
    projects = [(name, 6, {"required": True}) for name in "ab"] + [("c", 1, {"required": True})]

    assert conflict(answer_to([("L", 11, {})], projects)) == [
        ("required", "$.projects[0].required"),
        ("required", "$.projects[1].required"),
    ]


def test_a_hard_floor_against_a_ceiling_among_many_innocent_rules():
    innocent = [{"id": f"i{i}", "amount_fen": 100} for i in range(20)]
    answer = answer_to(
        [("L", 100, {})],
        [("p", 10, {"place": HERE}), ("q", 10, {})],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 10, "hard": True}],
        ceilings=[*innocent, {"id": "c", "places": ["420527"], "amount_fen": 9}],
        requires=[["p", "q"]],
    )

    assert conflict(answer) == [("ceiling", "$.rules.ceilings[20]"), ("floor", "$.rules.floors[0]")]


def test_selection_rules_shares_and_the_total_can_be_in_conflict():
    answer = answer_to(
        [("L", 100, {"share_rules": [{"purposes": ["x"], "at_least": "0.5"}]})],
        [("p", 10, {"purpose": "x"}), ("q", 60, {"purpose": "y"})],
        share_rules=[{"purposes": ["x"], "at_most": "0.9"}],
        total_at_least_fen=30,
    )

    assert conflict(answer) == [
        ("line_share", "$.fund_lines[0].share_rules[0]"),
        ("total_at_least", "$.rules.total_at_least_fen"),
    ]


def test_when_time_is_out_the_set_is_marked():
    projects = [(name, 6, {"required": True}) for name in "abc"]

    answer = answer_to([("L", 11, {})], projects, options={"time_limit_s": 0})

    assert answer["status"] == "infeasible"
    assert answer["conflict_irreducible"] is False
    assert len(answer["conflict"]) == 3


def test_what_the_solver_gives_up_with_presolve_is_asked_without():
    """HiGHS 1.x ends one of this problem's runs with a "solve error"; found among random problems."""
    lines = [
        ("L1", 7000021, {}),
        ("L2", 8000024, {"purposes": ["a", "c", "b"],
                         "share_rules": [{"purposes": ["a", "b"], "at_least": "0"}]}),
    ]  # fmt: skip
    units = {"unit_fen": 2000006, "max_units": 3}
    projects = [
        ("P0", 4000012, {"purpose": "a", "place": "420527101201", "priority": "3"}),
        ("P1", 2000006, {"purpose": "b", "place": "420527101000", "priority": "7",
                         "beneficiaries": ["y"]}),
        ("P2", 3000009, {"place": "420527102200", "priority": "0.1", "required": True}),
        ("P3", 4000012, {"purpose": "b", "place": "420527101200", "priority": "-1",
                         "divisible": units}),
    ]  # fmt: skip
    answer = answer_to(
        lines, projects, exclusive=[["P3", "P0", "P2", "P1"]], requires=[["P2", "P1"]]
    )

    assert conflict(answer) == [
        ("exclusive", "$.rules.exclusive[0]"),
        ("required", "$.projects[2].required"),
        ("requires", "$.rules.requires[0]"),
    ]
