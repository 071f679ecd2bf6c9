"""Checks as a plan: parameters by place, the place of a check, what a finding shows."""

import json
from datetime import date

import polars as pl
import pytest

from bangfu.core.facts.model import Table
from bangfu.core.policy import Document, load
from bangfu.core.screening.checks import compile_checks
from bangfu.engines import duckdb
from bangfu.engines.scope import WHOLE, Scope

ON = date(2024, 6, 1)
ZIGUI, OTHER = "420527101200", "420528101200"
POLICY = """
[[source]]
id = "law"
zh = "某条例"
en = "Some law"
tag = "V"

[[value]]
key = "line"
place = "420527000000"
from = 2023-01-01
value = 73
unit = "yuan"
source = "law"
status = "verified"

[[definition]]
name = "poor"
grain = "household"
when = "wage_income < line"
zh = "低于线"
en = "below the line"
[definition.parameters]
line = { key = "line" }
"""
CHECK = """
[[check]]
id = "{id}"
level = 1
object = "household_mixed"
grain = "{grain}"
when = '''{when}'''
zh = "不对。"
en = "Wrong."
look_at = ["wage_income"]
source = "law"
status = "verified"
{more}
"""


@pytest.fixture
def frames() -> dict[Table, pl.DataFrame]:
    keys = {"place_code": [ZIGUI, OTHER], "household_no": ["h1", "h2"]}
    people = {"place_code": [ZIGUI] * 2, "household_no": ["h1"] * 2, "person_no": ["p1", "p2"]}
    return {
        Table.HOUSEHOLD: pl.DataFrame(keys | {"wage_income": [7_299, 7_299]}),
        Table.PERSON: pl.DataFrame(
            people | {"birth": [date(2020, 1, 2), None], "skill": ["无劳动力", ""]}
        ),
    }


def run(frames, *checks: str, scope: Scope = WHOLE):
    policy = load([Document("p", POLICY + "".join(checks))])
    with duckdb.open_frames(frames, scope, threads=1) as snapshot:
        plan = compile_checks(policy.checks(ON), policy, ON, snapshot.places())
        return plan, duckdb.run(plan, snapshot)


def check(rule: str, when: str, grain: str = "household", more: str = "") -> str:
    return CHECK.format(id=rule, when=when, grain=grain, more=more)


def test_parameter_without_a_value_is_not_asked_there(frames):
    """Neither the rule nor its negation fires where the parameter has no value; the plan says so."""
    plan, found = run(frames, check("1", "poor"), check("2", "not poor"))
    assert found.select("rule", "household_no").rows() == [("1", "h1")]
    (told,) = plan.unanswered
    assert (told.where, told.rule) == ("line", "1, 2")
    assert OTHER in told.text.en


def test_values_that_made_it_fire(frames):
    _, found = run(
        frames,
        check("1", "poor and any(members, age(birth, today) < limit)",
              more='[check.parameters]\nlimit = { value = 6, unit = "years" }'),
        check("2", "skill == '无劳动力' and birth is not missing", grain="person"),
    )  # fmt: skip
    assert [json.loads(values) for values in found["values"]] == [
        {
            "wage_income": 7_299,
            "line": 7_300,
            "any(members, age(birth, today) < limit)": True,
            "limit": 6,
        },
        {"skill": "无劳动力", "birth": "2020-01-02"},
    ]
    assert found.select("rule", "level", "place_code", "household_no", "person_no").rows() == [
        ("1", 1, ZIGUI, "h1", None),
        ("2", 1, ZIGUI, "h1", "p1"),
    ]


def test_what_is_asked_of_rows_is_shown_as_it_was_answered(frames):
    """none and all are refusals of any: the value shown answers the question that is written beside it."""
    _, found = run(
        frames,
        check(
            "1", "none(members, skill == '技能劳动力') and not all(members, birth is not missing)"
        ),
    )
    assert json.loads(found["values"][0]) == {
        "any(members, skill == '技能劳动力')": False,
        "any(members, not (birth is not missing))": True,
    }


def test_members_it_is_about(frames):
    """A household's rule of members names those who meet it; other findings name nobody."""
    _, found = run(
        frames,
        check("1", "any(members, birth is not missing)"),
        check("2", "poor"),
        check("3", "birth is missing", grain="person"),
        check(
            "4", "count(members, person_no is not missing) > 1 or any(members, birth is missing)"
        ),
    )
    members = dict(found.select("rule", "members").filter(found["household_no"] == "h1").rows())
    assert json.loads(members["1"]) == {
        "count": 1,
        "named": [{"person_no": "p1", "values": {"birth": "2020-01-02"}}],
    }
    assert members["2"] is members["3"] is None
    both = json.loads(members["4"])
    assert (both["count"], [each["person_no"] for each in both["named"]]) == (2, ["p1", "p2"])


def test_place_of_a_check(frames):
    _, found = run(frames, check("1", "wage_income > 0", more='place = "420528000000"'))
    assert found["household_no"].to_list() == ["h2"]


def test_scope_is_applied_first(frames):
    """What lies outside the scope is neither found nor counted."""
    _, found = run(frames, check("1", "wage_income > 0"), scope=Scope.of(["420528"]))
    assert found["household_no"].to_list() == ["h2"]
    _, none = run(frames, check("1", "wage_income > 0"), scope=Scope.of([]))
    assert none.is_empty()


def test_more_rules_than_bits(frames):
    """Seventy rules of one grain take two words of flags."""
    rules = [
        check(str(n), f"wage_income > {'0' if n % 7 == 0 else '0 and wage_income < 0'}")
        for n in range(70)
    ]
    _, found = run(frames, *rules)
    assert found["rule"].unique(maintain_order=True).to_list() == [str(n) for n in range(0, 70, 7)]


def test_no_rows_at_all():
    plan, found = run({}, check("1", "poor"), check("2", "any(households, poor)", grain="village"))
    assert found.is_empty()
    assert plan.unanswered == ()
