"""Servers of killed test runs do not stay: the next run stops and removes them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.lib.postgres import folder_of_server, runs

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import time
from bangfu.site import embedded
from tests.lib.postgres import FAST, folder_of_server
with folder_of_server() as folder:
    embedded.start(folder / "postgres", FAST)
    print(folder, flush=True)
    time.sleep(600)
"""


def left_by(number: int) -> tuple[Path, int]:
    """What stands when a run with a server got this signal: its folder and its server's process."""
    run = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    server = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(run.pid, number)
    run.communicate()
    return folder, server


def test_a_killed_run_is_cleaned_up_by_the_next() -> None:
    folder, server = left_by(signal.SIGKILL)
    assert folder.exists() and runs(server)
    with folder_of_server():
        assert not folder.exists()
        assert not runs(server)


def test_an_interrupted_run_cleans_up_itself() -> None:
    folder, server = left_by(signal.SIGINT)
    assert not folder.exists()
    assert not runs(server)
