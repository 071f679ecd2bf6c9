"""How steps are carried out: the cases locked, everything that stands against it gathered, then written.

One case and five thousand go the same way: a few statements for all, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from bangfu.books.accounts.queries import display_names, own_names
from bangfu.books.cases import boards, effects, rules
from bangfu.books.cases.evidence import answers_of, conditions
from bangfu.books.cases.models import (
    Case,
    State,
)
from bangfu.books.cases.placing import Stand, due_of, end, place
from bangfu.books.cases.standing import (
    Circumstances,
    Given,
    Group,
    answered_by_hand,
    groups,
    own_part,
)
from bangfu.books.cases.subjects import KEPT
from bangfu.books.cases.writing import (
    write_answers,
    write_conditions,
    write_records,
    write_round,
)
from bangfu.books.journal import actions as journal
from bangfu.books.journal.models import Entry
from bangfu.books.places.days import day_problem
from bangfu.books.walls.bulk import prepare_for_many
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.workflow import engine
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import DONE, Criteria, Decides, Step

NOT_HERE = Text(
    "没有这个个案，或者它不在您的范围内。", "There is no such case, or it is not yours to see."
)
NEEDS_REASON = Text("不通过要说明理由。", "Say why it does not pass.")
# What somebody else did meanwhile, by the verb of the journal.
DID = {
    "cases.open": Text("开办", "opened it"),
    "cases.enter": Text("填报", "entered it"),
    "cases.check": Text("审核", "checked it"),
    "cases.decide": Text("审批", "decided it"),
    "cases.follow": Text("办理后续", "carried out what follows"),
    "cases.return": Text("退回", "returned it"),
    "cases.withdraw": Text("撤回", "withdrew it"),
    "cases.merge": Text("合并", "merged it"),
}


def lock(chosen: Mapping[int, int]) -> list[Case]:
    """The chosen cases (id → version seen), locked in the order of their ids.

    NotFoundError when one is not there; ConflictError, saying who did what when, when one has moved on.
    """
    cases = list(
        Case.objects.select_for_update(of=("self",)).filter(pk__in=list(chosen)).order_by("pk")
    )
    if len(cases) != len(chosen):
        raise NotFoundError(NOT_HERE)
    for case in cases:
        if case.version != chosen[case.pk] or case.state != State.OPEN:
            raise ConflictError(_meanwhile(case))
    return cases


def _meanwhile(case: Case) -> Text:
    """Who did what to a case since it was shown."""
    last = Entry.objects.filter(subject=rules.label(case)).order_by("-pk").first()
    if last is None or last.verb not in DID:
        return Text(
            f"个案 {case.pk} 已经变了，请刷新后再办。", f"Case {case.pk} has changed; reload it."
        )
    did = DID[last.verb]
    who = display_names([last.actor]).get(last.actor, last.actor)
    at = f"{timezone.localtime(last.at):%Y-%m-%d %H:%M}"
    return Text(
        f"个案 {case.pk} 已由{who}于 {at} {did.zh}，您的操作没有写入。请刷新后看现在的情况。",
        f"{who} {did.en} at {at} (case {case.pk}); nothing of yours was written. Reload to see "
        "how it stands.",
    )


def carry_out(cases: Sequence[Case], given: Given, at: Circumstances) -> None:
    """Carry out the step that each locked case stands at, or raise with everything that stands against
    it: ForbiddenError without the role, InputError otherwise."""
    several = len(cases) > 1
    made = groups(cases, at.policy)
    problems: list[Problem] = []
    for group in made:
        problems += _against_form(group, given, at)
        problems += _against_cases(group, at, several=several)
    _refuse(problems, several)
    if several:
        prepare_for_many()
    for group in made:
        _write(group, given, at, several=several)


def _refuse(problems: Sequence[Problem], several: bool) -> None:
    if not problems:
        return
    if several:
        text = Text(
            f"有 {len(problems)} 处不能办理，一件也没有办。",
            f"{len(problems)} things stand against it; none was carried out.",
        )
    else:
        text = Text("这一步还不能办理。", "This step cannot be carried out yet.")
    raise InputError(text, problems)


def _against_form(group: Group, given: Given, at: Circumstances) -> list[Problem]:
    """What is missing or wrong in what was filled in, which is the same for all cases of the group."""
    step, case = group.step, group.cases[0]
    counts = {name: len(photos) for name, photos in given.photos.items() if photos}
    most = rules.most(at.policy, step, place=case.place_code, on=case.opened_on)
    problems = engine.check_answers(step, {**given.answers, **counts}, most)
    if any(field.another for field in step.fields):
        problems += engine.own_name(step, given.answers, own_names(at.by))
    problems += [
        Problem(field, wrong, rule="day")
        for field, answer in given.answers.items()
        if isinstance(answer, date) and (wrong := _wrong_day(answer, group, at))
    ]
    if step.decides is Decides.PERSON and not given.passes and not given.reason.strip():
        problems.append(Problem("reason", NEEDS_REASON, rule="reason"))
    if step.decides is Decides.VOTES and not problems and not given.confirmed:
        verdict = _verdict(group, given, at)
        if not verdict.passes:
            problems.append(Problem("confirmed", _ends(verdict), rule="confirm"))
    return problems


def _wrong_day(day: date, group: Group, at: Circumstances) -> Text | None:
    """Why a step cannot bear a day. What opens a case may have happened before, the rest has not."""
    case, first = group.cases[0], group.procedure.steps[0]
    if group.step.id != first.id and day < case.opened_on:
        return Text(
            f"日期早于开办个案的 {case.opened_on}。请核对日期。",
            f"The day lies before the case was opened, on {case.opened_on}. Check it.",
        )
    return day_problem(day, place_code=case.place_code, today=at.today)


def _verdict(group: Group, given: Given, at: Circumstances) -> engine.Verdict:
    case = group.cases[0]
    share = rules.majority(at.policy, group.step, place=case.place_code, on=case.opened_on)
    return engine.verdict(
        group.step, given.answers, passes=given.passes, reason=given.reason.strip(), majority=share
    )


def _ends(verdict: engine.Verdict) -> Text:
    return Text(
        f"{verdict.reason.zh}，个案将就此结束；确认无误请勾选“票数无误”，再送一次。",
        f"{verdict.reason.en}: the case will end here. If that is right, tick that the votes are right "
        "and send it again.",
    )


def _against_cases(group: Group, at: Circumstances, *, several: bool) -> list[Problem]:
    found = {case.place_code for case in group.cases}
    if not all(at.by.holds(*group.step.roles, at=code) for code in found):
        raise ForbiddenError(_not_yours(group, at))
    return [
        Problem(f"{case}" if several else "", text)
        for case, texts in against(group, at).items()
        for text in texts
    ]


def against(group: Group, at: Circumstances) -> dict[int, list[Text]]:
    """By case, what stands against its step today for who acts: notice, person, days between levels."""
    found: dict[int, list[Text]] = {}
    notices = boards.refusals(group.cases, at.today)
    gaps: dict[str, int] = {}
    step = group.step
    for case in group.cases:
        if case.place_code not in gaps:
            gaps[case.place_code] = rules.number(
                at.policy, step.gap, place=case.place_code, on=case.opened_on
            )
        below = engine.level_below(group.procedure, step, group.done(case))
        texts = (
            notices[case.pk],
            own_part(group, case, at),
            engine.too_soon(step, gaps[case.place_code], below, at.today),
        )
        found[case.pk] = [text for text in texts if text is not None]
    return found


def _not_yours(group: Group, at: Circumstances) -> Text:
    roles = [at.policy.procedures.role[role].text for role in group.step.roles]
    return Text(
        f"“{group.step.text.zh}”由{'或'.join(role.zh for role in roles)}办理，您没有这里的这个角色。",
        f'"{group.step.text.en}" is for the {" or the ".join(role.en for role in roles)}; you hold no '
        "such role here.",
    )


def _write(group: Group, given: Given, at: Circumstances, *, several: bool) -> None:
    step, cases = group.step, group.cases
    verdict = _verdict(group, given, at)
    known = answers_of(cases, _read_of(step))
    for case in cases:
        known[case.pk] |= given.answers
    listed = rules.conditions(
        at.policy, step, place=cases[0].place_code, on=cases[0].opened_on
    )  # fmt: skip
    held = _held(group, listed, given, known, at) if listed else {}
    if listed and verdict.passes:
        _refuse(_unmet(listed, held, several), several)
    target = engine.following(step, passes=verdict.passes)
    subjects: dict[int, str] = {}
    closes: dict[int, date] = {}
    if step.notice and verdict.passes:
        days = {
            case.place_code: rules.number(
                at.policy, step.notice, place=case.place_code, on=case.opened_on
            )
            for case in cases
        }
        subjects, closes = boards.publish(group.procedure, step, cases, known, days, at.by, at.now)
    records = write_records(group, given, verdict, subjects, at)
    write_answers(records, given, step)
    write_conditions(records, held, listed)
    write_round(group, at)
    if step.effect and verdict.passes:
        effects.carry_out(
            step.effect,
            by=at.by.username,
            cases=cases,
            answers=known,
            policy=at.policy,
            today=at.today,
        )
    _move(group, target, subjects, closes, verdict, at)
    journal.write_many(
        by=at.by.username,
        acts=[
            journal.Act(
                case.place_code,
                f"cases.{step.duty}",
                rules.label(case),
                given.reason.strip(),
                {"step": step.id, "round": case.round_no},
                {"passes": verdict.passes, "step": target},
            )
            for case in cases
        ],
    )


def _read_of(step: Step) -> set[str] | None:
    """Which earlier answers a step's writing reads; None for all."""
    if step.criteria:
        return None
    return {*effects.read_by(step.effect), *(boards.READS if step.notice else ())}


# Conditions


def _held(
    group: Group,
    listed: Criteria,
    given: Given,
    known: Mapping[int, Mapping[str, Any]],
    at: Circumstances,
) -> dict[int, dict[str, tuple[Evidence, bool]]]:
    """By case and condition, its evidence and whether it was computed. What people answered earlier
    stands until it is answered anew."""
    computed = conditions(
        group.cases,
        listed,
        subject=group.procedure.subject,
        answers=known,
        policy=at.policy,
        today=at.today,
    )
    by_hand = answered_by_hand(group.standing)
    held: dict[int, dict[str, tuple[Evidence, bool]]] = {}
    for case in group.cases:
        mine: dict[str, tuple[Evidence, bool]] = {
            name: (found, True) for name, found in computed[case.pk].items()
        }
        for item in listed.items:
            if item.evidence:
                continue
            if item.id in given.judged:
                met, why = given.judged[item.id]
                mine[item.id] = (Evidence(met, Text(why, why)), False)
            elif item.id in by_hand[case.pk]:
                mine[item.id] = (by_hand[case.pk][item.id], False)
        held[case.pk] = mine
    return held


def _unmet(
    listed: Criteria,
    held: Mapping[int, Mapping[str, tuple[Evidence, bool]]],
    several: bool,
) -> list[Problem]:
    problems = []
    for case, mine in held.items():
        for item in listed.items:
            where = f"{case}" if several else f"condition_{item.id}"
            if item.id not in mine:
                text = Text(
                    f"“{item.text.zh}”还没有回答，要写明依据。",
                    f'"{item.text.en}" is not answered yet; say what it rests on.',
                )
                problems.append(Problem(where, text, rule="condition"))
            elif not mine[item.id][0].met and not item.warns:
                why = mine[item.id][0].text
                text = Text(
                    f"不符合“{item.text.zh}”：{why.zh}",
                    f'"{item.text.en}" does not hold: {why.en}',
                )
                problems.append(Problem(where, text, rule="condition"))
            elif not mine[item.id][0].text.zh.strip():
                text = Text("要写明依据。", "Say what it rests on.")
                problems.append(Problem(where, text, rule="condition"))
    return problems


def _move(
    group: Group,
    target: str,
    subjects: Mapping[int, str],
    closes: Mapping[int, date],
    verdict: engine.Verdict,
    at: Circumstances,
) -> None:
    """Bring the cases to where the step leads, with the due date of what comes next."""
    ids = [case.pk for case in group.cases]
    if engine.ended(target):
        end(
            ids,
            State.DONE if target == DONE else State.REJECTED,
            at.today,
            "" if verdict.passes else verdict.reason.zh,
        )
        kept = KEPT.get(group.procedure.subject)
        if target != DONE and kept is not None and kept.refused is not None:
            kept.refused(at.by.username, group.cases, verdict.reason.zh)
        return
    place(
        {
            case.pk: Stand(
                target,
                closes.get(case.pk, at.today),
                due_of(
                    group.procedure,
                    target,
                    case,
                    began=closes.get(case.pk, at.today),
                    done={**group.done(case), group.step.id: at.today},
                    at=at,
                ),
                subjects.get(case.pk, ""),
                closes.get(case.pk),
            )
            for case in group.cases
        },
        group.procedure,
    )
