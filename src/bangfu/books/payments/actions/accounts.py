"""One-card accounts: recorded with what the bank says of their holder, sealed at once."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from bangfu.books.accounts.actors import Actor
from bangfu.books.households.models import Person
from bangfu.books.households.queries import the_household
from bangfu.books.journal import actions as journal
from bangfu.books.payments import people
from bangfu.books.payments.actions.applying import NO_PERSON, id_number
from bangfu.books.payments.models import Account
from bangfu.books.payments.refusals import refusals_told
from bangfu.books.walls.guarded import sealed, token
from bangfu.core.errors import InputError, NotFoundError, Problem
from bangfu.core.language import Text

SHORTEST, LONGEST = 12, 21


@transaction.atomic
def record_account(
    *,
    by: Actor,
    household_no: str,
    person_no: str,
    account: str,
    bank: str,
    holder_name: str,
    holder_number: str,
    today: date,
) -> Account:
    """Record a member's one-card account, in the place of the one before; all its numbers are sealed.

    A name or number that is not the member's is recorded as the bank states it: no payment goes there
    until it is mended. InputError for a number that is none; ConflictError for another's account.
    """
    household = the_household(household_no)
    people.require(by, people.VILLAGE, household.place_code)
    person = Person.objects.filter(household_id=household_no, person_no=person_no).first()
    if person is None:
        raise NotFoundError(NO_PERSON)
    plain = account.replace(" ", "")
    number = holder_number.strip().upper()
    problems = [
        Problem(name, Text("请填写。", "Please fill this in."))
        for name, text in (("bank", bank), ("holder_name", holder_name), ("holder_number", number))
        if not text.strip()
    ]
    if not (plain.isascii() and plain.isdigit() and SHORTEST <= len(plain) <= LONGEST):
        # The value is not told: it may be a number of somebody.
        problems.append(
            Problem(
                "account",
                Text(
                    f"账号应为 {SHORTEST}–{LONGEST} 位数字。",
                    f"An account number has {SHORTEST} to {LONGEST} digits.",
                ),
            )
        )
    if problems:
        raise InputError(Text("没有登记账户。", "The account was not recorded."), problems)
    own = id_number(person)
    with refusals_told(), transaction.atomic():
        Account.objects.filter(
            household_no=household_no, person_no=person_no, closed_on__isnull=True
        ).update(closed_on=today)
        made: Account = Account.objects.create(
            place_code=household.place_code,
            household_no=household_no,
            person_no=person_no,
            certificate_token=person.certificate_token,
            account=sealed([plain], "account")[0],
            account_token=token(plain),
            account_end=plain[-4:],
            bank=bank.strip(),
            holder_name=holder_name.strip(),
            holder_number=sealed([number], "holder_number")[0],
            holder_token=token(number),
            number_matches=number == own,
        )
    _journal(by, made, "payments.record_account")
    return made


@transaction.atomic
def close_account(*, by: Actor, household_no: str, person_no: str, today: date) -> None:
    """An account is no longer in use."""
    household = the_household(household_no)
    people.require(by, people.VILLAGE, household.place_code)
    found = Account.objects.filter(
        household_no=household_no, person_no=person_no, closed_on__isnull=True
    ).first()
    if found is None:
        raise NotFoundError(Text("没有登记账户。", "No account is recorded."))
    Account.objects.filter(pk=found.pk).update(closed_on=today)
    _journal(by, found, "payments.close_account")


def _journal(by: Actor, account: Account, verb: str) -> None:
    journal.write(
        by=by.username,
        place_code=account.place_code,
        verb=verb,
        subject=f"household {account.household_no} person {account.person_no}",
        after={"account": account.pk},
    )
