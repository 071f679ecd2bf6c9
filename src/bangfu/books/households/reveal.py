"""Reading a full number: asked for with a reason, answered once, kept in the journal."""

from __future__ import annotations

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from bangfu.books.accounts.doors import page
from bangfu.books.households.models import Household, Person
from bangfu.books.journal import actions as journal
from bangfu.books.walls.guarded import opened
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import NotFoundError, UsageError
from bangfu.core.language import Text
from bangfu.web.forms import Form
from bangfu.web.speech import later

OF_PERSON = ("certificate", "phone")
OF_HOUSEHOLD = ("household_phone", "collector_phone")
NO_NUMBER = Text(
    "没有这个号码，或者它不在您的范围内。", "There is no such number, or it is not yours to see."
)


@transaction.atomic
def reveal(*, by: str, household_no: str, person_no: str, field: str, reason: str) -> str:
    """A full number of a person (`certificate`, `phone`) or, without a person, of the household.

    Who reads it, and why, stands in the journal; the number does not. UsageError without a reason,
    NotFoundError for a number that is not there or not in the scope.
    """
    if not reason.strip():
        raise UsageError(Text("请写明查看原因。", "Say why the number is needed."))
    row: Person | Household | None = None
    if person_no and field in OF_PERSON:
        row = Person.objects.filter(household_id=household_no, person_no=person_no).first()
    elif not person_no and field in OF_HOUSEHOLD:
        row = Household.objects.filter(pk=household_no).first()
    value = getattr(row, field, None)
    if row is None or value is None:
        raise NotFoundError(NO_NUMBER)
    journal.write(
        by=by,
        place_code=row.place_code,
        verb="households.reveal",
        subject=f"household {household_no} person {person_no}"
        if person_no
        else f"household {household_no}",
        reason=reason,
        after={"field": field},
    )
    return opened(value, field)


class RevealForm(Form):
    person_no = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    field = forms.ChoiceField(
        choices=[(name, name) for name in (*OF_PERSON, *OF_HOUSEHOLD)], widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=later("为什么要看完整号码", "Why the full number is needed"), max_length=200
    )


@page(classes={DataClass.PERSONS}, purpose="full number")
@require_POST
def reveal_view(request: HttpRequest, household_no: str) -> HttpResponse:
    """The number in place of the form that asked for it, or the form with what is missing."""
    if not Household.objects.filter(pk=household_no).exists():
        raise NotFoundError(NO_NUMBER)
    form = RevealForm(request.POST)
    number = form.carry_out(
        lambda data: reveal(by=request.actor.username, household_no=household_no, **data)
    )
    context = {"form": form, "number": number, "household_no": household_no}
    response = render(
        request, "households/revealed.html", context, status=200 if number is not None else 422
    )
    response["Cache-Control"] = "no-store"
    return response
