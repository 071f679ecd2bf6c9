"""A worker that is killed in the middle of an import, and one whose database is: nothing or everything,
and run again without doing anything twice.

Worker and database are processes of their own. A lock held by the test keeps the import in the middle,
after the households are written and before the incomes are, so nothing depends on time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lib.postgres import folder_of_server, migrated
from tests.unit.cli.workbooks import COUNTY, income, people, write_places, write_xlsx

from bangfu.site import embedded

TABLES = ("households_household", "households_person", "households_incomeitem")
# What a county officer does in the browser, up to the confirmed import.
CONFIRM = """
import sys
from pathlib import Path
from bangfu.site.start import setup_django
setup_django()
from bangfu.books.accounts import actors
from bangfu.books.intake import actions
from bangfu.books.jobs.worker import work
from bangfu.books.walls.scope import DataClass, within
from bangfu.files.uploads import Sort, take
from bangfu.site import clock
from bangfu.site.operators import named_operator

path, county = Path(sys.argv[1]), sys.argv[2]
by = named_operator(clock.today())
classes = frozenset({DataClass.PERSONS, DataClass.SUMS, DataClass.MONEY})
same = {"by": by, "classes": classes, "lang": "zh", "now": clock.now()}

def scope():
    return actors.actor_of(by, on=clock.today()).scope(
        classes, purpose="import", place_code=county, writes=True
    )

with within(scope(), by=by):
    files = [take(path.name, path.read_bytes(), [Sort.TABLE])]
    batch = actions.open_batch(place_code=county, year=2026, files=files, **same)
work(clock.now, wait=False)
with within(scope(), by=by):
    print(actions.confirm(batch_id=batch.pk, **same).bring_task_id)
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder_of_server() as folder:
        migrated(folder)
        write_places(folder / "places.csv")
        write_xlsx(folder / "a.xlsx", national=people(), income=[income(1), income(2)])
        yield folder


def _start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU")}
    own = {
        "BANGFU_DATA": str(home / "postgres"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "BANGFU_OPERATOR": "clerk",
        "LC_ALL": "C.UTF-8",
    }
    log = (home / "worker.log").open("a")
    with log:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=environ | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


def _worker(home: Path) -> subprocess.Popen[str]:
    return _start(home, "-m", "bangfu.cli.__main__", "work")


def _ended(child: subprocess.Popen[str]) -> str:
    out, _ = child.communicate()
    assert child.returncode == 0, out
    return out


def _wait(server: embedded.Server, question: str, answer: object) -> None:
    """Until the books answer so. The worker is given two minutes on a busy machine."""
    for _ in range(1200):
        with server.connect(database=embedded.DATABASE) as admin:
            if admin.execute(question).fetchone() == answer:
                return
        time.sleep(0.1)
    raise AssertionError(question)


def _in_the_middle(server: embedded.Server) -> None:
    waiting = (
        f"select count(*) from pg_locks where not granted and relation = '{TABLES[-1]}'::regclass"
    )
    _wait(server, waiting, (1,))


def _held(server: embedded.Server) -> list[object]:
    with server.connect(database=embedded.DATABASE) as admin:
        return [admin.execute(f"select count(*) from {table}").fetchone()[0] for table in TABLES]


def test_a_worker_dies_its_database_dies_and_the_import_is_done_once(home: Path) -> None:
    _ended(_start(home, "-m", "bangfu.cli.__main__", "places", str(home / "places.csv")))
    asked = _start(home, "-c", CONFIRM, str(home / "a.xlsx"), COUNTY)
    task = int(_ended(asked).split()[-1])
    server = embedded.at(home / "postgres")

    # kill -9 of the worker: nothing is written, and the task is still under way.
    with server.connect(database=embedded.DATABASE) as lock, lock.transaction():
        lock.execute(f"lock table {TABLES[-1]} in exclusive mode")
        worker = _worker(home)
        _in_the_middle(server)
        worker.kill()
        worker.communicate()
    assert _held(server) == [0, 0, 0]
    _wait(server, f"select state from jobs_task where id = {task}", ("running",))
    with server.connect(database=embedded.DATABASE) as admin:
        # Not to wait until it has been silent long enough to be taken for dead.
        admin.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")

    # The next worker takes it up; now the database is killed under it.
    lock = server.connect(database=embedded.DATABASE)
    lock.execute("begin")
    lock.execute(f"lock table {TABLES[-1]} in exclusive mode")
    worker = _worker(home)
    _in_the_middle(server)
    postmaster = int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    os.kill(postmaster, signal.SIGKILL)
    worker.communicate()  # it ends by itself; beside the site it would be started anew
    lock.close()

    # The third starts the database again and does the work, once.
    worker = _worker(home)
    while not server.alive():
        time.sleep(0.1)
    with server.connect(database=embedded.DATABASE) as admin:
        admin.execute(
            "update procrastinate_workers set last_heartbeat = now() - interval '1 hour'"
            " where id < (select max(id) from procrastinate_workers)"
        )
    _wait(server, f"select state from jobs_task where id = {task}", ("done",))
    assert _held(server) == [6, 12, 2]
    worker.terminate()
    _ended(worker)
    with server.connect(database=embedded.DATABASE) as admin:
        posted = admin.execute(
            "select count(*) from journal_entry where verb = 'households.import'"
        ).fetchone()
        attempts = admin.execute(f"select attempts from jobs_task where id = {task}").fetchone()
    assert posted == (1,)
    assert attempts == (3,)
    assert not list((home / "uploads" / "open").iterdir())  # no plain workbook is left behind
