"""Households join and divide: accounts, loans, measures and what is not paid yet go along."""

from datetime import date

import pytest
from payments_ground import LATER, TODAY, VILLAGE, certificate, family, household_no
from test_batch_payment import answered
from test_micro_loans import lent, two_at_once

from bangfu.books.assistance.models import Measure
from bangfu.books.desk.exporters import cards_of
from bangfu.books.desk.household import gathered
from bangfu.books.desk.records import gazetteer_of
from bangfu.books.households.actions import merge_households, split_household
from bangfu.books.households.actions.happening import Evidence
from bangfu.books.households.models import Household, Person
from bangfu.books.payments.actions import record_account
from bangfu.books.payments.models import Account, Entitlement, Loan, Payment, Repayment
from bangfu.books.payments.queries import loans_of_households, paid_to, ready
from bangfu.books.projects.models import Project
from bangfu.books.tracing.queries import Kind, follow, found
from bangfu.books.tracing.searching import search
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.ledger.strands import Layer, sums
from bangfu.files.policy_folder import policy_in_force

ONE, TWO = household_no(1), household_no(2)
EVIDENCE = Evidence(on=TODAY, document="并户申请 1 号")
TOGETHER = {"1": "户主", "2": "之子", "3": "其他", "4": "其他"}


@pytest.fixture
def pair(ground, funded, as_web):
    """Two households, the second's members numbered 3 and 4, each with account, loan and measure."""
    funded(15_000)
    with as_web():
        for old, new in (("1", "3"), ("2", "4")):
            Person.objects.filter(household_id=TWO, person_no=old).update(person_no=new)
        for code in (ONE, TWO):
            Measure.objects.create(
                household_no=code,
                place_code=VILLAGE,
                family="industry_help",
                content="养羊",
                responsible="张三",
                agreed_on=TODAY,
            )
    ground.account(ONE)
    ground.act(
        "clerk",
        record,
        household_no=TWO,
        person_no="3",
    )
    lent(ground)
    borrowed = lent(ground, household_no=TWO, person_no="3", bank="信用社")
    with as_web():
        Repayment.objects.create(
            place_code=VILLAGE, loan=borrowed, paid_on=date(2026, 1, 1), fen=1_000_000
        )
    return ground


def record(*, by, household_no, person_no):
    """The second household's account, of its head under the new number."""
    return record_account(
        by=by,
        household_no=household_no,
        person_no=person_no,
        account="621000000000021",
        bank="农商行",
        holder_name="演示丙长",
        holder_number=certificate(2, 1),
        today=TODAY,
    )


def join(as_web) -> None:
    with as_web():
        merge_households(
            by="tester",
            household_no=TWO,
            into=ONE,
            relations=TOGETHER,
            evidence=EVIDENCE,
            today=TODAY,
        )


def test_all_of_a_household_goes_along(pair, as_web):
    waiting = pair.applied(TWO, person="4")
    join(as_web)
    for model in (Account, Loan, Measure):
        numbers = pair.look(
            lambda model=model: set(model.objects.values_list("household_no", flat=True))
        )
        assert numbers == {ONE}, model
    assert pair.look(lambda: Entitlement.objects.get(pk=waiting.pk).household_no) == ONE
    [row] = pair.look(lambda: list(loans_of_households(on=TODAY)))
    assert (row.household_no, row.loans, row.outstanding) == (ONE, 2, 9_000_000)


def test_who_was_noticed_before_is_paid_to_the_head_there_is_now(pair, as_web):
    pair.noticed(pair.applied(TWO, person="4"))
    join(as_web)
    batch = pair.batch()
    assert (batch.payments_count, batch.stopped_count) == (1, 0)
    payment = pair.look(lambda: Payment.objects.get())
    assert (payment.household_no, payment.holder_name) == (ONE, "演示乙长")


def test_what_was_paid_stays_and_is_shown_where_they_are(pair, as_web):
    pair.noticed(pair.applied(TWO, person="4"))
    batch = pair.batch()
    pair.back(batch, answered(pair.send(batch)))
    join(as_web)
    assert pair.look(lambda: Entitlement.objects.get().household_no) == TWO
    [money] = pair.look(lambda: paid_to(ONE))
    assert (money.fen, money.status) == (150_000, "paid")
    # And not once more under the new number.
    with pytest.raises(ConflictError, match="already"):
        pair.applied(ONE, person="4")
    # Its money is followed from the household there is now, and leads to it.
    with as_web():
        assert found(Kind.HOUSEHOLD, TWO) == found(Kind.HOUSEHOLD, ONE) == search(TWO)[0]
        followed = follow(found(Kind.HOUSEHOLD, ONE))
        assert followed.fen == followed.paid_fen == 150_000
        [payment] = sums(followed.strands, Layer.PAYMENT)
        down = follow(found(Kind.PAYMENT, payment))
        assert sums(down.strands, Layer.HOUSEHOLD) == {ONE: 150_000}
        assert followed.strands == down.strands
    assert pair.look(lambda: Payment.objects.get().household_no) == TWO, "history stays"


def test_a_number_that_joined_another_is_not_given_again(pair, as_web):
    join(as_web)
    with as_web(), pytest.raises(InputError):
        split_household(
            by="tester",
            household_no=ONE,
            new_no=TWO,
            leaving={"3": "户主"},
            staying={"1": "户主"},
            evidence=EVIDENCE,
            today=TODAY,
        )


def award(pair, code: str, **more):
    """An award of the industry, which a household has once a year."""
    given = {"scheme": "industry_award", "term": "2026", "person": "1", "base_fen": 1_000_000}
    return pair.applied(code, **(given | more))


def test_what_a_household_had_counts_for_the_one_it_joined(pair, as_web):
    """Paid under its old number, once more under the new one: refused, also over two joinings."""
    with as_web():
        Project.objects.update(purpose="产业发展")
    pair.noticed(award(pair, TWO, person="3"))
    batch = pair.batch(scheme="industry_award", term="2026")
    pair.back(batch, answered(pair.send(batch)))
    join(as_web)
    with pytest.raises(ConflictError, match="already"):
        award(pair, ONE)
    with as_web():
        family(3)
        for old, new in (("1", "5"), ("2", "6")):
            Person.objects.filter(household_id=household_no(3), person_no=old).update(person_no=new)
        merge_households(
            by="tester",
            household_no=ONE,
            into=household_no(3),
            relations={**TOGETHER, "1": "其他", "5": "户主", "6": "之子"},
            evidence=EVIDENCE,
            today=TODAY,
        )
        [payment] = Payment.objects.values_list("batch__payment", flat=True)
        assert sums(follow(found(Kind.PAYMENT, payment)).strands, Layer.HOUSEHOLD) == {
            household_no(3): 300_000
        }
        assert found(Kind.HOUSEHOLD, TWO).key == household_no(3)
    with pytest.raises(ConflictError, match="already"):
        award(pair, household_no(3), person="5")
    assert len(pair.look(lambda: paid_to(household_no(3)))) == 1
    # The page and the card of the household there is now tell it.
    with as_web():
        shown = gathered(Household.objects.get(pk=household_no(3)), TODAY)
        assert (shown["money_count"], shown["money_fen"]) == (1, 300_000)
        [card] = cards_of(
            [household_no(3)], gazetteer=gazetteer_of(VILLAGE), policy=policy_in_force(),
            today=TODAY, lang="zh",
        )  # fmt: skip
        assert card.money.startswith("共 3,000.00 元：")
        assert "产业奖补 2026 3,000.00 元" in card.money


def test_joining_leaves_what_both_were_to_have_with_the_number_that_goes(pair, as_web):
    for code, head in ((ONE, "1"), (TWO, "3")):
        award(pair, code, person=head)
    join(as_web)
    numbers = pair.look(
        lambda: list(Entitlement.objects.order_by("pk").values_list("household_no", flat=True))
    )
    assert numbers == [ONE, TWO]


def test_a_batch_that_waits_is_judged_after_the_households_joined(pair, as_web):
    """The money was to go to the head who is head no more: held back, and then paid to the new one."""
    pair.noticed(pair.applied(TWO, person="4"))
    batch = pair.batch()
    pair.checked(batch)
    join(as_web)
    with pytest.raises(ConflictError, match="Nobody is left"):
        pair.pay(batch)
    assert pair.look(lambda: ready(on=LATER)) == []


def test_who_leaves_takes_account_and_loan_along(pair, as_web):
    new = household_no(9)
    with as_web():
        split_household(
            by="tester",
            household_no=TWO,
            new_no=new,
            leaving={"3": "户主"},
            staying={"4": "户主"},
            evidence=EVIDENCE,
            today=TODAY,
        )
    assert pair.look(lambda: Account.objects.get(person_no="3").household_no) == new
    assert pair.look(lambda: Loan.objects.get(person_no="3").household_no) == new
    assert pair.look(lambda: Loan.objects.get(person_no="1").household_no) == ONE


def test_two_loans_of_one_number_of_two_banks_may_join(pair, as_web):
    lent(
        pair, household_no=TWO, person_no="3", bank="工商银行", number="QY-2", policy=two_at_once()
    )
    lent(pair, number="QY-2", policy=two_at_once())
    join(as_web)
    assert pair.look(lambda: Loan.objects.filter(household_no=ONE).count()) == 4
