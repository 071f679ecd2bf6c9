"""Bringing the public site in line with a county's books in the background."""

from __future__ import annotations

from django.urls import reverse

from bangfu.books.jobs.kinds import Result, Running, task_kind
from bangfu.books.publishing.actions import TURN, turn
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force


@task_kind(TURN, title=Text("更新公开内容", "Publishing"))
def publish_county(job: Running) -> Result:
    """Publish what is new, take off what is gone; all of it, or nothing."""
    job.progress(0, 1, Text("正在核对账本与公开内容", "Holding the public site against the books"))
    outcome = turn(
        by=job.by,
        place_code=job.place_code,
        policy=policy_in_force(),
        today=job.today,
        now=job.now,
    )
    made, ended, held = len(outcome.made), len(outcome.ended), len(outcome.held)
    return Result(
        Text(
            f"公开 {made} 项，撤下 {ended} 项，暂不公开 {held} 项。",
            f"Published {made}, took off {ended}, held back {held}.",
        ),
        reverse("publications"),
    )
