"""The one engine that runs every procedure: what is missing, what stops a step, what decides, when due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.workdays import WorkCalendar, add_months
from bangfu.core.workflow.model import (
    DONE,
    REJECTED,
    VOTES,
    Decides,
    Duty,
    Field,
    Kind,
    Procedure,
    Step,
)

Answer = str | int | bool | date | tuple[str, ...]
Answers = Mapping[str, Answer]
_TYPES: dict[Kind, type] = {
    Kind.TEXT: str,
    Kind.SIGNATURE: str,
    Kind.CHOICE: str,
    Kind.NUMBER: int,
    Kind.MONEY: int,
    Kind.DAY: date,
    Kind.YES_NO: bool,
    Kind.CHOICES: tuple,
}
REQUIRED = Text("这一项必须填写。", "This must be filled in.")


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: so many "days", "working days" or "months"."""

    number: int
    unit: str

    def after(self, start: date, calendar: WorkCalendar) -> date:
        """The last day in time, counted from the day after `start`."""
        if self.unit == "months":
            return add_months(start, self.number)
        if self.unit == "working days":
            return calendar.add(start, self.number)
        return start + timedelta(days=self.number)


@dataclass(frozen=True, slots=True)
class Act:
    """One step that was carried out in the round: by whom (a person, whatever the account), when."""

    step: str
    person: str
    on: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a step passes, and why."""

    passes: bool
    reason: Text


def due_on(
    step: Step,
    limit: Limit | None,
    *,
    opened: date,
    began: date,
    done: Mapping[str, date],
    calendar: WorkCalendar,
) -> date | None:
    """When a step is due; None without a time limit.

    `began` is the day the step could begin: the one before was done and its notice over. `done` says
    when each earlier step was done.
    """
    if limit is None:
        return None
    start = {"opened": opened, "before": began}.get(step.due_from) or done.get(step.due_from)
    return limit.after(start or began, calendar)


def check_answers(step: Step, answers: Answers, most: Mapping[str, int]) -> list[Problem]:
    """What is missing or wrong in what a step records.

    `answers` has the typed value of each field that was filled in; an attachment's is how many there
    are. `most` gives the number behind each field's `most`.
    """
    problems = [
        Problem(name, Text("这一步没有这一项。", "This step has no such field."), rule="field")
        for name in answers
        if step.field(name) is None
    ]
    for field in step.fields:
        problems += _field(field, answers, most)
    problems += _parts(step, answers)
    if step.decides is Decides.VOTES and not problems:
        problems += _votes(answers)
    return problems


def own_name(step: Step, answers: Answers, names: Iterable[str]) -> list[Problem]:
    """What names the one who records it where another is asked for; `names` are those of all the own
    accounts."""
    mine = {_plain(name) for name in names}
    return [
        Problem(
            field.id,
            Text(
                f"“{field.text.zh}”须是另一人，不能是登记人本人（同一人的另一账号也不行）。",
                f'"{field.text.en}" is somebody else than who records it, under no other account either.',
            ),
            rule="another",
        )
        for field in step.fields
        if field.another and _plain(str(answers.get(field.id, ""))) in mine
    ]


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _field(field: Field, answers: Answers, most: Mapping[str, int]) -> list[Problem]:
    answer = answers.get(field.id)
    if answer is None or answer in ("", ()):
        return [Problem(field.id, REQUIRED, rule="required")] if needed(field, answers) else []
    if field.only_then and not _called_for(field, answers):
        text = Text(
            f"只有选了“{field.needed_value}”才填这一项，现在没有选。请清空这一项，或补选。",
            f'This is filled in only with "{field.needed_value}", which is not chosen. Clear it, or choose that.',
        )
        return [Problem(field.id, text, rule="only_then")]
    if field.kind is Kind.PHOTO:
        return []
    expected = _TYPES[field.kind]
    if not isinstance(answer, expected) or (isinstance(answer, bool) and expected is not bool):
        return [Problem(field.id, Text("这一项的形式不对。", "This has the wrong form."))]
    if field.kind in (Kind.NUMBER, Kind.MONEY) and isinstance(answer, int) and answer < 0:
        return [Problem(field.id, Text("不能是负数。", "This cannot be below zero."))]
    if field.choices:
        chosen = answer if isinstance(answer, tuple) else (answer,)
        return _chosen(field, chosen, most)
    return []


def _chosen(field: Field, chosen: Sequence[object], most: Mapping[str, int]) -> list[Problem]:
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(field.choices):
        listed = "、".join(field.choices)
        return [Problem(field.id, Text(f"只能选：{listed}。", f"Choose from: {listed}."))]
    limit = most.get(field.most)
    if limit is not None and len(chosen) > limit:
        text = Text(
            f"最多选 {limit} 项，现在选了 {len(chosen)} 项。",
            f"At most {limit} may be chosen; {len(chosen)} are.",
        )
        return [Problem(field.id, text)]
    return []


def needed(field: Field, answers: Answers) -> bool:
    """Whether a field must be filled in, given the others."""
    return field.required or (bool(field.needed_if) and _called_for(field, answers))


def _called_for(field: Field, answers: Answers) -> bool:
    """Whether the field that this one hangs on holds the value that calls for it."""
    other = answers.get(field.needed_if)
    return field.needed_value in (other if isinstance(other, tuple) else (other,))


def _parts(step: Step, answers: Answers) -> list[Problem]:
    """Wholes that are nothing, and parts larger than their whole, where both are filled in."""
    numbers = {name: each for name, each in answers.items() if isinstance(each, int)}
    wholes = {field.part_of for field in step.fields}
    problems = [
        Problem(
            field.id,
            Text("要大于 0：没有基数，算不出比例。", "This is above 0: a share needs a base."),
            rule="part_of",
        )
        for field in step.fields
        if field.id in wholes and numbers.get(field.id) == 0
    ]
    for field in step.fields:
        whole = step.field(field.part_of)
        part, all_of = numbers.get(field.id), numbers.get(field.part_of)
        if whole and part is not None and all_of and part > all_of:
            text = Text(
                f"{part} 超过“{whole.text.zh}”的 {all_of}。请核对两个数。",
                f'{part} is more than the {all_of} of "{whole.text.en}". Check both.',
            )
            problems.append(Problem(field.id, text, rule="part_of"))
    return problems


def _votes(answers: Answers) -> list[Problem]:
    present, *votes = (int(answers[name]) for name in VOTES)  # type: ignore[arg-type]
    if sum(votes) == present and present:
        return []
    text = Text(
        f"赞成、反对、弃权合计 {sum(votes)}，应等于到会 {present} 人，且至少 1 人。",
        f"For, against and abstained make {sum(votes)}; they must equal the {present} present, "
        "at least one.",
    )
    return [Problem(VOTES[0], text, rule="votes")]


def verdict(
    step: Step, answers: Answers, *, passes: bool, reason: str, majority: Fraction | None
) -> Verdict:
    """What decides, decided. `passes` and `reason` are the judgement of who acts, where that counts."""
    if step.decides is Decides.VOTES:
        assert majority is not None  # the policy's reader asks for it
        present, votes_for = int(answers[VOTES[0]]), int(answers[VOTES[1]])  # type: ignore[arg-type]
        passed = votes_for > majority * present
        return Verdict(
            passed,
            Text(
                f"到会 {present} 人，赞成 {votes_for} 人，{'超过' if passed else '没有超过'} {share(majority)}",
                f"{votes_for} of {present} present voted for, {'more' if passed else 'not more'} "
                f"than {share(majority)}",
            ),
        )
    if step.decides is Decides.RECORD:
        return Verdict(True, Text(reason, reason))
    return Verdict(passes, Text(reason, reason))


def share(fraction: Fraction) -> str:
    """A share as a fraction that can be read out: 1/2."""
    return f"{fraction.numerator}/{fraction.denominator}"


def following(step: Step, *, passes: bool) -> str:
    """Where a case goes: the next step, DONE, or REJECTED."""
    return step.next if passes else REJECTED


def may_return_to(procedure: Procedure, step: Step) -> tuple[Step, ...]:
    """The earlier steps that a step may send a case back to."""
    return tuple(procedure.step(name) for name in step.returns_to)


def same_person(
    procedure: Procedure, step: Step, acts: Sequence[Act], persons: Sequence[str]
) -> Text | None:
    """Why this person (known by account and token) may not act here for what he did in the round.

    Who entered does not check or decide, who checked does not decide, and a second look is another
    person's.
    """
    for act in acts:
        if act.person not in persons or act.step == step.id:
            continue
        theirs = procedure.step(act.step)
        apart = act.step in step.other_than or (
            theirs.duty is not step.duty and Duty.FOLLOW not in (theirs.duty, step.duty)
        )
        if apart:
            return Text(
                f"本轮“{theirs.text.zh}”由您办理，“{step.text.zh}”须由另一人办理。",
                f'You carried out "{theirs.text.en}" in this round; "{step.text.en}" is for '
                "somebody else.",
            )
    return None


def too_soon(step: Step, gap: int, before: date | None, today: date) -> Text | None:
    """Why a level must wait: so many days since the level below signed."""
    if before is None or not gap or (today - before).days >= gap:
        return None
    first = before + timedelta(days=gap)
    return Text(
        f"上下级签字至少间隔 {gap} 天：下级 {before} 签字，{first} 起才能办理“{step.text.zh}”。",
        f"At least {gap} days lie between the levels: the level below signed on {before}, so "
        f'"{step.text.en}" is possible from {first}.',
    )


def level_below(procedure: Procedure, step: Step, done: Mapping[str, date]) -> date | None:
    """When the last step of a lower level was done."""
    days = [
        done[other.id]
        for other in procedure.before(step.id)
        if other.level > step.level and other.id in done
    ]
    return max(days, default=None)


def ended(target: str) -> bool:
    """Whether a case that goes there is over."""
    return target in (DONE, REJECTED)
