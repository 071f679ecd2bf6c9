"""Derived facts: none that serves one rule only, none that hides another name."""

from pathlib import Path

import pytest

from bangfu.core.facts.derived import BY_NAME, DERIVED, SERVES_ONE
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.listing import facts_page
from bangfu.core.policy import load
from bangfu.core.policy.rules.nodes import Named, Node, walk
from bangfu.core.policy.rules.parser import derived
from bangfu.core.policy.rules.types import KIND_TYPES
from bangfu.files.policy_folder import read_policy


@pytest.fixture(scope="module")
def uses() -> dict[str, int]:
    """How many checks, definitions and derived facts name each derived fact."""
    policy = load(read_policy(Path(__file__).parents[4] / "policy"))
    conditions: list[Node] = [check.condition for check in policy.all_checks]
    conditions += [definition.condition for definition in policy.definitions.values()]
    conditions += [derived(name).body for name in BY_NAME]
    named = [{n.name for n in walk(c) if isinstance(n, Named) and n.fact} for c in conditions]
    return {name: sum(name in each for each in named) for name in BY_NAME}


def test_none_serves_one_rule_only(uses):
    lonely = {name for name, count in uses.items() if count <= 1}
    assert lonely == set(SERVES_ONE), "a fact of one rule belongs in the rule; or list it with why"


def test_types_are_as_stated():
    for item in DERIVED:
        assert derived(item.fact.name).type is KIND_TYPES[item.fact.kind], item.fact.name


def test_names_are_of_one_fact():
    plain = {fact.name for facts in FACTS.values() for fact in facts}
    assert plain.isdisjoint(BY_NAME)
    assert len(BY_NAME) == len(DERIVED)


def test_page_lists_every_fact():
    page = facts_page([("line", "yuan/person/year")])
    for name in [*BY_NAME, *(fact.name for facts in FACTS.values() for fact in facts), "line"]:
        assert f"`{name}`" in page
