"""A household is recognised: from the clue to the county's decision and the measures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from case_factories import START

from bangfu.books.assistance.models import Measure
from bangfu.books.cases.models import Answer, Attachment, Case, Round, State, StepRecord
from bangfu.books.households.models import Household
from bangfu.books.journal.models import Entry
from bangfu.core.errors import ForbiddenError, InputError

NO = "4205270000000001"


def test_from_clue_to_decision_and_measures(walk, as_web):
    case = walk.open(finding="1_02_006")
    assert (case.step, case.state, case.due_on) == ("verify", State.OPEN, START + timedelta(days=3))
    case = walk.until(case, "township")
    assert case.notice_closes_on == START + timedelta(days=5)
    case = walk.until(case, "county")
    assert case.due_on == START + timedelta(days=15)
    case = walk.until(case, "measures")
    with as_web():
        household = Household.objects.get(pk=NO)
        assert household.monitored_class == "突发严重困难户"
        assert (household.risk_1, household.risk_2, household.risk_3) == ("因病", "缺劳动力", None)
        assert (household.identified_month, household.risk_removed) == (202603, False)
    assert (walk.today - START).days <= 15
    case = walk.until(case, "")
    assert case.state == State.DONE
    with as_web():
        steps = list(StepRecord.objects.order_by("pk").values_list("step", "actor"))
        assert steps == [
            ("clue", "clerk"),
            ("verify", "clerk"),
            ("assembly", "clerk"),
            ("township", "reviewer"),
            ("county", "approver"),
            ("measures", "clerk"),
        ]
        found = Round.objects.get()
        assert (found.entered_by, found.checked_by, found.decided_by) == (
            ["clerk"],
            "reviewer",
            "approver",
        )
        assert Answer.objects.get(field="risks").value == ("因病", "缺劳动力")
        assert Attachment.objects.get().digest == walk.photo.digest
        agreed = Measure.objects.filter(household_no=NO, case_no=str(case.pk))
        assert set(agreed.values_list("family", "content", "responsible", "agreed_on")) == {
            (family, "签约慢病服务，申请临时救助", "示例干部", walk.today)
            for family in ("health_help", "social_security_help")
        }
        verbs = Entry.objects.filter(subject=f"case {case.pk}").order_by("pk")
        assert [entry.verb for entry in verbs] == [
            "cases.open",
            *["cases.enter"] * 3,
            "cases.check",
            "cases.decide",
            "cases.follow",
        ]


def test_the_notice_holds_the_township_back(walk):
    case = walk.until(walk.open(), "township")
    with pytest.raises(InputError) as refused:
        walk.step(case)
    assert "公示" in refused.value.problems[0].text.zh


def test_a_role_that_is_not_the_steps_is_refused(walk):
    case = walk.open()
    with pytest.raises(ForbiddenError):
        walk.step(case, "reviewer")


def test_compulsory_fields_and_risks(walk):
    case = walk.open()
    given = walk.given("monitoring", "verify")
    answers = dict(given.answers)
    del answers["authorisation"]
    answers["risks"] = ("因自然灾害", "其他", "因病", "因学", "因残", "意外事故")
    with pytest.raises(InputError) as refused:
        walk.step(case, given=type(given)(answers=answers))
    assert {problem.where for problem in refused.value.problems} == {
        "authorisation",
        "risks",
        "disaster_subtype",
        "risk_other_note",
    }


def test_a_vote_that_fails_ends_the_case(walk, as_web):
    case = walk.until(walk.open(), "assembly")
    given = walk.given("monitoring", "assembly")
    answers = {**given.answers, "votes_for": 15, "votes_against": 14, "votes_abstained": 1}
    lost = replace(given, answers=answers)
    with pytest.raises(InputError) as refused:
        walk.step(case, given=lost)
    [asked] = refused.value.problems
    assert asked.where == "confirmed"
    assert "没有超过 1/2，个案将就此结束" in asked.text.zh
    case = walk.step(case, given=replace(lost, confirmed=True))
    assert case.state == State.REJECTED
    assert "1/2" in case.end_reason
    with as_web():
        assert Household.objects.get(pk=NO).monitored_class is None
        assert Case.objects.filter(state=State.OPEN).count() == 0


@pytest.mark.parametrize("day", [date(1900, 1, 1), START - timedelta(days=1), date(2199, 1, 1)])
def test_a_meeting_is_held_on_a_day_that_can_be(walk, day):
    case = walk.until(walk.open(), "assembly")
    with pytest.raises(InputError) as refused:
        given = walk.given("monitoring", "assembly")
        walk.step(case, given=replace(given, answers={**given.answers, "held_on": day}))
    assert [(p.where, p.rule) for p in refused.value.problems] == [("held_on", "day")]


def test_a_meeting_is_held_on_the_day_the_case_is_opened(walk):
    case = walk.until(walk.open(), "assembly")
    walk.today += timedelta(days=2)
    given = walk.given("monitoring", "assembly")
    given = replace(given, answers={**given.answers, "held_on": START})
    assert walk.step(case, given=given).step == "township"
