"""Each rule of the problem, by itself, on numbers a reader can check in the head."""

from __future__ import annotations

import pytest
from allocation_cases import answer_to, funded, paid


def test_an_empty_problem_has_the_empty_plan():
    answer = answer_to([], [])

    assert (answer["status"], answer["priority"], answer["selected"]) == ("optimal", "0", [])


def test_no_money_funds_only_what_costs_nothing():
    answer = answer_to([("L", 0, {})], [("free", 0, {}), ("p", 1, {})])

    assert funded(answer) == {"free": 1}
    assert answer["amounts"] == []


def test_the_most_priority_the_money_can_pay():
    answer = answer_to(
        [("L", 10, {})],
        [("a", 6, {"priority": "5"}), ("b", 5, {"priority": "3"}), ("c", 5, {"priority": "2.5"})],
    )

    assert funded(answer) == {"b": 1, "c": 1}
    assert (answer["status"], answer["priority"], answer["bound"], answer["gap"]) == (
        "optimal", "5.5", "5.5", "0",
    )  # fmt: skip


def test_a_line_pays_only_its_purposes_areas_and_people():
    lines = [
        ("road", 10, {"purposes": ["road"]}),
        ("town", 10, {"areas": ["420527101000"]}),
        ("poor", 10, {"beneficiaries": ["poor", "monitored"]}),
    ]
    here, elsewhere = "420527101200", "420527102200"
    projects = [
        ("a", 10, {"purpose": "road", "place": elsewhere, "beneficiaries": ["all"]}),
        ("b", 10, {"purpose": "water", "place": here, "beneficiaries": ["all"]}),
        ("c", 10, {"purpose": "water", "place": elsewhere, "beneficiaries": ["poor"]}),
        ("d", 1, {"purpose": "water", "place": elsewhere, "beneficiaries": ["poor", "all"]}),
    ]

    answer = answer_to(lines, projects)

    assert paid(answer) == {("road", "a"): 10, ("town", "b"): 10, ("poor", "c"): 10}


def test_money_that_is_only_shown_pays_nothing():
    answer = answer_to([("L", 10, {"poolable": False})], [("p", 5, {})])

    assert funded(answer) == {}
    assert [(i["line"], i["fen"], i["why"]) for i in answer["idle"]] == [("L", 10, "only_shown")]


def test_a_line_share_is_over_what_the_line_spends():
    lines = [("L", 100, {"share_rules": [{"purposes": ["farm"], "at_least": "0.55"}]})]
    projects = [
        ("farm", 11, {"purpose": "farm", "priority": "1"}),
        ("road9", 9, {"purpose": "road", "priority": "9"}),
        ("road10", 10, {"purpose": "road", "priority": "10"}),
    ]

    assert funded(answer_to(lines, projects)) == {"farm": 1, "road9": 1}


def test_a_share_at_most_over_the_whole():
    answer = answer_to(
        [("L", 1000, {})],
        [("fee1", 1, {"purpose": "fee"}), ("fee2", 2, {"purpose": "fee", "priority": "9"}),
         ("farm", 99, {"purpose": "farm"})],
        share_rules=[{"purposes": ["fee"], "at_most": "0.01"}],
    )  # fmt: skip

    assert funded(answer) == {"fee1": 1, "farm": 1}


def test_a_divisible_project_takes_as_many_units_as_pay():
    answer = answer_to(
        [("L", 10, {})],
        [("d", 999, {"priority": "2", "divisible": {"unit_fen": 3, "max_units": 5}})],
    )

    assert funded(answer) == {"d": 3}
    assert (paid(answer), answer["priority"]) == ({("L", "d"): 9}, "6")


def test_a_recipe_is_paid_as_written_or_not_at_all():
    projects = [
        ("r", 10, {"priority": "5", "recipe": {"A": 7, "B": 3}}),
        ("s", 4, {"priority": "1"}),
    ]

    whole = answer_to([("A", 7, {}), ("B", 7, {})], projects)
    short = answer_to([("A", 6, {}), ("B", 9, {})], projects)

    assert paid(whole) == {("A", "r"): 7, ("B", "r"): 3, ("B", "s"): 4}
    assert funded(short) == {"s": 1}


def test_prerequisites_and_exclusive_groups():
    answer = answer_to(
        [("L", 10, {})],
        [("a", 4, {"priority": "9"}), ("b", 6, {"priority": "0"}), ("c", 6, {"priority": "5"}),
         ("d", 4, {"priority": "6"})],
        requires=[["a", "b"]],
        exclusive=[["c", "d"]],
    )  # fmt: skip

    assert funded(answer) == {"a": 1, "b": 1}


def test_a_divisible_project_can_be_a_prerequisite():
    answer = answer_to(
        [("L", 10, {})],
        [("a", 8, {"priority": "9"}), ("d", 0, {"priority": "0", "divisible": {"unit_fen": 2, "max_units": 4}})],
        requires=[["a", "d"]],
    )  # fmt: skip

    assert funded(answer) == {"a": 1, "d": 1}


def test_required_comes_before_priority():
    answer = answer_to(
        [("L", 10, {})], [("a", 10, {"priority": "99"}), ("b", 10, {"required": True})]
    )

    assert funded(answer) == {"b": 1}


def test_less_shortfall_comes_before_priority():
    answer = answer_to(
        [("L", 10, {})],
        [("here", 8, {"place": "420527101200"}), ("there", 10, {"place": "420527102", "priority": "99"})],
        floors=[{"id": "f", "places": ["420527101"], "amount_fen": 9}],
    )  # fmt: skip

    assert funded(answer) == {"here": 1}
    assert [(s["floor"], s["fen"]) for s in answer["shortfalls"]] == [("f", 1)]
    assert answer["tiers"][0] == {"name": "shortfall", "value": 1, "bound": 1, "gap": "0"}


def test_a_floor_counts_only_the_lines_it_names():
    lines = [("A", 10, {}), ("B", 10, {})]
    projects = [("p", 10, {"place": "420527101200"})]
    floor = {"id": "f", "places": ["420527101200"], "amount_fen": 6, "lines": ["B"]}

    answer = answer_to(lines, projects, floors=[floor])

    assert paid(answer).get(("B", "p"), 0) >= 6
    assert answer["shortfalls"] == []


def test_a_ceiling_is_hard():
    answer = answer_to(
        [("A", 10, {}), ("B", 10, {})],
        [("p", 10, {"purpose": "road"})],
        ceilings=[{"id": "c", "purposes": ["road"], "amount_fen": 4, "lines": ["A"]}],
    )

    assert paid(answer)["A", "p"] <= 4 if ("A", "p") in paid(answer) else True
    assert funded(answer) == {"p": 1}


def test_the_total_grows_on_last_year():
    projects = [("a", 6, {"priority": "-1"}), ("b", 5, {"priority": "-3"})]

    answer = answer_to([("L", 10, {})], projects, total_at_least_fen=6)

    assert funded(answer) == {"a": 1}


@pytest.mark.parametrize("scale", [1, 10**6, 10**10 + 1])
def test_two_floors_on_the_same_money_split_to_the_fen(scale):
    """A and B both want the money of line S; odd amounts leave no room for rounding."""
    lines = [("S", 7 * scale, {}), ("T", 6 * scale, {})]
    projects = [
        ("a", 6 * scale, {"place": "420527101200"}),
        ("b", 7 * scale, {"place": "420527101201"}),
    ]
    floors = [
        {"id": "fa", "places": ["420527101200"], "amount_fen": 3 * scale + 1, "lines": ["S"]},
        {"id": "fb", "places": ["420527101201"], "amount_fen": 4 * scale - 1, "lines": ["S"]},
    ]

    answer = answer_to(lines, projects, floors=floors)

    assert answer["status"] == "optimal"
    assert answer["shortfalls"] == []
    assert paid(answer) == {
        ("S", "a"): 3 * scale + 1, ("T", "a"): 3 * scale - 1,
        ("S", "b"): 4 * scale - 1, ("T", "b"): 3 * scale + 1,
    }  # fmt: skip


def test_one_fen_too_little_is_too_little_at_any_size():
    huge = 10**13
    answer = answer_to(
        [("L", huge - 1, {})],
        [("p", huge, {"priority": "1"}), ("q", huge - 1, {"priority": "0.5"})],
    )

    assert funded(answer) == {"q": 1}


def test_pieces_that_cannot_be_paid_to_the_fen_are_not_selected():
    """Together a and b cost one fen more than there is: floats cannot tell, fen can."""
    huge = 10**13
    answer = answer_to(
        [("L", 2 * huge, {})],
        [("a", huge, {"priority": "5"}), ("b", huge + 1, {"priority": "5"}), ("c", 1, {"priority": "1"})],
    )  # fmt: skip

    assert answer["priority"] == "6"
    assert answer["status"] == "optimal"


def test_the_same_problem_gives_the_same_answer():
    lines = [
        (f"L{i}", 50 + i, {"purposes": ["k" + str(i % 3), "k" + str((i + 1) % 3)]})
        for i in range(6)
    ]
    projects = [
        (f"p{i}", 7 + i % 5, {"purpose": f"k{i % 3}", "priority": str(1 + i % 7)})
        for i in range(60)
    ]

    first, second = answer_to(lines, projects), answer_to(lines, projects)

    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_units_that_cannot_be_paid_to_the_fen_are_not_selected():
    """Three units and p cost one fen more than there is; floats see no difference."""
    huge = 10**13
    answer = answer_to(
        [("L", 4 * huge, {})],
        [("p", huge + 1, {"priority": "5"}),
         ("d", 0, {"priority": "2", "divisible": {"unit_fen": huge, "max_units": 3}})],
    )  # fmt: skip

    assert funded(answer) == {"p": 1, "d": 2}
    assert answer["status"] == "optimal"


def test_a_share_that_no_whole_fen_keeps_cuts_the_selection_off():
    """Half of an odd cost: the line would pay 1.5 fen for each purpose, which is not money."""
    answer = answer_to(
        [("L", 100, {"share_rules": [{"purposes": ["x"], "at_least": "0.5", "at_most": "0.5"}]}),
         ("M", 1, {})],
        [("p", 3, {"purpose": "x", "priority": "1"}), ("q", 2, {"purpose": "y", "priority": "9"})],
    )  # fmt: skip

    assert funded(answer) == {"p": 1, "q": 1}
    assert paid(answer) == {("L", "p"): 2, ("L", "q"): 2, ("M", "p"): 1}


def test_with_no_time_the_plan_in_hand_is_feasible_not_optimal():
    purposes = [f"k{k}" for k in range(5)]
    lines = [(f"L{i}", 10**9 + i, {"purposes": purposes[i % 3 : i % 3 + 3]}) for i in range(9)]
    projects = [
        (f"p{i}", 10**7 * (30 + i * 37 % 91), {"purpose": purposes[i % 5], "priority": str(50 + i * 53 % 97)})
        for i in range(60)
    ]  # fmt: skip

    answer = answer_to(lines, projects, options={"gap": "0", "time_limit_s": 0})

    assert answer["status"] == "feasible"
    assert float(answer["bound"]) > float(answer["priority"])
    assert float(answer["gap"]) > 0


def test_a_bound_between_two_fen_is_the_next_whole_one():
    """The relaxation says 3,777,789.11 fen short: nothing in whole fen lies below 3,777,790."""
    answer = answer_to(
        [("L0", 7000021, {"areas": ["4205"], "share_rules": [{"purposes": ["a"], "at_most": "0.55"}]}),
         ("L1", 8000024, {})],
        [("P0", 3000009, {"purpose": "b", "priority": "2"}),
         ("P1", 4000012, {"purpose": "a", "place": "420527102201", "priority": "3", "required": True}),
         ("P3", 1000003, {"purpose": "c", "place": "420527102201", "priority": "0"})],
        floors=[{"id": "f1", "amount_fen": 6000018, "lines": ["L0"]}],
        ceilings=[{"id": "c0", "amount_fen": 5000015, "places": ["420527101"]}],
        share_rules=[{"purposes": ["b"], "at_most": "0.2"}],
    )  # fmt: skip

    assert answer["status"] == "optimal"
    assert (answer["tiers"][0]["value"], answer["tiers"][0]["bound"]) == (3777790, 3777790)
