"""Interest subsidies that a repayment has changed since they were worked out.

A repayment may be told after the subsidy of its term was applied for: the amount is worked out anew where the
county approves it, where it is claimed and where it is paid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from bangfu.books.payments.limits import limits_of
from bangfu.books.payments.models import Batch, Loan, Payment, PaymentStatus
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.payments.amounts import Debt, Given, amount
from bangfu.core.payments.schemes import Formula
from bangfu.core.policy.resolve import Policy


@dataclass(frozen=True, slots=True)
class _Interest:
    """A row of `payments_interest`: an entitlement of interest, with its loan as it stands now."""

    household_no: str
    place_code: str
    scheme: str
    term: str
    first_day: date
    last_day: date
    applied_on: date
    fen: int
    rate: Decimal
    lent_on: date
    lent: int
    days: list[date]
    repaid: list[int]

    def worked_out(self, policy: Policy) -> int:
        """What it comes to now, by the policy it was applied for under."""
        scheme = policy.schemes.find(self.scheme, place=self.place_code, on=self.applied_on)
        limits = limits_of(
            policy, scheme, place=self.place_code, on=self.first_day, today=self.applied_on
        )
        repaid = zip(self.days, self.repaid, strict=True)
        given = Given(debt=_debt(self.rate, self.lent_on, self.lent, repaid))
        return amount(Formula.INTEREST, limits, given, first=self.first_day, last=self.last_day)


def require_unchanged(entitlements: Collection[int], policy: Policy) -> None:
    """InputError, naming each, when interest among these entitlements is no longer what was worked out."""
    problems = []
    for row in _interest_among(entitlements):
        now = row.worked_out(policy)
        if now != row.fen:
            amounts = format_yuan(now), format_yuan(row.fen)
            problems.append(
                Problem(
                    row.household_no,
                    Text(
                        f"申报后登记了还款，{row.term} 的贴息现为 {amounts[0]} 元，申报的是 {amounts[1]} 元。"
                        "请退回，由村里重新申报；已做批次的先撤销批次，已报财政的由财政先退回报账。",
                        f"A repayment was recorded since: the interest of {row.term} is now {amounts[0]} "
                        f"yuan, and {amounts[1]} were applied for. Send it back, to be applied for anew; its "
                        "batch is cancelled before, and its claim returned by finance before that.",
                    ),
                )
            )
    if problems:
        raise InputError(Text("没有办理。", "Nothing was carried out."), problems)


def require_batch_unchanged(batch: Batch, policy: Policy) -> None:
    """InputError as `require_unchanged`, of what a batch pays; a batch of another scheme pays no interest."""
    scheme = policy.schemes.find(batch.scheme, place=batch.place_code, on=batch.made_on)
    if scheme.formula is Formula.INTEREST:
        waiting = Payment.objects.filter(batch=batch, status=PaymentStatus.WAITING)
        require_unchanged(list(waiting.values_list("entitlement_id", flat=True)), policy)


def debt_of(loan: Loan) -> Debt:
    """A loan as interest sees it: what is owed from each day on."""
    repaid = loan.repayments.order_by("paid_on", "pk").values_list("paid_on", "fen")
    return _debt(loan.rate, loan.lent_on, loan.fen, repaid)


def _debt(rate: Decimal, lent_on: date, fen: int, repaid: Iterable[tuple[date, int]]) -> Debt:
    steps = [(lent_on, fen)]
    for day, back in repaid:
        steps.append((day, steps[-1][1] - back))
    return Debt(rate, tuple(steps))


def _interest_among(entitlements: Collection[int]) -> list[_Interest]:
    with connection.cursor() as cursor:
        cursor.execute("select * from payments_interest(%s::bigint[])", [sorted(entitlements)])
        return [_Interest(*row) for row in cursor.fetchall()]
