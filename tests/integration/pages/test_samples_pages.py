"""The county draws a sample by a seed, sees it, ends it; its assessor sees these households alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bangfu.books.accounts.models import Sample, SampleHousehold
from bangfu.books.households.models import Household
from bangfu.books.journal.models import Entry
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.core.sampling import draw
from bangfu.site import clock

COUNTY, VILLAGE = "420527000000", "420527101200"
DRAWING = Scope((NATION,), frozenset(DataClass), "samples")
NUMBERS = [f"420527000001{n:04d}" for n in range(30)]


@pytest.fixture
def officer(two_villages, client_as):
    with within(DRAWING, by="tester"):
        Household.objects.bulk_create(
            Household(household_no=number, place_code=VILLAGE) for number in NUMBERS
        )
    return client_as("county_officer", COUNTY)


@pytest.fixture
def assessor(officer, client_as):
    return client_as("assessor", COUNTY, username="kaohe")


def _send(officer, **fields):
    today = clock.today()
    sent = {
        "name": "年度评估",
        "place_code": VILLAGE,
        "assessor": "kaohe",
        "frame": "all",
        "size": "5",
        "seed": "2026-11-22",
        "numbers": "",
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=30)).isoformat(),
    }
    return officer.post("/households/samples/", {**sent, **fields})


def _members() -> list[str]:
    with within(DRAWING, by="tester"):
        found = SampleHousehold.objects.order_by("household_no")
        return list(found.values_list("household_no", flat=True))


def test_the_draw_is_the_one_anybody_draws_with_this_seed(officer, assessor):
    answer = _send(officer)
    assert answer.status_code == 302
    listed = [*NUMBERS, "4205270000000001"]
    expected = draw(listed, 5, "2026-11-22")
    assert _members() == expected
    page = officer.get(answer["Location"]).content.decode()
    assert all(number in page for number in expected)
    assert "2026-11-22" in page
    assert "名册户数：31" in page
    with within(DRAWING, by="tester"):
        assert Entry.objects.get(verb="accounts.assign_sample").actor == f"county_officer-{COUNTY}"
    seen = assessor.get("/households/").content.decode()
    assert all(number in seen for number in expected)
    assert not any(number in seen for number in set(listed) - set(expected))


def test_only_monitored_households_are_drawn_when_so_asked(officer, assessor):
    assert _send(officer, frame="monitored", size="9").status_code == 302
    assert _members() == ["4205270000000001"]


def test_households_are_named_instead(officer, assessor):
    assert _send(officer, numbers=f"{NUMBERS[3]}\n{NUMBERS[1]}\n{NUMBERS[3]}").status_code == 302
    assert _members() == [NUMBERS[1], NUMBERS[3]]
    refused = _send(officer, name="二", numbers="4200000000000000")
    assert refused.status_code == 422
    assert "没有这一户" in refused.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"seed": ""},
        {"size": ""},
        {"size": "0"},
        {"assessor": "county_officer"},
        {"valid_to": "2020-01-01"},
    ],
)
def test_what_is_missing_or_wrong_is_told(officer, assessor, wrong):
    assert _send(officer, **wrong).status_code == 422
    assert _members() == []


def test_an_ended_sample_shows_the_assessor_nothing(officer, assessor):
    where = _send(officer, valid_from=(clock.today() - timedelta(days=3)).isoformat())["Location"]
    assert officer.post(where, {"reason": ""}).status_code == 422
    assert officer.post(where, {"reason": "评估完成"}).status_code == 302
    with within(DRAWING, by="tester"):
        assert Sample.objects.get().valid_to == clock.today()
    assert not any(number in assessor.get("/households/").content.decode() for number in NUMBERS)
    assert "已结束" in officer.get(where).content.decode()
    assert officer.post(where, {"reason": "再结束"}).status_code == 422


def test_nobody_else_learns_who_was_drawn(officer, assessor, client_as):
    where = _send(officer)["Location"]
    for role, place in (("village_clerk", VILLAGE), ("auditor", COUNTY), ("keeper", COUNTY)):
        client = client_as(role, place)
        assert client.get(where).status_code == 403
        assert client.get("/households/samples/").status_code == 403
    assert assessor.get(where).status_code == 403
    elsewhere = client_as("county_officer", "420528000000", username="other")
    assert elsewhere.get(where).status_code == 404
