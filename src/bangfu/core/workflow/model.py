"""A procedure (程序) as the policy states it: steps, what each records, and lists of conditions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bangfu.core.language import Text

if TYPE_CHECKING:  # the policy's reader imports this module
    from bangfu.core.policy.documents import Spot
    from bangfu.core.policy.model import Period, Status

# What a step leads to when it is the last, and when it does not pass.
DONE = "done"
REJECTED = "rejected"


class Duty(StrEnum):
    """Whose part a step is in a round: nobody has two of the first three."""

    ENTER = "enter"
    CHECK = "check"
    DECIDE = "decide"
    FOLLOW = "follow"  # what is carried out once the decision stands


class Decides(StrEnum):
    """What lets a step pass: its record alone, a vote, or the judgement of who acts."""

    RECORD = "record"
    VOTES = "votes"
    PERSON = "person"


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # whole fen
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    SIGNATURE = "signature"  # who signed on paper
    PHOTO = "photo"  # kept as an attachment


class Subject(StrEnum):
    """What a case of the procedure is about."""

    HOUSEHOLD = "household"
    VILLAGE = "village"
    COUNTY = "county"
    PROJECT = "project"


# What the books do when a step passes (books.cases.effects carries each out).
EFFECTS = (
    "register",
    "monitor",
    "agree_measures",
    "remove_risk",
    "exit_household",
    "exit_village",
    "exit_county",
    "admit_project",
    "accept_project",
)
# What must stand before a case may be opened (books.cases knows how to look).
GIVENS = ("quota",)
# Evidence that is computed from the books, never typed (books.cases.evidence).
EVIDENCE = (
    "income_over_line",
    "income_over_standard",
    "income_not_under_standard",
    "housing_safe",
    "medical_insured",
    "education_guaranteed",
    "water_safe",
    "electricity",
    "paved_access",
    "income_source",
    "guarantees_met",
    "risks_answered",
    "no_new_risk",
    "months_since_recognition",
    "not_identified_this_year",
    "has_measure",
    "village_housing",
    "village_medical",
    "village_education",
    "village_road",
    "village_water",
    "village_electricity",
    "village_collective_income",
    "village_incidence",
    "village_public_service",
    "county_incidence",
    "county_wrong_exit",
    "county_missed",
    "county_recognition",
    "project_target",
    "project_fields",
    "project_no_twin",
    "project_unit_reached",
    "project_built",
    "project_documents",
    "project_tendered",
    "project_within_contract",
    "project_labour_share",
    "project_no_open_defect",
    "project_seen",
    "project_drawn",
)
VOTES = ("attendance", "votes_for", "votes_against", "votes_abstained")


@dataclass(frozen=True, slots=True)
class Role:
    """A role that steps may name, and the level of place it is held at (core.places.Level)."""

    id: str
    level: int
    text: Text
    spot: Spot


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step records.

    `most` is the key of a policy value: so many choices at most. With `needed_if` the field is
    compulsory when the field of that name holds `needed_value`; with `only_then` it is filled in at no
    other time. `part_of` names the field whose number is the whole: above zero, and no less than the
    part. `another` is somebody's name who is not the one that records the step.
    """

    id: str
    kind: Kind
    text: Text
    required: bool
    choices: tuple[str, ...]
    most: str
    needed_if: str
    needed_value: str
    only_then: bool
    part_of: str
    group: str
    another: bool
    spot: Spot


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `next` is a step's id or `DONE`; `returns_to` the earlier steps it may send back to.

    `due`, `notice`, `gap` and `majority` are keys of policy values: the time limit counted from
    `due_from` ("opened", "before" for the end of the step before, or a step's id), the least days of
    the notice that the step puts up at `notice_level`, the least days since the step of the level
    below, the share of those present that must be exceeded. `other_than` are steps whose persons may
    not act here. `criteria` names the list of conditions shown, all of which must hold to pass.
    """

    id: str
    text: Text
    roles: tuple[str, ...]
    level: int
    duty: Duty
    decides: Decides
    next: str
    returns_to: tuple[str, ...]
    other_than: tuple[str, ...]
    due: str
    due_from: str
    notice: str
    notice_level: int
    gap: str
    majority: str
    criteria: str
    effect: str
    recompute: bool
    fields: tuple[Field, ...]
    spot: Spot

    def field(self, name: str) -> Field | None:
        """The field of that id."""
        return next((field for field in self.fields if field.id == name), None)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure for a place and a period. The first step is what opening a case records.

    `given` must stand before a case is opened; `notice_kind` is a code of core.notices.KINDS.
    """

    id: str
    kind: str
    subject: Subject
    text: Text
    place: str
    period: Period
    given: str
    notice_kind: str
    steps: tuple[Step, ...]
    source: str
    status: Status
    spot: Spot

    def step(self, name: str) -> Step:
        """The step of that id. Raises KeyError when there is none."""
        for step in self.steps:
            if step.id == name:
                return step
        raise KeyError(name)

    def before(self, name: str) -> tuple[Step, ...]:
        """The steps that stand before one, in order."""
        ids = [step.id for step in self.steps]
        return self.steps[: ids.index(name)]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition. `evidence` names what the books compute; without it people answer and say why.

    `limit` is the key of the policy value that the evidence is held against. One that only `warns`
    does not hinder a step from passing.
    """

    id: str
    text: Text
    evidence: str
    limit: str
    warns: bool
    spot: Spot


@dataclass(frozen=True, slots=True)
class Criteria:
    """A list of conditions for a purpose, a place and a period."""

    id: str
    purpose: str
    text: Text
    place: str
    period: Period
    items: tuple[Criterion, ...]
    source: str
    status: Status
    spot: Spot
