"""What is read of money to households. Every query sees the scope's rows only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from bangfu.books.funds.models import Balance, ClaimStatus
from bangfu.books.households.models import Happening, Household
from bangfu.books.households.queries import numbers_of
from bangfu.books.payments.fitting import Strings, lines_of, why_works
from bangfu.books.payments.models import (
    Batch,
    BatchStatus,
    Entitlement,
    EntitlementStatus,
    Loan,
    Payment,
    PaymentStatus,
    Repayment,
)
from bangfu.books.payments.models.batches import ATTEMPTS
from bangfu.books.projects.models import Project
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.ledger.stages import Stage
from bangfu.core.policy.resolve import Policy

DUE_SOON = 30  # days within which a loan is told as due
TO_PAY = "to_pay"  # a batch whose claim is checked, as the page of the batches is asked for it
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
    """What was paid to a household, or to one that joined it, or is on its way, or failed; the newest
    first."""
    numbers = numbers_of(household_no)
    rows = (
        Payment.objects.filter(
            Q(household_no__in=numbers) | Q(entitlement__household_no__in=numbers)
        )
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


def arrived(of: Q) -> QuerySet[Payment]:
    """The payments that the bank says arrived, of some households, each with its `scheme` and `term`; the
    newest first."""
    return (
        Payment.objects.filter(of, status=PaymentStatus.PAID)
        .annotate(scheme=F("entitlement__scheme"), term=F("entitlement__term"))
        .only("household_no", "fen", "settled_on")
        .order_by("-settled_on", "-pk")
    )


def received(numbers: Collection[str]) -> dict[str, list[Payment]]:
    """What arrived at each of some households, those that joined them counted in; the newest first."""
    owner = {number: number for number in numbers}
    asked = set(owner)
    while asked:
        joined = Happening.objects.filter(kind="merge", other_no__in=asked)
        rows = joined.values_list("household_no", "other_no")
        new = {number: owner[other] for number, other in rows if number not in owner}
        owner |= new
        asked = set(new)
    found: dict[str, list[Payment]] = {}
    for row in arrived(Q(household_no__in=list(owner))):
        found.setdefault(owner[row.household_no], []).append(row)
    return found


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


def loans_of_households(*, on: date) -> QuerySet[Household]:
    """Every household of the scope that has a loan, with `loans`, `outstanding`, `due` within `DUE_SOON`
    days, `overdue`, `subsidised` (fen) and `next_due` (a day, of what is still owed)."""
    rows = Loan.objects.filter(household_no=OuterRef("pk"), lent_on__lte=on).annotate(
        left=F("fen") - Coalesce(_repaid(on), 0)
    )
    owed = rows.filter(left__gt=0)
    paid = Entitlement.objects.filter(
        loan__household_no=OuterRef("pk"), payments__status=PaymentStatus.PAID
    )
    return Household.objects.filter(
        household_no__in=Loan.objects.filter(lent_on__lte=on).values("household_no")
    ).annotate(
        loans=_over(rows, Count("pk")),
        outstanding=_over(rows, Sum("left")),
        due=_over(
            owed.filter(due_on__gte=on, due_on__lte=on + timedelta(days=DUE_SOON)), Sum("left")
        ),
        overdue=_over(owed.filter(due_on__lt=on), Sum("left")),
        next_due=Subquery(owed.order_by("due_on").values("due_on")[:1]),
        subsidised=_over(paid, Sum("fen"), by="loan__household_no"),
    )


def sums_of_loans(rows: QuerySet[Household]) -> dict[str, tuple[int, int]]:
    """Fen and households of each figure of `loans_of_households`."""
    names = ("outstanding", "due", "overdue", "subsidised")
    found = rows.aggregate(
        **{f"{name}_fen": Coalesce(Sum(name), 0) for name in names},
        **{f"{name}_count": Count("pk", filter=Q(**{f"{name}__gt": 0})) for name in names},
    )
    return {name: (int(found[f"{name}_fen"]), found[f"{name}_count"]) for name in names}


def _repaid(on: date) -> Subquery:
    """What was paid back of the loan outside, by a day."""
    rows = Repayment.objects.filter(loan=OuterRef("pk"), paid_on__lte=on).order_by()
    return Subquery(rows.values("loan").annotate(fen=Sum("fen")).values("fen"))


def _over(rows: QuerySet[Any], of: Aggregate, by: str = "household_no") -> Coalesce:
    """An aggregate of the rows of the household outside, 0 without any."""
    found = rows.order_by().values(by).annotate(of=of).values("of")
    return Coalesce(Subquery(found, output_field=BigIntegerField()), 0)


def _subsidies() -> dict[int, int]:
    """Interest that was paid, by loan."""
    found: dict[int, int] = {}
    paid = Entitlement.objects.filter(
        payments__status=PaymentStatus.PAID, loan_id__isnull=False
    ).values_list("loan_id", "fen")
    for loan_id, fen in paid:
        found[loan_id] = found.get(loan_id, 0) + fen
    return found


@dataclass(frozen=True, slots=True)
class Paying:
    """A project that can pay: what its plan has not committed, in fen, and what holds that back."""

    place_code: str
    lines: Sequence[Strings]
    number: str
    name: str
    fen: int


def projects_with_money(
    policy: Policy, *, on: date, purposes: Iterable[str] | None = None
) -> list[Paying]:
    """The projects of the scope with money that is planned and not committed, by number, works left out; of
    some purposes where they are named."""
    free = Balance.objects.filter(stage=Stage.ALLOCATED.value, amount__gt=0, project__isnull=False)
    if purposes is not None:
        free = free.filter(project__purpose__in=list(purposes))
    sums = dict(free.values_list("project_id").annotate(fen=Sum("amount")))
    known = Project.objects.filter(pk__in=list(sums)).order_by("number")
    paying = [each for each in known if why_works(each, policy, on=on) is None]
    lines = lines_of([each.pk for each in paying])
    return [
        Paying(each.place_code, lines[each.pk], each.number, each.name, sums[each.pk])
        for each in paying
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """What is approved in a village of one scheme and term and waits for its notice."""

    place_code: str
    scheme: str
    term: str
    count: int
    fen: int


def to_be_noticed() -> list[Group]:
    """The groups of the scope that wait for a notice, by village."""
    rows = (
        Entitlement.objects.filter(status=EntitlementStatus.APPROVED)
        .values_list("place_code", "scheme", "term")
        .annotate(count=Count("pk"), sum=Sum("fen"))
        .order_by("place_code", "scheme", "term")
    )
    return [Group(*row) for row in rows]


def batches(status: str) -> QuerySet[Batch]:
    """The batches of the scope of a status, or those whose claim is checked and waits for its payment."""
    if status == TO_PAY:
        return Batch.objects.filter(status=BatchStatus.SUBMITTED, claim__status=ClaimStatus.CHECKED)
    return Batch.objects.filter(status=status)


@dataclass(frozen=True, slots=True)
class Ready:
    """What a batch would collect: `again` of `count` are paid a second time."""

    scheme: str
    term: str
    project: str
    count: int
    fen: int
    again: int


def ready(*, on: date) -> list[Ready]:
    """What waits to be paid: its notice is over and it is in no batch, or failed in one."""
    live = Payment.objects.filter(entitlement=OuterRef("pk"), status__in=["waiting", "paid"])
    failed = Payment.objects.filter(entitlement=OuterRef("pk"), status=PaymentStatus.FAILED)
    rows = (
        Entitlement.objects.filter(
            status=EntitlementStatus.NOTICED,
            notice__closes_on__lt=on,
            notice__withdrawn_at__isnull=True,
        )
        .annotate(live=Exists(live), tries=_over(failed, Count("pk"), by="entitlement"))
        .filter(live=False, tries__lt=ATTEMPTS)
        .order_by()
        .values_list("scheme", "term", "project")
        .annotate(count=Count("pk"), sum=Sum("fen"), again=Count("pk", filter=Q(tries__gt=0)))
        .order_by("scheme", "term", "project")
    )
    return [Ready(*row) for row in rows]
