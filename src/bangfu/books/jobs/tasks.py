"""What the queue knows by name. Every app's own work comes in through kinds and timers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from bangfu.books.jobs import liveness, queue, runner, timers
from bangfu.core.errors import UnavailableError

CLOCK = "clock"
# What is away is tried again after 5, 10, 15 … seconds; runner.MAX_ATTEMPTS ends it.
_AGAIN = RetryStrategy(wait=5, linear_wait=5, retry_exceptions=(UnavailableError,))


def _clock(context: JobContext) -> Callable[[], datetime]:
    clock: Callable[[], datetime] = context.additional_context[CLOCK]
    return clock


@app.task(name=queue.RUN, pass_context=True, retry=_AGAIN)
def run(context: JobContext, *, task: int, requested_by: str, place_code: str) -> None:
    """Run a task of the books."""
    runner.run(task, requested_by=requested_by, place_code=place_code, clock=_clock(context))


@app.task(name=queue.TIMER, pass_context=True, retry=_AGAIN)
def run_timer(context: JobContext, *, name: str, place_code: str) -> None:
    """Run a timer in one county."""
    timers.run(name, place_code, now=_clock(context)())


@app.periodic(cron="* * * * * */10")
@app.task(name="jobs.revive", queueing_lock="jobs.revive", pass_context=True)
async def revive(context: JobContext, timestamp: int) -> None:
    """Put back what dead workers had in hand."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=liveness.STALLED):
        await manager.retry_job(job)
