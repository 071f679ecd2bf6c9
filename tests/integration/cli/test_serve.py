"""`bangfu serve` as a process of its own: what it says, and that nothing of it stays behind.

Its database lies in a folder of the test; what runs with that folder in its environment is its own.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lib.postgres import folder_of_server, migrated

from bangfu.site import embedded

SERVE = ("-m", "bangfu.cli.__main__", "serve")
# The same site beside a worker that cannot start.
BROKEN_WORKER = """
import sys
from bangfu.site import workers
workers.COMMAND = (sys.executable, "-c", "raise SystemExit('no worker today')")
from bangfu.cli.__main__ import main
main(sys.argv[1:])
"""
# Interrupts that strike where it hurts: with a connection in hand, and where Python forgets them.
IN_A_CONNECTION = """
def struck(server):
    held = server.connect()
    os.kill(os.getpid(), signal.SIGINT)
"""
IN_A_DESTRUCTOR = """
class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

def struck(server):
    Dying()
"""
STRUCK = """
import os, signal, sys
from bangfu.site import embedded
{}
embedded._create_roles_and_database = struck
from bangfu.cli.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder_of_server() as folder:
        migrated(folder)
        yield folder


@pytest.fixture
def port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU")}
    own = {
        "BANGFU_DATA": str(home / "postgres"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "LC_ALL": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environ | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _until(known, process: subprocess.Popen[str]) -> None:
    """Until something is so; the machine may be busy, so five minutes are given."""
    for _ in range(3000):
        if known():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    raise AssertionError("it never came")


def _left(home: Path) -> list[str]:
    """What still runs of this site: its own processes by their environment, and its database."""
    mine = f"BANGFU_DATA={home / 'postgres'}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mine in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it has ended, or is somebody else's
    if embedded.at(home / "postgres").alive():
        found.append("postgres")
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_loads_leaves_nothing(home: Path, number: signal.Signals) -> None:
    site = _start(home, *SERVE, "--port", "1")  # it never comes to listening
    _until((home / "postgres" / "postmaster.pid").exists, site)
    site.send_signal(number)
    out, err = site.communicate(timeout=120)
    assert site.returncode == 130, (out, err)
    assert "已中断" in err
    assert "http://" not in out
    assert _left(home) == []


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "where", [IN_A_CONNECTION, IN_A_DESTRUCTOR], ids=["connection", "destructor"]
)
def test_a_signal_is_heard_wherever_it_strikes(home: Path, port: int, where: str) -> None:
    program = STRUCK.format(where)
    site = _start(home, "-c", program, "serve", "--no-sample", "--port", str(port))
    out, err = site.communicate(timeout=120)
    assert site.returncode == 130, (out, err)
    assert "http://" not in out
    assert _left(home) == []


@pytest.mark.enable_socket
def test_the_address_is_told_when_it_answers_and_a_signal_ends_all(home: Path, port: int) -> None:
    site = _start(home, *SERVE, "--no-sample", "--port", str(port), "--workers", "1")
    assert site.stdout is not None
    line = site.stdout.readline()
    assert f"http://127.0.0.1:{port}/" in line, (line, site.stderr.read() if site.stderr else "")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/log-in/")
    assert connection.getresponse().status == 200
    connection.close()
    running = _left(home)
    assert "postgres" in running
    # One that is forked after the sample was loaded would wait for ever for a thread left behind.
    assert any("spawn_main" in line for line in running), running
    site.terminate()
    site.communicate(timeout=120)
    assert site.returncode == 0
    assert _left(home) == []


@pytest.mark.enable_socket
def test_a_worker_that_cannot_start_ends_the_site_with_a_sentence(home: Path, port: int) -> None:
    site = _start(home, "-c", BROKEN_WORKER, "serve", "--no-sample", "--port", str(port))
    _, err = site.communicate(timeout=300)
    assert site.returncode == 2, err
    assert "no worker today" in err
    assert "后台进程没有启动" in err
    assert "Traceback" not in err
    assert _left(home) == []
