"""What is drawn to be looked at is not accepted before the visit is on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from project_factories import ACCEPTANCE, COUNTY, Walk, photo

from bangfu.books.projects.models import Project
from bangfu.books.supervision import actions, queries
from bangfu.books.supervision.models import Plan, Target, TargetKind, VisitPaper
from bangfu.core.errors import InputError

FROM_PAPERS = {"accepted_cost": 51_000_000, "seen": "核对资料"}


@pytest.fixture
def waiting(walk) -> Project:
    """A project that is built, and whose acceptance has come to the county."""
    project = walk.built(walk.admitted())
    with pytest.raises(InputError):  # the county's own answers are missing
        walk.accept(project, sample="")
    return walk.fresh(project)


def listed(walk: Walk) -> Plan:
    return walk.call(actions.fix_acceptance, "officer", county=COUNTY, seed_source="下周一开奖号码")


def drawn(walk: Walk, plan: Plan) -> Target:
    walk.today += timedelta(days=1)
    walk.call(actions.draw_plan, "officer", plan=plan, seed="2026143 08 11 19")
    with walk.inside("officer"):
        return Target.objects.select_related("plan").get(plan=plan, chosen="lot")


def visit(walk: Walk, target: Target, **more):
    given = {"visited_on": walk.today, "papers": [photo(), photo("grey"), photo()]} | more
    return walk.call(
        actions.record_visit,
        "officer",
        kind=TargetKind.PROJECT,
        key=target.key,
        target=target,
        inspectors="督查一组",
        seen="路面平整，钻芯三处合格",
        **given,
    )


def refused(walk: Walk, project: Project, answers: dict) -> str:
    """Why the county's acceptance is refused."""
    with pytest.raises(InputError) as told:
        walk.step(project, "approver", answers=answers)
    assert walk.fresh(project).stage == "built"
    return " ".join(problem.text.zh for problem in told.value.problems)


def test_from_the_list_to_the_acceptance(walk, waiting):
    plan = listed(walk)
    assert "还没有抽取" in refused(walk, waiting, FROM_PAPERS)
    target = drawn(walk, plan)
    # To say that one was there is not a visit on record.
    for answers in (FROM_PAPERS, ACCEPTANCE["county"]):
        why = refused(walk, waiting, answers)
        assert "被抽中到现场看，还没有督查记录" in why
        assert "附照片或材料" in why
    visit(walk, target)
    with walk.inside("approver"):
        [told] = queries.drawn([waiting]).values()
        assert VisitPaper.objects.filter(visit__target=target).count() == 2  # one was given twice
    assert (told.lot.visited_on, told.lot.inspectors) == (walk.today, "督查一组")
    walk.step(waiting, "approver", answers=ACCEPTANCE["county"])
    assert walk.fresh(waiting).stage == "accepted"


def test_a_visit_comes_after_the_draw_and_with_something_to_show(walk, waiting):
    target = drawn(walk, listed(walk))
    for more, field in (
        ({"papers": []}, "papers"),
        ({"visited_on": walk.today - timedelta(days=1)}, "visited_on"),
    ):
        with pytest.raises(InputError) as told:
            visit(walk, target, **more)
        assert [problem.where for problem in told.value.problems] == [field]
    # One beside the plan is no answer to the draw.
    walk.call(
        actions.record_visit,
        "officer",
        kind=TargetKind.PROJECT,
        key=target.key,
        visited_on=walk.today,
        inspectors="路过",
        seen="看了一眼",
        papers=[photo()],
    )
    assert "还没有督查记录" in refused(walk, waiting, FROM_PAPERS)
