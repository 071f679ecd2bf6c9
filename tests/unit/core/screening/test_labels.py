"""Every value that a finding of the shipped checks can show is called something people understand."""

from __future__ import annotations

import re

from bangfu.cli.rules import load_policy
from bangfu.core.policy.rules import nodes
from bangfu.core.screening.checks import named_values
from bangfu.core.screening.labels import label
from bangfu.core.screening.witnesses import questions

_LATIN_NAME = re.compile(r"[a-z]+_[a-z_]+|\b(?:any|none|all|count|missing|and|or|not)\b")


def _shown() -> set[str]:
    found = set()
    for check in load_policy().all_checks:
        found |= {name for name, _ in named_values(check.condition)}
        found |= {name for each in questions(check.condition) for name, _ in each.values}
        found |= {
            node.name for node in nodes.walk(check.condition) if isinstance(node, nodes.Parameter)
        }
    return found


def test_no_name_of_the_rule_language_reaches_people() -> None:
    shown = _shown()
    assert len(shown) > 200
    raw = {name: label(name).zh for name in shown if _LATIN_NAME.search(label(name).zh)}
    assert raw == {}


def test_english_has_no_name_with_an_underscore() -> None:
    assert {name for name in _shown() if re.search(r"[a-z]_[a-z]", label(name).en)} == set()
