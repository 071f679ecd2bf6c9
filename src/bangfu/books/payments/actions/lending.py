"""Micro loans: recorded as the bank lent them and as they are paid back; held to policy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.households.models import Person
from bangfu.books.households.queries import the_household
from bangfu.books.journal import actions as journal
from bangfu.books.payments import people
from bangfu.books.payments.actions.applying import NO_PERSON
from bangfu.books.payments.models import Loan, Repayment
from bangfu.books.payments.queries import loans, outstanding, the_loan
from bangfu.books.payments.refusals import refusals_told
from bangfu.books.places.days import day_problem
from bangfu.core.errors import InputError, NotFoundError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.periods import age_on
from bangfu.core.policy.resolve import Policy


@transaction.atomic
def record_loan(
    *,
    by: Actor,
    policy: Policy,
    household_no: str,
    person_no: str,
    number: str,
    bank: str,
    fen: int,
    rate: Decimal,
    lent_on: date,
    due_on: date,
    purpose: str,
    today: date,
) -> Loan:
    """Record a loan. InputError with every limit of policy it passes: age, amount, term, purpose, and what
    the household still owed when it was lent."""
    household = the_household(household_no)
    _may_lend(by, household.place_code)
    person = Person.objects.filter(household_id=household_no, person_no=person_no).first()
    if person is None:
        raise NotFoundError(NO_PERSON)

    def value(key: str) -> object:
        return policy.value(f"payments.{key}", place=household.place_code, on=lent_on).value

    wrong = day_problem(lent_on, place_code=household.place_code, today=today)
    if wrong is not None:
        raise InputError(
            Text("没有登记贷款。", "The loan was not recorded."), [Problem("lent_on", wrong)]
        )
    problems = [
        *_missing(number=number, bank=bank),
        *_wrong_days(lent_on, due_on, value("loan_months")),
        *_wrong_person(person, lent_on, value("loan_youngest"), value("loan_oldest")),
    ]
    most = value("loan_most")
    assert isinstance(most, int)
    if not 0 < fen <= most:
        problems.append(
            Problem(
                "fen",
                Text(
                    f"金额须大于零、不超过 {format_yuan(most)} 元。",
                    f"The amount is above zero and at most {format_yuan(most)} yuan.",
                ),
            )
        )
    problems += _too_many(household_no, lent_on, fen, most, value("loans_open"))
    if not 0 <= rate < 1:
        problems.append(Problem("rate", Text("年利率不对。", "The yearly rate is not right.")))
    if purpose not in value("loan_purposes"):  # type: ignore[operator]
        problems.append(
            Problem(
                "purpose",
                Text("小额信贷只用于生产经营。", "A micro loan is for production and trade only."),
                purpose,
            )
        )
    if problems:
        raise InputError(Text("没有登记贷款。", "The loan was not recorded."), problems)
    with refusals_told(), transaction.atomic():
        made: Loan = Loan.objects.create(
            place_code=household.place_code,
            household_no=household_no,
            person_no=person_no,
            number=number.strip(),
            bank=bank.strip(),
            fen=fen,
            rate=rate,
            lent_on=lent_on,
            due_on=due_on,
            purpose=purpose,
        )
    _journal(by, made, "payments.record_loan", {"fen": fen})
    return made


@transaction.atomic
def record_repayment(*, by: Actor, loan_id: int, fen: int, paid_on: date, today: date) -> Repayment:
    """Record principal paid back. InputError for more than is owed, or a day that cannot be."""
    loan = the_loan(loan_id, lock=True)
    _may_lend(by, loan.place_code)
    left = outstanding(loan)
    problems = []
    if not 0 < fen <= left:
        problems.append(
            Problem(
                "fen",
                Text(f"还欠 {format_yuan(left)} 元。", f"{format_yuan(left)} yuan are still owed."),
            )
        )
    if not loan.lent_on <= paid_on <= today:
        problems.append(
            Problem("paid_on", Text("日期不对。", "The day cannot be right."), str(paid_on))
        )
    if problems:
        raise InputError(Text("没有登记还款。", "The repayment was not recorded."), problems)
    made: Repayment = Repayment.objects.create(
        place_code=loan.place_code, loan=loan, paid_on=paid_on, fen=fen
    )
    _journal(by, loan, "payments.record_repayment", {"fen": fen})
    return made


def _may_lend(by: Actor, place_code: str) -> None:
    if not people.may_lend(by, place_code):
        people.require(by, people.VILLAGE, place_code)


def _missing(**texts: str) -> list[Problem]:
    return [
        Problem(name, Text("请填写。", "Please fill this in."))
        for name, text in texts.items()
        if not text.strip()
    ]


def _wrong_days(lent_on: date, due_on: date, months: object) -> list[Problem]:
    assert isinstance(months, int)
    problems = []
    if due_on <= lent_on or due_on > _months_later(lent_on, months):
        problems.append(
            Problem(
                "due_on",
                Text(
                    f"期限须在借款之后、最长 {months} 个月。",
                    f"It is due after it was lent, {months} months later at most.",
                ),
            )
        )
    return problems


def _too_many(
    household_no: str, lent_on: date, fen: int, most: int, at_once: object
) -> list[Problem]:
    """What speaks against another loan beside those the household still owed on the day: who
    borrows is the household, whichever member signs."""
    assert isinstance(at_once, int)
    known = loans(on=lent_on, household_no=household_no)
    still = [each for each in known if each.outstanding > 0]
    owed = sum(each.outstanding for each in still)
    if not still or (len(still) < at_once and owed + fen <= most):
        return []
    named = "、".join(
        f"{each.loan.bank} {each.loan.number}（{format_yuan(each.outstanding)}）" for each in still
    )
    return [
        Problem(
            "person_no",
            Text(
                f"借款日这户还有没还清的小额信贷：{named}。一户同时最多 {at_once} 笔、合计不超过 "
                f"{format_yuan(most)} 元；已还清的，先登记还款。",
                f"The household still owed on that day: {named}. At most {at_once} at once, "
                f"{format_yuan(most)} yuan in all. Record the repayment first if it was paid back.",
            ),
        )
    ]


def _months_later(day: date, months: int) -> date:
    """The same day so many months on; of a month that is shorter, its last (29 February → 28)."""
    at = day.year * 12 + day.month - 1 + months
    for last in range(day.day, 0, -1):
        try:
            return date(at // 12, at % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _wrong_person(person: Person, on: date, youngest: object, oldest: object) -> list[Problem]:
    assert isinstance(youngest, int)
    assert isinstance(oldest, int)
    age = None if person.birth is None else age_on(person.birth, on)
    if age is not None and youngest <= age <= oldest:
        return []
    return [
        Problem(
            "person_no",
            Text(
                f"借款人须 {youngest}–{oldest} 周岁（{'没有出生日期' if age is None else age}）。",
                f"A borrower is {youngest} to {oldest} years old "
                f"({'no day of birth' if age is None else age}).",
            ),
        )
    ]


def _journal(by: Actor, loan: Loan, verb: str, after: dict[str, object]) -> None:
    journal.write(
        by=by.username,
        place_code=loan.place_code,
        verb=verb,
        subject=f"loan {loan.pk}",
        after=after,
    )
