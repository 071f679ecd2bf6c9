"""Pages of households: the list with its search and filters, and a form for each verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.households import actions, picking, searching
from bangfu.books.households.actions.happening import Evidence
from bangfu.books.households.actions.members import NewMember
from bangfu.books.households.forms import (
    ArrivalForm,
    DepartureForm,
    FilterForm,
    HeadForm,
    IntoForm,
    MergeForm,
    SplitForm,
)
from bangfu.books.households.listing import EXPORT, EXPORTED_BY, FILTERS, household_table
from bangfu.books.households.models import Household, Person
from bangfu.books.households.queries import the_household
from bangfu.books.jobs import actions as jobs
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web import speech
from bangfu.web.forms import Form, drawn_filter, page_with
from bangfu.web.picking import suggested, typed

PERSONS = {DataClass.PERSONS}
NO_SAMPLE = Text(
    "现在没有指派给您的样本。县级在“评估样本”中指派后，抽到的户会出现在这里。",
    "No sample is assigned to you now. Once the county assigns one, its households stand here.",
)


@page(classes=PERSONS, purpose="households", writes=False, sampled=True)
def household_list(request: HttpRequest) -> HttpResponse:
    """Households of the scope, found by the search and narrowed by the filters of the address."""
    asked = request.GET.get("q", "")
    # A number belongs in the form below the filters, which keeps it out of addresses and logs.
    number_asked = searching.is_number(asked)
    found = Household.objects.none() if number_asked else searching.found(asked)
    table = household_table(request, found)
    if table.wants_workbook:
        return table.workbook()
    # Work in the background is of one place, is for who may write, and keeps no name looked for.
    if not asked and len(request.actor.reach(PERSONS, writes=True)) == 1:
        table.background = reverse("households-export")
    sees_all = DataClass.PERSONS in request.scope.classes
    asks_for_some = asked or any(request.GET.get(name) for name in FILTERS)
    context = {
        "table": table,
        "filter": drawn_filter(FilterForm, request.GET, "households/filter.html"),
        "number_asked": number_asked,
        "sees_all": sees_all,
        "empty": "" if sees_all or asks_for_some else speech.say(NO_SAMPLE),
    }
    return render(request, "households/list.html", context)


@page(classes=PERSONS, purpose="households")
def export_households(request: HttpRequest) -> HttpResponse:
    """Ask for the workbook of a long list in the background; it leads to the task."""
    reached = request.actor.reach(PERSONS, writes=True)
    if request.method != "POST" or len(reached) != 1:
        return redirect("households")
    asked = {name: request.GET.get(name, "") for name in EXPORTED_BY}
    task = jobs.request(
        by=request.actor.username,
        kind=EXPORT,
        place_code=reached[0],
        arguments={"lang": speech.current(), **{k: v for k, v in asked.items() if v}},
        purpose="households",
        classes=PERSONS,
        now=request.now,
    )
    return redirect("task", task.pk)


@page(classes={DataClass.PERSONS}, purpose="search by number", writes=False)
def search_by_number(request: HttpRequest) -> HttpResponse:
    """An ID or phone is sent in a form's body, never in an address; it leads to the household.

    The address would stay in the browser's history and in the log of a proxy.
    """
    wanted = request.POST.get("number", "")
    numbers = list(searching.found(wanted).values_list("pk", flat=True)[:2]) if wanted else []
    if len(numbers) == 1:
        return redirect("household", numbers[0])
    if not numbers:
        raise NotFoundError(
            Text(
                "您的范围内没有这个号码。请核对号码，或到县级查询。",
                "Nobody within your scope has this number. Check it, or ask the county.",
            )
        )
    return redirect("households")


@page(classes={DataClass.PERSONS}, purpose="pick a household", writes=False)
def pick(request: HttpRequest) -> HttpResponse:
    """Households of the scope that what is being typed may mean."""
    text = typed(request)
    return suggested(picking.found(text, place_code=request.GET.get("place", "")), text)


def _of(household_no: str) -> tuple[Household, list[Person]]:
    found = the_household(household_no)
    persons = Person.objects.filter(household_id=household_no).order_by("person_no")
    return found, list(persons)


def _verb(
    request: HttpRequest,
    household_no: str,
    heading: Text,
    form: Form,
    act: Callable[[Any], object],
) -> HttpResponse:
    """A form of one verb on a household: filled in, carried out, back to the household."""
    if request.method == "POST" and form.carry_out(act) is not None:
        return redirect("household", household_no)
    return page_with(
        request,
        "households/verb.html",
        form=form,
        heading=heading,
        household_no=household_no,
        draft=f"{request.path}",
    )


def _evidence(data: Any) -> Evidence:
    return Evidence(data["on"], data["document"], data["note"])


@page(classes={DataClass.PERSONS}, purpose="household change", form=True)
def arrival(request: HttpRequest, household_no: str) -> HttpResponse:
    """A birth, a marriage into the household, a move in."""
    _of(household_no)
    form = ArrivalForm(request.POST or None)

    def act(data: Any) -> object:
        names = ("name", "sex", "birth", "relation", "certificate", "person_no")
        return actions.add_member(
            by=request.actor.username,
            household_no=household_no,
            kind=data["kind"],
            member=NewMember(**{name: data[name] for name in names}),
            evidence=_evidence(data),
            today=request.today,
        )

    return _verb(request, household_no, Text("登记新增成员", "A member arrives"), form, act)


@page(classes={DataClass.PERSONS}, purpose="household change", form=True)
def departure(request: HttpRequest, household_no: str) -> HttpResponse:
    """A death, a marriage out of the household, a move out."""
    _, persons = _of(household_no)
    form = DepartureForm(request.POST or None, persons=persons)

    def act(data: Any) -> object:
        actions.remove_member(
            by=request.actor.username,
            household_no=household_no,
            person_no=data["person_no"],
            kind=data["kind"],
            evidence=_evidence(data),
            today=request.today,
        )
        return True

    return _verb(request, household_no, Text("登记减少成员", "A member leaves"), form, act)


@page(classes={DataClass.PERSONS}, purpose="household change", form=True)
def head_change(request: HttpRequest, household_no: str) -> HttpResponse:
    """Another head of the household."""
    _, persons = _of(household_no)
    form = HeadForm(request.POST or None, persons=persons)

    def act(data: Any) -> object:
        actions.change_head(
            by=request.actor.username,
            household_no=household_no,
            relations=form.relations(),
            evidence=_evidence(data),
            today=request.today,
        )
        return True

    return _verb(request, household_no, Text("变更户主", "Change the head"), form, act)


@page(classes={DataClass.PERSONS}, purpose="household change", form=True)
def split(request: HttpRequest, household_no: str) -> HttpResponse:
    """Some members become a household of their own."""
    _, persons = _of(household_no)
    form = SplitForm(request.POST or None, persons=persons)

    def act(data: Any) -> object:
        leaving, staying = form.parts()
        return actions.split_household(
            by=request.actor.username,
            household_no=household_no,
            new_no=data["new_no"],
            leaving=leaving,
            staying=staying,
            evidence=_evidence(data),
            today=request.today,
        )

    return _verb(request, household_no, Text("分户", "Split the household"), form, act)


@page(classes={DataClass.PERSONS}, purpose="household change", form=True)
def merge(request: HttpRequest, household_no: str) -> HttpResponse:
    """All members join another household of the village. First which, then everyone's relation."""
    leaving, persons = _of(household_no)
    into = request.GET.get("into", "").strip()
    if not into:
        return _choose(request, leaving)
    kept, others = _of(into)
    form = MergeForm(request.POST or None, persons=[*others, *persons])

    def act(data: Any) -> object:
        actions.merge_households(
            by=request.actor.username,
            household_no=household_no,
            into=into,
            relations=form.relations(),
            evidence=_evidence(data),
            today=request.today,
        )
        return True

    if request.method == "POST" and form.carry_out(act) is not None:
        return redirect("household", into)
    [label] = [pick.label for pick in picking.picks([kept])]
    return page_with(
        request,
        "households/verb.html",
        form=form,
        heading=Text(f"并入 {label}", f"Merge into {label}"),
        household_no=household_no,
    )


def _choose(request: HttpRequest, leaving: Household) -> HttpResponse:
    """The household that stays. It is sent in a body, for what is typed may be a name."""
    form = IntoForm(request.POST or None, leaving=leaving)
    if request.method == "POST" and form.is_valid():
        query = urlencode({"into": form.cleaned_data["into"]})
        return HttpResponseRedirect(f"{request.path}?{query}")
    return page_with(request, "households/merge.html", form=form, household_no=leaving.pk)
