"""Opening a case: for a household, for a place itself, and again when a removed risk is back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bangfu.books.accounts.doors import NO_SUCH_PLACE, page
from bangfu.books.cases import actions, effects, offering, queries, rules
from bangfu.books.cases.forms import StepForm
from bangfu.books.cases.views.cases import found, head_of
from bangfu.books.households.queries import the_household
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with


@page(classes={DataClass.PERSONS}, purpose="open a case", form=True)
def open_page(request: HttpRequest) -> HttpResponse:
    """Open a case: choose the kind, then record its first step."""
    policy = policy_in_force()
    number = request.GET.get("household", "")
    household = the_household(number) if number else None
    if household is None and not request.GET.get("place"):
        return _where(request)
    code = household.place_code if household else _place(request)
    standing = queries.open_by_kind(household, code)
    fitting = offering.fitting(policy, code, request.today, household=household is not None)
    kinds = [
        (
            procedure,
            effects.refusal(procedure, household) if household else None,
            standing.get(procedure.kind),
        )
        for procedure in fitting
        if offering.may_open(procedure, request.actor, code)
    ]
    # What is sent for a kind that was opened meanwhile, or by another's role, is refused by the verb.
    free = [procedure for procedure, why, case in kinds if not why and case is None]
    wanted = fitting if request.method == "POST" else free
    chosen = next((p for p in wanted if p.kind == request.GET.get("kind")), None)
    form = None
    if chosen is not None:
        first = chosen.steps[0]
        listed = rules.conditions(policy, first, place=code, on=request.today)
        form = StepForm(request.POST or None, request.FILES or None, step=first, listed=listed)
        if request.method == "POST":
            case = form.carry_out(
                lambda data: actions.open_case(
                    by=request.actor,
                    kind=chosen.kind,
                    household_no=household.pk if household else None,
                    place_code=None if household else code,
                    finding=request.GET.get("finding", "")[:200],
                    given=form.given(data),
                    policy=policy,
                    today=request.today,
                    now=request.now,
                )
            )
            if case is not None:
                return redirect("case", case.pk)
    return page_with(
        request,
        "cases/open.html",
        form=form,
        kinds=kinds,
        chosen=chosen,
        household=household,
        whose=head_of(household.pk) if household else _name(code),
        finding=request.GET.get("finding", ""),
    )


def _where(request: HttpRequest) -> HttpResponse:
    """The choice of what to open a case for: the kinds for the own places, or a household."""
    offered = offering.for_own_places(request.actor, policy_in_force(), request.today)
    names = queries.named_places([code for _, code in offered])
    own = [(procedure, code, names.get(code, code)) for procedure, code in offered]
    return page_with(request, "cases/where.html", own=own)


def _place(request: HttpRequest) -> str:
    """The place that the address names, which lies in the actor's reach."""
    code: str = request.GET["place"]
    reached = request.actor.reach({DataClass.PERSONS})
    mine = places.is_code(code) and any(places.contains(held, code) for held in reached)
    if not mine or not _name(code):
        raise NotFoundError(NO_SUCH_PLACE)
    return code


def _name(code: str) -> str:
    return Place.objects.filter(code=code).values_list("name", flat=True).first() or ""


@page(classes={DataClass.PERSONS}, purpose="relapse", form=True)
def reopen_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """A removed risk is back: open recognition again, with the removal behind it."""
    old = found(case_id)
    policy = policy_in_force()
    first = policy.procedures.find("monitoring", place=old.place_code, on=request.today).steps[0]
    form = StepForm(request.POST or None, step=first)
    if request.method == "POST":
        case = form.carry_out(
            lambda data: actions.reopen(
                by=request.actor,
                case_id=old.pk,
                given=form.given(data),
                policy=policy,
                today=request.today,
                now=request.now,
            )
        )
        if case is not None:
            return redirect("case", case.pk)
    title = Text("返贫重开", "The risk is back")
    return page_with(request, "cases/act.html", form=form, case=old, title=title)
