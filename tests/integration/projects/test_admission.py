"""Village proposes, township checks, county approves; no target, no admission; not in the bank, no money."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError
from project_factories import STATED, VILLAGE, VOTES

from bangfu.books.cases import actions as cases
from bangfu.books.cases.standing import Given
from bangfu.books.notices.models import Notice
from bangfu.books.projects import actions, queries
from bangfu.books.projects.models import Project, Stage
from bangfu.core.errors import ConflictError, ForbiddenError, InputError


def test_from_proposal_into_the_bank_by_three_people(walk):
    project = walk.propose()
    assert (project.number, project.status) == ("2026-101200-001", "proposed")
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    with walk.inside("clerk"):
        notice = Notice.objects.get()
        assert notice.kind == "project"
        assert (notice.closes_on - notice.opens_on).days == 10
    walk.step(project, "reviewer")
    walk.step(project, "approver")
    admitted = walk.fresh(project)
    assert (admitted.status, admitted.admitted_on) == ("admitted", walk.today)
    with walk.inside("officer"):
        [case] = queries.cases_of(admitted)
        round_ = case.rounds.get()
        assert (round_.entered_by, round_.checked_by, round_.decided_by) == (
            ["clerk"],
            "reviewer",
            "approver",
        )


def test_without_a_target_the_township_is_told_gently_and_the_database_refuses(walk):
    project = walk.propose(performance_target="")
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    with pytest.raises(InputError) as refused:
        walk.step(project, "reviewer")
    assert any("没有绩效目标，不能入库" in p.text.zh for p in refused.value.problems)
    with pytest.raises(IntegrityError) as hard, walk.inside("officer"):
        Project.objects.filter(pk=project.pk).update(status="admitted")
    assert isinstance(hard.value.__cause__, psycopg.errors.CheckViolation)
    assert "projects_project_target" in str(hard.value)


def test_a_target_that_nothing_could_be_held_against_is_no_target(walk):
    project = walk.propose(performance_target="好好干")
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    with pytest.raises(InputError) as refused:
        walk.step(project, "reviewer")
    [problem] = refused.value.problems
    assert "“好好干”里没有数字" in problem.text.zh and "受益农户42户" in problem.text.zh


def test_an_empty_field_is_named(walk):
    project = walk.propose(mechanism="", schedule="")
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    with pytest.raises(InputError) as refused:
        walk.step(project, "reviewer")
    [problem] = refused.value.problems
    assert "时间进度、群众参与和带贫减贫机制" in problem.text.zh


def test_returned_amended_and_sent_again(walk):
    project = walk.propose(performance_target="")
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    with pytest.raises(ConflictError):
        walk.call(actions.amend, "clerk", project=project, stated=STATED)
    case = walk.case(project)
    walk.call(
        cases.return_to,
        "reviewer",
        chosen={case.pk: case.version},
        step="propose",
        reason="缺绩效目标",
    )
    walk.call(actions.amend, "clerk", project=project, stated=STATED)
    walk.step(project, "clerk", answers={"need": "补上目标"})
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    walk.step(project, "reviewer")
    walk.step(project, "approver")
    assert walk.fresh(project).status == "admitted"


def test_one_person_does_not_check_and_decide_under_two_accounts(walk, operator_of):
    from bangfu.books.accounts.actors import actor_of

    operator_of("township_reviewer", "420527101000", username="twice", id_number="id-clerk")
    walk.officials["twice"] = actor_of("twice", on=walk.today)
    project = walk.propose()
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    with pytest.raises((ConflictError, InputError)):
        walk.step(project, "twice")
    assert walk.case(project).step == "township"


def test_refused_it_stands_in_the_list_with_the_reason_and_may_come_again(walk):
    project = walk.propose()
    walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    walk.step(project, "reviewer", passes=False, reason="不符合村规划")
    refused = walk.fresh(project)
    assert (refused.status, refused.status_reason) == ("not_admitted", "不符合村规划")
    walk.call(actions.propose_again, "clerk", project=refused, need="已列入规划")
    assert walk.fresh(project).status == "proposed"
    with pytest.raises(ConflictError):
        walk.call(actions.propose_again, "clerk", project=walk.fresh(project), need="再来")


def test_many_are_approved_in_one_act_or_none(walk):
    projects = [
        walk.propose(name=f"{kind}项目", task=kind) for kind in ("饮水管网", "村卫生室", "灌溉渠")
    ]
    for project in projects:
        walk.step(project, "clerk", answers={**VOTES, "held_on": walk.today})
    for project in projects:
        walk.step(project, "reviewer")
    chosen = {case.pk: case.version for case in map(walk.case, projects)}
    count = walk.call(cases.decide_in_bulk, "approver", chosen=chosen, passes=True, reason="")
    assert count == 3
    assert {walk.fresh(project).status for project in projects} == {"admitted"}


def test_look_alikes_warn_and_do_not_hinder(walk):
    first = walk.admitted()
    second = walk.propose(name="示例村通组公路硬化", department="县农业农村局")
    walk.step(second, "clerk", answers={**VOTES, "held_on": walk.today})
    case = walk.step(second, "reviewer")
    with walk.inside("officer"):
        conditions = {c.criterion: c for c in case.records.order_by("-pk").first().conditions.all()}
    assert not conditions["no_twin"].met
    assert (
        f"与 {first.number}（县交通运输局）同一项目多部门申报" in conditions["no_twin"].evidence_zh
    )


def test_who_may_not_propose(walk):
    with pytest.raises(ForbiddenError):
        walk.call(
            actions.propose,
            "officer",
            place_code=VILLAGE,
            year=2026,
            stated=STATED,
            need="县里想做",
        )


@pytest.mark.parametrize(
    ("stated", "where"),
    [
        ({"name": ""}, "name"),
        ({"cost_fen": 0}, "cost_fen"),
        ({"mode": "after"}, "subsidy_share"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_a_proposal_lacks_is_named(walk, stated, where):
    with pytest.raises(InputError) as refused:
        walk.propose(**stated)
    assert [p.where for p in refused.value.problems] == [where]


def test_what_is_not_in_the_bank_is_not_built(walk):
    project = walk.propose()
    with pytest.raises(ConflictError):
        walk.stage(project, Stage.PLAN)
    with pytest.raises(IntegrityError), walk.inside("officer"):
        Project.objects.filter(pk=project.pk).update(stage="plan")


def test_a_case_about_nothing_known_is_refused(walk):
    from bangfu.core.errors import UsageError

    with pytest.raises(UsageError):
        walk.call(
            cases.open_case,
            "clerk",
            kind="project_admission",
            place_code=VILLAGE,
            given=Given(answers={"need": "—"}),
        )
