"""The county's year: milestones that the books must show, minutes, commitments done, late and released."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import psycopg
import pytest
from django.db import IntegrityError
from project_factories import COUNTY, NEXT, VILLAGE

from bangfu.books.assistance.models import Measure
from bangfu.books.households.models import Household
from bangfu.books.projects import actions, queries
from bangfu.books.projects.actions.year import Listed, Promise
from bangfu.books.projects.models import Commitment, KeyVillage, Meeting, TeamMember
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError

YEAR = 2026


def listed(walk, *codes, who="officer"):
    walk.call(
        actions.list_key_villages,
        who,
        county=COUNTY,
        year=YEAR,
        villages=[Listed(code, 55) for code in codes],
    )


def meeting(walk, *promises, kind=Meeting.Kind.VILLAGE, place=VILLAGE, who="officer", **more):
    minutes = {
        "held_on": walk.today,
        "chaired_by": "示例县领导",
        "attended": "县交通运输局、示例村",
        "decided": "硬化二组公路",
        **more,
    }
    return walk.call(
        actions.hold_meeting,
        who,
        place_code=place,
        kind=kind,
        year=YEAR,
        promises=promises,
        **minutes,
    )


def promise(**more):
    usual = {
        "item": "硬化二组公路",
        "department": "县交通运输局",
        "due_on": date(2026, 10, 31),
        "amount_fen": 40_000_000,
    }
    return Promise(**{**usual, **more})


def line(walk, name):
    with walk.inside("officer"):
        return next(
            each for each in queries.milestones(COUNTY, YEAR, policy=walk.policy) if each.id == name
        )


def pass_it(walk, name):
    walk.call(
        actions.pass_milestone,
        "officer",
        county=COUNTY,
        year=YEAR,
        milestone=name,
        said="秭发〔2026〕1号",
    )


def test_the_year_is_data_and_in_order(walk):
    with walk.inside("officer"):
        lines = queries.milestones(COUNTY, YEAR, policy=walk.policy)
    assert [(each.id, each.due_on) for each in lines] == [
        ("key_villages", date(2025, 9, 1)),
        ("village_plans", date(2025, 10, 31)),
        ("household_plans", date(2025, 10, 31)),
        ("bank_review", date(2025, 11, 30)),
        ("year_start", date(2026, 1, 31)),
        ("teams", date(2026, 2, 28)),
        ("village_minutes", date(2026, 3, 31)),
    ]
    assert all(each.late(date(2026, 4, 1)) for each in lines)
    assert not lines[-1].late(date(2026, 3, 31))


def test_a_milestone_passes_only_when_the_books_show_all_of_it(walk):
    with pytest.raises(ConflictError):
        pass_it(walk, "key_villages")
    listed(walk, VILLAGE, NEXT)
    pass_it(walk, "key_villages")
    with pytest.raises(ConflictError):
        pass_it(walk, "key_villages")
    walk.call(actions.plan_key_village, "clerk", place_code=VILLAGE, year=YEAR, plan="道路和饮水")
    assert (line(walk, "village_plans").count, line(walk, "village_plans").total) == (1, 2)
    with pytest.raises(ConflictError):
        pass_it(walk, "village_plans")
    walk.call(actions.plan_key_village, "officer", place_code=NEXT, year=YEAR, plan="茶园")
    pass_it(walk, "village_plans")
    assert line(walk, "village_plans").passed.said == "秭发〔2026〕1号"


def helped(number, place=VILLAGE, due=None, ended=None, **more):
    """A household under monitoring, with a measure due on a day where one is given."""
    household_no = f"420527000000{number:04d}"
    Household.objects.create(
        household_no=household_no,
        place_code=place,
        **{"monitored_class": "突发严重困难户", **more},
    )
    if due is not None:
        Measure.objects.create(
            place_code=place, household_no=household_no, family="industry", content="养蜂",
            responsible="村干部", agreed_on=date(2025, 9, 20), due_on=due,
            started_on=ended and date(2025, 9, 21), ended_on=ended,
        )  # fmt: skip


def test_every_helped_household_of_a_key_village_has_a_measure_for_the_year(walk):
    assert not line(walk, "household_plans").complete  # no village is listed yet
    listed(walk, VILLAGE)
    assert line(walk, "household_plans").complete  # and nobody is helped there
    with walk.inside("clerk"):
        helped(1, due=date(2026, 6, 30))
        helped(2)
        helped(3, due=date(2025, 12, 31))  # of the year before
        helped(4, due=date(2026, 3, 1), ended=date(2025, 12, 1))  # done already
        helped(5, risk_removed=True)
        helped(6, monitored_class=None)
    found = line(walk, "household_plans")
    assert (found.count, found.total, found.complete) == (1, 4, False)
    with walk.inside("officer"):
        rows = queries.helped_households(COUNTY, YEAR).order_by("household_no")
        assert [(row.pk[-1], row.planned) for row in rows] == [
            ("1", True), ("2", False), ("3", False), ("4", False),
        ]  # fmt: skip
        Measure.objects.update(due_on=date(2026, 6, 30), started_on=None, ended_on=None)
        Household.objects.filter(pk__endswith="2").update(risk_removed=True)
    pass_it(walk, "household_plans")
    with walk.inside("officer"):
        [one] = [
            each
            for each in queries.milestones(COUNTY, YEAR, policy=walk.policy, persons=False)
            if each.id == "household_plans"
        ]
        assert (one.count, one.complete) == (None, False)


def test_minutes_in_every_key_village(walk):
    listed(walk, VILLAGE, NEXT)
    meeting(walk, promise())
    assert not line(walk, "village_minutes").complete
    meeting(walk, place=NEXT)
    assert line(walk, "village_minutes").complete


def test_the_bank_review_counts_villages_with_a_project_admitted(walk):
    listed(walk, VILLAGE)
    assert line(walk, "bank_review").count == 0
    walk.admitted()
    assert line(walk, "bank_review").complete


def test_a_list_made_anew_keeps_plans(walk):
    listed(walk, VILLAGE, NEXT)
    walk.call(actions.plan_key_village, "clerk", place_code=VILLAGE, year=YEAR, plan="道路")
    listed(walk, VILLAGE)
    with walk.inside("officer"):
        assert list(KeyVillage.objects.values_list("place_code", "plan")) == [(VILLAGE, "道路")]


def test_a_list_with_a_village_elsewhere_is_refused_whole(walk):
    with pytest.raises(InputError) as refused:
        listed(walk, VILLAGE, "420626101200", COUNTY)
    assert [p.where for p in refused.value.problems] == ["420626101200", COUNTY]
    with walk.inside("officer"):
        assert not KeyVillage.objects.exists()


def test_the_sheet_of_key_villages_comes_in_once(walk, as_web):
    frame = pl.DataFrame(
        {
            "place_code": [VILLAGE, NEXT],
            "registered_households": [55, 86],
            "last_year": [418_000_000, None],
        }
    )
    for added in (2, 0):
        with as_web():
            change = actions.import_key_villages(
                by="tester", place_code=COUNTY, year=YEAR, frame=frame, source="重点村.xlsx"
            )
            assert change.added == added
    with pytest.raises(InputError), as_web():
        wrong = frame.with_columns(place_code=pl.lit("420626101200"))
        actions.import_key_villages(
            by="tester", place_code=COUNTY, year=YEAR, frame=wrong, source="重点村.xlsx"
        )


def test_minutes_bind_departments_and_are_written_whole_or_not(walk):
    with pytest.raises(InputError) as refused:
        meeting(
            walk,
            promise(),
            promise(item=" "),
            promise(due_on=walk.today - timedelta(days=1)),
            promise(project_number="无"),
        )
    assert [p.where for p in refused.value.problems] == ["2", "3", "4"]
    with walk.inside("officer"):
        assert not Meeting.objects.exists()
    project = walk.admitted()
    made = meeting(walk, promise(project_number=project.number), held_on=walk.today)
    with walk.inside("clerk"):
        [commitment] = queries.open_commitments(place_code=VILLAGE)
        assert (commitment.meeting_id, commitment.project_id, commitment.village_code) == (
            made.pk,
            project.pk,
            VILLAGE,
        )


def test_a_commitment_is_late_until_done_and_done_once(walk):
    meeting(walk, promise(due_on=walk.today))
    with walk.inside("officer"):
        [commitment] = queries.open_commitments()
        assert commitment.due_on < walk.today + timedelta(days=1)
    done = {"commitment_id": commitment.pk, "outcome": "已完工", "done_fen": 39_000_000}
    with pytest.raises(InputError):
        walk.call(
            actions.carry_out_commitment, "roads", done_on=walk.today + timedelta(days=1), **done
        )
    walk.call(actions.carry_out_commitment, "roads", done_on=walk.today, **done)
    with pytest.raises(ConflictError):
        walk.call(actions.carry_out_commitment, "roads", done_on=walk.today, **done)
    with walk.inside("officer"):
        assert not queries.open_commitments().exists()
        assert Commitment.objects.get().done_fen == 39_000_000


def test_only_a_later_joint_meeting_releases(walk):
    first = meeting(walk, promise())
    with walk.inside("officer"):
        [commitment] = queries.open_commitments()
    release = {"commitment_id": commitment.pk, "reason": "并入通村公路项目"}
    with pytest.raises(InputError):
        walk.call(actions.release_commitment, "officer", meeting_id=first.pk, **release)
    joint = meeting(walk, kind=Meeting.Kind.JOINT, place=COUNTY)
    with pytest.raises(ForbiddenError):
        walk.call(actions.release_commitment, "roads", meeting_id=joint.pk, **release)
    walk.call(actions.release_commitment, "officer", meeting_id=joint.pk, **release)
    with walk.inside("officer"):
        assert Commitment.objects.get().released_by_id == joint.pk
        assert not queries.open_commitments().exists()


def test_minutes_do_not_change(walk):
    meeting(walk)
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused, walk.inside("officer"):
        try:
            Meeting.objects.update(decided="别的")
        except Exception as fault:
            raise fault.__cause__ from fault
    assert "projects_meeting" in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "place"), [(Meeting.Kind.VILLAGE, COUNTY), (Meeting.Kind.JOINT, VILLAGE)]
)
def test_a_meeting_lies_where_its_kind_says(walk, kind, place):
    with pytest.raises(InputError):
        meeting(walk, kind=kind, place=place)


def test_one_leads_a_village(walk):
    def named(part, name):
        return walk.call(
            actions.name_team_member,
            "officer",
            place_code=VILLAGE,
            year=YEAR,
            part=part,
            name=name,
            duty="",
        )

    named(TeamMember.Part.LEADER, "示例县领导")
    named(TeamMember.Part.MEMBER, "县水利局")
    named(TeamMember.Part.MEMBER, "县林业局")
    for part, name in ((TeamMember.Part.LEADER, "另一领导"), (TeamMember.Part.MEMBER, "县水利局")):
        with pytest.raises(ConflictError):
            named(part, name)


def test_who_may_not(walk):
    with pytest.raises(ForbiddenError):
        listed(walk, VILLAGE, who="clerk")
    with pytest.raises(ForbiddenError):
        meeting(walk, who="clerk")
    with pytest.raises(NotFoundError):
        walk.call(actions.plan_key_village, "clerk", place_code=VILLAGE, year=YEAR, plan="道路")


def test_a_commitment_released_is_not_done_too(walk):
    meeting(walk, promise())
    joint = meeting(walk, kind=Meeting.Kind.JOINT, place=COUNTY)
    with pytest.raises(IntegrityError), walk.inside("officer"):
        Commitment.objects.update(done_on=walk.today, outcome="完成", released_by=joint.pk)
