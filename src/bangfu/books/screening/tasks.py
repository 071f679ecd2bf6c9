"""Screening a county's live books in the background."""

from __future__ import annotations

from django.urls import reverse

from bangfu.books.jobs.kinds import Result, Running, task_kind
from bangfu.books.screening.actions import RUN, run_screening
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force


@task_kind(RUN, title=Text("排查", "Screening"))
def screen_county(job: Running) -> Result:
    """Check and screen the county's books; findings are kept, or nothing is."""
    job.progress(0, 1, Text("正在检查和排查", "Checking and screening"))
    run = run_screening(
        by=job.by,
        place_code=job.place_code,
        policy=policy_in_force(),
        on=job.today,
        now=job.now,
    )
    return Result(
        Text(
            f"排查了 {run.households} 户：新增 {run.added} 条，改变 {run.changed} 条，消失 {run.gone} 条，"
            f"共 {run.found} 条。",
            f"{run.households} households screened: {run.added} findings new, {run.changed} changed, "
            f"{run.gone} gone, {run.found} in all.",
        ),
        reverse("screening"),
    )
