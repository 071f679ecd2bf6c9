"""What publishing does by itself."""

from __future__ import annotations

from bangfu.books.jobs.timers import Tick, timer
from bangfu.books.publishing.actions import turn
from bangfu.files.policy_folder import policy_in_force


@timer("publishing.nightly", cron="30 18 * * *")  # 02:30 in China, every night
def publish(tick: Tick) -> None:
    """Bring what the county shows in line with its books."""
    turn(
        by=tick.by,
        place_code=tick.place_code,
        policy=policy_in_force(),
        today=tick.today,
        now=tick.now,
    )
