"""A statement is kept, never what it found: the scope of each transaction decides that."""

from __future__ import annotations

import pytest
from django.db import DataError, connection
from django.db.models.functions import Concat
from django.test import RequestFactory

from bangfu.books.desk import queries as desk
from bangfu.books.households.listing import household_table
from bangfu.books.households.models import Household
from bangfu.books.households.queries import the_household
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core.errors import NotFoundError
from bangfu.web.statements import Kept, reading, remembered, together

ONE, OTHER = "420527101200", "420527102201"
PERSONS = frozenset({DataClass.PERSONS})


def scope(*places: str, classes: frozenset[DataClass] = PERSONS) -> Scope:
    return Scope(places, classes, "test", read_only=True)


@pytest.fixture
def households(as_web) -> None:
    with as_web():
        for number, village in (("1", ONE), ("2", OTHER)):
            Household.objects.create(household_no=number, place_code=village)


def test_each_scope_finds_its_own(households, as_web):
    kept = Kept(lambda number: Household.objects.filter(household_no__gte=number))
    for place, found in ((ONE, ["1"]), (OTHER, ["2"]), (ONE, ["1"])):
        with as_web(scope(place)):
            assert [each.pk for each in kept("0")] == found
    with as_web(Scope((), frozenset(), "test")):
        assert kept("0") == []
    with as_web(scope(ONE, classes=frozenset({DataClass.MONEY}))):
        assert kept("0") == []


def test_records_are_those_that_django_makes(households, as_web):
    query = Household.objects.annotate(twice=Concat("pk", "pk"))
    with as_web(scope(ONE)):
        for asked in (query, query.only("household_no", "monitored_class"), query.defer("risk_1")):
            [ours], [theirs] = reading(asked).records(), asked
            assert (ours, ours._state.adding, ours._state.db) == (theirs, False, "default")
            assert ours.get_deferred_fields() == theirs.get_deferred_fields()
            assert _values(ours) == _values(theirs)
            assert (ours.place_code, ours.risk_1, ours.twice) == (ONE, None, "11")


def _values(record: Household) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name != "_state"}


def test_several_asked_together_are_each_answered_in_the_scope(households, as_web):
    kept = Kept(lambda number: Household.objects.filter(household_no__gte=number).order_by("pk"))
    for place, number in ((ONE, "1"), (OTHER, "2")) * 4:
        with as_web(scope(place)):
            found, nothing = together(kept.of("0"), kept.of("3"))
            assert ([each.pk for each in found], nothing) == ([number], [])
    with as_web(Scope((), frozenset(), "test")):
        assert [*together(kept.of("0"), kept.of("1"))] == [[], []]


def test_a_fault_of_one_asked_together_is_the_database_s_own(households, as_web):
    wrong = reading(Household.objects.extra(where=["1 / 0 = 1"]))
    with pytest.raises(DataError, match="zero"), as_web(scope(ONE)):
        [*together(wrong, wrong)]
    with as_web(scope(ONE)):
        assert the_household("1").place_code == ONE


def test_what_the_server_has_planned_finds_each_scope_its_own(households, as_web):
    """One connection goes on through many scopes; its prepared statements do too."""
    kept = Kept(lambda number: Household.objects.filter(household_no__gte=number).order_by("pk"))
    for place, number in ((ONE, "1"), (OTHER, "2")) * 8:
        with as_web(scope(place)):
            assert [each.pk for each in kept("0")] == [number]
    with as_web(), connection.cursor() as cursor:
        cursor.execute(
            "select generic_plans from pg_prepared_statements where statement like %s",
            ["%households_household%household_no%>= $1%"],
        )
        assert sum(row[0] for row in cursor.fetchall()) > 0, "no plan was kept"
    with as_web(Scope((), frozenset(), "test")):
        assert kept("0") == []


def test_a_household_of_another_place_is_not_found_by_a_kept_statement(households, as_web):
    with as_web(scope(ONE)):
        assert the_household("1").place_code == ONE
    with as_web(scope(OTHER)), pytest.raises(NotFoundError):
        the_household("1")


def test_a_list_that_is_kept_shows_each_scope_its_rows(households, as_web):
    request = RequestFactory().get("/households/")
    for place, number in ((ONE, "1"), (OTHER, "2")):
        with as_web(scope(place)):
            table = household_table(request, Household.objects.all())
            assert [each.pk for each in table.records] == [number]
            assert table.total == 1
            assert number in table.body


def test_remembered_statements_see_what_was_written_since(households, as_web):
    statement = remembered(("test", "all"), lambda: reading(Household.objects.order_by("pk")))
    with as_web():
        assert len(statement.records()) == 2
        Household.objects.create(household_no="3", place_code=ONE)
        again = remembered(("test", "all"), lambda: reading(Household.objects.none()))
        assert [each.pk for each in again.records()] == ["1", "2", "3"]


def test_people_of_a_place_are_counted_for_who_shows_them(households, as_web):
    with as_web(scope(ONE)):
        figures = desk.of_place(ONE, people=False)
        assert (figures.households, figures.people, figures.monitored) == (1, None, 0)
        assert desk.of_place(ONE).people == 0
        assert desk.of_place(OTHER).households == 0
