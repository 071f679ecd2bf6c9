"""The way into the queue, inside the transaction that is open."""

from __future__ import annotations

from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

RUN = "jobs.run"
TIMER = "jobs.timer"


def defer(name: str, /, **arguments: str | int) -> None:
    """Put a job into the queue: it is there when the transaction commits, and not when it rolls back.

    In a worker, procrastinate's own app would write through the worker's connection, which is not in
    the transaction; so Django's is named here.
    """
    configure_task(name=name, job_manager=JobManager(DjangoConnector())).defer(**arguments)
