"""Send cases back, withdraw them, merge what repeats another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases import boards, rules
from bangfu.books.cases.carrying import lock
from bangfu.books.cases.models import Case, Round, State
from bangfu.books.cases.placing import Stand, due_of, end, place
from bangfu.books.cases.standing import Circumstances, Group, circumstances, groups
from bangfu.books.journal import actions as journal
from bangfu.books.walls.bulk import prepare_for_many
from bangfu.core.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    Problem,
    UsageError,
    UserError,
)
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.engine import may_return_to
from bangfu.core.workflow.model import Duty, Step

_REASON = Text("要说明原因。", "Say why.")


@transaction.atomic
def return_to(
    *,
    by: Actor,
    chosen: Mapping[int, int],
    step: str,
    reason: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> int:
    """Send cases (id → version seen) back to an earlier step, each in a new round; how many.

    Who entered what still stands is carried into the new round. A notice that is up is taken down.
    Raises as `record_step` does; UsageError when the step they stand at does not return there.
    """
    _say(reason)
    cases = lock(chosen)
    at = circumstances(by, policy, today, now)
    if len(cases) > 1:
        prepare_for_many()
    for group in groups(cases, policy):
        if step not in {earlier.id for earlier in may_return_to(group.procedure, group.step)}:
            raise UsageError(
                Text(
                    f"“{group.step.text.zh}”不能退回到这一步。",
                    f'"{group.step.text.en}" does not return to that step.',
                )
            )
        for case in group.cases:
            if not by.holds(*group.step.roles, at=case.place_code):
                raise ForbiddenError(_NOT_YOURS)
        _send_back(group, step, reason, at)
    return len(cases)


def _send_back(group: Group, step: str, reason: str, at: Circumstances) -> None:
    boards.take_down(group.cases, by=at.by, reason=reason, now=at.now)
    ids = [case.pk for case in group.cases]
    Round.objects.filter(case_id__in=ids, number=F("case__round_no")).update(
        returned_by=at.by.username, returned_to=step, return_reason=reason
    )
    kept = {earlier.id for earlier in group.procedure.before(step)}
    rounds = []
    for case in group.cases:
        entered = [
            record
            for record in group.standing[case.pk]
            if record.step in kept and group.procedure.step(record.step).duty is Duty.ENTER
        ]
        rounds.append(
            Round(
                case=case,
                place_code=case.place_code,
                number=case.round_no + 1,
                began_on=at.today,
                entered_by=sorted({record.actor for record in entered}),
                entered_tokens=sorted(
                    {record.person_token for record in entered if record.person_token}
                ),
            )
        )
    Round.objects.bulk_create(rounds)
    place(
        {
            case.pk: Stand(
                step,
                at.today,
                due_of(
                    group.procedure, step, case, began=at.today, done=group.done(case), at=at
                ),
            )
            for case in group.cases
        },
        group.procedure,
        new_round=True,
    )  # fmt: skip
    journal.write_many(
        by=at.by.username,
        acts=[
            journal.Act(
                case.place_code,
                "cases.return",
                rules.label(case),
                reason,
                {"step": group.step.id, "round": case.round_no},
                {"step": step, "round": case.round_no + 1},
            )
            for case in group.cases
        ],
    )


@transaction.atomic
def withdraw(
    *,
    by: Actor,
    case_id: int,
    version: int,
    reason: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> None:
    """End a case that should not go on; who may open it may withdraw it.

    Raises what `withdraw_refusal` tells.
    """
    _say(reason)
    [case] = lock({case_id: version})
    refused = withdraw_refusal(case, by, policy)
    if refused is not None:
        raise refused
    boards.take_down([case], by=by, reason=reason, now=now)
    end([case.pk], State.WITHDRAWN, today, reason)
    journal.write(
        by=by.username,
        place_code=case.place_code,
        verb="cases.withdraw",
        subject=rules.label(case),
        reason=reason,
        before={"step": case.step},
    )


@transaction.atomic
def merge_duplicates(
    *,
    by: Actor,
    keep: int,
    duplicate: int,
    version: int,
    reason: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> None:
    """End a case that repeats another of its kind; it points to the one that is kept.

    Raises what `merge_refusal` tells; UsageError when the two are one, of different kinds, or the
    kept one was merged itself.
    """
    _say(reason)
    [case] = lock({duplicate: version})
    refused = merge_refusal(case, by, policy)
    if refused is not None:
        raise refused
    kept = Case.objects.filter(pk=keep, kind=case.kind).exclude(pk=duplicate).first()
    if kept is None or kept.state == State.MERGED:
        raise UsageError(
            Text(
                "保留的个案须是同一种、另一件、没有被合并的。",
                "The case to keep must be another one of the same kind that was not merged itself.",
            )
        )
    boards.take_down([case], by=by, reason=reason, now=now)
    end([case.pk], State.MERGED, today, reason, into=kept.pk)
    journal.write(
        by=by.username,
        place_code=case.place_code,
        verb="cases.merge",
        subject=rules.label(case),
        reason=reason,
        after={"into": kept.pk},
    )


def withdraw_refusal(case: Case, by: Actor, policy: Policy) -> UserError | None:
    """Why somebody may not withdraw a case: he may not open such cases there, or it has taken effect."""
    return _refusal(case, rules.procedure_of(policy, case).steps[:1], by, policy)


def merge_refusal(case: Case, by: Actor, policy: Policy) -> UserError | None:
    """Why somebody may not merge a case into another: he neither checks nor decides such cases there,
    or it has taken effect."""
    steps = rules.procedure_of(policy, case).steps
    judging = [step for step in steps if step.duty in (Duty.CHECK, Duty.DECIDE)]
    return _refusal(case, judging, by, policy)


def _refusal(case: Case, steps: Sequence[Step], by: Actor, policy: Policy) -> UserError | None:
    if not by.holds(*(role for step in steps for role in step.roles), at=case.place_code):
        return ForbiddenError(_NOT_YOURS)
    if _took_effect(case, policy):
        return ConflictError(_IN_EFFECT)
    return None


def _took_effect(case: Case, policy: Policy) -> bool:
    """Whether a step of the case has written into the books what it decided."""
    steps = [step.id for step in rules.procedure_of(policy, case).steps if step.effect]
    return case.records.filter(step__in=steps, passes=True).exists()


_IN_EFFECT = Text(
    "这件个案的决定已经生效并登记，不能再撤回或合并。请把后面的步骤办完；要改变结果，另开一件个案。",
    "What this case decided is in force and in the books: it can be neither withdrawn nor merged. "
    "Carry out the steps that follow; to change the outcome, open another case.",
)
_NOT_YOURS = Text(
    "您没有办理这一步的角色。", "You hold no role for this step here."
)  # fmt: skip


def _say(reason: str) -> None:
    if not reason.strip():
        raise InputError(_REASON, [Problem("reason", _REASON, rule="reason")])
