"""The engine: what a step needs, what decides it, when it is due, who may not act."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.language import Text
from bangfu.core.policy import load
from bangfu.core.workdays import WorkCalendar
from bangfu.core.workflow import engine
from bangfu.core.workflow.engine import Act, Limit
from bangfu.core.workflow.evidence import COUNTY, County, estimated_poor, percent
from bangfu.core.workflow.model import DONE, REJECTED, Kind
from bangfu.files.policy_folder import read_policy

DOCUMENTS = read_policy(Path(__file__).parents[4] / "policy")
POLICY = load(each for each in DOCUMENTS if not each.label.startswith("policy/checks/"))
MONITORING = POLICY.procedures.by_id["monitoring"]
REGISTRATION = POLICY.procedures.by_id["registration"]
VERIFY = {
    "wage_income": 1,
    "business_income": 0,
    "property_income": 0,
    "transfer_income": 0,
    "business_cost": 0,
    "out_of_pocket": 0,
    "dangerous_house": False,
    "safe_water": True,
    "dropout": False,
    "uninsured_member": False,
    "monitored_class": "边缘易致贫户",
    "risks": ("因病",),
    "coping": "无",
    "authorisation": "甲",
}
MOST = {"monitoring.risks": 5}


def _where(answers):
    return {p.where for p in engine.check_answers(MONITORING.step("verify"), answers, MOST)}


def test_a_whole_record_passes():
    assert _where(VERIFY) == set()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"authorisation": ""}, {"authorisation"}),
        ({"risks": ()}, {"risks"}),
        ({"risks": ("因自然灾害",)}, {"disaster_subtype"}),
        ({"risks": ("其他",)}, {"risk_other_note"}),
        ({"risks": ("因病", "因学", "因残", "产业失败", "意外事故", "缺劳动力")}, {"risks"}),
        ({"risks": ("因病", "因病")}, {"risks"}),
        ({"disaster_subtype": "洪涝"}, {"disaster_subtype"}),
        ({"risks": ("因自然灾害",), "disaster_subtype": "洪涝"}, set()),
        ({"monitored_class": "贫困户"}, {"monitored_class"}),
        ({"wage_income": "1"}, {"wage_income"}),
        ({"wage_income": True}, {"wage_income"}),
        ({"wage_income": -1, "out_of_pocket": -5}, {"wage_income", "out_of_pocket"}),
        ({"dangerous_house": 1}, {"dangerous_house"}),
        ({"nothing": 1}, {"nothing"}),
    ],
)
def test_what_is_missing_or_wrong_is_told_by_field(change, where):
    assert _where({**VERIFY, **change}) == where


ASSESSED = {
    "exited_sampled": 1000,
    "wrongly_exited": 5,
    "unregistered_sampled": 2000,
    "missed": 4,
    "households_surveyed": 300,
    "households_recognising": 300,
    "exited_total": 20_000,
    "unregistered_total": 200_000,
    "rural_population": 250_000,
    "assessed_by": "甲",
}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({}, []),
        ({"wrongly_exited": 1001}, ["wrongly_exited"]),
        ({"households_recognising": 301, "missed": 2001}, ["missed", "households_recognising"]),
        ({"households_surveyed": 0, "rural_population": 0}, ["households_surveyed", "rural_population"]),
        ({"exited_sampled": 20_001}, ["exited_sampled"]),
    ],
)  # fmt: skip
def test_a_part_is_no_more_than_its_whole_which_is_above_zero(change, where):
    step = POLICY.procedures.by_id["exit_county"].step("assess")
    problems = engine.check_answers(step, {**ASSESSED, **change}, {})
    assert [problem.where for problem in problems] == where


def test_nothing_filled_in_names_every_compulsory_field():
    required = {field.id for field in MONITORING.step("verify").fields if field.required}
    assert _where({}) == required


def _meeting(present, votes_for, against, abstained):
    answers = {
        "held_on": date(2026, 3, 2),
        "attendance": present,
        "votes_for": votes_for,
        "votes_against": against,
        "votes_abstained": abstained,
        "minutes": "会议",
        "meeting_photo": 1,
    }
    step = MONITORING.step("assembly")
    return answers, engine.check_answers(step, answers, {})


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_a_majority_of_those_present_decides(votes_for, against, abstained):
    present = votes_for + against + abstained
    answers, problems = _meeting(present, votes_for, against, abstained)
    assert bool(problems) == (present == 0)
    if not problems:
        verdict = engine.verdict(
            MONITORING.step("assembly"), answers, passes=True, reason="", majority=Fraction(1, 2)
        )
        assert verdict.passes == (2 * votes_for > present)


def test_votes_that_do_not_add_up_are_refused():
    assert [p.rule for p in _meeting(30, 20, 5, 4)[1]] == ["votes"]


def test_the_judgement_of_a_person_decides():
    step = MONITORING.step("township")
    told = engine.verdict(step, {}, passes=False, reason="材料不实", majority=None)
    assert (told.passes, told.reason) == (False, Text("材料不实", "材料不实"))
    assert engine.following(step, passes=False) == REJECTED
    assert engine.following(step, passes=True) == "county"
    assert engine.following(MONITORING.step("measures"), passes=True) == DONE


@pytest.mark.parametrize(
    ("step", "limit", "due"),
    [
        ("county", Limit(15, "days"), date(2026, 3, 17)),
        ("township", Limit(2, "working days"), date(2026, 3, 16)),
        ("measures", Limit(1, "months"), date(2026, 4, 12)),
        ("clue", None, None),
    ],
)
def test_due_dates(step, limit, due):
    found = engine.due_on(
        MONITORING.step(step),
        limit,
        opened=date(2026, 3, 2),
        began=date(2026, 3, 12),
        done={},
        calendar=WorkCalendar(),
    )
    assert found == due


@pytest.mark.parametrize(
    ("step", "acts", "refused"),
    [
        ("township", ["verify"], True),
        ("county", ["verify"], True),
        ("county", ["township"], True),
        ("assembly", ["verify"], False),
        ("countersign", ["verify"], True),
        ("countersign", ["apply"], False),
        ("record", ["verify", "township", "county"], False),
    ],
)
def test_nobody_has_two_parts_in_a_round(step, acts, refused):
    done = [Act(name, "me", date(2026, 3, 2)) for name in acts]
    told = engine.same_person(REGISTRATION, REGISTRATION.step(step), done, ["me", "token"])
    assert (told is not None) == refused
    others = [Act(name, "somebody", date(2026, 3, 2)) for name in acts]
    assert engine.same_person(REGISTRATION, REGISTRATION.step(step), others, ["me"]) is None


def test_seven_days_between_the_levels():
    step = REGISTRATION.step("township")
    done = {"apply": date(2026, 3, 1), "assembly": date(2026, 3, 3)}
    below = engine.level_below(REGISTRATION, step, done)
    assert below == date(2026, 3, 3)
    told = engine.too_soon(step, 7, below, date(2026, 3, 9))
    assert told is not None
    assert "2026-03-10" in told.zh
    assert engine.too_soon(step, 7, below, date(2026, 3, 10)) is None
    assert engine.too_soon(step, 0, below, date(2026, 3, 3)) is None


def test_the_steps_of_seed_003_stand_in_order():
    assert REGISTRATION.given == "quota"
    assert [step.id for step in REGISTRATION.steps] == [
        "apply",
        "verify",
        "countersign",
        "assembly",
        "township",
        "county",
        "record",
    ]
    assembly = REGISTRATION.step("assembly")
    assert any(field.kind is Kind.PHOTO and field.required for field in assembly.fields)


# A county's exit, by hand: 40 poor + 1,000 × 3/150 + 8,000 × 2/400 = 40 + 20 + 40 = 100 of 5,000.
SMALL = County(40, 150, 3, 400, 2, 100, 90, 1000, 8000, 5000)


def test_a_countys_incidence_adds_the_estimates():
    assert estimated_poor(SMALL) == 100
    assert COUNTY["county_incidence"](SMALL, "2").met is False
    assert COUNTY["county_incidence"](SMALL, "3").met is True
    assert COUNTY["county_wrong_exit"](SMALL, "2").met is False  # exactly 2 % is not below
    assert COUNTY["county_missed"](SMALL, "2").met is True
    assert COUNTY["county_recognition"](SMALL, "90").met is True  # exactly 90 % reaches


def test_an_empty_sample_proves_nothing():
    empty = County(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert not any(judge(empty, "50").met for judge in COUNTY.values())


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(1, 80), "1.25%"),
        (Fraction(2, 3), "66.67%"),
        (Fraction(0), "0.00%"),
        (Fraction(1, 20000), "0.01%"),
    ],
)
def test_rates_are_rounded_half_up(rate, shown):
    assert percent(rate) == shown
