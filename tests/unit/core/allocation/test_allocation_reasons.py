"""Every project left out, every shortfall, every idle yuan has a reason that holds."""

from __future__ import annotations

import pytest
from allocation_cases import answer_to, funded

HERE, THERE = "420527101200", "420527102200"


def reasons(answer: dict) -> dict[str, dict]:
    return {item["project"]: item for item in answer["reasons"]}


def test_every_project_left_out_has_one_reason_and_funded_ones_none():
    answer = answer_to([("L", 3, {})], [(f"p{i}", 1, {}) for i in range(6)])

    assert len(answer["reasons"]) == 3
    assert set(reasons(answer)) | set(funded(answer)) == {f"p{i}" for i in range(6)}


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"purpose": "school"}, "purpose"),
        ({"purpose": "road", "place": THERE}, "area"),
        ({"purpose": "road", "place": HERE, "beneficiaries": ["all"]}, "beneficiaries"),
    ],
)
def test_no_line_says_which_string_fails(more, kind):
    line = {"purposes": ["road"], "areas": [HERE], "beneficiaries": ["poor"]}

    answer = answer_to([("L", 10, line)], [("p", 1, more)])

    assert reasons(answer)["p"]["why"] == "no_line"
    assert reasons(answer)["p"]["detail"]["kind"] == kind


def test_a_project_without_a_purpose_is_not_told_of_one():
    answer = answer_to([("L", 10, {"purposes": ["road"]})], [("p", 1, {})])

    detail = reasons(answer)["p"]["detail"]
    assert (detail["zh"], detail["en"]) == ("没有可以支付它的资金", "no line may pay for it")


def test_a_prerequisite_does_not_give_way():
    """p needs q, and the money holds one of them: q leaving would not let p in."""
    answer = answer_to(
        [("L", 20, {})],
        [("p", 10, {"priority": "1"}), ("q", 20, {"priority": "2"})],
        requires=[["p", "q"]],
    )

    detail = reasons(answer)["p"]["detail"]
    assert (detail["costs_at_least"], detail["gives_way"]) == (None, [])
    assert "first to give way" not in detail["en"]


def test_more_than_all_its_lines_hold_is_no_line_either():
    answer = answer_to([("A", 3, {}), ("B", 4, {})], [("p", 8, {})])

    detail = reasons(answer)["p"]["detail"]
    assert (detail["kind"], detail["holds_fen"]) == ("too_little", 7)


def test_not_admitted_and_excluded_by():
    answer = answer_to(
        [("L", 100, {})],
        [("a", 1, {"admitted": False}), ("b", 1, {"priority": "3"}), ("c", 1, {"priority": "2"}),
         ("d", 1, {})],
        exclusive=[["b", "c"]],
        requires=[["d", "a"]],
    )  # fmt: skip

    found = reasons(answer)
    assert {name: item["why"] for name, item in found.items()} == {
        "a": "not_admitted", "c": "excluded_by", "d": "excluded_by",
    }  # fmt: skip
    assert (found["c"]["detail"]["by"], found["c"]["detail"]["kind"]) == ("b", "exclusive")
    assert (found["d"]["detail"]["by"], found["d"]["detail"]["kind"]) == ("a", "prerequisite")


def test_crowded_out_has_a_price_and_names_what_gives_way():
    answer = answer_to(
        [("L", 10, {})], [("a", 10, {"priority": "7"}), ("b", 10, {"priority": "4.5"})]
    )

    found = reasons(answer)["b"]
    assert found["why"] == "crowded_out"
    assert found["detail"]["costs_at_least"] == "2.5"
    assert found["detail"]["gives_way"] == ["a"]
    assert "2.5" in found["detail"]["zh"] and "2.5" in found["detail"]["en"]


def test_what_would_cost_shortfall_is_said_so():
    answer = answer_to(
        [("L", 10, {})],
        [("in", 10, {"place": HERE}), ("out", 10, {"place": THERE, "priority": "99"})],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 10}],
    )

    assert reasons(answer)["out"]["detail"]["costs_at_least"] is None


def test_a_shortfall_names_the_money_that_closes_it():
    """Village floor 10: a (6) is paid, b (5) is not; one fen of A is idle, so 4 more are needed."""
    answer = answer_to(
        [("A", 7, {"purposes": ["road"]}), ("B", 50, {"purposes": ["water"]})],
        [
            ("a", 6, {"purpose": "road", "place": HERE}),
            ("b", 5, {"purpose": "road", "place": HERE}),
        ],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 10}],
    )

    detail = answer["shortfalls"][0]["detail"]
    assert detail["kind"] == "money"
    assert detail["more"] == [{"lines": ["A"], "fen": 4}]
    assert detail["projects"] == ["b"]


def test_equal_lines_are_named_together():
    answer = answer_to(
        [("A", 3, {}), ("B", 4, {})],
        [("p", 10, {"place": HERE})],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 10}],
    )

    assert answer["shortfalls"][0]["detail"]["more"] == [{"lines": ["A", "B"], "fen": 3}]


def test_a_shortfall_that_no_money_closes_says_how_much_work_is_missing():
    answer = answer_to(
        [("A", 100, {})],
        [("p", 10, {"place": HERE})],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 15}],
    )

    detail = answer["shortfalls"][0]["detail"]
    assert (detail["kind"], detail["projects_fen"]) == ("no_project", 5)


def test_a_shortfall_that_rules_hold_open():
    answer = answer_to(
        [("A", 100, {})],
        [("p", 10, {"place": HERE}), ("q", 10, {"place": HERE})],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 15}],
        exclusive=[["p", "q"]],
    )

    assert answer["shortfalls"][0]["detail"]["kind"] == "rules"


def test_a_floor_on_a_group_of_lines_moves_payment_to_them():
    """The village's project is paid by B; four more fen of A would let A pay its floor of ten."""
    answer = answer_to(
        [("A", 6, {}), ("B", 20, {})],
        [("p", 12, {"place": HERE}), ("q", 8, {"place": THERE, "required": True})],
        floors=[{"id": "f", "places": [HERE], "amount_fen": 10, "lines": ["A"]}],
    )

    assert [(s["floor"], s["fen"]) for s in answer["shortfalls"]] == [("f", 4)]
    assert answer["shortfalls"][0]["detail"]["more"] == [{"lines": ["A"], "fen": 4}]


def test_with_no_time_left_a_shortfall_still_has_a_bound():
    answer = answer_to(
        [("A", 6, {})],
        [("p", 6, {"place": HERE}), ("q", 8, {"place": HERE})],
        options={"gap": "0", "time_limit_s": 0},
        floors=[{"id": "f", "places": [HERE], "amount_fen": 14}],
    )

    detail = answer["shortfalls"][0]["detail"]
    assert (detail["kind"], detail["at_least_fen"]) == ("bound", answer["shortfalls"][0]["fen"])


@pytest.mark.parametrize(
    ("lines", "projects", "rules", "why"),
    [
        ([("L", 5, {"purposes": ["x"]})], [("p", 1, {"purpose": "y"})], {}, "no_project"),
        ([("L", 5, {})], [("p", 1, {})], {}, "all_funded"),
        ([("L", 5, {})], [("p", 3, {}), ("q", 3, {})], {}, "too_small"),
        (
            [("L", 5, {})],
            [("p", 2, {}), ("q", 2, {})],
            {"ceilings": [{"id": "c", "amount_fen": 3}]},
            "held_back",
        ),
        ([("L", 5, {})], [("p", 2, {"priority": "-1"})], {}, "held_back"),
    ],
)
def test_idle_money_says_why(lines, projects, rules, why):
    answer = answer_to(lines, projects, **rules)

    assert [item["why"] for item in answer["idle"]] == [why]


def test_idle_money_held_by_rules_names_them_and_its_date():
    answer = answer_to(
        [
            (
                "L",
                9,
                {"spend_by": "2026-12-31", "share_rules": [{"purposes": ["x"], "at_most": "0.5"}]},
            )
        ],
        [("p", 2, {"purpose": "x"}), ("q", 2, {})],
        ceilings=[{"id": "c", "amount_fen": 3}],
        exclusive=[["p", "q"]],
        share_rules=[{"purposes": ["z"], "at_most": "1"}],
    )

    detail = answer["idle"][0]["detail"]
    assert detail["spend_by"] == "2026-12-31"
    assert detail["rules"] == [
        "$.rules.ceilings[0]", "$.fund_lines[0].share_rules[0]", "$.rules.share_rules[0]",
        "$.rules.exclusive[0]",
    ]  # fmt: skip
