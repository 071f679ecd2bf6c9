"""A worker: takes jobs from the queue and runs them until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params

from bangfu.books.attachments.opened import sweep
from bangfu.books.jobs import liveness, tasks
from bangfu.books.jobs.kinds import discover

# One thread for a long piece of work, one for what is short; reviving runs beside both.
THREADS = 2
CONNECT_SECONDS = 5


def work(clock: Callable[[], datetime], *, wait: bool = True) -> None:
    """Work through the queue; with `wait`, until a signal ends it, else until nothing is left.

    A signal lets the jobs in hand end first. `clock` gives the moment, aware.
    """
    discover()
    sweep()
    # A worker whose database went away ends within seconds, so that the next one can take over.
    connector = PsycopgConnector(
        kwargs=connector_params(),
        min_size=1,
        max_size=4,
        timeout=CONNECT_SECONDS,
        reconnect_timeout=CONNECT_SECONDS,
    )
    with app.replace_connector(connector):
        app.run_worker(
            wait=wait,
            concurrency=THREADS,
            install_signal_handlers=wait,
            update_heartbeat_interval=liveness.BEAT,
            stalled_worker_timeout=liveness.STALLED,
            # The task's own row tells how it went; the queue keeps only what failed.
            delete_jobs="successful",
            additional_context={tasks.CLOCK: clock},
        )
