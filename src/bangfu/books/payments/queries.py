"""What is read of money to households. Every query sees the scope's rows only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from bangfu.books.payments.models import (
    Entitlement,
    Loan,
    Payment,
    PaymentStatus,
    Repayment,
)
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.payments.amounts import Debt

DUE_SOON = 30  # days within which a loan is told as due
NO_LOAN = Text("没有这笔贷款，或者它不在您的范围内。", "There is no such loan, or it is not yours.")


@dataclass(frozen=True, slots=True)
class Money:
    """One payment, or try at one, to a household, as its page tells it."""

    scheme: str
    term: str
    person_no: str
    fen: int
    status: PaymentStatus
    failure: str
    settled_on: date | None
    account_end: str


@dataclass(frozen=True, slots=True)
class LoanState:
    """How a loan stands on a day, in fen. `subsidised` is the interest that was paid for it."""

    loan: Loan
    outstanding: int
    overdue: int
    subsidised: int


def paid_to(household_no: str) -> list[Money]:
    """What was paid to a household, or is on its way, or failed; the newest first."""
    rows = (
        Payment.objects.filter(household_no=household_no)
        .exclude(status=PaymentStatus.DROPPED)
        .select_related("entitlement")
        .order_by("-pk")
    )
    return [
        Money(
            row.entitlement.scheme,
            row.entitlement.term,
            row.entitlement.person_no,
            row.fen,
            PaymentStatus(row.status),
            row.failure,
            row.settled_on,
            row.account_end,
        )
        for row in rows
    ]


def the_loan(loan_id: int, *, lock: bool = False) -> Loan:
    """The loan of that number. NotFoundError outside the scope."""
    rows = Loan.objects.select_for_update() if lock else Loan.objects.all()
    found = rows.filter(pk=loan_id).first()
    if found is None:
        raise NotFoundError(NO_LOAN)
    return found


def outstanding(loan: Loan) -> int:
    """The principal still owed."""
    paid: int = loan.repayments.aggregate(total=Sum("fen"))["total"] or 0
    return loan.fen - paid


def debt_of(loan: Loan) -> Debt:
    """A loan as interest sees it: what is owed from each day on."""
    steps = [(loan.lent_on, loan.fen)]
    for repayment in Repayment.objects.filter(loan=loan).order_by("paid_on", "pk"):
        steps.append((repayment.paid_on, steps[-1][1] - repayment.fen))
    return Debt(loan.rate, tuple(steps))


def loans(*, on: date, household_no: str = "") -> list[LoanState]:
    """How every loan of the scope, or of one household, stands on a day; the earliest due first."""
    rows = Loan.objects.filter(lent_on__lte=on)
    if household_no:
        rows = rows.filter(household_no=household_no)
    rows = rows.annotate(
        repaid=Coalesce(Sum("repayments__fen", filter=Q(repayments__paid_on__lte=on)), 0)
    ).order_by("due_on", "pk")
    found = []
    subsidies = _subsidies()
    for row in rows:
        left = row.fen - row.repaid
        overdue = left if row.due_on < on else 0
        found.append(LoanState(row, left, overdue, subsidies.get(row.pk, 0)))
    return found


@dataclass(slots=True)
class HouseholdLoans:
    """The loans of one household together, in fen: `due` is what is due within `DUE_SOON` days."""

    household_no: str
    outstanding: int = 0
    due: int = 0
    overdue: int = 0
    subsidised: int = 0


def loans_of_households(*, on: date) -> list[HouseholdLoans]:
    """A row a household of the scope that has a loan, the earliest due first."""
    rows: dict[str, HouseholdLoans] = {}
    for state in loans(on=on):
        row = rows.setdefault(state.loan.household_no, HouseholdLoans(state.loan.household_no))
        row.outstanding += state.outstanding
        row.overdue += state.overdue
        row.subsidised += state.subsidised
        if 0 <= (state.loan.due_on - on).days <= DUE_SOON:
            row.due += state.outstanding
    return list(rows.values())


def _subsidies() -> dict[int, int]:
    """Interest that was paid, by loan."""
    found: dict[int, int] = {}
    paid = Entitlement.objects.filter(
        payments__status=PaymentStatus.PAID, loan_id__isnull=False
    ).values_list("loan_id", "fen")
    for loan_id, fen in paid:
        found[loan_id] = found.get(loan_id, 0) + fen
    return found
