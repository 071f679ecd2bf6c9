"""A real PostgreSQL for every integration test: one server a run, one fresh database a test.

The database of a test is cloned from a migrated template, so that tests commit for real: scopes end,
deferred constraints fire and other connections see what happened.

    def test_x(as_web):
        with as_web(scope):            # the web role, inside a scope, one transaction
            actions.do(by="tester")
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from psycopg import sql
from tests.lib.disks import Disk, small_disk
from tests.lib.postgres import FAST, folder_of_server, migrated
from typer.testing import CliRunner, Result

from bangfu.books.accounts import actions as accounts
from bangfu.books.accounts.models import Operator
from bangfu.books.walls import keys, roles
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.cli.__main__ import program
from bangfu.core.places import NATION
from bangfu.site import embedded

TEMPLATE = embedded.DATABASE
KEY = b"k" * keys.KEY_BYTES
COUNTY = "420527000000"
AsWeb = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    pytest.exit("use the fixtures db_owner and as_web: pytest.mark.django_db would not commit", 4)


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """The server of this run, with a migrated template database."""
    with serving(migrated) as server:
        yield server


@contextmanager
def serving(fill: Callable[[Path], None]) -> Iterator[embedded.Server]:
    """A server on the cluster that `fill` puts into a folder, and the settings of tests beside it."""
    keys.use(keys.Keys((keys.Key(KEY),)))
    with folder_of_server() as folder:
        fill(folder)
        settings.SECRET_KEY = "the tests' own"
        settings.UPLOADS = folder / "uploads"
        settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
        yield embedded.start(folder / "postgres", FAST)


@contextmanager
def fresh_database(server: embedded.Server, blocker: Any) -> Iterator[str]:
    """A migrated database of its own, for a test or a module; all of Django's aliases lead to it."""
    name = f"bangfu_test_{uuid4().hex}"
    clone = sql.SQL("create database {} template {} owner {} strategy file_copy").format(
        sql.Identifier(name), sql.Identifier(TEMPLATE), sql.Identifier(roles.OWNER)
    )
    with server.connect() as admin:
        admin.execute(clone)
        # A clone does not take over who may connect to its model.
        for rights, *named in (
            ("revoke all on database {} from public", name),
            ("grant connect, temporary on database {} to {}", name, roles.WEB),
            ("grant connect on database {} to {}", name, roles.PUBLIC),
        ):
            admin.execute(sql.SQL(rights).format(*map(sql.Identifier, named)))
    with blocker.unblock():
        _use_database(server, name)
        yield name
        connections.close_all()
    with server.connect() as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database(server, django_db_blocker) -> Iterator[str]:
    """The name of this test's own database."""
    with fresh_database(server, django_db_blocker) as name:
        yield name


@pytest.fixture
def command(server, monkeypatch) -> Callable[..., Result]:
    """Commands in this process, on the books and with the key of this run, not those of whoever runs it."""
    monkeypatch.setattr(settings, "DATA", server.data)
    monkeypatch.setenv("BANGFU_KEY", base64.urlsafe_b64encode(KEY).decode())

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(program(arguments), arguments)

    return run


@pytest.fixture
def db_owner(database):
    """Django's connection as the owner, who is held by the policies too."""
    return connections["owner"]


@pytest.fixture
def scope_of() -> Callable[..., Scope]:
    """Make a scope: the whole sample county and every data class where nothing else is said."""

    def made(*places: str, classes: Iterable[DataClass] = DataClass, read_only: bool = False):
        return Scope(places or (COUNTY,), frozenset(classes), "test", read_only)

    return made


@pytest.fixture
def as_web(database, scope_of) -> AsWeb:
    """Open a transaction as the web role inside a scope; the whole sample county when none is given."""

    def opened(scope: Scope | None = None, *, by: str = "tester", **more: str):
        return within(scope or scope_of(), by=by, **more)

    return opened


def make_operator(role: str, place: str = COUNTY, *, username: str = "", **more: Any) -> Operator:
    """An operator who holds `role` at `place` since the year began."""
    name = username or f"{role}-{place}"
    everywhere = Scope((NATION,), frozenset(DataClass), "test")
    with within(everywhere, by="keeper"):
        operator = accounts.add_operator(
            by="keeper", username=name, display_name=name, place_code=place, **more
        )
        accounts.grant_role(
            by="keeper", username=name, role=role, place_code=place, valid_from=date(2020, 1, 1)
        )
    return operator


def log_in_as(role: str, place: str = COUNTY, **more: Any) -> Client:
    """A browser logged in as an operator of `role` at `place`, who is made first."""
    operator = make_operator(role, place, **more)
    operator.refresh_from_db()  # the grant has ended sessions begun before it
    client = Client()
    with within(Scope((), frozenset(), "log in"), by=operator.username):
        client.force_login(operator, backend="bangfu.books.accounts.backends.OperatorBackend")
    return client


@pytest.fixture
def operator_of(database) -> Callable[..., Operator]:
    """Make an operator of a role at a place, in this test's database."""
    return make_operator


@pytest.fixture
def client_as(database) -> Callable[..., Client]:
    """A browser logged in as an operator of `role` at `place`:

    def test_x(client_as):
        answer = client_as("village_clerk", "420527101200").get("/households/")
    """
    return log_in_as


@pytest.fixture
def connect(server, database) -> Callable[..., psycopg.Connection]:
    """A bare psycopg connection to this test's database, as any role, for attacks and races."""
    return lambda user=roles.WEB, **more: psycopg.connect(
        host=str(server.socket), dbname=database, user=user, **more
    )


def _use_database(server: embedded.Server, name: str) -> None:
    connections.close_all()
    for alias in ("default", "owner", "public"):
        connections[alias].settings_dict.update(HOST=str(server.socket), PORT="", NAME=name)


@pytest.fixture
def table_on_full_disk(connect, server) -> Iterator[Callable[[str], Disk]]:
    """Puts a table of this test's database on a small disk of its own (a tablespace), which is then full."""
    owner = server.data.stat()
    with ExitStack() as stack, connect("postgres", autocommit=True) as admin:
        # Not below the test's own folder: the server's account must get in.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bangfu-disk-")))
        folder.chmod(0o755)
        place = folder / "disk"
        place.mkdir()
        disk = stack.enter_context(small_disk(place))
        room = place / "tables"
        room.mkdir()
        os.chown(room, owner.st_uid, owner.st_gid)
        admin.execute(f"create tablespace small_disk location '{room}'")
        moved = []

        def moves(table: str) -> Disk:
            admin.execute(f"alter table {table} set tablespace small_disk")
            moved.append(table)
            disk.fill()
            return disk

        try:
            yield moves
        finally:
            for table in moved:
                admin.execute(f"alter table {table} set tablespace pg_default")
            admin.execute("drop tablespace small_disk")
