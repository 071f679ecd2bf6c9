"""Pages of assistance: a form for each verb; what was agreed stands on the household's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bangfu.books.accounts.doors import page
from bangfu.books.assistance import actions
from bangfu.books.assistance.forms import EndForm, MeasureForm, StartForm, VisitForm
from bangfu.books.assistance.models import Measure
from bangfu.books.households.queries import the_household
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.web.forms import Form, page_with


def _verb(
    request: HttpRequest, household_no: str, heading: Text, form: Form, act: Callable[[Any], object]
) -> HttpResponse:
    the_household(household_no)
    if request.method == "POST" and form.carry_out(act) is not None:
        return redirect("household", household_no)
    return page_with(
        request,
        "households/verb.html",
        form=form,
        heading=heading,
        household_no=household_no,
        draft=request.path,
    )


@page(classes={DataClass.PERSONS}, purpose="measure", form=True)
def agree(request: HttpRequest, household_no: str) -> HttpResponse:
    """Agree a measure with a household."""

    def act(data: Any) -> object:
        return actions.agree_measure(
            by=request.actor.username, household_no=household_no, today=request.today, **data
        )

    form = MeasureForm(request.POST or None)
    return _verb(request, household_no, Text("商定帮扶措施", "Agree a measure"), form, act)


@page(classes={DataClass.PERSONS}, purpose="measure", form=True)
def start(request: HttpRequest, measure_id: int) -> HttpResponse:
    """A measure begins."""

    def act(data: Any) -> object:
        return actions.start_measure(
            by=request.actor.username, measure_id=measure_id, today=request.today, **data
        )

    form = StartForm(request.POST or None)
    return _verb(request, _household_of(measure_id), Text("开始实施", "Start"), form, act)


@page(classes={DataClass.PERSONS}, purpose="measure", form=True)
def end(request: HttpRequest, measure_id: int) -> HttpResponse:
    """A measure ends, with its result."""

    def act(data: Any) -> object:
        return actions.end_measure(
            by=request.actor.username, measure_id=measure_id, today=request.today, **data
        )

    form = EndForm(request.POST or None)
    return _verb(request, _household_of(measure_id), Text("实施结束", "End"), form, act)


@page(classes={DataClass.PERSONS}, purpose="visit", form=True)
def visit(request: HttpRequest, household_no: str) -> HttpResponse:
    """Record a visit to a household."""

    def act(data: Any) -> object:
        return actions.record_visit(
            by=request.actor.username, household_no=household_no, today=request.today, **data
        )

    form = VisitForm(request.POST or None)
    return _verb(request, household_no, Text("登记走访", "Record a visit"), form, act)


def _household_of(measure_id: int) -> str:
    found = Measure.objects.filter(pk=measure_id).values_list("household_no", flat=True).first()
    if found is None:
        raise NotFoundError(
            Text(
                "没有这项措施，或者它不在您的范围内。",
                "There is no such measure, or it is not yours.",
            )
        )
    return found
