"""Every page stands behind the door: log-in, scope, one transaction, one submission."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bangfu.books.accounts.models import Submission
from bangfu.books.accounts.samples import assign_sample, end_sample
from bangfu.books.desk.figures import count_figures
from bangfu.books.households.actions import index_names
from bangfu.books.households.models import Household, Person
from bangfu.books.walls.scope import DataClass, Scope, within

pytestmark = pytest.mark.usefixtures("two_villages")
VILLAGE, OTHER = "420527101200", "420527102201"


def _views(patterns, before=""):
    for found in patterns:
        if isinstance(found, URLResolver):
            yield from _views(found.url_patterns, before + str(found.pattern))
        elif isinstance(found, URLPattern):
            yield before + str(found.pattern), found.callback


def test_every_view_has_a_door_or_says_that_it_is_open():
    missing = [
        address
        for address, view in _views(get_resolver().url_patterns)
        if not hasattr(view, "door")
    ]
    assert missing == []


def test_nobody_comes_in_without_logging_in(database):
    answer = Client().get("/households/")
    assert answer.status_code == 302
    assert answer["Location"] == "/log-in/?next=/households/"


def test_a_clerk_sees_the_own_village_and_nothing_of_another(client_as):
    clerk = client_as("village_clerk", VILLAGE)
    listed = clerk.get("/households/").content.decode()
    assert "甲虚构" in listed
    assert "乙虚构" not in listed
    assert clerk.get("/households/4205270000000001/").status_code == 200
    not_mine = clerk.get("/households/4205270000000002/")
    unknown = clerk.get("/households/4205270000009999/")
    assert not_mine.status_code == unknown.status_code == 404


def test_a_role_without_persons_is_told_so(client_as):
    answer = client_as("finance").get("/households/")
    assert answer.status_code == 403
    assert "角色" in answer.content.decode()


def test_the_county_drills_down(client_as):
    county = client_as("county_officer")
    home = county.get("/", follow=True)
    assert reverse("place", args=["420527000000"]) in home.content.decode()
    whole = county.get("/places/420527000000/")
    assert reverse("place", args=["420527101000"]) in whole.content.decode()
    assert county.get("/places/420527101000/").status_code == 200
    assert county.get("/places/420528000000/").status_code == 404
    assert county.get("/places/nonsense/").status_code == 404


def test_both_languages(client_as):
    county = client_as("county_officer")
    assert "农户" in county.get("/households/").content.decode()
    county.post("/language/", {"language": "en"})
    assert "Households" in county.get("/households/").content.decode()


def test_the_export_is_what_is_seen(client_as, as_web):
    """A month as on the page, and what the page shows as a dash is an empty cell in every column."""
    with as_web():
        Household.objects.filter(place_code=VILLAGE).update(identified_month=202503)
    answer = client_as("village_clerk", VILLAGE).get("/households/?as=xlsx")
    assert answer["Content-Type"].endswith("sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    heads, row = list(sheet.iter_rows(values_only=True))[:2]
    told = dict(zip(heads, row, strict=True))
    assert told["识别"] == "2025-03"
    assert told["填报人均纯收入（元）"] is None
    assert "—" not in row


@pytest.mark.parametrize("name", ["覃𬭎", "𠮷野", "覃\U000323af"], ids=["C", "B", "newer"])
def test_a_name_beyond_the_basic_plane_is_searched_shown_and_exported(client_as, as_web, name):
    with as_web():
        Person.objects.filter(place_code=VILLAGE).update(name=name)
        index_names(VILLAGE)
        assert Person.objects.get(place_code=VILLAGE).name == name
    clerk = client_as("village_clerk", VILLAGE)
    for looked_for in (name, next(letter for letter in name if ord(letter) > 0xFFFF)):
        assert name in clerk.get("/households/", {"q": looked_for}).content.decode()
    assert name not in clerk.get("/households/", {"q": "𠀀"}).content.decode()
    assert name in clerk.get("/households/4205270000000001/").content.decode()
    book = clerk.get("/households/", {"q": name, "as": "xlsx"}).content
    rows = openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True)
    assert any(name in row for row in rows)


@pytest.mark.parametrize("looked_for", ["女虚", "nvxu", "nxg", "4205"])
def test_a_search_tells_whom_of_the_household_it_found(client_as, as_web, looked_for):
    number = "4205270000000001"
    with as_web():
        Person.objects.create(
            household_id=number, person_no="77", place_code=VILLAGE, relation="子女", name="女虚构"
        )
        index_names(VILLAGE)
    page = client_as("village_clerk", VILLAGE).get("/households/", {"q": looked_for})
    row = re.search(rf"<tr>.*?/{number}/.*?</tr>", page.content.decode())[0]
    assert "甲虚构" in row
    assert ("女虚构" in row) == (looked_for != "4205")
    assert ("查到的人" in page.content.decode()) == (looked_for != "4205")


def test_no_submission_is_left_by_reading(client_as):
    client_as("county_officer").get("/households/")
    assert not Submission.objects.exists()


def test_a_reader_of_sums_sees_sums_and_no_person(client_as, as_web, scope_of):
    with as_web(scope_of("420527000000")):
        count_figures(
            by="tester",
            place_code="420527000000",
            month=202611,
            now=datetime(2026, 11, 22, tzinfo=UTC),
            small=3,
        )
    reader = client_as("superior_reader", "420500000000")
    assert reader.get("/")["Location"] == "/sums/420500000000/"
    page = reader.get("/sums/420527000000/").content.decode()
    assert "太小，不显示" in page
    assert "甲虚构" not in page
    assert reader.get("/households/").status_code == 403
    assert reader.get("/places/420527000000/").status_code == 403
    assert reader.get("/sums/420628000000/").status_code == 404


def test_an_assessor_sees_the_sample_and_its_time(client_as, as_web, scope_of):
    assessor = client_as("assessor", username="kaohe")
    assert assessor.get("/households/4205270000000001/").status_code == 404
    assert assessor.get("/")["Location"] == "/households/"
    nothing_yet = "现在没有指派给您的样本"
    assert nothing_yet in assessor.get("/households/").content.decode()
    assert nothing_yet not in assessor.get("/households/?class=any").content.decode()
    drawing = Scope(("420527000000",), frozenset(DataClass), "samples")
    with within(drawing, by="tester"):
        sample = assign_sample(
            by="tester",
            place_code="420527000000",
            name="一",
            assessor="kaohe",
            households=[("4205270000000001", VILLAGE)],
            valid_from=date(2020, 1, 1),
        )
    shown = assessor.get("/households/4205270000000001/")
    assert shown.status_code == 200
    assert "您看的是抽样户" in shown.content.decode()
    assert "还没有领到" not in shown.content.decode()
    assert assessor.get("/households/4205270000000002/").status_code == 404
    assert nothing_yet not in assessor.get("/households/").content.decode()
    assert "乙虚构" not in assessor.get("/households/").content.decode()
    other = client_as("assessor", username="other")
    assert other.get("/households/4205270000000001/").status_code == 404
    with within(drawing, by="tester"):
        end_sample(by="tester", sample=sample, on=date(2021, 1, 1), reason="结束")
    assert assessor.get("/households/4205270000000001/").status_code == 404


def test_who_opens_no_case_is_not_told_to(client_as):
    opening = "在它的页上“开办个案”"
    for role, place, told in (
        ("village_clerk", VILLAGE, True),
        ("county_officer", "420527000000", True),
        ("auditor", "420527000000", False),
        ("township_head", "420527101000", False),
        ("county_approver", "420527000000", False),
    ):
        page = client_as(role, place).get("/tasks/").content.decode()
        assert (opening in page) is told, role
        assert "没有等您办理的个案" in page, role
