"""Registration, removal and exit, walked whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from case_factories import COUNTY, TOWNSHIP, VILLAGE

from bangfu.books.accounts.actors import actor_of
from bangfu.books.cases import actions, queries
from bangfu.books.cases.models import Case, Condition, Quota, Registration, State
from bangfu.books.cases.standing import Given
from bangfu.books.households.models import Household, Person, VillageProfile
from bangfu.core.errors import InputError, UsageError
from bangfu.core.facts.dictionary import AFTER_REMOVAL
from bangfu.core.policy import Policy

NO = "4205270000000001"


def _split(walk, total=40):
    with walk.inside("officer"):
        weights = queries.quota_weights(COUNTY, {})
        return actions.decompose_quota(
            by=walk.officials["officer"],
            county=COUNTY,
            total=total,
            weights=weights,
            today=walk.today,
        )


@pytest.fixture
def registered(walk):
    """The household, in the register since last year."""
    walk.today = date(2025, 3, 3)
    _split(walk)
    case = walk.until(walk.open("registration"), "")
    assert case.state == State.DONE
    walk.today = date(2026, 3, 2)
    return case


def test_nobody_applies_before_the_quota_is_split(walk, as_web):
    with pytest.raises(InputError, match="分解"):
        walk.open("registration")
    assert _split(walk) == 3
    with as_web():
        assert set(Quota.objects.values_list("place_code", "quota")) == {
            (COUNTY, 40),
            (TOWNSHIP, 40),
            (VILLAGE, 40),
        }
    case = walk.until(walk.open("registration"), "")
    assert case.state == State.DONE
    with as_web():
        [row] = queries.quota_rows(VILLAGE, walk.today.year)
        assert (row.quota, row.recognised, row.over) == (40, 2, -38)
        assert Registration.objects.get().case_id == case.pk


def test_the_second_look_is_another_persons(walk):
    _split(walk)
    case = walk.until(walk.open("registration"), "countersign")
    with pytest.raises(InputError) as refused:
        walk.step(case, "clerk")
    assert "另一人" in refused.value.problems[0].text.zh
    assert walk.step(case, "team").step == "assembly"


def test_the_second_look_is_no_other_account_of_the_first(walk, operator_of, as_web, policy):
    _split(walk)
    operator_of("village_team", VILLAGE, username="twin", id_number="id-clerk")
    walk.officials["twin"] = actor_of("twin", on=walk.today)
    case = walk.until(walk.open("registration"), "countersign")
    with pytest.raises(InputError) as refused:
        walk.step(case, "twin")
    assert "另一人" in refused.value.problems[0].text.zh
    with as_web():
        assert queries.home_checks([case], policy) == {case.pk: ["clerk"]}
    case = walk.step(case, "team")
    with as_web():
        assert queries.home_checks([case], policy) == {case.pk: ["clerk", "team"]}


def test_the_second_person_by_name_is_not_who_records(walk, operator_of, as_web, policy):
    operator_of("village_team", VILLAGE, username="other-account", id_number="id-clerk")
    case = walk.until(walk.open(), "verify")
    told = walk.given("monitoring", "verify")
    for own in ("clerk", " Cle rk", "other-account"):
        given = replace(told, answers={**told.answers, "second_person": own})
        with pytest.raises(InputError) as refused:
            walk.step(case, "clerk", given=given)
        assert [problem.where for problem in refused.value.problems] == ["second_person"]
        assert "另一人" in refused.value.problems[0].text.zh
    given = replace(told, answers={**told.answers, "second_person": "乙核实"})
    case = walk.step(case, "clerk", given=given)
    with as_web():
        assert queries.home_checks([case], policy) == {case.pk: ["clerk", "乙核实"]}


def test_changshun_keeps_its_levels_seven_days_apart(walk, policy):
    assert policy.value("cases.level_gap_days", place="522729000000", on=walk.today).value == 7
    assert policy.value("cases.level_gap_days", place=COUNTY, on=walk.today).value == 0


# Removal


@pytest.fixture
def monitored(walk):
    walk.today = date(2025, 3, 3)
    walk.until(walk.open(), "")
    walk.today = date(2026, 3, 2)


def test_removal_writes_all_thirteen_answers(walk, as_web, monitored):
    case = walk.until(walk.open("removal"), "")
    assert case.state == State.DONE
    with as_web():
        household = Household.objects.get(pk=NO)
        assert len(AFTER_REMOVAL) == 13
        assert all(getattr(household, name) is not None for name in AFTER_REMOVAL)
        assert household.after_net_income == 6_250_000
        assert household.after_income_per_head == 3_125_000
        assert (household.risk_removed, household.removal_mode) == (True, "帮扶消除")
        held = Condition.objects.filter(record__step="verify").values_list("criterion", "met")
        assert dict(held) == dict.fromkeys(
            ("income", "guarantees", "old_risk", "new_risk", "months"), True
        )


def test_an_income_under_the_line_keeps_the_risk(walk, monitored):
    case = walk.until(walk.open("removal"), "verify")
    given = walk.given("removal", "verify")
    low = Given(answers={**given.answers, "after_wage_income": 100_000})
    with pytest.raises(InputError) as refused:
        walk.step(case, given=low)
    where = {problem.where: problem.text.zh for problem in refused.value.problems}
    assert "condition_income" in where
    assert "8,700" in where["condition_income"]


def test_less_than_six_months_warns_and_does_not_hinder(walk, as_web):
    walk.until(walk.open(), "")
    walk.until(walk.open("removal"), "county")
    with as_web():
        [months] = Condition.objects.filter(record__step="verify", criterion="months")
        assert not months.met


def test_a_household_without_labour_is_tracked(walk, as_web, monitored):
    with as_web():
        Household.objects.filter(pk=NO).update(no_labour_guaranteed=True)
    with pytest.raises(InputError, match="兜底"):
        walk.open("removal")


def test_relapse_opens_again_with_its_history(walk, as_web, monitored):
    removal = walk.until(walk.open("removal"), "")
    clue = walk.given("monitoring", "clue")
    with pytest.raises(UsageError):
        with as_web():
            first = Case.objects.get(kind="monitoring").pk
        walk.call(actions.reopen, "clerk", case_id=first, given=clue)
    case = walk.call(actions.reopen, "clerk", case_id=removal.pk, given=clue)
    assert case.reopens_id == removal.pk
    walk.until(case, "measures")
    with as_web():
        household = Household.objects.get(pk=NO)
        assert (household.risk_removed, household.identified_month) == (False, 202603)
        assert [c.kind for c in queries.history_of(NO)] == ["monitoring", "removal", "monitoring"]


# Exit


def test_a_household_exits(walk, as_web, registered):
    case = walk.until(walk.open("exit_household"), "")
    assert case.state == State.DONE
    with as_web():
        assert Household.objects.get(pk=NO).household_type == "脱贫户"
        assert Registration.objects.get().exit_case_id == case.pk
        held = Condition.objects.filter(record__step="verify", computed=False)
        assert {row.criterion for row in held} == {"food", "clothing"}


def test_what_people_answer_is_answered_with_why(walk, registered):
    case = walk.until(walk.open("exit_household"), "verify")
    with pytest.raises(InputError) as refused:
        walk.step(case)
    assert {p.where for p in refused.value.problems} == {"condition_food", "condition_clothing"}
    with pytest.raises(InputError) as refused:
        walk.step(case, judged={"food": (True, ""), "clothing": (False, "冬衣不够")})
    assert {p.where for p in refused.value.problems} == {"condition_food", "condition_clothing"}


def test_a_village_exits_with_its_incidence_computed(walk, as_web, registered):
    # 2 registered of 1,000: 0.20 %, under 3.
    case = walk.until(walk.open("exit_village", place_code=VILLAGE), "")
    assert case.state == State.DONE
    with as_web():
        assert VillageProfile.objects.get().exited
        found = Condition.objects.filter(record__step="apply", criterion="incidence").get()
        assert (found.computed, found.met) == (True, True)
        assert "0.20%" in found.evidence_zh
        assert Condition.objects.filter(record__step="apply").count() == 12


def test_a_village_over_the_limit_stays(walk, as_web, registered):
    with as_web():
        VillageProfile.objects.update(population=50)
    with pytest.raises(InputError) as refused:
        walk.open("exit_village", place_code=VILLAGE)
    assert case_incidence(refused) == "4.00%"


def test_a_village_is_held_against_the_guarantees_as_policy_has_them(walk, as_web, registered):
    """Nothing is stated of the household; its house is of a dangerous grade, its water too far, ..."""
    with as_web():
        Household.objects.filter(pk=NO).update(housing_grade="D", water_minutes=31)
        # ... its wife is not insured, and its child of ten is at no school.
        Person.objects.filter(household_id=NO, relation="配偶").update(resident_medical=False)
        Person.objects.create(
            household_id=NO,
            place_code=VILLAGE,
            person_no="3",
            relation="之子",
            birth=date(2016, 1, 5),
            health=["健康"],
            resident_medical=True,
        )
    with pytest.raises(InputError) as refused:
        walk.open("exit_village", place_code=VILLAGE)
    assert {p.where for p in refused.value.problems} == {
        f"condition_{name}" for name in ("housing", "medical", "education", "water")
    }


def case_incidence(refused) -> str:
    [text] = [p.text.zh for p in refused.value.problems if p.where == "condition_incidence"]
    return text.split(" = ")[1].split("，")[0]


def test_a_county_exits_by_the_formulas(walk, as_web, registered):
    case = walk.until(walk.open("exit_county", who="officer", place_code=COUNTY), "")
    assert case.state == State.DONE
    with as_web():
        held = {c.criterion: c for c in Condition.objects.filter(record__step="decide")}
        # (2 + 20,000 × 5/1000 + 200,000 × 4/2000) / 250,000 = 502 / 250,000
        assert "0.20%" in held["incidence"].evidence_zh
        assert "0.50%" in held["wrong_exit"].evidence_zh
        assert "0.20%" in held["missed"].evidence_zh
        assert "95.00%" in held["recognition"].evidence_zh


# Time


def test_the_overdue_climbs_to_the_level_above(walk, policy):
    case = walk.open()

    def work(who: str, day: date) -> set[int]:
        with walk.inside(who):
            return set(
                queries.due_for(walk.officials[who], day, policy=policy).values_list(
                    "pk", flat=True
                )
            )

    assert work("clerk", walk.today) == {case.pk}
    assert work("reviewer", case.due_on) == set()
    assert work("reviewer", case.due_on + timedelta(days=1)) == {case.pk}
    assert work("approver", case.due_on + timedelta(days=30)) == set()


def test_which_list_applies_is_policy_by_place(policy: Policy):
    on = date(2020, 6, 1)

    def names(place: str) -> list[str]:
        found = policy.procedures.list("exit.household", place=place, on=on)
        return [item.id for item in found.items]

    assert len(names("450123101200")) == 9
    seven = policy.procedures.list("exit.household", place="522729101200", on=on).items
    assert {item.text.zh[0] for item in seven} == set("1234567")
    by_hand = {item.text.zh[0] for item in seven if not item.evidence}
    assert by_hand == set("3456"), "what the books cannot know is asked of people"
    assert len(names(VILLAGE)) == 7
    assert names("522729101200") != names(VILLAGE)
