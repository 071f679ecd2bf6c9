"""The navigation: every role is led to its own work, and only there."""

from __future__ import annotations

import re

import pytest
from tests.integration.conftest import fresh_database, log_in_as
from tests.integration.pages.conftest import PLACES, VILLAGE
from tests.lib.addresses import PAGES, allowed

from bangfu.books.accounts.actors import actor_of
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.site import clock
from bangfu.site.furniture import NAVIGATION, every_page

ROLES = {
    "village_clerk": VILLAGE,
    "township_head": "420527101000",
    "county_officer": "420527000000",
    "county_approver": "420527000000",
    "sector_department": "420527000000",
    "finance": "420527000000",
    "auditor": "420527000000",
    "assessor": "420527000000",
    "superior_reader": "420500000000",
    "keeper": "420527000000",
}
_LINK = re.compile(r'<a class="nav-link[^"]*" href="([^"]+)"(?: aria-current="(\w+)")?')


@pytest.fixture(scope="module")
def clients(server, django_db_blocker):
    """Everybody at work in a county of two villages."""
    with fresh_database(server, django_db_blocker):
        with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
            load_places(by="tester", rows=PLACES, source="test")
        yield {role: log_in_as(role, place, username=role) for role, place in ROLES.items()}


def _rows(client, address) -> list[list[tuple[str, str]]]:
    """The rows of the navigation on a page: (address, aria-current) each."""
    html = client.get(address, follow=True).content.decode()
    rows = re.findall(r"<nav [^>]*>(.*?)</nav>", html, re.DOTALL)
    return [found for row in rows if (found := _LINK.findall(row))]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_led_to_what_it_gets_and_to_all_of_it(clients, role):
    actor = actor_of(role, on=clock.today())
    shown = {page.view for page in every_page(NAVIGATION) if page.is_for(actor)}
    gets = {page.view for page in every_page(NAVIGATION) if allowed(PAGES[page.view], role, actor)}
    assert shown == gets


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("village_clerk", f"/places/{VILLAGE}/summary/"),
        ("county_officer", "/households/samples/"),
        ("county_officer", "/watch/inspections/"),
        ("superior_reader", "/sums/420500000000/"),
        ("keeper", "/admin/places/"),
        ("finance", "/indicators/divide/"),
    ],
)
def test_one_entry_of_every_row_is_the_current_one(clients, role, address):
    rows = _rows(clients[role], address)
    assert rows
    assert [len([mark for _, mark in row if mark]) for row in rows] == [1] * len(rows)


def test_a_page_inside_a_subject_marks_every_row_above_it(clients):
    rows = _rows(clients["county_officer"], "/funds/claims/")
    assert [[link for link, mark in row if mark] for row in rows] == [
        ["/funds/"],
        ["/funds/"],
        ["/funds/claims/"],
    ]
    assert ("/funds/claims/", "page") in rows[2]


def test_money_is_one_entry_of_its_own_readers(clients):
    works = [link for link, _ in _rows(clients["village_clerk"], "/households/")[0]]
    assert "/funds/" not in works
    assert "/payments/" in works
    assert "/trace/" not in works
    assert not {"/households/", "/screening/"} & {
        link for link, _ in _rows(clients["finance"], "/funds/")[0]
    }


def test_the_navigation_is_in_the_language_of_the_page(clients):
    clerk = clients["village_clerk"]
    for language, work in (("en", "Households"), ("zh-hans", "农户"), ("en", "Households")):
        clerk.post("/language/", {"language": language})
        html = clerk.get("/households/").content.decode()
        assert f"&nbsp;{work}</a>" in html
    clerk.post("/language/", {"language": "zh-hans"})


def test_who_holds_the_same_elsewhere_is_led_to_his_own_place(clients):
    """What is drawn once is drawn for what is held and where."""
    places = {
        role: [link for row in _rows(clients[role], "/tasks/") for link, _ in row]
        for role in ("village_clerk", "county_officer")
    }
    assert f"/places/{VILLAGE}/" in places["village_clerk"]
    assert f"/places/{VILLAGE}/" not in places["county_officer"]


@pytest.mark.parametrize(("address", "rows"), [("/indicators/integration/", 2), ("/trace/?q=x", 3)])
def test_a_page_that_lists_rows_of_its_own_keeps_those_of_the_navigation(clients, address, rows):
    assert len(_rows(clients["county_officer"], address)) == rows
