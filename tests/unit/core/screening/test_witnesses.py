"""A household's finding names the members it is about, with the values that were asked of them."""

import json

import pytest
from lib.policies import shipped

from bangfu.books.screening.exporters import shown_members
from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.parser import parse_condition
from bangfu.core.screening.witnesses import NAMED, questions, tells_of_household


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("any(members, disabled)", ["disabled"]),
        ("dropout and count(members, age(birth, today) < 6) > 2", ["age(birth, today) < 6"]),
        ("has_labour", ["able or partly_able"]),
        (
            "first(members, sex, relation == '户主', by=person_no) == '男'",
            ["relation == '户主'"],
        ),
        # Points at nobody in particular: of all, of none, how many there are, other rows.
        ("all(members, disabled)", []),
        ("none(members, disabled)", []),
        ("size > 3", []),
        ("sum(incomes, year, item == 'a1') > 3", []),
        ("not (dropout and none(members, disabled))", ["disabled"]),
    ],
)
def test_what_is_asked_of_members(rule, asked):
    scope = shipped().scope(Table.HOUSEHOLD)
    node, refused = parse_condition(rule, scope)
    assert refused == []
    person = shipped().scope(Table.PERSON)
    expected = [parse_condition(text, person)[0] for text in asked]
    assert [question.condition for question in questions(node)] == expected


def test_rules_of_persons_that_ask_nothing_of_the_person():
    """They are raised for everyone in the household; whom they mean is told as of the household's own."""
    by_id = {check.id: check for check in shipped().all_checks}
    of_all = {
        check.id
        for check in by_id.values()
        if check.grain is Table.PERSON and tells_of_household(check)
    }
    assert {"2_12_010", "2_12_012"} <= of_all
    for asks_itself in ("1_12_001", "1_12_002", "2_12_009-16"):
        assert by_id[asks_itself].grain is Table.PERSON
        assert asks_itself not in of_all


def test_tokens_are_never_shown():
    condition, _ = parse_condition(
        "any(members, phone_token is not missing and skill is missing)",
        shipped().scope(Table.HOUSEHOLD),
    )
    (question,) = questions(condition)
    assert [label for label, _ in question.values] == ["skill"]


def test_in_words():
    named = [
        {"person_no": f"p{n}", "values": {"skill": "丧失劳动力", "able": False}} for n in (1, 2)
    ]
    told = shown_members(json.dumps({"count": 2, "named": named[:1]}), "zh")
    assert told == "p1（劳动技能：丧失劳动力；有劳动能力：否）等 2 人"
    assert shown_members(json.dumps({"count": 2, "named": named}), "en") == (
        "p1 (ability to work: lost labour ability; able to work (ordinary or skilled): no), "
        "p2 (ability to work: lost labour ability; able to work (ordinary or skilled): no)"
    )
    assert shown_members(json.dumps({"count": 1, "named": [{"person_no": "p1"}]}), "zh") == "p1"
    assert shown_members(None, "zh") == ""
    assert shown_members(
        json.dumps({"count": 2, "named": named}), "zh", {"p1": "甲虚构"}
    ).startswith("甲虚构（劳动技能：丧失劳动力")
    assert NAMED == 5
