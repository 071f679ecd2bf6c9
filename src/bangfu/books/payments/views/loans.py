"""Pages of micro loans (小额信贷): owed, due, overdue and subsidised by household; a loan, a repayment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bangfu.books.accounts.doors import page
from bangfu.books.households.models import Person
from bangfu.books.households.queries import the_household
from bangfu.books.payments import actions, queries
from bangfu.books.payments.forms import LoanForm, RepaymentForm
from bangfu.books.payments.views.shared import PERSONS
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.web.addresses import address_of
from bangfu.web.forms import page_with
from bangfu.web.tables import Column, Kind, Table

LOANS = (
    Column("household", Text("户编号", "Household no."), lambda h: h.household_no,
           sort="household_no", link=lambda h: address_of("household-payments", h.household_no)),
    Column("count", Text("笔数", "Loans"), lambda h: h.loans, Kind.NUMBER, sort="loans"),
    Column("outstanding", Text("余额（元）", "Outstanding (yuan)"), lambda h: h.outstanding,
           Kind.MONEY, sort="outstanding"),
    Column("next", Text("最近到期", "Next due"), lambda h: h.next_due, Kind.DAY, sort="next_due"),
    Column("due", Text("30 天内到期（元）", "Due in 30 days (yuan)"), lambda h: h.due, Kind.MONEY,
           sort="due"),
    Column("overdue", Text("逾期（元）", "Overdue (yuan)"), lambda h: h.overdue, Kind.MONEY,
           sort="overdue"),
    Column("subsidised", Text("已贴息（元）", "Subsidised (yuan)"), lambda h: h.subsidised,
           Kind.MONEY, sort="subsidised"),
)  # fmt: skip
ONLY = {
    "overdue": Text("逾期", "Overdue"),
    "due": Text("30 天内到期", "Due in 30 days"),
    "outstanding": Text("有余额", "Owing"),
    "subsidised": Text("已贴息", "Subsidised"),
}


@page(classes=PERSONS, purpose="micro loans")
def loans(request: HttpRequest) -> HttpResponse:
    """What households owe. A loan is not aid."""
    rows = queries.loans_of_households(on=request.today)
    only = request.GET.get("only", "")
    shown = rows.filter(**{f"{only}__gt": 0}) if only in ONLY else rows
    table = Table(
        request,
        LOANS,
        shown,
        name="loans",
        title=Text("小额信贷", "Micro loans"),
        order="next",
    )
    if table.wants_workbook:
        return table.workbook()
    sums = queries.sums_of_loans(rows)
    context = {
        "table": table,
        "only": only,
        "sums": [(name, words, *sums[name]) for name, words in ONLY.items()],
    }
    return render(request, "payments/loans.html", context)


@page(classes=PERSONS, purpose="record a loan", form=True)
def loan_new(request: HttpRequest, household_no: str) -> HttpResponse:
    """Record a loan of a member, as the bank lent it."""
    household = the_household(household_no)
    policy = policy_in_force()
    form = LoanForm(
        request.POST or None,
        persons=list(Person.objects.filter(household=household).order_by("person_no")),
        purposes=policy.value(
            "payments.loan_purposes", place=household.place_code, on=request.today
        ).value,
    )
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.record_loan(
                by=request.actor,
                policy=policy,
                household_no=household_no,
                today=request.today,
                **data,
            )
        )
        if made is not None:
            return redirect("household-payments", household_no)
    return page_with(
        request,
        "payments/loan_form.html",
        form=form,
        heading=Text("登记小额贷款", "Record a loan"),
        household_no=household_no,
    )


@page(classes=PERSONS, purpose="record a repayment", form=True)
def repayment(request: HttpRequest, loan_id: int) -> HttpResponse:
    """Record principal that was paid back."""
    loan = queries.the_loan(loan_id)
    form = RepaymentForm(request.POST or None)
    if request.method == "POST":
        made = form.carry_out(
            lambda data: actions.record_repayment(
                by=request.actor, loan_id=loan_id, today=request.today, **data
            )
        )
        if made is not None:
            return redirect("household-payments", loan.household_no)
    return page_with(
        request,
        "payments/loan_form.html",
        form=form,
        heading=Text(f"登记还款：{loan.number}", f"Record a repayment: {loan.number}"),
        household_no=loan.household_no,
        owed=queries.outstanding(loan),
    )
