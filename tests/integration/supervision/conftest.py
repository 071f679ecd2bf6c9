"""A county at work, with officials, a project and a payment, for tests of the watch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from supervision_ground import COUNTY, PLACES, VILLAGE, Ground, actor
from tests.integration.conftest import fresh_database
from tests.lib.planted import money_of

from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.files.policy_folder import policy_in_force


def planted() -> Ground:
    """The county in the database that stands now."""
    with within(Scope((NATION,), frozenset(DataClass), "test"), by="tester"):
        load_places(by="tester", rows=PLACES, source="test")
    money_of(COUNTY, VILLAGE, "甲")
    return at_work()


def at_work() -> Ground:
    """The officials of a county that is planted, on the first day."""
    made = Ground(policy_in_force(), Scope((COUNTY,), frozenset(DataClass), "test"))
    made.actors = {name: actor(name, *held) for name, held in made.officials.items()}
    return made


@pytest.fixture
def ground(database, settings, tmp_path) -> Ground:
    """A county of this test's own."""
    settings.DATA = tmp_path
    return planted()


@pytest.fixture(scope="module")
def shared(server, django_db_blocker) -> Iterator[None]:
    """One county for the tests of a module, each of which looks at what it made itself."""
    with fresh_database(server, django_db_blocker):
        planted()
        yield


@pytest.fixture
def among_others(shared, settings, tmp_path) -> Ground:
    """The shared county, on the first day."""
    settings.DATA = tmp_path
    return at_work()
