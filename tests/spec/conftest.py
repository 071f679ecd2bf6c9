"""Runs every spec table on DuckDB and PostgreSQL, and against the reference."""

import pytest
from lib.postgres import running
from lib.spec import Recorder


@pytest.fixture(scope="session")
def postgres_of_spec():
    with running() as connection:
        yield connection


@pytest.fixture
def spec(postgres_of_spec):
    return Recorder(postgres_of_spec)
