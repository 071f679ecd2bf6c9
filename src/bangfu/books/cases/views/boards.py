"""The board of cases, their list, many at once, and the quota."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.cases import actions, queries, rules, showing
from bangfu.books.cases.actions.quotas import ROLES
from bangfu.books.cases.carrying import against
from bangfu.books.cases.forms import QuotaForm
from bangfu.books.cases.models import Case, State
from bangfu.books.cases.standing import circumstances, groups
from bangfu.books.households.models import Person
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import InputError, NotFoundError, UserError
from bangfu.core.identity import left_out, number_in
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import short_name
from bangfu.core.workflow.engine import may_return_to
from bangfu.core.workflow.model import Duty, Procedure, Step
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Kind, Table

AT_ONCE = 5_000
IN_BULK = (Duty.CHECK, Duty.DECIDE)


def _filtered(request: HttpRequest) -> QuerySet[Case]:
    """The open cases that the address asks for: kind, step, place, late."""
    get = request.GET if request.method == "GET" else request.POST
    query = _in_place(get)
    if get.get("step"):
        query = query.filter(step=get["step"])
    if get.get("late"):
        query = query.filter(due_on__lt=request.today)
    return query


def _in_place(asked: QueryDict, state: State = State.OPEN) -> QuerySet[Case]:
    code = asked.get("place", "")
    where = code if places.is_code(code) else places.NATION
    return queries.cases_in(where, kind=asked.get("kind", ""), state=state)


def _state(request: HttpRequest) -> State:
    """The state of the cases that a list is asked for: open unless it is said."""
    said = request.GET.get("state", "")
    return State(said) if said in State.values else State.OPEN


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A step as a column of the board."""

    step: Step
    count: int
    late: int
    mine: bool
    first: tuple[Case, ...]


@page(classes={DataClass.PERSONS}, purpose="cases")
def board(request: HttpRequest) -> HttpResponse:
    """Columns by step with their counts, of one kind of case."""
    policy = policy_in_force()
    kinds = policy.procedures.kinds
    kind = request.GET.get("kind") if request.GET.get("kind") in kinds else "monitoring"
    counted = queries.board(_filtered(request).filter(kind=kind), request.today)
    columns = []
    for step in kinds[kind].steps[1:]:
        found = counted.get((kind, step.id))
        first = _filtered(request).filter(kind=kind, step=step.id).order_by("due_on", "pk")[:5]
        columns.append(
            BoardColumn(
                step,
                found.count if found else 0,
                found.late if found else 0,
                request.actor.holds(*step.roles),
                tuple(_with_heads(first)),
            )
        )
    work = queries.due_for(request.actor, request.today, policy=policy)
    return render(
        request,
        "cases/board.html",
        {
            "kinds": kinds.values(),
            "kind": kind,
            "procedure": kinds[kind],
            "columns": columns,
            "places": _places(request),
            "place": request.GET.get("place", ""),
            "late": request.GET.get("late", ""),
            "mine": _with_heads(work)[:20],
            "ended": [each for each in showing.STATE_WORDS.items() if each[0] is not State.OPEN],
            "may_split": request.actor.holds(*ROLES),
        },
    )


def _with_heads(query: QuerySet[Case]) -> QuerySet[Case]:
    head = Person.objects.filter(household_id=OuterRef("household_id"), relation="户主")
    village = Place.objects.filter(code=OuterRef("place_code"))
    return query.annotate(
        head=Coalesce(Subquery(head.values("name")[:1]), F("title")),
        village=Subquery(village.values("name")[:1]),
    )


def _places(request: HttpRequest) -> list[tuple[str, str]]:
    """The places one may filter by: those held, and the level below."""
    reached = request.actor.reach({DataClass.PERSONS})
    wanted: set[str] = set()
    for code in reached:
        low, high = places.code_range(code)
        level = places.level(code)
        wanted |= set(
            Place.objects.filter(code__gte=low, code__lt=high, level__lte=level + 1).values_list(
                "code", flat=True
            )[:500]
        )
    return sorted(queries.named_places(sorted(wanted)).items())


def _columns(policy: Policy, state: State) -> tuple[Column, ...]:
    def step(case: Case) -> Text:
        found = rules.current_step(policy, case)
        return found.text if found else Text("", "")

    standing = (
        Column("step", Text("当前步骤", "Step"), step, sort="step"),
        Column("opened", Text("开办", "Opened"), lambda c: c.opened_on, Kind.DAY, "opened_on"),
        Column("due", Text("到期", "Due"), lambda c: c.due_on, Kind.DAY, "due_on"),
    )
    ended = (
        Column("opened", Text("开办", "Opened"), lambda c: c.opened_on, Kind.DAY, "opened_on"),
        Column("ended", Text("结束", "Ended"), lambda c: c.ended_on, Kind.DAY, "ended_on"),
        Column("why", Text("原因", "Why"), lambda c: c.end_reason),
    )
    return (
        Column(
            "no",
            Text("个案", "Case"),
            lambda c: c.pk,
            sort="pk",
            link=lambda c: address_of("case", c.pk),
        ),
        Column("head", Text("户主或项目", "Head or project"), lambda c: c.head),
        Column(
            "village",
            Text("村", "Village"),
            lambda c: short_name(c.village or ""),
            sort="place_code",
        ),
        Column(
            "kind",
            Text("程序", "Procedure"),
            lambda c: rules.procedure_of(policy, c).text,
            sort="kind",
        ),
        *(standing if state is State.OPEN else ended),
    )


@page(classes={DataClass.PERSONS}, purpose="cases", writes=False)
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases of a filter, with the bulk act where the step allows it; those that ended too."""
    policy = policy_in_force()
    state = _state(request)
    open_ones = state is State.OPEN
    table = Table(
        request,
        _columns(policy, state),
        _with_heads(_filtered(request) if open_ones else _in_place(request.GET, state)),
        name="cases",
        title=Text("个案", "Cases"),
        order="due" if open_ones else "-ended",
    )
    if table.wants_workbook:
        return table.workbook()
    found = _step(policy, request.GET.get("kind", ""), request.GET.get("step", ""))
    bulk_step = found[1] if found and found[1].duty in IN_BULK else None
    return render(
        request,
        "cases/list.html",
        {
            "table": table,
            "records": table.records[:50],
            "step": found[1] if found else None,
            "bulk": open_ones and bulk_step is not None and request.actor.holds(*bulk_step.roles),
            "kinds": policy.procedures.kinds.values(),
            "state": state,
            "states": showing.STATE_WORDS.items(),
            "filters": {
                name: request.GET.get(name, "") for name in ("kind", "step", "place", "late")
            },
        },
    )


def _step(policy: Policy, kind: str, step: str) -> tuple[Procedure, Step] | None:
    procedure = policy.procedures.kinds.get(kind)
    found = next((each for each in procedure.steps if each.id == step), None) if procedure else None
    return (procedure, found) if procedure and found else None


@page(classes={DataClass.PERSONS}, purpose="decide cases in bulk")
def bulk(request: HttpRequest) -> HttpResponse:
    """Many cases at once: first the count and the exceptions, then, confirmed, all or nothing."""
    if request.method != "POST":
        return redirect("cases")
    policy = policy_in_force()
    found = _step(policy, request.POST.get("kind", ""), request.POST.get("step", ""))
    if found is None or found[1].duty not in IN_BULK:
        raise NotFoundError(Text("这一步不能批量办理。", "This step is not carried out in bulk."))
    procedure, step = found
    chosen = _chosen(request)
    context = {
        "procedure": procedure,
        "step": step,
        "returns": may_return_to(procedure, step),
        "filters": {name: request.POST.get(name, "") for name in ("kind", "step", "place", "late")},
    }
    refused = None
    if request.POST.get("confirm"):
        try:
            count = _act(request, policy, chosen)
        except UserError as error:
            refused = error
        else:
            return redirect(f"{reverse('cases')}?kind={procedure.kind}&bulk={count}")
    at = circumstances(request.actor, policy, request.today, request.now)
    cases = list(_with_heads(Case.objects.filter(pk__in=list(chosen), state="open")))
    exceptions = {
        case: texts
        for group in groups(cases, policy)
        for case, texts in against(group, at).items()
        if texts
    }
    return page_with(
        request,
        "cases/bulk.html",
        chosen=[case for case in cases if case.pk not in exceptions],
        exceptions=[(case, exceptions[case.pk]) for case in cases if case.pk in exceptions],
        refused=refused,
        problems=refused.problems if isinstance(refused, InputError) else (),
        **context,
    )


def _chosen(request: HttpRequest) -> dict[int, int]:
    """The cases chosen (id → version shown): those ticked, or all of the filter."""
    if request.POST.get("all") and not request.POST.get("confirm"):
        query = _filtered(request).order_by("due_on", "pk")
        return dict(query.values_list("pk", "version")[:AT_ONCE])
    pairs = (written.partition(":") for written in request.POST.getlist("case")[:AT_ONCE])
    return {
        int(number): int(version)
        for number, _, version in pairs
        if number.isdigit() and version.isdigit()
    }


def _act(request: HttpRequest, policy: Policy, chosen: dict[int, int]) -> int:
    reason = request.POST.get("reason", "")
    number = number_in(reason)
    if number is not None:
        raise InputError(left_out(number))
    shared = {
        "by": request.actor,
        "chosen": chosen,
        "reason": reason,
        "policy": policy,
        "today": request.today,
        "now": request.now,
    }
    back = request.POST.get("back", "")
    if back:
        return actions.return_to(step=back, **shared)
    return actions.decide_in_bulk(passes=True, **shared)


@page(classes={DataClass.PERSONS}, purpose="quota")
def quota(request: HttpRequest) -> HttpResponse:
    """The year's quota beside what was recognised; the county splits it here."""
    held = [code for code in request.actor.reach({DataClass.PERSONS})]
    code = request.GET.get("place", "") or held[0]
    if not places.is_code(code) or not any(places.contains(one, code) for one in held):
        raise NotFoundError(NO_SUCH_PLACE)
    may_split = places.level(code) is places.Level.COUNTY and request.actor.holds(*ROLES, at=code)
    form = QuotaForm(request.POST or None, townships=queries.townships(code)) if may_split else None
    if form is not None and request.method == "POST":
        done = form.carry_out(
            lambda data: actions.decompose_quota(
                by=request.actor,
                county=code,
                total=data["total"],
                weights=queries.quota_weights(code, data["incidence"]),
                today=request.today,
            )
        )
        if done is not None:
            return redirect(f"{reverse('case-quota')}?place={code}")
    return page_with(
        request,
        "cases/quota.html",
        form=form,
        rows=queries.quota_rows(code, request.today.year),
        code=code,
        year=request.today.year,
        name=queries.named_places([code]).get(code, code),
    )
