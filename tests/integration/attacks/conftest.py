from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from attack_ground import Attack, prepare
from tests.integration.conftest import fresh_database, log_in_as

from bangfu.site import clock


@pytest.fixture(scope="module")
def attack(server, django_db_blocker) -> Iterator[Attack]:
    """Two counties and an operator of every role in one of them; pages tell one moment.

    One ground for a module: its attacks read, and what they try to write is refused.
    """
    with (
        pytest.MonkeyPatch.context() as patched,
        fresh_database(server, django_db_blocker),
    ):
        patched.setattr(clock, "now", lambda: datetime(2026, 11, 22, 4, tzinfo=UTC))
        yield prepare(log_in_as)
