"""One database a module for whole commands, run in this process as the operator "clerk"."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from psycopg import sql
from tests.integration.conftest import TEMPLATE
from tests.unit.cli.running import bangfu
from tests.unit.cli.workbooks import write_places

from bangfu.books.walls import roles


@pytest.fixture(scope="module")
def books(server, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """A migrated database of this module with the county's places; gives the list of places."""
    name = f"bangfu_cli_{os.getpid()}_{tmp_path_factory.mktemp('books').name}"
    words = [sql.Identifier(part) for part in (name, TEMPLATE, roles.OWNER)]
    with server.connect() as admin:
        admin.execute(sql.SQL("create database {} template {} owner {}").format(*words))
        rights = sql.SQL("grant connect, temporary on database {} to {}, {}")
        admin.execute(rights.format(words[0], *map(sql.Identifier, (roles.WEB, roles.PUBLIC))))
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        connections.close_all()
        for alias in ("default", "owner"):
            connections[alias].settings_dict.update(HOST=str(server.socket), PORT="", NAME=name)
        patch.setenv("BANGFU_OPERATOR", "clerk")
        # The database stands already; what brings it up is tried in a process of its own.
        patch.setattr("bangfu.cli.operator.setup_django", lambda: None)
        patch.setattr("bangfu.cli.keeping.setup_django", lambda: None)
        places = write_places(tmp_path_factory.mktemp("places") / "places.csv")
        assert bangfu("places", places).code == 0
        yield places
        connections.close_all()
    with server.connect() as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(words[0]))
