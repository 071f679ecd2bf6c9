"""A county at work, with officials, a project and a payment, for tests of the watch."""

from __future__ import annotations

import pytest
from supervision_ground import COUNTY, PLACES, VILLAGE, Ground, actor
from tests.lib.planted import money_of

from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import within
from bangfu.core.places import NATION
from bangfu.files.policy_folder import policy_in_force


@pytest.fixture
def ground(database, scope_of, settings, tmp_path) -> Ground:
    settings.DATA = tmp_path
    with within(scope_of(NATION), by="tester"):
        load_places(by="tester", rows=PLACES, source="test")
    money_of(COUNTY, VILLAGE, "甲")
    made = Ground(policy_in_force(), scope_of())
    made.actors = {name: actor(name, *held) for name, held in made.officials.items()}
    return made
