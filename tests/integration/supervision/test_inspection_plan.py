"""The quarter's plan: fixed before its seed is known, drawn once, the same for whoever draws again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from supervision_ground import COUNTY, OTHER, VILLAGE

from bangfu.books.cases.models import Case
from bangfu.books.projects.models import Project
from bangfu.books.projects.queries.bank import about
from bangfu.books.red_flags import queries as red_flags
from bangfu.books.supervision import actions, queries
from bangfu.books.supervision.actions import About, Sizes
from bangfu.books.supervision.models import Plan, SubjectKind, Target, TargetKind, Visit
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from bangfu.core.places import Level
from bangfu.core.supervision import drawing

SIZES = Sizes(1, 1, 1, 0)
SEED = "2026143 08 11 19 23 27 33+05"


@pytest.fixture
def fixed(ground):
    def made(who: str = "officer", **more) -> Plan:
        given = {"year": 2026, "quarter": 4, "sizes": SIZES, "seed_source": "12月1日双色球开奖号码"}
        with ground.inside(who):
            return actions.fix_plan(
                by=ground.actors[who],
                county=COUNTY,
                **{**given, **more},
                **ground.at(now=ground.now),
            )

    return made


def drawn(ground, plan, who: str = "officer", seed: str = SEED) -> Plan:
    with ground.inside(who):
        return actions.draw_plan(
            by=ground.actors[who], plan=plan, seed=seed, **ground.at(now=ground.now)
        )


def test_a_plan_is_drawn_as_anybody_draws_it_again(ground, fixed):
    plan = fixed()
    ground.today += timedelta(days=8)
    plan = drawn(ground, plan)
    with ground.inside("auditor"):
        lines = list(Target.objects.filter(plan=plan))
    weights = {line.key: line.weight for line in lines if line.kind == "village"}
    assert set(weights) == {VILLAGE, OTHER}
    assert drawing.digest(weights) == plan.village_digest
    again = drawing.draw(weights, by_risk=1, by_lot=1, seed=f"village:{SEED}")
    taken = {line.key: line.chosen for line in lines if line.chosen and line.kind == "village"}
    assert taken == {again.by_risk[0]: "risk", again.by_lot[0]: "lot"}
    assert [line.key for line in lines if line.kind == "project" and line.chosen] == ["项目甲"]
    assert (plan.seed, plan.drawn_on) == (SEED, ground.today)


@pytest.fixture
def waiting(ground):
    """Six projects whose acceptance has come to the county, and one that is still at the township."""
    with ground.inside("officer"):
        for number in range(7):
            project = Project.objects.create(
                number=f"Y{number}", place_code=VILLAGE, year=2026, name=f"水渠{number}", cost_fen=100,
                performance_target="有", status="admitted", stage="built", started_on=ground.today,
                built_on=ground.today,
            )  # fmt: skip
            level = Level.TOWNSHIP if number == 6 else Level.COUNTY
            Case.objects.create(
                kind="project_acceptance", procedure="project_acceptance", place_code=VILLAGE,
                about=about(project), opened_on=ground.today, opened_by="clerk", step="county",
                level=level, since=ground.today, due_on=ground.today,
            )  # fmt: skip


def acceptance(ground) -> Plan:
    with ground.inside("officer"):
        return actions.fix_acceptance(
            by=ground.actors["officer"],
            county=COUNTY,
            seed_source="下周一开奖号码",
            **ground.at(now=ground.now),
        )


def test_what_the_county_looks_at_before_it_accepts_is_drawn(ground, waiting):
    plan = acceptance(ground)
    assert (plan.quarter, plan.round_no, plan.projects_by_lot) == (4, 1, 2)  # a fifth of six, up
    with ground.inside("auditor"):
        weights = queries.weights(plan, TargetKind.PROJECT)
    assert weights == {f"Y{number}": 1 for number in range(6)}
    with pytest.raises(ConflictError, match="没有待县级验收"):
        acceptance(ground)  # each stands in one list only
    ground.today += timedelta(days=1)
    drawn(ground, plan)
    with ground.inside("auditor"):
        taken = set(Target.objects.filter(plan=plan, chosen="lot").values_list("key", flat=True))
    again = drawing.draw(weights, by_risk=0, by_lot=2, seed=f"project:{SEED}")
    assert taken == set(again.by_lot)
    with ground.inside("officer"):
        Case.objects.filter(kind="project_acceptance", level=Level.TOWNSHIP).update(
            level=Level.COUNTY
        )
    assert acceptance(ground).round_no == 2


def test_weights_come_from_money_findings_visits_and_flags(ground, fixed, monkeypatch):
    monkeypatch.setattr(red_flags, "open_by_subject", lambda county: {("village", VILLAGE): 2})
    ground.found(about=About(SubjectKind.VILLAGE, VILLAGE))
    visit(ground, TargetKind.VILLAGE, VILLAGE, date(2026, 8, 3))
    fixed()
    with ground.inside("auditor"):
        line = Target.objects.get(kind="village", key=VILLAGE)
        other = Target.objects.get(kind="village", key=OTHER)
    # base, two flags, a finding, a begun million (1,000 yuan), three months
    assert line.weight == 10 + 40 + 15 + 5 + 6
    assert "2 条未处理的疑点" in line.why_zh
    assert (other.weight, other.why_en) == (40, "10 (base) + 30 (never inspected)")


def test_a_seed_comes_after_the_list_and_once(ground, fixed):
    plan = fixed()
    with pytest.raises(ConflictError, match="当天"):
        drawn(ground, plan)
    ground.today += timedelta(days=1)
    with pytest.raises(InputError):
        drawn(ground, plan, seed=" ")
    with pytest.raises(ForbiddenError):
        drawn(ground, plan, who="finance")
    drawn(ground, plan)
    with pytest.raises(ConflictError, match="不能再抽"):
        drawn(ground, plan, seed="another")
    with pytest.raises(ConflictError):
        fixed()


def test_no_more_is_drawn_than_the_list_has(ground, fixed):
    with pytest.raises(InputError) as refused:
        fixed(sizes=Sizes(2, 1, 1, 1))
    assert [problem.where for problem in refused.value.problems] == [
        "villages_by_lot",
        "projects_by_lot",
    ]
    assert "要抽 3 个村，名单上只有 2 个" in refused.value.problems[0].text.zh


def test_the_database_keeps_list_and_seed(ground, fixed):
    plan = fixed()
    with ground.inside("officer"):
        for change in ({"weight": 999}, {"key": "x"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Target.objects.filter(plan=plan).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(seed_source="x")
        with pytest.raises(DatabaseError), transaction.atomic():  # on the day itself
            Plan.objects.filter(pk=plan.pk).update(
                seed="x", drawn_on=ground.today, drawn_by="officer"
            )
    ground.today += timedelta(days=1)
    drawn(ground, plan)
    with ground.inside("officer"):
        with pytest.raises(DatabaseError), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(seed="better")
        with pytest.raises(DatabaseError), transaction.atomic():
            Target.objects.filter(plan=plan).exclude(chosen="").update(chosen="", turn=None)


def test_a_list_altered_behind_the_books_is_not_drawn_from(ground, fixed, connect):
    plan = fixed()
    with connect("postgres") as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update supervision_target set weight = 1 where kind = 'project'")
    ground.today += timedelta(days=1)
    with pytest.raises(ConflictError, match="校验值"):
        drawn(ground, plan)


def visit(ground, kind, key, on, who="officer", target=None) -> Visit:
    with ground.inside(who):
        return actions.record_visit(
            by=ground.actors[who],
            kind=kind,
            key=key,
            target=target,
            visited_on=on,
            inspectors="督查一组",
            seen="账目齐全",
            **ground.at(now=ground.now),
        )


def test_visits(ground, fixed):
    plan = fixed()
    ground.today += timedelta(days=1)
    drawn(ground, plan)
    with ground.inside("officer"):
        target = Target.objects.get(plan=plan, kind="project")
        left = Target.objects.filter(plan=plan, chosen="").first()
    assert left is None  # both villages and the one project are drawn
    made = visit(ground, TargetKind.PROJECT, "项目甲", ground.today, target=target)
    assert (made.place_code, made.target_id) == (VILLAGE, target.pk)
    with ground.inside("officer"):
        assert queries.visits_of(target).get() == made
    with pytest.raises(InputError):
        visit(ground, TargetKind.VILLAGE, VILLAGE, ground.today + timedelta(days=1))
    with pytest.raises(NotFoundError):
        visit(ground, TargetKind.PROJECT, "没有", ground.today)
    with pytest.raises(ForbiddenError):
        visit(ground, TargetKind.VILLAGE, VILLAGE, ground.today, who="clerk")
    finding = ground.found(visit=made)
    assert finding.visit_id == made.pk
    with pytest.raises(InputError):
        ground.found(visit=made, about=About(SubjectKind.VILLAGE, OTHER))
