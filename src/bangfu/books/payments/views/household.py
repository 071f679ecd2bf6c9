"""Pages of a household's money: schemes in force, who is entitled, an application, what was paid."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bangfu.books.accounts.doors import page
from bangfu.books.funds.people import READERS
from bangfu.books.households.models import Person
from bangfu.books.households.queries import the_household
from bangfu.books.payments import actions, people, queries
from bangfu.books.payments.actions.applying import NO_PERSON
from bangfu.books.payments.eligibility import Verdict, verdicts
from bangfu.books.payments.forms import AccountForm, ApplyForm
from bangfu.books.payments.models import Account, Entitlement, EntitlementStatus
from bangfu.books.payments.views.shared import (
    NO_SCHEME,
    PERSONS,
    STEPS,
    numbers_of,
    own_place,
    scheme_of,
    words_of,
)
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, NotFoundError, UserError
from bangfu.core.language import Text
from bangfu.core.payments.schemes import Formula
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.forms import page_with


@page(purpose="payment schemes")
def schemes(request: HttpRequest) -> HttpResponse:
    """What is in force for the actor's place, with amounts and sources."""
    policy, place = policy_in_force(), own_place(request)
    shown = []
    for scheme in policy.schemes.in_force(place=place, on=request.today):
        values = [
            (each, Text(each.unit.zh, each.unit.name))
            for each in numbers_of(scheme, place, request)
        ]
        shown.append((scheme, values, policy.sources[scheme.source]))
    return render(
        request,
        "payments/schemes.html",
        {
            "schemes": shown,
            "village": places.prefix(place) and places.level(place) is places.Level.VILLAGE,
            "place": place,
        },
    )


@page(classes=PERSONS, purpose="who is entitled", place="code")
def entitled(request: HttpRequest, code: str, scheme: str) -> HttpResponse:
    """Everybody of a village held against a scheme: who meets it, and why not who does not. Where policy
    alone gives the amount, several are applied for at once."""
    if places.level(code) is not places.Level.VILLAGE:
        raise NotFoundError(NO_SCHEME)
    found = scheme_of(scheme, code, request)
    refused: UserError | None = None
    if request.method == "POST":
        chosen = [each.partition("|") for each in request.POST.getlist("person")]
        try:
            actions.apply_for_many(
                by=request.actor,
                policy=policy_in_force(),
                scheme=found.id,
                term=request.POST.get("term", ""),
                place_code=code,
                persons=[(household_no, person_no) for household_no, _, person_no in chosen],
                today=request.today,
            )
        except (InputError, ConflictError) as problem:
            refused = problem
        else:
            return redirect(f"{reverse('payment-checks')}?place={code}&scheme={found.id}")
    answers = verdicts(policy_in_force(), found, place=code, on=request.today)
    term = request.POST.get("term") or found.usual_term(request.today).code
    ticked = set(request.POST.getlist("person"))
    applied = set(
        Entitlement.objects.filter(place_code=code, scheme=found.id, term=term)
        .exclude(status=EntitlementStatus.REFUSED)
        .values_list("household_no", "person_no")
    )
    everyone = request.GET.get("all") == "1"
    shown = [each for each in answers if everyone or each.entitled]
    named = {
        (person.household_id, person.person_no): person.name
        for person in Person.objects.filter(place_code=code)
    }
    heads = dict(
        Person.objects.filter(place_code=code, relation="户主").values_list("household_id", "name")
    )

    def name(verdict: Verdict) -> str:
        key = (verdict.household_no, verdict.person_no)
        return (named.get(key) if verdict.person_no else heads.get(verdict.household_no)) or "—"

    return render(
        request,
        "payments/entitled.html",
        {
            "scheme": found,
            "unverified": [
                each for each in numbers_of(found, code, request) if each.status == "unverified"
            ],
            "code": code,
            "rows": [
                (
                    each,
                    name(each),
                    (each.household_no, each.person_no) in applied,
                    f"{each.household_no}|{each.person_no}" in ticked,
                )
                for each in shown
            ],
            "met": sum(each.entitled for each in answers),
            "everyone": everyone,
            "all": len(answers),
            "term": term,
            "many": found.formula is Formula.FIXED
            and request.actor.holds(*people.VILLAGE, at=code),
            "refused": refused,
        },
        status=422 if refused else 200,
    )


@page(classes=PERSONS, purpose="apply for a payment", form=True)
def apply(request: HttpRequest, household_no: str, scheme: str) -> HttpResponse:
    """Apply for a member of a household."""
    household = the_household(household_no)
    found = scheme_of(scheme, household.place_code, request)
    form = ApplyForm(
        request.POST or None,
        scheme=found,
        persons=list(Person.objects.filter(household=household).order_by("person_no")),
        today=request.today,
        household_no=household_no,
    )

    def act(data: Any) -> object:
        return actions.apply(
            by=request.actor,
            policy=policy_in_force(),
            scheme=found.id,
            term=data["term"],
            household_no=household_no,
            person_no=data["person_no"],
            quantity=data.get("quantity"),
            base_fen=data.get("base"),
            loan_id=data.get("loan_id"),
            today=request.today,
        )

    if request.method == "POST" and form.carry_out(act) is not None:
        return redirect("household-payments", household_no)
    return page_with(
        request,
        "households/verb.html",
        form=form,
        heading=Text(f"申报{found.text.zh}", f"Apply: {found.text.en}"),
        household_no=household_no,
        draft=request.path,
    )


@page(classes=PERSONS, purpose="payments of a household")
def household(request: HttpRequest, household_no: str) -> HttpResponse:
    """What was paid to a household, what is asked for, and its loans."""
    found = the_household(household_no)
    policy = policy_in_force()
    entitlements = Entitlement.objects.filter(household_no=household_no).order_by("-pk")
    return render(
        request,
        "payments/household.html",
        {
            "household_no": household_no,
            "members": _members(household_no),
            "lends": people.may_lend(request.actor, found.place_code),
            "reads_ledger": request.actor.holds(*READERS),
            "money": [(each, words_of(each.scheme)) for each in queries.paid_to(household_no)],
            "entitlements": [
                (each, words_of(each.scheme), STEPS[EntitlementStatus(each.status)])
                for each in entitlements
            ],
            "loans": queries.loans(on=request.today, household_no=household_no),
            "schemes": policy.schemes.in_force(place=found.place_code, on=request.today),
            "may_apply": request.actor.holds(*people.VILLAGE, at=found.place_code),
        },
    )


def _members(household_no: str) -> list[tuple[Person, Account | None]]:
    """Everybody of a household with the account in use."""
    open_ones = {
        account.person_no: account
        for account in Account.objects.filter(household_no=household_no, closed_on__isnull=True)
    }
    persons = Person.objects.filter(household_id=household_no).order_by("person_no")
    return [(person, open_ones.get(person.person_no)) for person in persons]


@page(classes=PERSONS, purpose="one-card account", form=True)
def account(request: HttpRequest, household_no: str, person_no: str) -> HttpResponse:
    """A member's one-card account: recorded as the bank states it, or closed."""
    the_household(household_no)
    person = Person.objects.filter(household_id=household_no, person_no=person_no).first()
    if person is None:
        raise NotFoundError(NO_PERSON)
    form = AccountForm(request.POST or None, person=person)
    if request.method == "POST":
        if request.POST.get("act") == "close":
            actions.close_account(
                by=request.actor,
                household_no=household_no,
                person_no=person_no,
                today=request.today,
            )
            return redirect("household-payments", household_no)
        made = form.carry_out(
            lambda data: actions.record_account(
                by=request.actor,
                household_no=household_no,
                person_no=person_no,
                today=request.today,
                **data,
            )
        )
        if made is not None:
            return redirect("household-payments", household_no)
    return page_with(
        request,
        "payments/account.html",
        form=form,
        person=person,
        household_no=household_no,
        account=Account.objects.filter(
            household_no=household_no, person_no=person_no, closed_on__isnull=True
        ).first(),
    )
