"""Interest subsidies that a repayment has changed since they were worked out.

A repayment may be told after the subsidy of its term was applied for: the amount is worked out anew where the
county approves it and where it is sent to finance.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bangfu.books.payments.limits import limits_of
from bangfu.books.payments.models import Entitlement, Loan, Repayment
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.payments.amounts import Debt, Given, amount
from bangfu.core.payments.schemes import Formula
from bangfu.core.policy.resolve import Policy


def require_unchanged(rows: Sequence[Entitlement], policy: Policy) -> None:
    """InputError, naming each, when interest among these entitlements is no longer what was worked out."""
    of_loans = [row for row in rows if row.loan_id is not None]
    debts = debts_of({row.loan_id for row in of_loans})
    problems = []
    for row in of_loans:
        now = _worked_out(row, debts[row.loan_id], policy)
        if now != row.fen:
            amounts = format_yuan(now), format_yuan(row.fen)
            problems.append(
                Problem(
                    row.household_no,
                    Text(
                        f"申报后登记了还款，{row.term} 的贴息现为 {amounts[0]} 元，申报的是 {amounts[1]} 元。"
                        "请退回，由村里重新申报。",
                        f"A repayment was recorded since: the interest of {row.term} is now {amounts[0]} "
                        f"yuan, and {amounts[1]} were applied for. Send it back, to be applied for anew.",
                    ),
                )
            )
    if problems:
        raise InputError(Text("没有办理。", "Nothing was carried out."), problems)


def debts_of(loans: set[int]) -> dict[int, Debt]:
    """Loans as interest sees them, by their ids: what is owed from each day on."""
    steps: dict[int, list[tuple[date, int]]] = {}
    rates = {}
    for loan in Loan.objects.filter(pk__in=loans):
        steps[loan.pk], rates[loan.pk] = [(loan.lent_on, loan.fen)], loan.rate
    for repayment in Repayment.objects.filter(loan__in=loans).order_by("loan", "paid_on", "pk"):
        owed = steps[repayment.loan_id]
        owed.append((repayment.paid_on, owed[-1][1] - repayment.fen))
    return {loan: Debt(rates[loan], tuple(owed)) for loan, owed in steps.items()}


def _worked_out(row: Entitlement, debt: Debt, policy: Policy) -> int:
    scheme = policy.schemes.find(row.scheme, place=row.place_code, on=row.applied_on)
    limits = limits_of(policy, scheme, place=row.place_code, on=row.first_day, today=row.applied_on)
    given = Given(debt=debt)
    return amount(Formula.INTEREST, limits, given, first=row.first_day, last=row.last_day)
