"""While a project is built: reports with photos, what villagers gave, defects and their repair."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.projects.actions.common import (
    CHINA,
    FINDERS,
    REPORTERS,
    SAY_WHAT,
    in_bank,
    keep_file,
    may,
    refuse,
    write,
)
from bangfu.books.projects.models import (
    Contribution,
    Defect,
    Progress,
    ProgressPhoto,
    Project,
    Stage,
)
from bangfu.books.projects.queries.bank import NO_SUCH_PROJECT
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects import photos
from bangfu.files.uploads import Upload


@transaction.atomic
def report_progress(
    *,
    by: Actor,
    project: Project,
    percent: int,
    said: str,
    photographs: Sequence[Upload],
    policy: Policy,
    today: date,
    now: datetime,
    correcting: bool = False,
) -> Progress:
    """Report from the site how much is done. What photos do not tell, or what does not fit, is kept
    beside them; a report without a photo that is new is refused, as is one that goes back unless it says that
    it is `correcting` the last."""
    held = in_bank(project)
    may(by, REPORTERS, held)
    if held.stage != Stage.BUILDING:
        raise ConflictError(
            Text("只有施工中的项目报进度。", "Progress is reported while a project is being built.")
        )
    last = held.progress.order_by("-pk").first()
    problems = []
    if not 0 <= percent <= 100:
        problems.append(Problem("percent", Text("进度在 0 到 100 之间。", "From 0 to 100.")))
    elif last is not None and percent < last.percent and not correcting:
        problems.append(
            Problem(
                "percent",
                Text(
                    f"上次已报 {last.percent}%，进度不能倒退；上次报错了，请勾选“更正上次的进度”。",
                    f"{last.percent} % was reported before, and progress does not go back. If that was "
                    "wrong, tick that you correct it.",
                ),
            )
        )
    if not said.strip():
        problems.append(Problem("said", Text("请写一句现场情况。", "Say how the site stands.")))
    fresh = {each.digest: each for each in photographs}
    before = _reported(fresh)
    if not photographs:
        problems.append(
            Problem("photos", Text("至少一张现场照片。", "At least one photo of the site."))
        )
    elif before == fresh.keys():
        problems.append(
            Problem(
                "photos",
                Text(
                    "这些照片以前都报过，请拍一张现在的。",
                    "All of these photos were reported before; take one of today.",
                ),
            )
        )
    refuse(problems)
    report = Progress.objects.create(
        project=held,
        place_code=held.place_code,
        reported_on=today,
        percent=percent,
        said=said.strip(),
        actor=by.username,
        at=now,
    )
    place: Mapping[str, Any] = {"place": held.place_code, "on": today}
    metres = policy.value("projects.photo_metres", **place).value
    days = policy.value("projects.photo_days", **place).value
    site = None
    if held.latitude is not None and held.longitude is not None:
        site = (held.latitude, held.longitude)
    for upload in fresh.values():
        told = photos.judge(
            position=upload.position,
            taken_on=upload.taken_at.astimezone(CHINA).date() if upload.taken_at else None,
            site=site,
            reported_on=today,
            metres=metres,
            days=days,
            reported=upload.digest in before,
        )
        ProgressPhoto.objects.create(
            progress=report,
            place_code=held.place_code,
            attachment=keep_file(by, held, upload, now),
            distance_m=told.distance_m,
            doubts=[doubt.value for doubt in told.doubts],
        )
    write(by, held, "projects.progress", {"percent": percent})
    return report


def _reported(digests: Collection[str]) -> set[str]:
    """Which of these photos stand in a report already, of whatever project that is seen from here."""
    known = ProgressPhoto.objects.filter(attachment__digest__in=list(digests))
    return set(known.values_list("attachment__digest", flat=True))


@transaction.atomic
def contribute(
    *,
    by: Actor,
    project: Project,
    kind: Contribution.Kind,
    given_on: date,
    households: int,
    quantity: Decimal,
    unit: str,
    fen: int,
    note: str = "",
) -> Contribution:
    """Record what villagers gave themselves (投工投劳): beside the ledger, in yuan as the village reckons."""
    held = in_bank(project)
    may(by, REPORTERS, held)
    problems = [
        Problem(name, Text("必须大于零。", "Must be above zero."))
        for name, value in (("households", households), ("quantity", quantity))
        if value <= 0
    ]
    if fen < 0:
        problems.append(Problem("fen", Text("不能是负数。", "Cannot be below zero.")))
    refuse(problems)
    made = Contribution.objects.create(
        project=held,
        place_code=held.place_code,
        kind=kind,
        given_on=given_on,
        households=households,
        quantity=quantity,
        unit=unit,
        fen=fen,
        note=note,
        actor=by.username,
    )
    write(by, held, "projects.contribute", {"kind": kind, "fen": fen})
    return made


@transaction.atomic
def note_defect(*, by: Actor, project: Project, what: str, policy: Policy, today: date) -> Defect:
    """Note something wrong with what was built, to be repaired in the policy's time."""
    held = in_bank(project)
    may(by, FINDERS, held)
    if held.stage not in (Stage.BUILDING, Stage.BUILT, Stage.ACCEPTED, Stage.HANDED_OVER):
        raise ConflictError(Text("项目还没有开工。", "The project has not begun."))
    if not what.strip():
        raise InputError(SAY_WHAT, [Problem("what", SAY_WHAT)])
    days = policy.value("projects.repair_days", place=held.place_code, on=today).value
    defect = Defect.objects.create(
        project=held,
        place_code=held.place_code,
        found_on=today,
        found_by=by.username,
        what=what.strip(),
        due_on=today + timedelta(days=days),
    )
    write(by, held, "projects.defect", {"what": what.strip()})
    return defect


@transaction.atomic
def repair_defect(*, by: Actor, defect_id: int, repair: str, today: date) -> Defect:
    """Record that a defect is repaired; somebody else than who found it need not see it, but is named."""
    defect = Defect.objects.select_for_update(of=("self",)).filter(pk=defect_id).first()
    if defect is None:
        raise NotFoundError(NO_SUCH_PROJECT)
    may(by, FINDERS, defect.project)
    if defect.repaired_on is not None:
        raise ConflictError(Text("已经修复了。", "It is repaired already."))
    if not repair.strip():
        raise InputError(SAY_WHAT, [Problem("repair", SAY_WHAT)])
    defect.repaired_on, defect.repaired_by, defect.repair = today, by.username, repair.strip()
    defect.save()
    write(by, defect.project, "projects.repair", {"repair": repair.strip()})
    return defect
