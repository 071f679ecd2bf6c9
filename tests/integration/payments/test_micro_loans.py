"""Micro loans: held to policy, owed and overdue by household, their interest subsidised to the fen."""

from datetime import date
from decimal import Decimal

import pytest
from payments_ground import TODAY, household_no

from bangfu.books.payments import actions
from bangfu.books.payments.queries import loans, loans_of_households, paid_to
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


def lent(ground, **other):
    return ground.act(
        "clerk", actions.record_loan, policy=policy_in_force(), today=TODAY, **(LOAN | other)
    )


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
    lent(ground, number="QY-2", fen=1_000_000, due_on=date(2027, 6, 1))
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
