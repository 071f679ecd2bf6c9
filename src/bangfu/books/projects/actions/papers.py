"""The papers of a project: kept with their stage, or handed in later where one was asked for since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.projects import limits, queries
from bangfu.books.projects.actions.common import in_bank, keep_file, may, refuse, write
from bangfu.books.projects.models import Project, Stage, StagePaper
from bangfu.core.errors import ConflictError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.files.uploads import Upload

NOTHING_MISSING = Text("资料已齐，没有要补的。", "All papers are there; none is missing.")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that comes with a stage: its kind, and the file."""

    kind: str
    upload: Upload


@transaction.atomic
def hand_in(
    *,
    by: Actor,
    project: Project,
    papers: Iterable[Paper],
    policy: Policy,
    today: date,
    now: datetime,
) -> None:
    """Hand in papers that stages already recorded ask for and that are not there.

    A policy may have asked for them since, and claims wait for them. ConflictError when nothing is missing,
    ForbiddenError without a role of the stage, InputError without a paper or with one nobody asks for.
    """
    held = in_bank(project)
    missing = {
        kind: stage for stage, kind in queries.missing_documents(held, policy=policy, on=today)
    }
    if not missing:
        raise ConflictError(NOTHING_MISSING)
    given = list(papers)
    refuse(_missing(given, missing))
    for stage in {missing[paper.kind] for paper in given}:
        may(by, limits.roles(policy, stage, place=held.place_code, on=today), held)
    for paper in given:
        keep_paper(by, held, missing[paper.kind], paper, done_on=today, now=now)
    write(by, held, "projects.hand_in", {"papers": [paper.kind for paper in given]})


def _missing(given: list[Paper], missing: dict[str, Stage]) -> list[Problem]:
    if not given:
        return [Problem("papers", Text("请至少选一份资料。", "Choose one paper at least."))]
    return [
        Problem("papers", Text(f"没有要补“{kind}”。", f"Nobody misses {kind}."), kind, "documents")
        for kind in (paper.kind for paper in given)
        if kind not in missing
    ]


def keep_paper(
    by: Actor, project: Project, stage: Stage, paper: Paper, *, done_on: date, now: datetime
) -> None:
    """Keep a paper with its stage."""
    StagePaper.objects.create(
        project=project,
        place_code=project.place_code,
        stage=stage,
        kind=paper.kind,
        attachment=keep_file(by, project, paper.upload, now),
        given_on=done_on,
        actor=by.username,
    )
