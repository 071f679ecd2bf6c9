"""An import that is cut off in the middle: Ctrl-C, kill -9 of the command, kill -9 of the database.

The command runs in a process of its own against an embedded database of its own. A lock held by the
test keeps it in the middle, after the households are written and before the incomes are, so nothing
depends on time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.lib.postgres import folder_of_server, migrated
from tests.unit.cli.running import TRACEBACK
from tests.unit.cli.workbooks import COUNTY, income, people, write_places, write_xlsx

from bangfu.site import embedded

TABLES = ("households_household", "households_person", "households_incomeitem")
Bangfu = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder with workbooks, and a database of its own that is stopped at the end."""
    with folder_of_server() as folder:
        migrated(folder)
        write_places(folder / "places.csv")
        write_xlsx(folder / "a.xlsx", national=people(), income=[income(1), income(2)])
        yield folder


@pytest.fixture(scope="module")
def start(home: Path) -> Bangfu:
    def started(*arguments: str) -> subprocess.Popen[str]:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU")}
        own = {
            "BANGFU_DATA": str(home / "postgres"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "BANGFU_OPERATOR": "clerk",
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "bangfu.cli.__main__", *arguments],
            env=environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    first = started("places", str(home / "places.csv"))
    _, said = first.communicate()
    assert first.returncode == 0, said
    return started


@pytest.fixture
def importing(home: Path, start: Bangfu) -> Callable[[], subprocess.Popen[str]]:
    arguments = (str(home / "a.xlsx"), "--place", COUNTY, "--year", "2026")
    return lambda: start("import", *arguments)


def _in_the_middle(server: embedded.Server, child: subprocess.Popen[str]) -> None:
    """Wait until the command waits for the lock: its households and people are written by then."""
    with server.connect(database=embedded.DATABASE) as admin:
        while child.poll() is None:
            waiting = admin.execute(
                "select count(*) from pg_locks where not granted and relation = %s::regclass",
                [TABLES[-1]],
            ).fetchone()
            if waiting == (1,):
                return
            time.sleep(0.05)
    raise AssertionError(child.communicate())


def _held(server: embedded.Server) -> list[object]:
    with server.connect(database=embedded.DATABASE) as admin:
        return [admin.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES]


def test_cut_off_in_the_middle(
    home: Path, importing: Callable[[], subprocess.Popen[str]], start: Bangfu
) -> None:
    server = embedded.at(home / "postgres")

    # Ctrl-C: told, exit code 130, nothing imported.
    with server.connect(database=embedded.DATABASE) as lock, lock.transaction():
        lock.execute(f"lock table {TABLES[-1]} in exclusive mode")
        child = importing()
        _in_the_middle(server, child)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate()
    assert child.returncode == 130, said
    assert "已中断" in said
    assert TRACEBACK not in said
    assert _held(server) == [0, 0, 0]

    # kill -9 of the command, and then of the database's own process.
    with server.connect(database=embedded.DATABASE) as lock, lock.transaction():
        lock.execute(f"lock table {TABLES[-1]} in exclusive mode")
        child = importing()
        _in_the_middle(server, child)
        child.kill()
        child.communicate()
    assert _held(server) == [0, 0, 0]
    postmaster = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    lock = server.connect(database=embedded.DATABASE)
    lock.execute("begin")
    lock.execute(f"lock table {TABLES[-1]} in exclusive mode")
    child = importing()
    _in_the_middle(server, child)
    os.kill(postmaster, signal.SIGKILL)
    _, said = child.communicate()
    lock.close()
    assert child.returncode == 2, said
    assert "数据库" in said
    assert TRACEBACK not in said

    # The next import starts the database again and is whole.
    child = importing()
    out, said = child.communicate()
    assert child.returncode == 0, said
    assert "已导入" in out
    assert _held(server) == [6, 12, 2]
