"""The worker processes beside the site: started with it, started anew when one dies, ended with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A worker that dies at once (the database is away) is not started faster than this.
PAUSE_SECONDS = 2
# What a worker says once it is set up; one that ends without it has failed at its start.
READY = "ready"
# What a worker has in hand when the site ends may take this long; then it is killed, and its job runs
# again later.
GRACE_SECONDS = 10
COMMAND = (sys.executable, "-m", "bangfu.cli.__main__", "work", "--attached")


@contextmanager
def beside(count: int, *, failed: Callable[[], None]) -> Iterator[None]:
    """`count` worker processes for as long as the block runs.

    `failed` is called, in a thread, when a worker's very first start fails (it would fail again), and
    again until the block ends.
    """
    ending = threading.Event()
    # The first ones start here, not in their threads: the site forks its own processes next, and one
    # forked in the middle of a start holds its pipe open, so that the thread would wait for ever.
    keepers = [
        threading.Thread(target=_keep_one, args=(_started(), ending, failed)) for _ in range(count)
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        ending.set()
        for keeper in keepers:
            keeper.join()


def _started() -> subprocess.Popen[str]:
    # Ctrl-C in the terminal is for the site, which ends its workers itself. When the site is killed, the
    # worker finds its standard input closed and ends too.
    return subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def _keep_one(
    worker: subprocess.Popen[str], ending: threading.Event, failed: Callable[[], None]
) -> None:
    """One worker after the other, until the site ends or the first did not start."""
    has_started = False
    while True:
        while worker.poll() is None and not ending.wait(0.2):
            pass
        if worker.poll() is None:
            worker.terminate()
            try:
                worker.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
        said, _ = worker.communicate()
        has_started = has_started or said.startswith(READY)
        if not has_started and not ending.is_set():
            failed()
            # Told until it is heard: a site that is just starting may miss it.
            while not ending.wait(PAUSE_SECONDS):
                failed()
            return
        if ending.wait(PAUSE_SECONDS):
            return
        worker = _started()
