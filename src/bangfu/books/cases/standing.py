"""What an act on cases starts from: what is brought, by whom and when, and the records that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import rules
from bangfu.books.cases.models import (
    Case,
    Condition,
    StepRecord,
)
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workdays import WorkCalendar
from bangfu.core.workflow import engine
from bangfu.core.workflow.engine import Answers
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import Procedure, Step
from bangfu.files.uploads import Upload


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody brings to a step: answers, conditions answered by hand (holds, why), photos by
    field, and a judgement. `confirmed`: that the case ends is meant, where the votes end it."""

    answers: Answers = field(default_factory=dict)
    judged: Mapping[str, tuple[bool, str]] = field(default_factory=dict)
    photos: Mapping[str, Sequence[Upload]] = field(default_factory=dict)
    passes: bool = True
    reason: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """By whom, by which rules, when."""

    by: Actor
    policy: Policy
    calendar: WorkCalendar
    today: date
    now: datetime


def circumstances(by: Actor, policy: Policy, today: date, now: datetime) -> Circumstances:
    """The circumstances of an act."""
    return Circumstances(by, policy, rules.calendar(policy), today, now)


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that stand at one step of one procedure, with the records that still stand behind them."""

    procedure: Procedure
    step: Step
    cases: list[Case]
    standing: Mapping[int, Sequence[StepRecord]]

    def done(self, case: Case) -> dict[str, date]:
        """When each earlier step was done."""
        return {record.step: record.on for record in self.standing[case.pk]}


def groups(cases: Sequence[Case], policy: Policy) -> list[Group]:
    """The cases by procedure and step."""

    def key(case: Case) -> tuple[str, str]:
        return case.procedure, case.step

    standing = standing_records(cases, policy)
    return [
        Group(
            procedure := policy.procedures.by_id[name], procedure.step(step), list(some), standing
        )
        for (name, step), some in groupby(sorted(cases, key=key), key)
    ]


def own_part(group: Group, case: Case, at: Circumstances) -> Text | None:
    """Why who acts has another part in the round of a case, under whatever account, than this step."""
    acts = [
        engine.Act(record.step, person, record.on)
        for record in group.standing[case.pk]
        for person in (record.actor, record.person_token)
        if person
    ]
    persons = [at.by.username, *([at.by.person_token] if at.by.person_token else [])]
    return engine.same_person(group.procedure, group.step, acts, persons)


def standing_records(cases: Sequence[Case], policy: Policy) -> dict[int, list[StepRecord]]:
    """By case, the newest record of each step before the one it stands at, in the order of steps."""
    newest: dict[int, dict[str, StepRecord]] = {case.pk: {} for case in cases}
    for record in StepRecord.objects.filter(case_id__in=list(newest)).order_by("pk"):
        newest[record.case_id][record.step] = record
    found = {}
    for case in cases:
        procedure = policy.procedures.by_id[case.procedure]
        before = procedure.before(case.step) if case.step else procedure.steps
        mine = newest[case.pk]
        found[case.pk] = [mine[step.id] for step in before if step.id in mine]
    return found


def answered_by_hand(
    standing: Mapping[int, Sequence[StepRecord]],
) -> dict[int, dict[str, Evidence]]:
    """By case, the newest answer by hand to each condition in the records that stand."""
    owner = {record.pk: case for case, records in standing.items() for record in records}
    found: dict[int, dict[str, Evidence]] = {case: {} for case in standing}
    rows = Condition.objects.filter(record_id__in=list(owner), computed=False).order_by("record_id")
    for row in rows:
        found[owner[row.record_id]][row.criterion] = Evidence(
            row.met, Text(row.evidence_zh, row.evidence_en)
        )
    return found
