"""Who may see what follows from grants: role, place, dates."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.books.accounts import queries
from bangfu.books.accounts.actions import add_operator, ensure_keeper, grant_role
from bangfu.books.accounts.actors import actor_logged_in, actor_of, operator_standing
from bangfu.books.accounts.models import Grant, Operator
from bangfu.books.places.actions import load_places
from bangfu.books.walls.guarded import token
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core import places
from bangfu.core.errors import ConflictError, UsageError

COUNTY, TOWNSHIP, VILLAGE = "420527000000", "420527101000", "420527101200"
DAY = date(2026, 10, 1)
PERSONS, SUMS = frozenset({DataClass.PERSONS}), frozenset({DataClass.SUMS})


@pytest.fixture
def grant(as_web):
    """Add an operator called clerk on the first call, and grant the clerk a role."""

    def granted(role: str, place_code: str, *, until: date | None = None) -> None:
        with as_web():
            if not Operator.objects.filter(username="clerk").exists():
                add_operator(
                    by="tester",
                    username="clerk",
                    display_name="王文书",
                    place_code=COUNTY,
                    id_number="420527199001011234",
                )
            grant_role(
                by="tester",
                username="clerk",
                role=role,
                place_code=place_code,
                valid_from=date(2026, 1, 1),
                valid_to=until,
            )

    return granted


def _scope(**more):
    wanted = {"on": DAY, "purpose": "test", "classes": PERSONS} | more
    return queries.scope_of("clerk", **wanted)


def test_a_grant_becomes_a_scope(grant):
    grant("village_clerk", VILLAGE)
    assert _scope() == Scope((VILLAGE,), PERSONS, "test", read_only=True)
    assert _scope(writes=True) == Scope((VILLAGE,), PERSONS, "test", read_only=False)
    assert _scope(place_code=COUNTY).places == (VILLAGE,)


def test_a_wider_grant_is_narrowed_to_the_place_asked_for(grant):
    grant("county_officer", COUNTY)
    assert _scope(place_code=VILLAGE).places == (VILLAGE,)


@pytest.mark.parametrize(
    "asked",
    [
        {"place_code": "420528000000"},
        {"classes": SUMS},
        {"classes": PERSONS | SUMS},
        {"on": date(2025, 12, 31)},
        {"on": date(2026, 12, 31)},
    ],
    ids=["elsewhere", "other class", "more classes", "too early", "too late"],
)
def test_what_no_grant_reaches_is_refused(grant, asked):
    grant("village_clerk", VILLAGE, until=date(2026, 12, 31))
    with pytest.raises(UsageError):
        _scope(**asked)


def test_classes_of_two_places_do_not_add_up(grant):
    grant("village_clerk", VILLAGE)
    grant("superior_reader", COUNTY)
    assert _scope().places == (VILLAGE,)
    assert _scope(classes=SUMS).places == (COUNTY,)
    with pytest.raises(UsageError):
        _scope(classes=SUMS, writes=True)


def test_an_auditor_writes_nothing(grant):
    grant("auditor", COUNTY)
    with pytest.raises(UsageError):
        _scope(writes=True)


def test_a_locked_account_has_no_scope(grant, as_web):
    grant("village_clerk", VILLAGE)
    with as_web():
        Operator.objects.filter(username="clerk").update(is_active=False)
    with pytest.raises(UsageError):
        _scope()


def test_former_codes_come_with_the_place(grant, as_web, scope_of):
    rows = [places.Place(VILLAGE, "甲"), places.Place("420599999999", "旧", successor=VILLAGE)]
    with as_web(scope_of(places.NATION)):
        load_places(by="tester", rows=rows, source="x")
    grant("township_reviewer", TOWNSHIP)
    assert _scope().places == (TOWNSHIP, "420599999999")


def test_one_statement_tells_what_a_session_s_operator_holds(grant, as_web, scope_of):
    """The same roles and scopes as asked step by step, with successors of successors and a circle."""
    neighbour = "420527102000"
    rows = [
        places.Place(VILLAGE, "甲", successor="420599999001"),
        places.Place("420599999001", "旧", successor=VILLAGE),
        places.Place("420599998000", "更旧的乡", successor="420599999001"),
        places.Place("420599997000", "别处", successor=neighbour),
    ]
    with as_web(scope_of(places.NATION)):
        load_places(by="tester", rows=rows, source="x")
    grant("village_clerk", VILLAGE)
    grant("township_reviewer", neighbour)
    grant("superior_reader", COUNTY, until=DAY)
    operator = operator_standing(Operator.objects.get(username="clerk").pk)
    actor, asked = actor_logged_in(operator, on=DAY), actor_of("clerk", on=DAY)
    assert actor.held == asked.held
    assert len(actor.held) == 2
    for code in (places.NATION, COUNTY, TOWNSHIP, VILLAGE, neighbour):
        scopes = [one.scope(PERSONS, purpose="test", place_code=code) for one in (actor, asked)]
        assert scopes[0].ranges() == scopes[1].ranges()
    assert actor.scope(PERSONS, purpose="test").places == (
        VILLAGE,
        neighbour,
        "420599997000",
        "420599998000",
        "420599999001",
    )


def test_no_standing_of_the_locked_and_the_unknown(grant, as_web):
    grant("village_clerk", VILLAGE)
    clerk = Operator.objects.get(username="clerk").pk
    with as_web():
        Operator.objects.filter(username="clerk").update(is_active=False)
    assert operator_standing(clerk) is operator_standing(clerk + 1) is None


def test_a_role_is_not_held_above_its_level(grant):
    with pytest.raises(UsageError, match="level"):
        grant("village_clerk", COUNTY)


def test_no_two_operators_of_a_name(grant, as_web):
    grant("village_clerk", VILLAGE)
    with pytest.raises(ConflictError), as_web():
        add_operator(by="tester", username="clerk", display_name="x", place_code=COUNTY)


def test_the_id_number_stays_a_token(grant):
    grant("village_clerk", VILLAGE)
    assert Operator.objects.get(username="clerk").person_token == token("420527199001011234")


def test_grants_of_others_are_invisible(grant, as_web):
    grant("village_clerk", VILLAGE)
    nowhere = Scope((), frozenset(), "look around")
    with as_web(nowhere, by="thief"):
        assert Grant.objects.count() == 0
    with as_web(nowhere, by="clerk"):
        assert Grant.objects.count() == 1


def test_the_keeper_of_an_embedded_database(database):
    for _ in range(2):
        ensure_keeper(username="root", on=DAY)
    scope = queries.scope_of(
        "root", on=DAY, purpose="import", classes=PERSONS, place_code=COUNTY, writes=True
    )
    assert scope == Scope((COUNTY,), PERSONS, "import")
