"""The parser takes any text: it gives a node or reasons with a place in the text, never a fault."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.functions import FUNCTIONS
from bangfu.core.policy.rules.names import Scope
from bangfu.core.policy.rules.parser import parse_condition, parse_value

NAMES = (
    "skill",
    "birth",
    "work_months",
    "cropland",
    "risks",
    "jobs",
    "members",
    "today",
    "missing",
    "true",
    "x",
)
WORDS = (*NAMES, *FUNCTIONS, "and", "or", "not", "in", "is", "if", "else", "lambda", "for", "(", ")", "[", "]", "{", "}",
         ",", "==", "<", "+", "-", "*", "/", "**", "%", ":", ":=", ".", "'因病'", "''", "3", "0.5", "1e9", "None", "...", "\n", "#", "，", "by=")  # fmt: skip


def _holds(text: str) -> None:
    lines = text.split("\n")
    for parse in (parse_condition, parse_value):
        node, refused = parse(text, Scope(Table.PERSON))
        assert (node is None) == bool(refused)
        for each in refused:
            assert 0 <= each.line <= len(lines)
            assert each.text.zh and each.text.en


@given(st.text(max_size=60))
@example("(" * 300)
@example("not " * 3000 + "true")
@example("\x00")
@example("x" * 30_000)
@example("9" * 5000 + " == 1")
@example("'\\")
def test_any_text(text):
    _holds(text)


@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_any_words_of_the_language(text):
    _holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "[x for x in skill]",
        "lambda: true",
        "f'{skill}'",
        "skill[0] == 'a'",
        "skill if true else birth",
        "(x := 3) == 3",
        "age(birth, on=today) > 3",
        "count(*members)",
        "work_months ** 2 > 3",
        "work_months % 2 == 1",
        "~working",
        "b'x' == skill",
        "1j == work_months",
        "skill == None",
    ],
)
def test_forms_outside_the_white_list(text):
    node, refused = parse_condition(text, Scope(Table.PERSON))
    assert node is None
    assert len(refused) >= 1


def test_places_count_letters_not_bytes():
    _, refused = parse_condition("'因病' in risks and\n  '因病' in riskz", Scope(Table.PERSON))
    assert [(each.line, each.column) for each in refused] == [(1, 10)]


def test_every_wrong_branch_is_told():
    _, refused = parse_condition("a1 and (b1 or not c1) and any(members, d1)", Scope(Table.PERSON))
    assert [each.value for each in refused] == ["a1", "b1", "c1", "d1"]
