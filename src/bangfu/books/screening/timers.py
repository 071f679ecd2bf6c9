"""What screening does by itself."""

from __future__ import annotations

from bangfu.books.households.models import Household
from bangfu.books.jobs.timers import Tick, timer
from bangfu.books.screening.actions import run_screening
from bangfu.books.screening.models import Run
from bangfu.files.policy_folder import policy_in_force

DAYS = "screening.days_of_month"


@timer("screening.calendar", cron="0 18 * * *")  # 02:00 in China, every night
def screen(tick: Tick) -> None:
    """Screen the county's live books on the days of the month that its policy names, once a day."""
    policy = policy_in_force()
    days = policy.value(DAYS, place=tick.place_code, on=tick.today).value
    if tick.today.day not in days or not Household.objects.exists():
        return
    if Run.objects.filter(place_code=tick.place_code, on=tick.today, ran_by=tick.by).exists():
        return
    run_screening(
        by=tick.by, place_code=tick.place_code, policy=policy, on=tick.today, now=tick.now
    )
