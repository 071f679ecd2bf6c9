"""Applying: a person's part in a scheme for a term, held against policy and worked out to the fen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.households.models import Person
from bangfu.books.households.queries import the_household
from bangfu.books.journal import actions as journal
from bangfu.books.payments import people
from bangfu.books.payments.eligibility import Verdict, verdicts
from bangfu.books.payments.interest import debt_of
from bangfu.books.payments.limits import limits_of
from bangfu.books.payments.models import Entitlement, Loan
from bangfu.books.payments.queries import the_loan
from bangfu.books.payments.refusals import refusals_told
from bangfu.books.walls.guarded import opened, sealed, token
from bangfu.core.errors import InputError, NotFoundError, Problem
from bangfu.core.facts.model import Table
from bangfu.core.identity import PERSON_LENGTH
from bangfu.core.language import Text
from bangfu.core.payments.amounts import Given, amount
from bangfu.core.payments.schemes import Formula, Payee, Scheme
from bangfu.core.payments.terms import Term, TermKind, read_term
from bangfu.core.policy.resolve import Policy

NO_PERSON = Text(
    "没有这个人，或者不在您的范围内。", "There is no such person, or it is not yours to see."
)
HEAD = "户主"


@transaction.atomic
def apply(
    *,
    by: Actor,
    policy: Policy,
    scheme: str,
    term: str,
    household_no: str,
    person_no: str = "",
    quantity: Decimal | None = None,
    base_fen: int | None = None,
    loan_id: int | None = None,
    today: date,
) -> Entitlement:
    """Apply for a person or, in a scheme of households, for the household. The amount is worked out here.

    InputError with every condition that is not met and what is missing; ConflictError when the person
    or household has the scheme, or one that excludes it, in the term already.
    """
    household = the_household(household_no)
    people.require(by, people.VILLAGE, household.place_code)
    found = policy.schemes.find(scheme, place=household.place_code, on=today)
    read = _term(policy, found, term, place=household.place_code, today=today)
    person = _person(found, household_no, person_no)
    wanted = "" if found.grain is Table.HOUSEHOLD else person.person_no
    answers = verdicts(
        policy, found, place=household.place_code, on=today, household_no=household_no
    )
    mine = next(each for each in answers if each.person_no == wanted)
    return _entered(
        by,
        policy,
        found,
        read,
        person,
        mine,
        quantity=quantity,
        base_fen=base_fen,
        loan_id=loan_id,
        today=today,
    )


@transaction.atomic
def apply_for_many(
    *,
    by: Actor,
    policy: Policy,
    scheme: str,
    term: str,
    place_code: str,
    persons: Collection[tuple[str, str]],
    today: date,
) -> list[Entitlement]:
    """Apply for several (household, person) of a village at once, all or none, where policy alone gives
    the amount. The village is held against the conditions once.

    Raises as `apply`; InputError for nobody, or a scheme that needs more than policy.
    """
    people.require(by, people.VILLAGE, place_code)
    found = policy.schemes.find(scheme, place=place_code, on=today)
    read = _term(policy, found, term, place=place_code, today=today)
    if not persons or found.formula is not Formula.FIXED:
        words = (
            Text("这项补助要逐户申报。", "This scheme is applied for one by one.")
            if persons
            else Text("请先选择。", "Choose some first.")
        )
        raise InputError(Text("不能申报。", "This cannot be applied for."), [Problem("", words)])
    answers = {
        (each.household_no, each.person_no): each
        for each in verdicts(policy, found, place=place_code, on=today)
    }
    made = []
    for household_no, person_no in sorted(set(persons)):
        person = _person(found, household_no, person_no)
        wanted = "" if found.grain is Table.HOUSEHOLD else person_no
        if (household_no, wanted) not in answers:
            raise NotFoundError(NO_PERSON)
        mine = answers[household_no, wanted]
        made.append(_entered(by, policy, found, read, person, mine, today=today))
    return made


def _entered(
    by: Actor,
    policy: Policy,
    found: Scheme,
    read: Term,
    person: Person,
    verdict: Verdict,
    *,
    quantity: Decimal | None = None,
    base_fen: int | None = None,
    loan_id: int | None = None,
    today: date,
) -> Entitlement:
    """An application whose conditions are known: worked out, written, journalled."""
    problems = _unmet(verdict)
    given = _given(found, person, quantity, base_fen, loan_id, problems)
    if problems:
        raise InputError(Text("不能申报。", "This cannot be applied for."), problems)
    limits = limits_of(policy, found, place=person.place_code, on=read.first, today=today)
    fen = amount(found.formula, limits, given, first=read.first, last=read.last)
    if fen <= 0:
        problem = Problem("", Text("算出的金额为零。", "The amount comes to nothing."))
        raise InputError(Text("不能申报。", "This cannot be applied for."), [problem])
    number = id_number(person)
    with refusals_told(), transaction.atomic():
        made: Entitlement = Entitlement.objects.create(
            place_code=person.place_code,
            household_no=person.household_id,
            person_no=person.person_no,
            per_household=found.grain is Table.HOUSEHOLD,
            person_number=sealed([number], "person_number")[0],
            person_token=token(number),
            certificate_token=person.certificate_token,
            scheme=found.id,
            term=read.code,
            first_day=read.first,
            last_day=read.last,
            excludes_in=found.excludes_in,
            pays_head=found.payee is Payee.HEAD,
            fen=fen,
            quantity=quantity if found.formula is Formula.PER_UNIT else None,
            base_fen=base_fen if found.formula is Formula.SHARE else None,
            loan_id=loan_id if found.formula is Formula.INTEREST else None,
            applied_by=by.username,
            applied_on=today,
        )
    journal.write(
        by=by.username,
        place_code=made.place_code,
        verb="payments.apply",
        subject=f"entitlement {made.pk}",
        after={"scheme": found.id, "term": read.code, "fen": fen},
    )
    return made


def id_number(person: Person) -> str:
    """The ID number in a person's certificate: that of a disability certificate is its beginning.

    InputError when the books hold none: nobody is paid who cannot be told from others.
    """
    if person.certificate is None:
        problem = Problem("person_no", Text("没有证件号码。", "The books hold no ID number."))
        raise InputError(Text("不能申报。", "This cannot be applied for."), [problem])
    return opened(person.certificate, "certificate").strip().upper()[:PERSON_LENGTH]


def _term(policy: Policy, scheme: Scheme, code: str, *, place: str, today: date) -> Term:
    """The term of that code. InputError for none, and for one that cannot be applied for today."""
    try:
        read = read_term(scheme.term, code)
    except ValueError:
        raise _refused_term(Text("没有这一期。", "There is no such term."), code) from None
    if scheme.term is TermKind.ONCE:
        return read
    if read.first > today:
        raise _refused_term(Text("这一期还没有开始。", "The term has not begun."), code)
    if scheme.formula is Formula.INTEREST and read.last >= today:
        words = Text(
            "贴息按已经过去的利息算，这一期结束后再申报。",
            "Interest is subsidised when it has fallen due: apply when the term is over.",
        )
        raise _refused_term(words, code)
    days = policy.value("payments.late_days", place=place, on=today).value
    if read.last < today - timedelta(days=days):
        words = Text(
            f"这一期结束已超过 {days} 天，不再申报。",
            f"The term ended more than {days} days ago and is no longer applied for.",
        )
        raise _refused_term(words, code)
    return read


def _refused_term(words: Text, code: str) -> InputError:
    problem = Problem("term", words, code)
    return InputError(Text("不能申报。", "This cannot be applied for."), [problem])


def _person(scheme: Scheme, household_no: str, person_no: str) -> Person:
    rows = Person.objects.filter(household_id=household_no)
    if scheme.grain is Table.HOUSEHOLD:
        found = rows.filter(relation=HEAD).order_by("person_no").first()
    else:
        found = rows.filter(person_no=person_no).first()
    if found is None:
        raise NotFoundError(NO_PERSON)
    return found


def _unmet(mine: Verdict) -> list[Problem]:
    return [
        Problem(
            "",
            Text(
                f"不符合条件：{condition.text.zh}。",
                f"Condition not met: {condition.text.en}.",
            ),
            rule=condition.id,
        )
        for condition in mine.missing
    ]


def _given(
    scheme: Scheme,
    person: Person,
    quantity: Decimal | None,
    base_fen: int | None,
    loan_id: int | None,
    problems: list[Problem],
) -> Given:
    loan: Loan | None = None
    if scheme.formula is Formula.PER_UNIT and (quantity is None or quantity <= 0):
        problems.append(Problem("quantity", _needed(scheme.base)))
    if scheme.formula is Formula.SHARE and (base_fen is None or base_fen <= 0):
        problems.append(Problem("base", _needed(scheme.base)))
    if scheme.formula is Formula.INTEREST:
        loan = the_loan(loan_id) if loan_id is not None else None
        if loan is None or (loan.household_no, loan.person_no) != (
            person.household_id,
            person.person_no,
        ):
            problems.append(
                Problem("loan", Text("请选择本人的贷款。", "Choose a loan of this person."))
            )
    return Given(quantity, base_fen, debt_of(loan) if loan is not None else None)


def _needed(base: Text) -> Text:
    return Text(f"请填写{base.zh}。", f"Give this: {base.en}.")
