from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from attack_ground import Attack, prepare
from tests.integration.conftest import fresh_database, log_in_as

from bangfu.books.walls import roles
from bangfu.site import clock


@pytest.fixture(scope="module")
def ground(server, django_db_blocker) -> Iterator[str]:
    """The database of a module's attacks: they read, and what they try to write is refused."""
    with fresh_database(server, django_db_blocker) as name:
        yield name


@pytest.fixture(scope="module")
def attack(ground) -> Iterator[Attack]:
    """Two counties and an operator of every role in one of them; pages tell one moment."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: datetime(2026, 11, 22, 4, tzinfo=UTC))
        yield prepare(log_in_as)


@pytest.fixture
def connect(server, ground) -> Callable[..., psycopg.Connection]:
    """A bare psycopg connection to the ground, as any role."""
    return lambda user=roles.WEB, **more: psycopg.connect(
        host=str(server.socket), dbname=ground, user=user, **more
    )
