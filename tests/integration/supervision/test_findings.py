"""A finding from its note to its closing: who may, in what order, until when, and with what evidence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from supervision_ground import OTHER, VILLAGE, photo

from bangfu.books.households.models import Household
from bangfu.books.journal.models import Entry
from bangfu.books.supervision import actions, queries
from bangfu.books.supervision.actions import About, Flag
from bangfu.books.supervision.models import Evidence, Finding, Step, SubjectKind
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError


@pytest.fixture
def ground(among_others):
    """The county that these tests share: each looks at its own finding."""
    return among_others


def test_a_finding_goes_from_note_to_closing(ground):
    flag = Flag("17", "验收前支付 100 元")
    finding = ground.found(flag=flag)
    assert (finding.place_code, finding.flag_said) == (VILLAGE, "验收前支付 100 元")
    finding = ground.ordered(finding)
    # 15 working days from Monday 23 November, no holiday between: Monday 14 December.
    assert finding.due_on == date(2026, 12, 14)
    finding = ground.answered(finding)
    finding = ground.rechecked(finding)
    finding = ground.closed(finding)
    assert (finding.state, finding.closed_on, finding.rounds) == ("closed", ground.today, 1)
    with ground.inside("officer"):
        steps = list(Step.objects.filter(finding=finding).values_list("verb", "actor"))
        evidence = Evidence.objects.filter(finding=finding).order_by("pk")
        kept = [(each.step_id is None, each.digest) for each in evidence]
        told = list(
            Entry.objects.filter(subject=f"problem {finding.pk}")
            .order_by("pk")
            .values_list("verb", flat=True)
        )
    assert steps == [
        ("order", "officer"),
        ("answer", "roads"),
        ("recheck", "officer"),
        ("close", "approver"),
    ]
    assert kept == [(True, photo().digest), (False, photo("grey").digest)]
    assert told == [
        f"supervision.{verb}" for verb in ("note_finding", "order", "answer", "recheck", "close")
    ]


def test_a_second_look_that_is_not_satisfied_begins_another_round(ground):
    finding = ground.answered(ground.ordered(ground.found()))
    finding = ground.rechecked(finding, passes=False, said="缝还在")
    assert (finding.state, finding.rounds) == ("ordered", 2)
    assert finding.due_on == date(2026, 12, 7)  # ten working days
    with pytest.raises(ConflictError):
        ground.closed(finding)
    again = ground.rechecked(ground.answered(finding))
    assert ground.closed(again).rounds == 2


def test_each_verb_waits_for_its_turn(ground):
    finding = ground.found()
    for early in (ground.answered, ground.rechecked, ground.closed):
        with pytest.raises(ConflictError):
            early(finding)
    ground.ordered(finding)
    with pytest.raises(ConflictError):
        ground.ordered(finding)


def test_who_may_do_what(ground):
    for who in ("clerk", "roads", "head"):
        with pytest.raises(ForbiddenError):
            ground.found(who=who)
    finding = ground.found()
    with pytest.raises(ForbiddenError):
        ground.ordered(finding, who="finance")
    ground.ordered(finding)
    with pytest.raises(ForbiddenError):
        ground.answered(finding, who="head")
    ground.answered(finding)
    with pytest.raises(ForbiddenError):
        ground.rechecked(finding, who="roads")
    ground.rechecked(finding)
    with pytest.raises(ForbiddenError):
        ground.closed(finding, who="officer")


def test_who_answered_does_not_look_again_and_who_looked_does_not_close(ground):
    finding = ground.ordered(ground.found(), answers_role="county_officer", unit="县乡村振兴局")
    ground.answered(finding, who="officer")
    with pytest.raises(ForbiddenError):
        ground.rechecked(finding, who="officer")
    ground.rechecked(finding, who="approver")
    with pytest.raises(ForbiddenError):
        ground.closed(finding, who="approver")


def test_an_order_keeps_to_the_limit_and_to_who_can_answer(ground):
    finding = ground.found()
    late = date(2026, 12, 15)
    with pytest.raises(InputError) as refused:
        ground.ordered(finding, due_on=late, answers_role="auditor")
    assert [p.where for p in refused.value.problems] == ["answers_role", "due_on"]
    assert ground.ordered(finding, due_on=late - timedelta(days=1)).due_on == date(2026, 12, 14)


def test_an_order_goes_to_somebody_who_is_there(ground):
    payment = ground.found(who="finance", about=About(SubjectKind.PAYMENT, "凭证甲"))
    with pytest.raises(InputError) as refused:
        ground.ordered(payment, answers_role="village_clerk")
    assert [p.where for p in refused.value.problems] == ["answers_role"]
    assert ground.ordered(payment, answers_role="finance").unit == "县交通运输局"


def test_an_answer_needs_evidence(ground):
    finding = ground.ordered(ground.found())
    with pytest.raises(InputError) as refused:
        ground.answered(finding, evidence=[])
    assert refused.value.problems[0].rule == "evidence"


def test_what_waits_for_whom_and_lateness_climbs(ground):
    def waiting(who: str) -> list[int]:
        with ground.inside(who):
            rows = queries.waiting_for(ground.actors[who], policy=ground.policy, today=ground.today)
            return list(rows.filter(pk=finding.pk).values_list("pk", flat=True))

    finding = ground.found()
    assert waiting("officer") == [finding.pk]
    assert waiting("roads") == []
    ground.ordered(finding)
    assert (waiting("officer"), waiting("roads")) == ([], [finding.pk])
    ground.today = date(2026, 12, 15)
    assert (waiting("officer"), waiting("roads")) == ([finding.pk], [finding.pk])
    with ground.inside("officer"):
        assert queries.due(ground.today).filter(pk=finding.pk).count() == 1
    ground.answered(finding)
    assert (waiting("officer"), waiting("finance")) == ([finding.pk], [finding.pk])
    assert waiting("auditor") == []


def test_subjects_are_found_inside_the_scope_only(ground):
    payment = ground.found(who="finance", about=About(SubjectKind.PAYMENT, "凭证甲"))
    assert payment.payment_id is not None
    for about in (
        About(SubjectKind.PAYMENT, "没有"),
        About(SubjectKind.PROJECT, "没有"),
        About(SubjectKind.HOUSEHOLD, "没有"),
        About(SubjectKind.VILLAGE, "420626101200"),
    ):
        with pytest.raises((NotFoundError, ForbiddenError)):
            ground.found(about=about)


def test_other_villages_do_not_see_it(ground):
    finding = ground.ordered(ground.found())
    for who, sees in (("clerk", 1), ("head", 1), ("beside", 0), ("auditor", 1)):
        with ground.inside(who):
            assert Finding.objects.filter(pk=finding.pk).count() == sees, who
            assert Step.objects.filter(finding=finding).count() == sees, who
            assert Evidence.objects.filter(finding=finding).count() == sees, who


def test_the_database_keeps_what_was_found(ground):
    finding = ground.found()
    with ground.inside("officer"):
        for change in ({"what": "没事"}, {"state": "closed"}, {"place_code": OTHER}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Finding.objects.filter(pk=finding.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.all().delete()


def test_a_household_s_finding_is_of_persons(ground):
    with ground.inside("officer"):
        Household.objects.create(household_no="4205270000000001", place_code=VILLAGE)
    finding = ground.found(about=About(SubjectKind.HOUSEHOLD, "4205270000000001"))
    for who, sees in (("officer", 1), ("clerk", 1), ("roads", 0), ("finance", 0)):
        with ground.inside(who):
            assert Finding.objects.filter(pk=finding.pk).count() == sees, who
            assert Evidence.objects.filter(finding=finding).count() == sees, who
    with ground.inside("officer"):
        actions.order(
            by=ground.actors["officer"],
            finding=finding,
            demand="核实",
            answers_role="village_clerk",
            unit="示例村",
            **ground.at(now=ground.now),
        )
    ground.answered(finding, who="clerk")
