"""A case as its page shows it: every step with its state, the evidence, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import boards, rules
from bangfu.books.cases.evidence import answers_of, conditions, screened, seen_in
from bangfu.books.cases.models import Case, State, StepRecord
from bangfu.books.cases.placing import due_of
from bangfu.books.cases.standing import (
    Circumstances,
    answered_by_hand,
    groups,
    own_part,
    standing_records,
)
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow import engine
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import Criterion, Decides, Procedure, Step, Subject

STATE_WORDS = {
    State.OPEN: Text("办理中", "open"),
    State.DONE: Text("办结", "done"),
    State.REJECTED: Text("未通过", "did not pass"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
    State.MERGED: Text("已合并", "merged"),
}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step on the page: `state` is done, now or ahead; `hinders` says what keeps it waiting,
    `reason` why it ended as it did."""

    step: Step
    state: str
    roles: tuple[Text, ...]
    record: StepRecord | None
    due_on: date | None
    hinders: tuple[Text, ...] = ()
    reason: Text | None = None


def steps(case: Case, at: Circumstances) -> list[StepLine]:
    """Every step of a case, in order."""
    procedure = rules.procedure_of(at.policy, case)
    records = {record.step: record for record in standing_records([case], at.policy)[case.pk]}
    lines = []
    for step in procedure.steps:
        record = records.get(step.id)
        now = step.id == case.step
        lines.append(
            StepLine(
                step,
                "now" if now else ("done" if record else "ahead"),
                tuple(at.policy.procedures.role[role].text for role in step.roles),
                record,
                case.due_on if now else _ahead(procedure, step, case, record, at),
                hinders(case, step, procedure, records, at) if now else (),
                _reason(case, step, record, at.policy) if record and record.reason else None,
            )
        )
    return lines


def _reason(case: Case, step: Step, record: StepRecord, policy: Policy) -> Text:
    """Why a step ended as it did: a count of votes in both languages, else what a person wrote."""
    if step.decides is Decides.VOTES:
        answers = answers_of([case], engine.VOTES)[case.pk]
        share = rules.majority(policy, step, place=case.place_code, on=case.opened_on)
        told = engine.verdict(step, answers, passes=record.passes, reason="", majority=share).reason
        if told.zh == record.reason:
            return told
    return Text(record.reason, record.reason)


def ended_because(case: Case, policy: Policy) -> Text:
    """Why a case ended: as the step that ended it tells it, else what a person wrote."""
    record = case.records.order_by("-pk").first()
    if record is None or not record.reason or record.reason != case.end_reason:
        return Text(case.end_reason, case.end_reason)
    return _reason(case, rules.procedure_of(policy, case).step(record.step), record, policy)


def _ahead(
    procedure: Procedure, step: Step, case: Case, record: StepRecord | None, at: Circumstances
) -> date | None:
    """The due date of a step that is not reached: only one counted from the opening is known."""
    if record is not None or step.due_from != "opened" or case.state != State.OPEN:
        return None
    return due_of(procedure, step.id, case, began=case.opened_on, done={}, at=at)


def hinders(
    case: Case,
    step: Step,
    procedure: Procedure,
    records: Mapping[str, StepRecord],
    at: Circumstances,
) -> tuple[Text, ...]:
    """What keeps the current step waiting, whoever acts."""
    gap = rules.number(at.policy, step.gap, place=case.place_code, on=case.opened_on)
    done = {name: record.on for name, record in records.items()}
    below = engine.level_below(procedure, step, done)
    found = (_notice(case, at.today), engine.too_soon(step, gap, below, at.today))
    return tuple(text for text in found if text is not None)


def _notice(case: Case, today: date) -> Text | None:
    last = case.notice_closes_on
    if last is None or boards.in_reach(case.notice):
        return boards.refusals([case], today)[case.pk]
    # It hangs at a level above: what is known of it is its last day, on the case itself.
    return boards.runs_until(last) if today <= last else None


def barred(case: Case, at: Circumstances) -> Text | None:
    """Why who looks may not take the current step for what he did himself in the round."""
    [group] = groups([case], at.policy)
    return own_part(group, case, at)


def may_act(case: Case, step: Step, actor: Actor) -> bool:
    """Whether an actor holds the role of a step at the case's place."""
    return actor.holds(*step.roles, at=case.place_code)


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One condition with its evidence; None while people have not answered it."""

    item: Criterion
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands behind the current step: the sentences of the screening, the conditions."""

    reasons: Sequence[Text] = ()
    income: Text | None = None
    listed: Text | None = None
    conditions: Sequence[ConditionLine] = ()


def findings(case: Case, policy: Policy, today: date) -> Findings:
    """The evidence of an open case, reckoned from the books and what was seen."""
    step = rules.current_step(policy, case)
    if step is None:
        return Findings()
    procedure = rules.procedure_of(policy, case)
    answers = answers_of([case])
    reasons: list[Text] = []
    income = None
    if procedure.subject is Subject.HOUSEHOLD and case.household_id:
        seen = {case.household_id: seen_in(answers[case.pk])}
        row, found = screened(seen, policy=policy, place=case.place_code, on=today)[
            case.household_id
        ]
        reasons = [text for code, text in found.items() if not code.startswith("reference")]
        income = _income(row)
    listed = rules.conditions(policy, step, place=case.place_code, on=case.opened_on)
    if listed is None:
        return Findings(reasons, income)
    computed = conditions(
        [case], listed, subject=procedure.subject, answers=answers, policy=policy, today=today
    )[case.pk]
    by_hand = answered_by_hand(standing_records([case], policy))[case.pk]
    lines = [
        ConditionLine(item, computed.get(item.id) or by_hand.get(item.id)) for item in listed.items
    ]
    return Findings(reasons, income, listed.text, lines)


def _income(row: Mapping[str, object]) -> Text | None:
    net, members, line = row["net_income"], row["members"], row["line"]
    if not isinstance(net, int) or not isinstance(members, int) or not members:
        return None
    assert isinstance(line, int)
    per_head = net // members
    return Text(
        f"按现有数据和入户所见：家庭纯收入 {net / 100:,.2f} 元，{members} 人，"
        f"人均 {per_head / 100:,.2f} 元（监测线 {line / 100:,.2f} 元）",
        f"Net income {net / 100:,.2f} yuan, {members} members, {per_head / 100:,.2f} yuan per head "
        f"(line {line / 100:,.2f} yuan)",
    )
