from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from publishing_ground import draw, fixed_plan, plant, turn
from tests.integration.conftest import fresh_database

from bangfu.books.publishing.actions import Outcome


@pytest.fixture(scope="module")
def ground(server, django_db_blocker) -> Iterator[str]:
    """A module's own database with the planted county, published once."""
    with fresh_database(server, django_db_blocker) as name:
        plant()
        draw(fixed_plan())
        turn()
        yield name


@pytest.fixture
def county(database) -> Callable[..., Outcome]:
    """A test's own database with the planted county, nothing published yet; gives `turn`."""
    plant()
    return turn
