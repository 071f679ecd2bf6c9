"""Which days a record of something that happened may bear."""

from __future__ import annotations

from datetime import date

from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force

EARLIEST = "records.earliest_day"


def day_problem(day: date, *, place_code: str, today: date) -> Text | None:
    """Why something cannot have happened on a day: it lies ahead, or before the place's books began."""
    if day > today:
        return Text("日期不能在今天之后。", "The day lies in the future.")
    earliest = policy_in_force().value(EARLIEST, place=place_code, on=today).value
    if day >= earliest:
        return None
    return Text(
        f"日期太早，最早 {earliest}。请核对年份。",
        f"The day is too early, {earliest} is the first. Check the year.",
    )
