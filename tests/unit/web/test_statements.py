"""Statements that are written once: what is kept of them, and what is not."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from bangfu.books.households.models import Household, Person
from bangfu.books.places.models import Place
from bangfu.web import statements
from bangfu.web.statements import Kept, reading, remembered, tally, written


def test_every_value_has_its_place():
    kept = Kept(lambda code, name: Place.objects.filter(name=name).filter(code__gte=code))
    statement = kept._write(2).statement
    sql, parameters = statement.sql, statement.parameters
    assert sql.count("%s") == len(parameters) == 2
    assert [each.at for each in parameters] == [1, 0]


@pytest.mark.parametrize(
    "query",
    [
        lambda code: Place.objects.all(),
        lambda code: Place.objects.filter(name=f"{code}村"),
        lambda code: Place.objects.filter(name__contains=code),
        lambda code: Place.objects.filter(name=code.strip()),
    ],
)
def test_a_value_that_does_not_arrive_as_it_is_is_refused(query):
    with pytest.raises(ValueError, match="as it is"):
        Kept(query)._write(1)


def test_another_model_s_columns_are_refused():
    with pytest.raises(ValueError, match="own columns"):
        reading(Person.objects.select_related("household"))


def test_a_query_that_finds_nothing_has_no_statement():
    assert reading(Place.objects.none()).records() == []
    assert written(Place.objects.none()).sql == ""
    assert written(Place.objects.filter(pk__in=[])).rows() == []


def test_a_tally_leaves_out_what_finds_nothing():
    households = Household.objects.filter(household_no="1")
    statement = tally(
        [
            ("one", households, Q(place_code="2")),
            ("nothing", Household.objects.none(), None),
            ("all", Place.objects.all(), None),
        ]
    )
    assert statement.sql.count("union all") == 1
    assert statement.sql.count("%s") == len(statement.parameters)
    assert [value for value in statement.parameters if value in ("one", "nothing", "all")] == [
        "one",
        "all",
    ]


def test_what_is_remembered_is_made_once_and_the_least_used_goes(monkeypatch):
    monkeypatch.setattr(statements, "_MOST", 2)
    monkeypatch.setattr(statements, "_remembered", type(statements._remembered)())
    made: list[object] = []

    def ask(key: object) -> object:
        return remembered(key, lambda: made.append(key) or key)

    for key in (1, date(2026, 1, 1), 1, 3, 1, date(2026, 1, 1)):
        assert ask(key) == key
    assert made == [1, date(2026, 1, 1), 3, date(2026, 1, 1)]
