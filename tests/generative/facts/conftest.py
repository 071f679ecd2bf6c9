"""PostgreSQL for the generated agreement of the engines."""

import psycopg
import pytest
from lib.postgres import running


@pytest.fixture(scope="module")
def postgres() -> psycopg.Connection:
    with running() as connection:
        yield connection
