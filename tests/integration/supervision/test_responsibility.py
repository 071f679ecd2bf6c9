"""Who answers for what: read from the records of projects and funds, and followed to other projects."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.db.models import F
from supervision_ground import OTHER, VILLAGE

from bangfu.books.accounts.models import Operator
from bangfu.books.cases.models import Case, StepRecord
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import Claim, FundLine, Plan
from bangfu.books.journal import actions as journal
from bangfu.books.projects.models import DeliveryStep, Project
from bangfu.books.supervision import responsible
from bangfu.books.supervision.actions import About
from bangfu.books.supervision.models import SubjectKind
from bangfu.books.supervision.responsible import Duty


@pytest.fixture
def beside(ground) -> Project:
    """Another project, in which one of those of the first took part, under another account."""
    with ground.inside("officer"):
        for name in ("department", "second-account"):
            Operator.objects.create(
                username=name, display_name=name, place_code="420527000000", person_token="p" * 64
            )
        project = Project.objects.create(
            number="项目乙",
            place_code=OTHER,
            year=2026,
            name="饮水",
            cost_fen=100,
            performance_target="x",
            status="admitted",
            department="县水利局",
            proposed_by="second-account",
            proposed_on=date(2026, 2, 1),
        )
        Project.objects.filter(number="项目甲").update(department="县水利局", contractor="示例公司")
        DeliveryStep.objects.create(
            project=Project.objects.get(number="项目甲"),
            place_code=VILLAGE,
            stage="plan",
            done_on=date(2026, 3, 1),
            actor="officer",
            at=ground.now,
        )
    return project


def test_everybody_who_took_part_is_read_from_the_records(ground, beside):
    ground.found()
    with ground.inside("auditor"):
        project = Project.objects.get(number="项目甲")
        parts = responsible.of_projects([project.pk], policy=ground.policy)
    told = {(part.who, part.what.zh, part.duty) for part in parts}
    assert told == {
        ("planner", "编制资金计划", Duty.MAIN),
        ("approver", "批准资金计划", Duty.WATCH),
        ("officer", "登记规划", Duty.MAIN),
        ("department", "登记合同", Duty.MAIN),
        ("department", "报账", Duty.MAIN),
        ("checker", "财政审核", Duty.WATCH),
        ("payer", "支付", Duty.MAIN),
        ("officer", "登记督查问题", Duty.WATCH),
    }
    days = [part.on for part in parts]
    assert days == sorted(days)


def test_a_plan_is_one_act_however_many_lines_pay_and_a_draft_claim_is_none(ground):
    with ground.inside("officer"):
        project = Project.objects.get(number="项目甲")
        plan = Plan.objects.get()
        [(line, fen)] = plan.items.values_list("line__number", "fen")
        FundLine.objects.create(
            number="第二笔", place_code=plan.place_code, year=2026, name="二", fund_class="fiscal"
        )
        Project.objects.update(cost_fen=F("cost_fen") + 100)
        amended = funds.propose_amendment(
            by="officer",
            plan=plan,
            title="调整",
            reason="加一笔",
            pieces=[(line, project.number, fen), ("第二笔", project.number, 100)],
        )
    with ground.inside("approver"):
        funds.approve_plan(by="approver", plan=amended, day=ground.today)
    with ground.inside("officer"):
        Claim.objects.create(
            place_code=plan.place_code,
            contract=project.contracts.get(),
            kind="progress",
            fen=100,
            claimed_by="officer",
        )
    with ground.inside("auditor"):
        parts = responsible.of_projects([project.pk], policy=ground.policy)
    told = Counter(part.what.zh for part in parts)
    assert told["编制资金计划"] == told["批准资金计划"] == 2  # the plan and its amendment
    assert told["报账"] == 2 and None not in {part.on for part in parts}


def test_a_person_is_followed_to_other_projects_under_every_account(ground, beside):
    with ground.inside("auditor"):
        project = Project.objects.get(number="项目甲")
        people = {one.who: one for one in responsible.traced([project.pk], policy=ground.policy)}
        [(words, name, others), builder] = responsible.units([project])
        assert (words.zh, name, list(others)) == ("责任单位", "县水利局", [beside])
        assert (builder[1], builder[2].count()) == ("示例公司", 0)
    department = people["department"]
    assert [(other.number, [w.zh for w in acts]) for other, acts in department.others] == [
        ("项目乙", ["申报项目"])
    ]
    assert people["payer"].others == ()
    assert all(part.project == project.pk for part in department.parts)


def test_another_village_s_projects_stay_its_own(ground, beside):
    with ground.inside("clerk"):
        project = Project.objects.get(number="项目甲")
        people = {one.who: one for one in responsible.traced([project.pk], policy=ground.policy)}
    assert set(people) == {"officer"}  # a clerk sees no money
    assert people["officer"].others == ()


def test_who_accepted_is_read_from_the_cases_and_who_amended_from_the_journal(ground, beside):
    with ground.inside("officer"):
        project = Project.objects.get(number="项目甲")
        case = Case.objects.create(
            kind="project_acceptance",
            procedure="project_acceptance",
            place_code=VILLAGE,
            about=f"project {project.pk}",
            title="甲",
            opened_on=ground.today,
            opened_by="clerk",
            step="county",
            level=3,
            since=ground.today,
        )
        for step, who in (("village", "clerk"), ("township", "head"), ("county", "approver")):
            StepRecord.objects.create(
                case=case,
                place_code=VILLAGE,
                round_no=1,
                step=step,
                actor=who,
                actor_name=who,
                at=ground.now,
                on=ground.today,
                passes=True,
            )
        journal.write(
            by="officer", place_code=VILLAGE, verb="projects.arrange", subject="project 项目甲"
        )
    with ground.inside("auditor"):
        parts = responsible.of_projects([project.pk], policy=ground.policy)
        mine = responsible.of_people(["head"], policy=ground.policy)
    told = {(part.who, part.what.zh, part.duty) for part in parts}
    assert told >= {
        ("clerk", "项目验收·村级自验", Duty.MAIN),
        ("head", "项目验收·乡镇验收", Duty.WATCH),
        ("approver", "项目验收·县级验收（抽查）", Duty.WATCH),
        ("officer", "登记建设条件", Duty.MAIN),
    }
    assert [part.project for part in mine["head"]] == [project.pk]


def test_a_household_s_acts_come_from_its_cases(ground):
    with ground.inside("officer"):
        assert responsible.of_household("4205270000000001", policy=ground.policy) == []


def test_a_payment_leads_to_its_project(ground):
    finding = ground.found(who="finance", about=About(SubjectKind.PAYMENT, "凭证甲"))
    with ground.inside("auditor"):
        assert finding.payment.claim.contract.project.number == "项目甲"
