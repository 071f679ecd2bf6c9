"""A household's finding names the members it is about, with the values that were asked of them."""

import json

import pytest
from lib.policies import shipped

from bangfu.books.screening.exporters import shown_members
from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.parser import parse_condition
from bangfu.core.screening.witnesses import NAMED, questions


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
    assert NAMED == 5
