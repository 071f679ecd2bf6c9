"""Delivery: what is accepted, what may be paid, which papers are there, what earlier targets came to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from django.db.models import QuerySet

from bangfu.books.projects import limits
from bangfu.books.projects.models import Defect, Project, Stage, StagePaper, TargetResult
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects import paying
from bangfu.core.projects.targets import Target


def accepted_cost_fen(project: Project) -> int | None:
    """What acceptance found the project to have cost; None before it."""
    return project.accepted_fen


def payable_fen(project: Project, on: date, *, policy: Policy) -> int:
    """The most that may have been paid of a project by a day, all claims together, in whole fen."""
    return what_is_payable(project, on, policy=policy).fen


def what_is_payable(project: Project, on: date, *, policy: Policy) -> paying.Payable:
    """As `payable_fen`, with the sentence that says why."""
    return paying.payable(standing(project, on), limits.shares(policy, project, on=on), on)


def standing(project: Project, on: date) -> paying.Standing:
    """How a project stands on a day, as payment asks."""
    last = project.progress.filter(reported_on__lte=on).order_by("-reported_on", "-pk").first()
    built = project.built_on is not None and project.built_on <= on
    return paying.Standing(
        project.cost_fen,
        project.contract_fen,
        None if project.subsidy_share is None else Fraction(project.subsidy_share),
        project.started_on,
        100 if built else last.percent if last else 0,
        project.accepted_on,
        project.accepted_fen,
        Defect.objects.filter(project=project, found_on__lte=on, repaired_on__isnull=True).count(),
    )


def documents(project: Project) -> QuerySet[StagePaper]:
    """The papers of a project, each with its file, in the order they were given."""
    return StagePaper.objects.filter(project=project).select_related("attachment").order_by("pk")


def missing_documents(
    project: Project, *, policy: Policy, on: date, until: Stage | None = None
) -> list[tuple[Stage, str]]:
    """The papers that the stages asked for and that are not there, up to the stage reached or `until`."""
    reached = until or Stage(project.stage)
    if reached is Stage.WAITING:
        return []
    given = set(documents(project).values_list("kind", flat=True))
    asked = limits.ORDER[: limits.ORDER.index(reached) + 1]
    return [
        (stage, kind)
        for stage in asked
        if stage in limits.RECORDED
        for kind in limits.documents_of(policy, project, stage, on=on)
        if kind not in given
    ]


def results_of_unit(department: str, *, place_code: str) -> tuple[int, int]:
    """How many targets of earlier projects of a unit were assessed in a county, and how many met."""
    results = TargetResult.objects.filter(
        project__department=department, project__county_code=f"{place_code[:6]}000000"
    )
    met = [Target(r.name, r.planned, r.unit, r.at_most).met(r.reached) for r in results]
    return len(met), sum(met)
