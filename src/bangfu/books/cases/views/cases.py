"""One case: its page with the current step's form, its opening, its photos."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.accounts.queries import display_names
from bangfu.books.attachments import store
from bangfu.books.cases import actions, boards, queries, rules, showing, subjects
from bangfu.books.cases.carrying import DID, NOT_HERE, lock
from bangfu.books.cases.forms import StepForm
from bangfu.books.cases.models import Attachment, Case, Round, State, StepRecord
from bangfu.books.cases.standing import circumstances
from bangfu.books.households.models import Person
from bangfu.books.journal.models import Entry
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.engine import may_return_to
from bangfu.core.workflow.model import Duty, Field, Kind, Procedure, Step
from bangfu.files.policy_folder import policy_in_force
from bangfu.web import codes, speech
from bangfu.web.forms import page_with

ACTS = {Duty.CHECK: actions.check, Duty.DECIDE: actions.decide}


def found(case_id: int) -> Case:
    """The case of that number, or NotFoundError."""
    case = Case.objects.select_related("household").filter(pk=case_id).first()
    if case is None:
        raise NotFoundError(NOT_HERE)
    return case


@page(classes={DataClass.PERSONS}, purpose="case")
def case_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """A case: its steps, the current one open with its form, the evidence, the history."""
    case = found(case_id)
    policy = policy_in_force()
    if request.method == "POST":
        # First of all: what was filled in for one step is neither tried on the next nor dropped.
        lock({case.pk: _version_seen(request)})
    step = rules.current_step(policy, case)
    at = circumstances(request.actor, policy, request.today, request.now)
    form = None
    may_act = step is not None and showing.may_act(case, step, request.actor)
    if step is not None and may_act:
        listed = rules.conditions(policy, step, place=case.place_code, on=case.opened_on)
        form = StepForm(
            request.POST or None, request.FILES or None, step=step, listed=listed
        )  # fmt: skip
        if request.method == "POST":
            act = ACTS.get(step.duty, actions.record_step)
            done = form.carry_out(
                lambda data: act(
                    by=request.actor,
                    case_id=case.pk,
                    version=_version_seen(request),
                    given=form.given(data),
                    policy=policy,
                    today=request.today,
                    now=request.now,
                )
            )
            if done is not None:
                return redirect(f"{reverse('case', args=[case.pk])}?received={case.pk}-{step.id}")
    procedure = rules.procedure_of(policy, case)
    lines = showing.steps(case, at)
    hindered = any(line.hinders for line in lines)
    context = {
        "case": case,
        "procedure": procedure,
        "step": step,
        "lines": lines,
        "hindered": hindered,
        "may_act": may_act,
        "barred": showing.barred(case, at) if may_act else None,
        "notice_no": boards.number_of(case.notice, request.today),
        "findings": showing.findings(case, policy, request.today),
        "state": showing.STATE_WORDS[State(case.state)],
        "ended_because": showing.ended_because(case, policy) if case.end_reason else "",
        "head": head_of(case.household_id) or case.title,
        "thing": _thing(case, policy),
        "place_name": queries.named_places([case.place_code]).get(case.place_code, case.place_code),
        "records": _records(case, policy),
        "rounds": _rounds(case),
        "entries": _entries(case, procedure),
        "draft": f"case-{case.pk}-{case.step}",
        "returns": may_return_to(procedure, step) if step else (),
        "may_withdraw": actions.withdraw_refusal(case, request.actor, policy) is None,
        "may_merge": actions.merge_refusal(case, request.actor, policy) is None,
        "relapses": case.relapses.all(),
        "received": request.GET.get("received", ""),
    }
    return page_with(request, "cases/case.html", form=form, **context)


def _version_seen(request: HttpRequest) -> int:
    """The case as it stood when the page was shown; 0, which no case has, when the form does not say."""
    said = request.POST.get("version", "")
    return int(said) if said.isdecimal() else 0


def _thing(case: Case, policy: Policy) -> str:
    """The address of what a case is about, where a later app keeps it; empty otherwise."""
    kept = subjects.KEPT.get(rules.procedure_of(policy, case).subject)
    return kept.address(case.about) if kept and case.about else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page shows it."""

    label: Text
    value: str


def _records(case: Case, policy: Policy) -> list[StepRecord]:
    """What each step recorded, with `step_text`, the answers `shown` by their labels, and the
    conditions `held`, each with its name."""
    procedure = rules.procedure_of(policy, case)
    records = list(
        case.records.prefetch_related("answers", "attachments", "conditions").order_by("pk")
    )
    for record in records:
        step = procedure.step(record.step)
        record.step_text = step.text  # type: ignore[attr-defined]
        given = {answer.field: answer.value for answer in record.answers.all()}
        record.shown = [  # type: ignore[attr-defined]
            Shown(field.text, _written(field, given[field.id]))
            for field in step.fields
            if field.id in given
        ]
        named = _named_conditions(case, step, policy)
        record.held = [  # type: ignore[attr-defined]
            (one, named.get(one.criterion)) for one in record.conditions.all()
        ]
    return records


def _named_conditions(case: Case, step: Step, policy: Policy) -> dict[str, Text]:
    """The names of the conditions that a step shows."""
    listed = rules.conditions(policy, step, place=case.place_code, on=case.opened_on)
    return {item.id: item.text for item in listed.items} if listed else {}


def _written(field: Field, value: object) -> str:
    if field.kind is Kind.MONEY and isinstance(value, int):
        return speech.yuan(value)
    if isinstance(value, bool):
        return speech.say(Text("是", "yes") if value else Text("否", "no"))
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        return codes.words(value)
    return speech.day(value) if isinstance(value, date) else str(value)


def _entries(case: Case, procedure: Procedure) -> list[Entry]:
    """The journal of a case, the newest first, each with the `word` of its verb, `who` did it, and at
    which step it `stood`."""
    steps = {step.id: step.text for step in procedure.steps}
    entries = list(Entry.objects.filter(subject=rules.label(case)).order_by("-pk")[:50])
    names = display_names(entry.actor for entry in entries)
    for entry in entries:
        entry.who = names.get(entry.actor, entry.actor)  # type: ignore[attr-defined]
        entry.word = DID.get(entry.verb, Text(entry.verb, entry.verb))  # type: ignore[attr-defined]
        entry.stood = steps.get(_step_of(entry))  # type: ignore[attr-defined]
    return entries


def _step_of(entry: Entry) -> str:
    """The step at which an act found the case; empty for its opening."""
    return json.loads(entry.before).get("step", "") if entry.before else ""


def _rounds(case: Case) -> list[Round]:
    """The rounds of a case with the names of who acted: `entered`, `checked`, `decided`, `returned`."""
    rounds = list(case.rounds.order_by("number"))
    acted = {name for each in rounds for name in (*each.entered_by, *_signed(each)) if name}
    names = display_names(acted)
    for each in rounds:
        each.entered = [names.get(name, name) for name in each.entered_by]  # type: ignore[attr-defined]
        each.checked, each.decided, each.returned = (  # type: ignore[attr-defined]
            names.get(name, name) if name else "" for name in _signed(each)
        )
    return rounds


def _signed(each: Round) -> tuple[str | None, str | None, str | None]:
    return each.checked_by, each.decided_by, each.returned_by


def head_of(household_no: str | None) -> str:
    """The name of a household's head; empty without one."""
    name = (
        Person.objects.filter(household_id=household_no, relation="户主")
        .values_list("name", flat=True)
        .first()
    )
    return name or ""


@page(classes={DataClass.PERSONS}, purpose="photo of a case")
def photo(request: HttpRequest, case_id: int, digest: str) -> HttpResponse:
    """A photo of a case."""
    kept = Attachment.objects.filter(record__case_id=case_id, digest=digest).first()
    if kept is None:
        raise NotFoundError(NOT_HERE)
    answer = HttpResponse(store.get(kept.digest), content_type=kept.media)
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
