"""Every page stands behind the door: log-in, scope, one transaction, one submission."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bangfu.books.accounts.models import Submission

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
    assert reverse("place", args=["420527101000"]) in home.content.decode()
    assert county.get("/places/420527101000/").status_code == 200
    assert county.get("/places/420528000000/").status_code == 404
    assert county.get("/places/nonsense/").status_code == 404


def test_both_languages(client_as):
    county = client_as("county_officer")
    assert "农户" in county.get("/households/").content.decode()
    county.post("/language/", {"language": "en"})
    assert "Households" in county.get("/households/").content.decode()


def test_the_export_is_what_is_seen(client_as):
    answer = client_as("village_clerk", VILLAGE).get("/households/?as=xlsx")
    assert answer["Content-Type"].endswith("sheet")
    assert answer.content[:2] == b"PK"


def test_no_submission_is_left_by_reading(client_as):
    client_as("county_officer").get("/households/")
    assert not Submission.objects.exists()
