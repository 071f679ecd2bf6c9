"""Micro loans: held to policy, owed and overdue by household, their interest subsidised to the fen."""

from datetime import date
from decimal import Decimal

import pytest
from payments_ground import COUNTY, LATER, PROJECT, TODAY, household_no

from bangfu.books.funds import actions as funds
from bangfu.books.payments import actions
from bangfu.books.payments.models import Batch
from bangfu.books.payments.queries import loans, loans_of_households, paid_to
from bangfu.books.projects.models import Project
from bangfu.core.errors import InputError
from bangfu.files.policy_folder import policy_in_force

ONE = household_no(1)
LOAN = {
    "household_no": ONE,
    "person_no": "1",
    "number": "QY-1",
    "bank": "农商行",
    "fen": 5_000_000,
    "rate": Decimal("0.0345"),
    "lent_on": date(2025, 6, 1),
    "due_on": date(2026, 11, 30),
    "purpose": "养殖业",
}
INTEREST = {"person": "1", "scheme": "loan_interest", "term": "2026-Q3"}
OF_INTEREST = {"scheme": "loan_interest", "term": "2026-Q3"}


def lent(ground, **other):
    return ground.act(
        "clerk",
        actions.record_loan,
        **({"policy": policy_in_force(), "today": TODAY} | LOAN | other),
    )


def two_at_once():
    """The policy in force, of a county that lets a household owe two."""
    return policy_in_force().as_if({"payments.loans_open": 2}, place=COUNTY, on=LOAN["lent_on"])


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"fen": 10_000_001}, "fen"),
        ({"due_on": date(2028, 6, 2)}, "due_on"),
        ({"purpose": "婚丧嫁娶"}, "purpose"),
        ({"person_no": "2", "lent_on": date(2025, 12, 31)}, "person_no"),  # a day before 18
        ({"lent_on": date(2026, 11, 23)}, "lent_on"),
    ],
)
def test_a_loan_past_a_limit_is_refused(ground, other, where):
    with pytest.raises(InputError) as refused:
        lent(ground, **other)
    assert [problem.where for problem in refused.value.problems] == [where]


def test_three_years_from_a_leap_day_end_on_the_last_of_february(ground):
    made = lent(ground, lent_on=date(2024, 2, 29), due_on=date(2027, 2, 28))
    assert made.pk
    with pytest.raises(InputError):
        lent(ground, number="QY-2", lent_on=date(2024, 2, 29), due_on=date(2027, 3, 1))


def test_what_a_household_owes(ground):
    made = lent(ground)
    lent(ground, policy=two_at_once(), number="QY-2", fen=1_000_000, due_on=date(2027, 6, 1))
    ground.act(
        "clerk",
        actions.record_repayment,
        loan_id=made.pk,
        fen=2_000_000,
        paid_on=date(2026, 2, 15),
        today=TODAY,
    )
    with pytest.raises(InputError):
        ground.act(
            "clerk",
            actions.record_repayment,
            loan_id=made.pk,
            fen=3_000_001,
            paid_on=TODAY,
            today=TODAY,
        )
    [row] = ground.look(lambda: list(loans_of_households(on=TODAY)))
    assert (row.outstanding, row.due, row.overdue) == (4_000_000, 3_000_000, 0)
    [row] = ground.look(lambda: list(loans_of_households(on=date(2026, 12, 1))))
    assert (row.outstanding, row.due, row.overdue) == (4_000_000, 0, 3_000_000)
    # A loan is not aid: it stands in no sum of what was paid.
    assert ground.look(lambda: paid_to(ONE)) == []
    # Before the repayment the whole was owed.
    before = ground.look(lambda: loans(on=date(2026, 2, 14)))
    assert [each.outstanding for each in before] == [5_000_000, 1_000_000]


def test_interest_is_subsidised_to_the_fen(ground):
    made = lent(ground)
    applied = ground.applied(
        ONE, person="1", scheme="loan_interest", term="2026-Q1", loan_id=made.pk
    )
    # 70 % of 50,000 × 3.45 % × 90 ÷ 360.
    assert applied.fen == 30_188
    with pytest.raises(InputError):
        ground.applied(ONE, person="1", scheme="loan_interest", term="2026-Q2")


def test_another_loan_waits_until_the_first_is_paid_back(ground):
    made = lent(ground)
    again = {"number": "QY-2", "fen": 3_000_000, "lent_on": date(2026, 3, 1)}
    with pytest.raises(InputError) as refused:
        lent(ground, **again)
    [problem] = refused.value.problems
    assert problem.where == "person_no"
    assert "农商行 QY-1（50,000.00）" in problem.text.zh
    back = {"loan_id": made.pk, "fen": 5_000_000, "paid_on": date(2026, 3, 1), "today": TODAY}
    ground.act("clerk", actions.record_repayment, **back)
    assert lent(ground, **again).pk


def test_what_a_household_owes_in_all_stays_within_the_limit(ground):
    lent(ground, policy=two_at_once())
    with pytest.raises(InputError) as refused:
        lent(ground, policy=two_at_once(), number="QY-2", fen=5_000_001)
    assert ["100,000.00 元" in problem.text.zh for problem in refused.value.problems] == [True]
    assert lent(ground, policy=two_at_once(), number="QY-2", fen=5_000_000).pk


def test_another_member_waits_as_well(ground):
    """The household borrows, whoever signs: limits count what all its members owe."""
    grown = {"person_no": "2", "number": "QY-2", "lent_on": date(2026, 3, 1)}
    lent(ground)
    with pytest.raises(InputError) as refused:
        lent(ground, **grown)
    assert ["这户还有没还清" in problem.text.zh for problem in refused.value.problems] == [True]
    assert lent(ground, **grown | {"household_no": household_no(2)}).pk


@pytest.mark.parametrize(
    ("term", "told"),
    [("2026-Q4", "结束后再申报"), ("2027-Q1", "还没有开始"), ("2025-Q3", "超过 365 天")],
)
def test_interest_is_applied_for_when_it_has_fallen_due(ground, term, told):
    made = lent(ground)
    with pytest.raises(InputError) as refused:
        ground.applied(ONE, person="1", scheme="loan_interest", term=term, loan_id=made.pk)
    [problem] = refused.value.problems
    assert (problem.where, told in problem.text.zh) == ("term", True)


@pytest.fixture
def interest(ground, funded, as_web):
    """The interest of a quarter applied for, and its loan; the project pays interest."""
    funded(10_000)
    with as_web():
        Project.objects.filter(number=PROJECT).update(purpose="金融贴息")
    ground.account(ONE, person="1")
    made = lent(ground)
    return made, ground.applied(ONE, **INTEREST, loan_id=made.pk)


def repaid(ground, loan, paid_on):
    terms = {"fen": 1_000_000, "paid_on": paid_on, "today": TODAY}
    ground.act("clerk", actions.record_repayment, loan_id=loan.pk, **terms)


def test_interest_that_a_repayment_changed_is_not_approved(ground, interest):
    loan, applied = interest
    ground.act("reviewer", actions.check, entitlements=[applied.pk])
    repaid(ground, loan, date(2026, 8, 1))
    approval = {"entitlements": [applied.pk], "project": PROJECT, "policy": policy_in_force()}
    with pytest.raises(InputError) as refused:
        ground.act("approver", actions.approve, **approval)
    [problem] = refused.value.problems
    # 70 % of 3.45 % of (50,000 × 31 + 40,000 × 61) ÷ 360.
    assert problem.where == ONE and "267.66 元，申报的是 308.58 元" in problem.text.zh
    ground.act("approver", actions.refuse, entitlements=[applied.pk], reason="还款")
    again = ground.applied(ONE, **INTEREST, loan_id=loan.pk)
    assert again.fen == 26_766
    ground.noticed(again)


def test_interest_that_a_repayment_changed_is_not_claimed(ground, interest, browser):
    """On the page, where who claims sees no loan."""
    loan, applied = interest
    ground.noticed(applied)
    batch = ground.batch(**OF_INTEREST)
    repaid(ground, loan, date(2026, 9, 30))
    refused = browser("officer", later=9).post(f"/payments/batches/{batch.pk}/submit/")
    assert refused.status_code == 422 and "由村里重新申报" in refused.content.decode()


def test_interest_that_a_repayment_changed_is_not_paid(ground, interest, browser):
    """Told after finance has checked: the claim is returned, and what is right is paid."""
    loan, applied = interest
    ground.noticed(applied)
    batch = ground.batch(**OF_INTEREST)
    ground.checked(batch)
    repaid(ground, loan, date(2026, 9, 30))
    cashier = browser("cashier", later=9)
    refused = cashier.post(f"/payments/batches/{batch.pk}/send/")
    assert refused.status_code == 422 and "财政先退回报账" in refused.content.decode()
    claim = ground.look(lambda: Batch.objects.get(pk=batch.pk).claim_id)
    returned = {"reasons": ["over_budget"], "note": "还款", "policy": policy_in_force()}
    ground.act("cashier", funds.return_claim, claim_id=claim, day=LATER, **returned)
    ground.act("officer", actions.cancel_batch, batch_id=batch.pk, reason="还款", day=LATER)
    ground.act("approver", actions.refuse, entitlements=[applied.pk], reason="还款")
    assert ground.applied(ONE, **INTEREST, loan_id=loan.pk).fen == 30_791
