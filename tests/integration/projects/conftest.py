"""A village with officials for the walk of a project."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_factories import OFFICIALS, PLACES, START, Walk

from bangfu.books.accounts.actors import Actor, actor_of
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import within
from bangfu.core.places import NATION
from bangfu.core.policy import Policy, load
from bangfu.files.policy_folder import read_policy


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load(read_policy(Path(__file__).parents[3] / "policy"))


@pytest.fixture
def officials(operator_of, scope_of, settings, tmp_path) -> dict[str, Actor]:
    settings.DATA = tmp_path
    with within(scope_of(NATION), by="tester"):
        load_places(by="tester", rows=PLACES, source="test")
    made = {}
    for name, (role, place) in OFFICIALS.items():
        operator_of(role, place, username=name, id_number=f"id-{name}")
        made[name] = actor_of(name, on=START)
    return made


@pytest.fixture
def walk(policy, officials) -> Walk:
    return Walk(policy, officials)
