"""A village with households and its officials."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from case_factories import OFFICIALS, PLACES, START, VILLAGE, Walk, household
from PIL import Image

from bangfu.books.accounts.actors import Actor, actor_of
from bangfu.books.households.models import VillageProfile
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import within
from bangfu.core.places import NATION
from bangfu.core.policy import Policy, load
from bangfu.files.policy_folder import read_policy
from bangfu.files.uploads import Sort, Upload, take


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load(read_policy(Path(__file__).parents[3] / "policy"))


@pytest.fixture(scope="session")
def photo() -> Upload:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    return take("meeting.jpg", picture.getvalue(), [Sort.PHOTO])


@pytest.fixture
def village(database, scope_of, settings, tmp_path):
    """One household of two in a village with a sheet."""
    settings.DATA = tmp_path
    with within(scope_of(NATION), by="tester"):
        load_places(by="tester", rows=PLACES, source="test")
        VillageProfile.objects.create(
            place_code=VILLAGE,
            year=2025,
            population=1000,
            household_total=300,
            collective_income=10_000_000,
            paved_road=True,
            clinics=1,
            libraries=1,
        )
        household("4205270000000001")


@pytest.fixture
def officials(operator_of, village) -> dict[str, Actor]:
    """An actor of each role, by the short names of `OFFICIALS`."""
    made = {}
    for name, (role, place) in OFFICIALS.items():
        operator_of(role, place, username=name, id_number=f"id-{name}")
        made[name] = actor_of(name, on=START)
    return made


@pytest.fixture
def walk(policy, officials, photo) -> Walk:
    return Walk(policy, officials, photo)
