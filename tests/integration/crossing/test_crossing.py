"""A household moves by offer and acceptance; a person in two places is the superior's to look into."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import connection

from bangfu.books.crossing.actions import (
    accept_move,
    offer_move,
    refuse_move,
    settle_duplicate,
    withdraw_move,
)
from bangfu.books.crossing.models import Duplicate, Finding, MoveOffer
from bangfu.books.crossing.queries import places_of
from bangfu.books.households import models
from bangfu.books.journal.models import Entry
from bangfu.books.places.models import Place
from bangfu.books.walls.guarded import token
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core.errors import ConflictError, InputError, NotFoundError

TOWNSHIP, VILLAGE, OTHER = "420527101000", "420527101200", "420527101201"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NUMBER = "4205270000000001"
PERSONS = frozenset({DataClass.PERSONS})
ROWS = (models.Household, models.Person, models.IncomeItem, models.Job, models.JobPlan)


def scope(*places: str) -> Scope:
    return Scope(places, PERSONS, "moves")


@pytest.fixture
def household(as_web) -> None:
    """A household of VILLAGE with a row in every table."""
    with as_web():
        for code, name, level in (
            (TOWNSHIP, "茅坪镇", 4),
            (VILLAGE, "甲村", 5),
            (OTHER, "乙村", 5),
        ):
            Place.objects.create(code=code, name=name, level=level)
        models.Household.objects.create(household_no=NUMBER, place_code=VILLAGE)
        mine = {"household_id": NUMBER, "place_code": VILLAGE}
        models.Person.objects.create(**mine, person_no="1", name="甲虚构")
        models.IncomeItem.objects.create(**mine, year=2026, item="a1", fen=100)
        models.Job.objects.create(**mine, person_no="1", row_no=1)
        models.JobPlan.objects.create(**mine, person_no="1", row_no=1)


@pytest.fixture
def offer(household, as_web) -> int:
    with as_web(scope(VILLAGE), by="clerk"):
        made = offer_move(
            by="clerk",
            household=models.Household.objects.get(pk=NUMBER),
            to_place=OTHER,
            moved_on=date(2026, 11, 1),
            today=NOW.date(),
            reason="婚嫁",
        )
        return int(made.pk)


def lies_in(as_web, place: str) -> list[int]:
    with as_web(scope(place)):
        return [model.objects.count() for model in ROWS]


@pytest.mark.parametrize("receiver", [OTHER, TOWNSHIP])
def test_the_receiving_place_or_the_superior_takes_all_rows_in(offer, as_web, receiver):
    assert lies_in(as_web, OTHER) == [0] * 5
    with as_web(scope(receiver), by="receiver"):
        accept_move(by="receiver", offer_id=offer)
        seen = models.Household.objects.count()
    assert seen == 1
    assert lies_in(as_web, OTHER) == [1] * 5
    assert lies_in(as_web, VILLAGE) == [0] * 5


def test_the_scope_is_as_before_after_the_door_has_closed(offer, as_web):
    with as_web():
        models.Household.objects.create(household_no="9", place_code="420527102201")
    with as_web(scope(OTHER), by="receiver"):
        accept_move(by="receiver", offer_id=offer)
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('app.lo'), current_setting('app.classes')")
            assert cursor.fetchall() == [(OTHER, "persons")]
        assert list(models.Household.objects.values_list("pk", flat=True)) == [NUMBER]


def test_the_past_stays_with_the_household(offer, as_web):
    with as_web(scope(OTHER), by="receiver"):
        accept_move(by="receiver", offer_id=offer)
    with as_web(scope(OTHER)):
        past = models.PersonHistory.objects.filter(household_id=NUMBER).order_by("pgh_id")
        assert [(row.place_code, row.actor) for row in past] == [
            (VILLAGE, "tester"),
            (OTHER, "receiver"),
        ]
        assert places_of(NUMBER, OTHER) == [OTHER, VILLAGE]
    with as_web(scope(VILLAGE)):
        assert models.PersonHistory.objects.count() == 1  # its own time, and no more


@pytest.mark.parametrize("stranger", [VILLAGE, "420527101202", "420528000000"])
def test_nobody_else_accepts(offer, as_web, stranger):
    with pytest.raises(NotFoundError), as_web(scope(stranger), by="thief"):
        accept_move(by="thief", offer_id=offer)
    assert lies_in(as_web, VILLAGE) == [1] * 5


def test_accepting_needs_the_class_of_persons(offer, as_web):
    money = Scope((TOWNSHIP,), frozenset({DataClass.MONEY, DataClass.SUMS}), "moves")
    with pytest.raises(NotFoundError), as_web(money, by="thief"):
        accept_move(by="thief", offer_id=offer)


def test_an_offer_is_answered_once(offer, as_web):
    with as_web(scope(OTHER), by="receiver"):
        accept_move(by="receiver", offer_id=offer)
    with pytest.raises(NotFoundError), as_web(scope(OTHER), by="receiver"):
        accept_move(by="receiver", offer_id=offer)


def test_one_open_offer_a_household(offer, as_web):
    with pytest.raises(ConflictError), as_web(scope(VILLAGE), by="clerk"):
        offer_move(
            by="clerk",
            household=models.Household.objects.get(pk=NUMBER),
            to_place=OTHER,
            moved_on=date(2026, 11, 2),
            today=NOW.date(),
            reason="x",
        )


@pytest.mark.parametrize("place", [VILLAGE, TOWNSHIP, "420527101999", "nonsense"])
def test_only_another_village_of_the_books_is_offered(household, as_web, place):
    with pytest.raises(InputError), as_web(scope(VILLAGE), by="clerk"):
        offer_move(
            by="clerk",
            household=models.Household.objects.get(pk=NUMBER),
            to_place=place,
            moved_on=date(2026, 11, 2),
            today=NOW.date(),
            reason="x",
        )


def offered(as_web, place: str, to_place: str, moved_on: date) -> int:
    with as_web(scope(place), by="clerk"):
        made = offer_move(
            by="clerk",
            household=models.Household.objects.get(pk=NUMBER),
            to_place=to_place,
            moved_on=moved_on,
            reason="婚嫁",
            today=NOW.date(),
        )
        return int(made.pk)


def refused_day(as_web, place: str, to_place: str, moved_on: date) -> str:
    with pytest.raises(InputError) as refused:
        offered(as_web, place, to_place, moved_on)
    [problem] = refused.value.problems
    assert problem.where == "moved_on"
    return problem.text.zh


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(1900, 1, 1)])
def test_a_move_lies_neither_ahead_nor_before_the_books(household, as_web, day):
    refused_day(as_web, VILLAGE, OTHER, day)


def test_a_household_did_not_leave_before_what_is_recorded_of_it(household, as_web):
    with as_web(scope(VILLAGE), by="clerk"):
        models.Happening.objects.create(
            place_code=VILLAGE,
            household_no=NUMBER,
            kind="birth",
            happened_on=date(2026, 10, 5),
            document="出生医学证明 1 号",
        )
        models.Happening.objects.create(
            place_code=VILLAGE,
            household_no="4205270000000002",
            kind="death",
            happened_on=date(2026, 11, 20),
            document="死亡证明 1 号",
        )
    said = refused_day(as_web, VILLAGE, OTHER, date(2026, 10, 4))
    assert "2026-10-05" in said and "新生儿" in said
    with as_web(scope(VILLAGE)):
        assert not MoveOffer.objects.exists()
    assert offered(as_web, VILLAGE, OTHER, date(2026, 10, 5))


def test_a_household_moves_on_no_earlier_than_it_came(offer, as_web):
    with as_web(scope(OTHER), by="receiver"):
        accept_move(by="receiver", offer_id=offer)
    said = refused_day(as_web, OTHER, VILLAGE, date(2026, 10, 31))
    assert "2026-11-01" in said and "迁到本村" in said
    assert offered(as_web, OTHER, VILLAGE, date(2026, 11, 1))


def test_an_offer_that_was_refused_sets_no_day(offer, as_web):
    with as_web(scope(OTHER), by="receiver"):
        refuse_move(by="receiver", offer_id=offer, reason="户口未迁", now=NOW, held=(OTHER,))
    assert offered(as_web, VILLAGE, OTHER, date(2026, 10, 1))


def test_refused_by_the_receiver_withdrawn_by_the_giver(offer, as_web):
    with pytest.raises(NotFoundError), as_web(scope(VILLAGE), by="clerk"):
        refuse_move(by="clerk", offer_id=offer, reason="x", now=NOW, held=(VILLAGE,))
    with as_web(scope(OTHER), by="receiver"):
        refuse_move(by="receiver", offer_id=offer, reason="户口未迁", now=NOW, held=(OTHER,))
    with pytest.raises(NotFoundError), as_web(scope(VILLAGE), by="clerk"):
        withdraw_move(by="clerk", offer_id=offer, reason="x", now=NOW, held=(VILLAGE,))
    with as_web(scope(VILLAGE)):
        assert MoveOffer.objects.get().answer == "户口未迁"


@pytest.fixture
def duplicate(household, as_web) -> None:
    """The same certificate comes in at OTHER."""
    with as_web():
        models.Person.objects.update(certificate_token=token("n"))
    with as_web(scope(OTHER), by="clerk"):
        models.Household.objects.create(household_no="4205270000000002", place_code=OTHER)
        models.Person.objects.create(
            household_id="4205270000000002",
            place_code=OTHER,
            person_no="1",
            certificate_token=token("n"),
        )
        assert Duplicate.objects.count() == 0


def test_a_duplicate_is_the_common_superiors_alone(duplicate, as_web):
    for place, seen in ((VILLAGE, 0), (OTHER, 0), (TOWNSHIP, 1), ("420527000000", 1)):
        with as_web(scope(place)):
            assert Duplicate.objects.count() == seen, place
    with as_web(scope(TOWNSHIP)):
        row = Duplicate.objects.get()
        assert row.place_code == TOWNSHIP
        assert (row.household_a, row.household_b) == (NUMBER, "4205270000000002")


def test_a_duplicate_is_noted_once(duplicate, as_web):
    with as_web():
        models.Person.objects.update(name="改名")
    with as_web(scope(TOWNSHIP)):
        assert Duplicate.objects.count() == 1


def test_no_duplicate_within_a_village_or_of_a_placeholder(household, as_web):
    with as_web():
        models.Household.objects.create(household_no="8", place_code=VILLAGE)
        models.Household.objects.create(household_no="9", place_code=OTHER)
        for number, place in (("8", VILLAGE), ("9", OTHER)):
            models.Person.objects.create(
                household_id=number,
                place_code=place,
                person_no="1",
                certificate_token=token(number if place == OTHER else "n"),
                certificate_placeholder=place == OTHER,
            )
        models.Person.objects.filter(household_id=NUMBER).update(certificate_token=token("n"))
        assert Duplicate.objects.count() == 0


def test_a_number_of_many_hangs_together_by_few_rows(household, as_web):
    """Two hundred persons of one number in ten villages of two townships, in one statement."""
    villages = [f"4205271{township:02d}{200 + n}" for township in (1, 2) for n in range(5)]
    with as_web():
        models.Household.objects.bulk_create(
            models.Household(household_no=f"9{n:03d}", place_code=villages[n % 10])
            for n in range(200)
        )
        models.Person.objects.bulk_create(
            models.Person(
                household_id=f"9{n:03d}",
                place_code=villages[n % 10],
                person_no="1",
                certificate_token=token("shared"),
            )
            for n in range(200)
        )
        told = list(Duplicate.objects.values_list("place_code", "household_a", "household_b"))
    assert 199 <= len(told) <= 400
    together = {"9000"}
    for _ in range(4):
        together |= {each for _, *two in told if together & set(two) for each in two}
    assert len(together) == 200
    # Each township sees its own, one of other villages with each of them, and the county the rest.
    assert {place for place, _, _ in told} == {"420527101000", "420527102000", "420527000000"}
    of_first = {each for place, *two in told if place == "420527101000" for each in two}
    assert len(of_first) == 100


def test_the_web_role_notes_no_duplicate_itself(duplicate, connect):
    with connect() as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("insert into crossing_duplicate (place_code) values ('420527101000')")


def test_settling_is_journaled_and_done_once(duplicate, as_web):
    with as_web(scope(TOWNSHIP), by="head"):
        pk = Duplicate.objects.get().pk
        settle_duplicate(
            by="head", duplicate_id=pk, finding=Finding.ONE_PERSON, note="以甲村为准", now=NOW
        )
        assert Entry.objects.get(verb="crossing.settle_duplicate").reason == "以甲村为准"
    with pytest.raises(ConflictError, match="head"), as_web(scope(TOWNSHIP), by="other"):
        settle_duplicate(
            by="other", duplicate_id=pk, finding=Finding.TWO_PERSONS, note="x", now=NOW
        )
    with pytest.raises(NotFoundError), as_web(scope(VILLAGE), by="clerk"):
        settle_duplicate(
            by="clerk", duplicate_id=pk, finding=Finding.TWO_PERSONS, note="x", now=NOW
        )


def test_the_superior_settles_on_a_page(duplicate, as_web, client_as):
    with as_web(scope(TOWNSHIP)):
        pk = Duplicate.objects.get().pk
    head = client_as("township_head", TOWNSHIP)
    assert NUMBER in head.get("/duplicates/").content.decode()
    assert head.post(f"/duplicates/{pk}/", {"note": "x"}).status_code == 422
    assert head.post(f"/duplicates/{pk}/", {"finding": "one", "note": "x"}).status_code == 302


def test_a_move_on_the_pages(household, client_as, as_web):
    giver, receiver = client_as("village_clerk", VILLAGE), client_as("village_clerk", OTHER)
    asked = {"to_place": OTHER, "moved_on": "2026-11-01", "reason": "婚嫁", "document": ""}
    here = giver.post(f"/households/{NUMBER}/move/", asked)["Location"]
    assert receiver.post(here, {"answer": "accept"}).status_code == 302
    assert giver.get(f"/households/{NUMBER}/").status_code == 404
    assert receiver.get(f"/households/{NUMBER}/").status_code == 200
