"""Publishing: what is copied and when, what changes, what ends."""

from __future__ import annotations

import pytest
from django.test import Client
from publishing_ground import (
    COUNTY,
    PERSON,
    VILLAGE,
    WORD,
    books,
    change,
    published,
)

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.publishing import actions
from bangfu.books.publishing.models import PlanPiece
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, UsageError
from bangfu.core.language import Text
from bangfu.site import clock

OC4IDS = f"/public/open/places/{COUNTY}/oc4ids.json"


def text(address: str) -> str:
    return Client().get(address, follow=True).content.decode()


def officer(role: str = "county_officer", place: str = COUNTY) -> Actor:
    held = HeldRole(role, Text(role, role), place, frozenset(DataClass), True)
    return Actor("tester", "tester", None, (held,))


def test_what_is_done_is_published_once(county):
    first = county()
    kinds = sorted(each.kind for each in first.made)
    assert kinds == ["month", "month", "plan", "project", "results"]
    assert not first.held and not first.ended
    again = county()
    assert (again.made, again.ended, again.held) == ([], [], [])


def test_a_change_is_the_next_version_of_the_same_series(county):
    county()
    [before] = published(kind="project")
    address = f"/public/open/projects/{before.series}/"
    assert "已验收" in text(address)
    change(stage="handed_over")
    [after] = county().made
    assert (after.version, after.series, after.first_at) == (2, before.series, before.first_at)
    [before] = published(kind="project", version=1)
    assert before.end == "replaced"
    assert "已移交" in text(address)


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ({"purpose": "公益岗位"}, False),
        ({"purpose": "教育帮扶", "contractor": ""}, False),
        ({"purpose": "教育帮扶"}, True),
        ({"purpose": "农村道路", "contractor": ""}, True),
    ],
)
def test_oc4ids_leaves_out_projects_that_pay_people(county, told, stands):
    change(**told)
    county()
    assert Client().get(OC4IDS).status_code == (200 if stands else 404)
    assert (OC4IDS in text(f"/public/open/places/{COUNTY}/")) is stands


def test_oc4ids_calls_construction_what_the_contractor_is_paid_for(county):
    for contractor, nature in ((WORD, ["construction"]), (PERSON, None)):
        change(contractor=contractor)
        county()
        [process] = Client().get(OC4IDS).json()["projects"][0]["contractingProcesses"]
        assert process["summary"].get("nature") == nature


def test_until_a_month_is_closed_the_place_says_so_and_gives_no_movements(county):
    county()
    for month in published(kind="month"):
        with books():
            actions.withdraw(by=officer(), publication=month, reason="测试", now=clock.now())
    for language, said in (("", "每月结账以后公开"), ("en/", "once a month is closed")):
        place = text(f"/public/{language}open/places/{VILLAGE}/")
        assert said in place and "fiscal-data.zip" not in place
        assert '<td data-label="当年拨付（元）" class="right">0' not in place
    assert "每月结账以后可以下载" in text(f"/public/open/places/{COUNTY}/")


def test_what_the_books_no_longer_hold_is_taken_off_and_comes_back(county):
    county()
    [results] = published(kind="results")
    change(stage="built")
    outcome = county()
    assert [each.kind for each in outcome.ended] == ["results"]
    assert Client().get(f"/public/open/results/{results.series}/").status_code == 404
    [results] = published(kind="results")
    assert (results.end, results.ended_reason) == ("gone", "账上已没有这一项")
    change(stage="accepted")
    county()
    assert [each.version for each in published(kind="results")] == [1, 2]
    assert Client().get(f"/public/open/results/{results.series}/").status_code == 200


@pytest.mark.parametrize("name", [f"{PERSON}家危房改造", "修路，联系13812345678"])
def test_words_that_name_a_villager_or_hold_a_number_are_held_back(county, name):
    change(name=name)
    outcome = county()
    # The project and its results are held; where it stands beside others, its number stands for it.
    assert [content.kind for content, _ in outcome.held] == ["project", "results"]
    assert sorted(each.kind for each in outcome.made) == ["month", "month", "plan"]
    with books():
        assert PlanPiece.objects.get().project_name == f"项目{WORD}"


def test_a_name_that_appears_later_takes_the_copy_off(county):
    county()
    change(task=f"改造{PERSON}住房")
    outcome = county()
    assert [each.kind for each in outcome.ended] == ["project"]
    assert not published(kind="project", end="")


def test_taken_off_by_hand_it_stays_off(county):
    county()
    [project] = published(kind="project")
    now = clock.now()
    for refused, arguments in (
        (ForbiddenError, {"by": officer("finance")}),
        (ForbiddenError, {"by": officer(place="420528000000")}),
        (InputError, {"by": officer(), "reason": " "}),
    ):
        with books(), pytest.raises(refused):
            actions.withdraw(**({"publication": project, "reason": "写错", "now": now} | arguments))
    with books():
        actions.withdraw(by=officer(), publication=project, reason="写错", now=now)
    with books(), pytest.raises(ConflictError):
        actions.withdraw(by=officer(), publication=project, reason="写错", now=now)
    assert Client().get(f"/public/open/projects/{project.series}/").status_code == 404
    change(stage="handed_over")
    assert not county().made


def test_it_is_by_county_and_by_who_publishes(county):
    with books(), pytest.raises(UsageError):
        actions.turn(
            by="tester", place_code="420527101000", policy=None, today=None, now=clock.now()
        )
    with books(), pytest.raises(ForbiddenError):
        actions.request_turn(by=officer("village_clerk"), place_code=COUNTY, now=clock.now())


def test_its_time_is_policy_and_ends_by_itself(county, connect):
    county()
    [month] = published(kind="month", period=202611)
    assert (month.closes_on - month.opens_on).days == 729
    with connect("postgres", autocommit=True) as admin:
        admin.execute("alter table publishing_publication disable trigger user")
        admin.execute(
            "update publishing_publication set opens_on = opens_on - 1000, closes_on = closes_on - 1000"
            " where kind = 'month'"
        )
    assert Client().get(f"/public/open/months/{month.series}/").status_code == 404
    # Over is over: an unchanged copy is not published anew.
    assert not county().made
