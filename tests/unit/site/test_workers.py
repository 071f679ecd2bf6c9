"""The worker processes beside the site."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from bangfu.site import workers


@pytest.fixture
def started(tmp_path: Path, monkeypatch) -> Path:
    """A worker that writes its number to a file a start, and stays until told to end."""
    log = tmp_path / "started"
    log.touch()
    script = (
        "import os, sys\n"
        f"open({str(log)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.buffer.read()\n"
    )
    monkeypatch.setattr(workers, "COMMAND", (sys.executable, "-c", script))
    monkeypatch.setattr(workers, "PAUSE_SECONDS", 0.01)
    return log


def _pids(log: Path, count: int) -> list[int]:
    """The workers started so far, waited for until there are `count`."""
    for _ in range(600):
        pids = [int(line) for line in log.read_text().split()]
        if len(pids) >= count:
            return pids
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _never() -> None:
    raise AssertionError("a worker that started has not failed")


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_worker_that_dies_is_started_anew_and_ends_with_the_site(started):
    with workers.beside(1, failed=_never):
        [first] = _pids(started, 1)
        os.kill(first, signal.SIGKILL)
        second = _pids(started, 2)[1]
        assert second != first
    assert not _alive(second)


def test_as_many_as_asked_for_or_none(started):
    with workers.beside(2, failed=_never):
        assert len(_pids(started, 2)) == 2
    with workers.beside(0, failed=_never):
        pass
    assert len(started.read_text().split()) == 2


def test_a_worker_that_does_not_start_is_told_once(monkeypatch):
    monkeypatch.setattr(workers, "COMMAND", (sys.executable, "-c", "raise SystemExit(2)"))
    told = threading.Event()
    calls = []

    def failed() -> None:
        calls.append(1)
        told.set()

    with workers.beside(1, failed=failed):
        assert told.wait(30)
    assert calls == [1]
