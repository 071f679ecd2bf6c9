"""Note what is wrong, order it put right, answer with evidence, look again, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.attachments.actions import keep
from bangfu.books.cases.rules import calendar
from bangfu.books.funds.models import Payment
from bangfu.books.households.models import Household
from bangfu.books.journal import actions as journal
from bangfu.books.projects.models import Project
from bangfu.books.supervision import people
from bangfu.books.supervision.actions.plans import filled, place_of
from bangfu.books.supervision.models import (
    Evidence,
    Finding,
    Severity,
    Step,
    SubjectKind,
    TargetKind,
    Visit,
)
from bangfu.books.supervision.queries.findings import NO_SUCH_FINDING
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.supervision.findings import STATES, STEPS, State, Verb, after
from bangfu.files.uploads import Upload


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about: a project's number, a payment's voucher, a household's number, a village."""

    kind: SubjectKind
    key: str


@dataclass(frozen=True, slots=True)
class Flag:
    """The red flag that a finding came from: its id and its sentence, as plain words."""

    id: str
    said: str


@transaction.atomic
def note_finding(
    *,
    by: Actor,
    about: About,
    what: str,
    severity: Severity,
    spot: str = "",
    visit: Visit | None = None,
    flag: Flag | None = None,
    evidence: Sequence[Upload] = (),
    policy: Policy,
    today: date,
    now: datetime,
) -> Finding:
    """Note a finding; `visit` when one brought it to light, which then lies at the same place.

    NotFoundError when the scope sees no such subject, ForbiddenError without a role that inspects.
    """
    place, project, payment = _subject(about)
    people.require(by, "inspect", place=place, policy=policy, on=today)
    filled(what=what)
    if visit is not None and visit.place_code != place:
        text = Text("督查不在这个地方。", "The visit was to another place.")
        raise InputError(text, [Problem("subject", text)])
    finding = Finding.objects.create(
        place_code=place,
        visit=visit,
        subject_kind=about.kind,
        subject=about.key,
        project=project,
        payment=payment,
        what=what.strip(),
        spot=spot.strip(),
        severity=severity,
        flag_id=flag.id if flag else "",
        flag_said=flag.said if flag else "",
        found_on=today,
        found_by=by.username,
    )
    _attach(by, finding, None, evidence, now)
    _write(by, finding, "supervision.note_finding", {"kind": about.kind, "severity": severity})
    return finding


@transaction.atomic
def order(
    *,
    by: Actor,
    finding: Finding,
    demand: str,
    answers_role: str,
    unit: str,
    due_on: date | None = None,
    policy: Policy,
    today: date,
    now: datetime,
) -> Finding:
    """Order that a finding be put right, by whom and until when.

    Without a day it is the last that policy allows for its severity; a later one is an InputError.
    """
    held = _locked(finding, Verb.ORDER)
    at: dict[str, Any] = {"place": held.place_code, "on": today}
    people.require(by, "order", **at, policy=policy)
    filled(demand=demand, unit=unit)
    days = policy.value("supervision.rectify_days", **at).value[held.severity]
    last = calendar(policy).add(today, days)
    problems = []
    if answers_role not in people.roles(policy, "answer", **at):
        text = Text("不能把整改交给这个角色。", "An order cannot go to this role.")
        problems.append(Problem("answers_role", text))
    elif people.is_below(answers_role, held.place_code):
        text = Text(
            "这个角色在更低一级，问题所在的地方没有人担任。",
            "Nobody holds this role where the finding lies: it is of a lower level.",
        )
        problems.append(Problem("answers_role", text))
    if due_on is not None and not today <= due_on <= last:
        text = Text(
            f"整改期限应在今天到 {last} 之间（最长 {days} 个工作日）。",
            f"The deadline lies between today and {last} ({days} working days at most).",
        )
        problems.append(Problem("due_on", text, due_on.isoformat(), "supervision.rectify_days"))
    if problems:
        raise InputError(Text("整改通知还不完整。", "The order is not complete."), problems)
    held.answers_role, held.unit, held.demand = answers_role, unit.strip(), demand.strip()
    held.due_on, held.rounds = due_on or last, 1
    return _step(by, held, Verb.ORDER, demand, today=today, now=now, due_on=held.due_on)


@transaction.atomic
def answer(
    *,
    by: Actor,
    finding: Finding,
    said: str,
    evidence: Sequence[Upload],
    today: date,
    now: datetime,
) -> Finding:
    """Answer an order with what was done and at least one photo or paper that shows it."""
    held = _locked(finding, Verb.ANSWER)
    if not by.holds(held.answers_role, at=held.place_code):
        raise ForbiddenError(
            Text("这个问题由整改责任人答复。", "Whoever was ordered to put it right answers.")
        )
    filled(said=said)
    if not evidence:
        text = Text("要附整改后的照片或材料。", "Attach a photo or paper that shows it.")
        raise InputError(text, [Problem("evidence", text, rule="evidence")])
    return _step(by, held, Verb.ANSWER, said, today=today, now=now, evidence=evidence)


@transaction.atomic
def recheck(
    *,
    by: Actor,
    finding: Finding,
    said: str,
    passes: bool,
    evidence: Sequence[Upload] = (),
    policy: Policy,
    today: date,
    now: datetime,
) -> Finding:
    """Look again, as somebody else than who answered. What is not right goes back with a new deadline."""
    held = _locked(finding, Verb.RECHECK)
    at: dict[str, Any] = {"place": held.place_code, "on": today}
    people.require(by, "inspect", **at, policy=policy)
    people.require_another(by, _actors(held, Verb.ANSWER))
    filled(said=said)
    if not passes:
        days = policy.value("supervision.again_days", **at).value
        held.due_on, held.rounds = calendar(policy).add(today, days), held.rounds + 1
    return _step(
        by,
        held,
        Verb.RECHECK,
        said,
        today=today,
        now=now,
        evidence=evidence,
        passes=passes,
        due_on=None if passes else held.due_on,
    )


@transaction.atomic
def close(
    *, by: Actor, finding: Finding, said: str, policy: Policy, today: date, now: datetime
) -> Finding:
    """Close a finding (销号) that was seen to be right, as another than who answered and who looked."""
    held = _locked(finding, Verb.CLOSE)
    people.require(by, "close", place=held.place_code, policy=policy, on=today)
    people.require_another(by, _actors(held, Verb.ANSWER, Verb.RECHECK))
    filled(said=said)
    held.closed_on = today
    return _step(by, held, Verb.CLOSE, said, today=today, now=now)


def _subject(about: About) -> tuple[str, Project | None, Payment | None]:
    """Where a subject lies, and its row where it has one to tie to."""
    if about.kind is SubjectKind.PROJECT:
        project = Project.objects.filter(number=about.key).first()
        if project is not None:
            return project.place_code, project, None
    elif about.kind is SubjectKind.PAYMENT:
        payment = Payment.objects.filter(voucher=about.key).first()
        if payment is not None:
            return payment.place_code, None, payment
    elif about.kind is SubjectKind.HOUSEHOLD:
        household = Household.objects.filter(pk=about.key).first()
        if household is not None:
            return household.place_code, None, None
    else:
        return place_of(TargetKind.VILLAGE, about.key), None, None
    raise NotFoundError(
        Text("没有这个对象，或者不在您的范围内。", "There is no such subject, or it is not yours.")
    )


def _locked(finding: Finding, verb: Verb) -> Finding:
    """The finding, held. ConflictError unless this verb is the next."""
    held = Finding.objects.select_for_update(of=("self",)).filter(pk=finding.pk).first()
    if held is None:
        raise NotFoundError(NO_SUCH_FINDING)
    if held.state != STEPS[verb][0]:
        now = STATES[State(held.state)]
        raise ConflictError(
            Text(f"这个问题现在是“{now.zh}”。", f"This finding now {now.en}. Reload the page.")
        )
    return held


def _actors(finding: Finding, *verbs: Verb) -> list[str]:
    """Who carried out these verbs in any round."""
    return list(
        Step.objects.filter(finding=finding, verb__in=verbs).values_list("actor", flat=True)
    )


def _step(
    by: Actor,
    held: Finding,
    verb: Verb,
    said: str,
    *,
    today: date,
    now: datetime,
    evidence: Sequence[Upload] = (),
    passes: bool | None = None,
    due_on: date | None = None,
) -> Finding:
    """Write an act and bring the finding to where it leads."""
    step = Step.objects.create(
        finding=held,
        place_code=held.place_code,
        verb=verb,
        said=said.strip(),
        due_on=due_on,
        passes=passes,
        done_on=today,
        actor=by.username,
        at=now,
    )
    held.state = after(verb, passes=passes is not False)
    held.save()
    _attach(by, held, step, evidence, now)
    told: dict[str, object] = {"round": held.rounds}
    if passes is not None:
        told["passes"] = passes
    if due_on is not None:
        told["due_on"] = due_on.isoformat()
    _write(by, held, f"supervision.{verb}", told)
    return held


def _attach(
    by: Actor, finding: Finding, step: Step | None, uploads: Sequence[Upload], now: datetime
) -> None:
    rows = {}
    for upload in uploads:
        kept = keep(
            by=by.username,
            place_code=finding.place_code,
            classes=(DataClass.PERSONS,) if finding.subject_kind == SubjectKind.HOUSEHOLD else (),
            name=upload.name,
            content=upload.content,
            content_type=upload.content_type,
            now=now,
            taken_at=upload.taken_at,
            position=upload.position,
        )
        rows[kept.digest] = Evidence(
            finding=finding,
            step=step,
            place_code=finding.place_code,
            attachment=kept,
            digest=kept.digest,
        )
    Evidence.objects.bulk_create(rows.values())


def _write(by: Actor, finding: Finding, verb: str, after: dict[str, object]) -> None:
    journal.write(
        by=by.username,
        place_code=finding.place_code,
        verb=verb,
        subject=f"problem {finding.pk}",
        after=after,
    )
