"""A small county whose money has gone all the way: two documents on one line, two payees, two assets."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from tests.integration.conftest import fresh_database
from tracing_ground import plant


@pytest.fixture(scope="module")
def ground(server, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The planted county, once a module: nothing in these tests writes."""
    with fresh_database(server, django_db_blocker):
        yield plant()
