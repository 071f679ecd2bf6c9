"""The check catalogue is covered, row by row, and every check can be read by an official."""

import re
from collections import Counter

import pytest

from bangfu.core.facts.dictionary import FACTS
from bangfu.core.policy.resolve import Policy
from bangfu.core.screening.asked import OF_CONCERN, OF_HOUSEHOLD, OF_PERSON

# Rows without a test in the catalogue; 3_03_002 is one too, but its intention is stated.
STUBS = {"1111_4", "1_11_002", "2_10_004", "3_01_009", "3_12_002", "5_12_007_231", "5_17_0012"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_the_catalogue_has_267_rows(catalogue_ids: list[str]) -> None:
    assert len(catalogue_ids) == len(set(catalogue_ids)) == 267


def test_every_row_is_a_check_or_left_out(policy: Policy, catalogue_ids: list[str]) -> None:
    checks = [check.id for check in policy.all_checks]
    left_out = [row.id for row in policy.left_out]
    assert Counter(checks + left_out) == Counter(catalogue_ids)
    assert set(left_out) == STUBS


def test_what_is_left_out_says_why_in_both_languages(policy: Policy) -> None:
    for row in policy.left_out:
        assert CHINESE.search(row.why.zh), row.id
        assert not CHINESE.search(row.why.en), row.id


def test_the_level_is_the_first_digit_of_the_number(policy: Policy) -> None:
    for check in policy.all_checks:
        level = None if check.id.startswith("1111") else int(check.id[0])
        assert check.level == level, check.id


def test_a_finding_is_about_what_the_object_names(policy: Policy) -> None:
    for check in policy.all_checks:
        assert check.grain == check.object.split("_")[0], check.id


def test_every_check_speaks_both_languages(policy: Policy) -> None:
    for check in policy.all_checks:
        assert CHINESE.search(check.text.zh) and check.text.zh.endswith("。"), check.id
        assert check.text.en.endswith("."), check.id
        # One proper name has no English of its own and stands beside its translation.
        assert not CHINESE.search(check.text.en.replace("雨露计划", "")), check.id


def test_a_sentence_tells_its_rule_from_the_others(policy: Policy) -> None:
    """Two checks may share a sentence only when they ask the same."""
    rules: dict[str, set[str]] = {}
    for check in policy.all_checks:
        rules.setdefault(check.text.zh, set()).add(check.when)
    assert {zh: found for zh, found in rules.items() if len(found) > 1} == {}


def test_every_check_says_what_to_look_at(policy: Policy) -> None:
    facts = {fact.name for table in FACTS.values() for fact in table}
    for check in policy.all_checks:
        assert check.look_at, check.id
        assert len(set(check.look_at)) == len(check.look_at), check.id
        assert set(check.look_at) <= facts, check.id


def test_an_unverified_check_says_why(policy: Policy) -> None:
    unverified = [check for check in policy.all_checks if check.status == "unverified"]
    assert [check.id for check in unverified if not check.note] == []
    assert 20 < len(unverified) < 60


def test_every_definition_is_used(policy: Policy, policy_files: dict[str, str]) -> None:
    asked = [*OF_HOUSEHOLD.values(), *OF_CONCERN.values(), *OF_PERSON.values()]
    named = Counter(re.findall(r"\b[a-z_0-9]+\b", "\n".join([*policy_files.values(), *asked])))
    assert [name for name in policy.definitions if named[name] < 2] == []


def test_every_source_is_used(policy: Policy, policy_files: dict[str, str]) -> None:
    text = "\n".join(policy_files.values())
    assert [name for name in policy.sources if f'source = "{name}"' not in text] == []


def test_files_stay_short(policy_files: dict[str, str]) -> None:
    # A procedure stands whole in its file, with every step, field and condition it has.
    longest = {name: 600 if "/procedures/" in name else 400 for name in policy_files}
    long = {name for name, text in policy_files.items() if text.count("\n") >= longest[name]}
    assert long == set()


@pytest.mark.parametrize(
    ("rule", "lines"),
    [("1_02_006", "income.line"), ("4_11_010", "income.line"), ("5_17_012", "place.home_county")],
)
def test_numbers_of_a_year_and_a_place_come_by_key(policy: Policy, rule: str, lines: str) -> None:
    check = next(check for check in policy.all_checks if check.id == rule)
    assert [spec.node.key for spec in check.parameters.values()] == [lines]
