"""What the desk does by itself."""

from __future__ import annotations

from bangfu.books.desk.figures import count_figures
from bangfu.books.jobs.timers import Tick, timer
from bangfu.core.periods import month_of
from bangfu.files.policy_folder import policy_in_force


@timer("desk.count_figures", cron="30 17 1 * *")  # 01:30 in China on the 2nd of the month
def count(tick: Tick) -> None:
    """Count the county's figures of the month, for readers of sums."""
    small = policy_in_force().value("access.small_count", place=tick.place_code, on=tick.today)
    count_figures(
        by=tick.by,
        place_code=tick.place_code,
        month=month_of(tick.today),
        now=tick.now,
        small=int(small.value),
    )
