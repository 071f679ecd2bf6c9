"""The limits of a project: what the policy says for its place on a day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bangfu.books.projects.models import Mode, Project, Stage
from bangfu.core.policy.resolve import Policy
from bangfu.core.projects import likeness
from bangfu.core.projects.paying import Shares

ORDER = (
    Stage.PLAN,
    Stage.DESIGN,
    Stage.TENDER,
    Stage.BUILDING,
    Stage.BUILT,
    Stage.ACCEPTED,
    Stage.HANDED_OVER,
)
# From the tender to the acceptance: a price is agreed and may change.
PRICED = (Stage.TENDER, Stage.BUILDING, Stage.BUILT)
# Acceptance is a procedure of its own (cases); the others are recorded one by one.
RECORDED = tuple(stage for stage in ORDER if stage is not Stage.ACCEPTED)


def documents_asked(policy: Policy, stage: Stage, *, place: str, on: date) -> tuple[str, ...]:
    """The kinds of papers that a stage asks for."""
    return tuple(policy.value(f"projects.documents_{stage.value}", place=place, on=on).value)


def documents_of(policy: Policy, project: Project, stage: Stage, *, on: date) -> tuple[str, ...]:
    """The kinds of papers that a stage of a project asks for, with the wage list of work-for-relief."""
    asked = documents_asked(policy, stage, place=project.place_code, on=on)
    if stage is Stage.BUILT and project.mode == Mode.RELIEF:
        at = {"place": project.place_code, "on": on}
        asked += tuple(policy.value("projects.documents_labour", **at).value)
    return asked


def roles(policy: Policy, stage: Stage, *, place: str, on: date) -> tuple[str, ...]:
    """The roles that record a stage."""
    return tuple(policy.value(f"projects.roles_{stage.value}", place=place, on=on).value)


def next_stage(project: Project) -> Stage | None:
    """The stage that comes next; None at the end."""
    reached = Stage(project.stage)
    if reached is Stage.WAITING:
        return ORDER[0]
    at = ORDER.index(reached)
    return ORDER[at + 1] if at + 1 < len(ORDER) else None


def shares(policy: Policy, project: Project, *, on: date) -> Shares:
    """The shares by which a project is paid; its own retention."""
    place = project.place_code
    start, progress, *_ = policy.value("projects.payment_steps", place=place, on=on).value
    return Shares(
        Fraction(start["share"]),
        Fraction(progress["share"]),
        Fraction(project.retention_share),
        policy.value("projects.retention_months", place=place, on=on).value,
    )


def likeness_rules(policy: Policy, *, place: str, on: date) -> likeness.Rules:
    """From when on projects resemble one another."""
    return likeness.Rules(
        *(
            Fraction(policy.value(f"projects.likeness_{name}", place=place, on=on).value)
            for name in ("same", "alike", "amount")
        )
    )
