"""A full number is read by POST, with a reason, by who may write; the journal keeps who and why."""

from __future__ import annotations

import pytest

from bangfu.books.households.models import Household, Person
from bangfu.books.journal.models import Entry
from bangfu.books.walls.guarded import sealed

VILLAGE, OTHER, NO = "420527101200", "420527101201", "4205270000000001"
NUMBER, PHONE = "420527199001011234", "13800000000"


@pytest.fixture
def household(as_web, places) -> None:
    with as_web():
        [phone] = sealed([PHONE], "household_phone")
        Household.objects.create(household_no=NO, place_code=VILLAGE, household_phone=phone)
        [certificate] = sealed([NUMBER], "certificate")
        Person.objects.create(
            household_id=NO, place_code=VILLAGE, person_no="1", certificate=certificate
        )


ASKED = {"person_no": "1", "field": "certificate", "reason": "核对重复登记"}
HERE = f"/households/{NO}/reveal/"


def test_the_number_and_its_journal(household, client_as, as_web):
    clerk = client_as("village_clerk", VILLAGE, username="clerk")
    answer = clerk.post(HERE, ASKED)
    assert NUMBER in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert (
        PHONE in clerk.post(HERE, {"field": "household_phone", "reason": "联系"}).content.decode()
    )
    with as_web():
        rows = Entry.objects.filter(verb="households.reveal").order_by("pk")
        assert [(row.actor, row.reason) for row in rows] == [
            ("clerk", "核对重复登记"),
            ("clerk", "联系"),
        ]
        for row in rows:
            assert NUMBER not in f"{row.subject}{row.before}{row.after}"
            assert PHONE not in f"{row.subject}{row.before}{row.after}"


@pytest.mark.parametrize(
    ("role", "place", "asked", "status"),
    [
        ("village_clerk", VILLAGE, {**ASKED, "reason": ""}, 422),
        ("village_clerk", VILLAGE, {**ASKED, "field": "name"}, 422),
        ("village_clerk", VILLAGE, {**ASKED, "person_no": "9"}, 422),
        ("village_clerk", OTHER, ASKED, 404),
        ("auditor", "420527000000", ASKED, 403),
        ("assessor", "420527000000", ASKED, 403),
        ("superior_reader", "420500000000", ASKED, 403),
    ],
)
def test_nobody_else_reads_it(household, client_as, as_web, role, place, asked, status):
    answer = client_as(role, place).post(HERE, asked)
    assert answer.status_code == status
    assert NUMBER not in answer.content.decode()
    with as_web():
        assert not Entry.objects.filter(verb="households.reveal").exists()


def test_it_is_not_read_by_get(household, client_as):
    assert client_as("village_clerk", VILLAGE).get(HERE).status_code == 405
