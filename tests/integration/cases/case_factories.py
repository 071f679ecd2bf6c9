"""Factories that walk the real procedure; every person is invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import actions
from bangfu.books.cases.models import Case
from bangfu.books.cases.standing import Given
from bangfu.books.households.models import Household, Person
from bangfu.books.walls.scope import DataClass, within
from bangfu.core.places import Place
from bangfu.core.policy import Policy
from bangfu.core.workflow.model import Duty, Step
from bangfu.files.uploads import Upload

VILLAGE, TOWNSHIP, COUNTY = "420527101200", "420527101000", "420527000000"
START = date(2026, 3, 2)  # a Monday without holidays near
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place(VILLAGE, "示例村"),
)
OFFICIALS = {
    "clerk": ("village_clerk", VILLAGE),
    "team": ("village_team", VILLAGE),
    "reviewer": ("township_reviewer", TOWNSHIP),
    "head": ("township_head", TOWNSHIP),
    "officer": ("county_officer", COUNTY),
    "approver": ("county_approver", COUNTY),
}
SEEN = {
    "wage_income": 600_000,
    "business_income": 100_000,
    "property_income": 0,
    "transfer_income": 120_000,
    "business_cost": 40_000,
    "out_of_pocket": 3_000_000,
    "dangerous_house": False,
    "safe_water": True,
    "dropout": False,
    "uninsured_member": False,
}
ANSWERS: dict[tuple[str, str], dict[str, Any]] = {
    ("monitoring", "clue"): {"channel": "干部定期排查", "clue": "户主住院，自付三万元"},
    ("monitoring", "verify"): {
        **SEEN,
        "monitored_class": "突发严重困难户",
        "risks": ("因病", "缺劳动力"),
        "coping": "亲友可借一万元",
        "authorisation": "甲虚构",
    },
    ("monitoring", "measures"): {
        "measures": ("健康帮扶", "综合保障"),
        "content": "签约慢病服务，申请临时救助",
        "responsible": "示例干部",
        "agreed_with": "甲虚构",
    },
    ("registration", "apply"): {"applied_by": "农户本人", "applicant": "甲虚构", "reason": "收入低"},
    ("registration", "verify"): {**SEEN, "authorisation": "甲虚构"},
    ("registration", "countersign"): {"agrees": True},
    ("removal", "propose"): {"removal_mode": "帮扶消除", "why": "务工稳定"},
    ("removal", "verify"): {
        "after_dropout": False,
        "after_house_damaged": False,
        "after_uninsured": False,
        "after_water_damaged": False,
        "after_wage_income": 6_000_000,
        "after_property_income": 0,
        "after_transfer_income": 200_000,
        "after_business_income": 100_000,
        "after_business_cost": 50_000,
        "after_claims_income": 0,
        "after_out_of_pocket": 0,
        "signed_by": "甲虚构",
    },
    ("exit_household", "propose"): {"why": "收入稳定"},
    ("exit_household", "verify"): {
        **SEEN,
        "wage_income": 6_000_000,
        "out_of_pocket": 0,
        "signed_by_household": "甲虚构",
        "signed_by_team": "示例工作队",
    },
    ("exit_household", "countersign"): {"agrees": True},
    ("exit_household", "township"): {"sampled": True},
    ("exit_village", "apply"): {"statement": "十一有一低于都已达到", "signed_by_village": "示例书记"},
    ("exit_village", "township"): {"signed_by_team": "示例核查组"},
    ("exit_county", "assess"): {
        "exited_sampled": 1000,
        "wrongly_exited": 5,
        "unregistered_sampled": 2000,
        "missed": 4,
        "households_surveyed": 300,
        "households_recognising": 285,
        "exited_total": 20_000,
        "unregistered_total": 200_000,
        "rural_population": 250_000,
        "assessed_by": "示例评估组",
    },
}  # fmt: skip
MEETING = {
    "attendance": 30,
    "votes_for": 26,
    "votes_against": 3,
    "votes_abstained": 1,
    "minutes": "村民代表会议一致意见",
}
WHO = {"village_clerk": "clerk", "township_reviewer": "reviewer", "county_approver": "approver", "county_officer": "officer"}  # fmt: skip


def moment(day: date) -> datetime:
    """Nine in the morning in China on a day."""
    return datetime.combine(day, time(1), UTC)


def household(number: str, **facts: Any) -> Household:
    """A household with a working head and a spouse; every person is invented."""
    facts = {"electricity": True, "paved_access": True, "industry_help": ["种植"], **facts}
    made = Household.objects.create(household_no=number, place_code=VILLAGE, **facts)
    for person, (name, relation) in enumerate((("甲虚构", "户主"), ("乙虚构", "配偶")), 1):
        Person.objects.create(
            household_id=number,
            place_code=VILLAGE,
            person_no=str(person),
            name=name,
            relation=relation,
            birth=date(1975, 5, 5),
            health=["健康"],
            skill="普通劳动力",
            work_months=10,
            education="初中",
            resident_medical=True,
        )
    return made


class Walk:
    """Walks a case through its procedure as its officials would, a day at a time."""

    def __init__(self, policy: Policy, officials: dict[str, Actor], photo: Upload) -> None:
        self.policy, self.officials, self.photo = policy, officials, photo
        self.today = START

    def inside(self, who: str):
        """The transaction of an official, in his scope."""
        actor = self.officials[who]
        scope = actor.scope({DataClass.PERSONS}, purpose="test", writes=True)
        return within(scope, by=actor.username)

    def call(self, act: Callable[..., Any], who: str, **arguments: Any) -> Any:
        """An action as somebody, today."""
        with self.inside(who):
            return act(
                by=self.officials[who],
                policy=self.policy,
                today=self.today,
                now=moment(self.today),
                **arguments,
            )

    def open(self, kind: str = "monitoring", who: str = "", **subject: Any) -> Case:
        """Open a case; without a subject, of the village's first household."""
        first = next(p for p in self.policy.procedures.all if p.kind == kind).steps[0]
        return self.call(
            actions.open_case,
            who or WHO[first.roles[0]],
            kind=kind,
            given=self.given(kind, first.id, **self.by_hand(first, subject)),
            **({} if "place_code" in subject else {"household_no": "4205270000000001"}) | subject,
        )

    def given(self, kind: str, step: str, **more: Any) -> Given:
        """What is brought to a step when all is well."""
        answers = dict(ANSWERS.get((kind, step), {}))
        if step != "assembly":
            return Given(answers=answers, **more)
        meeting = {**MEETING, "held_on": self.today}
        return Given(answers=meeting, photos={"meeting_photo": [self.photo]}, **more)

    def step(self, case: Case, who: str = "", given: Given | None = None, **more: Any) -> Case:
        """Carry out the step a case stands at, by an official of its first role or `who`."""
        found = self.policy.procedures.by_id[case.procedure].step(case.step)
        second = "team" if found.other_than else WHO[found.roles[0]]
        act = {Duty.CHECK: actions.check, Duty.DECIDE: actions.decide}.get(
            found.duty, actions.record_step
        )
        return self.call(
            act,
            who or second,
            case_id=case.pk,
            version=case.version,
            given=given or self.given(case.kind, case.step, **more),
        )

    def until(self, case: Case, step: str) -> Case:
        """Walk on to a step ('' to the end), waiting out the notices."""
        while case.step != step:
            self.wait(case)
            case = self.step(case, **self.judged(case))
        return case

    def judged(self, case: Case) -> dict[str, Any]:
        """Conditions that people answer: all hold."""
        found = self.policy.procedures.by_id[case.procedure].step(case.step)
        return self.by_hand(found, {"place_code": case.place_code})

    def by_hand(self, step: Step, subject: dict[str, Any]) -> dict[str, Any]:
        if not step.criteria:
            return {}
        place = subject.get("place_code", VILLAGE)
        listed = self.policy.procedures.list(step.criteria, place=place, on=self.today)
        by_hand = [item.id for item in listed.items if not item.evidence]
        return {"judged": {name: (True, "现场看过") for name in by_hand}}

    def wait(self, case: Case) -> None:
        """Until the notice that a case waits for is over."""
        if case.notice_closes_on and self.today <= case.notice_closes_on:
            self.today = case.notice_closes_on + timedelta(days=1)
