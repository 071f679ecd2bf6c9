"""A batch in the ledger: one claim, three people, one payment; what does not arrive comes back whole."""

from datetime import date

import pytest
from django.db import IntegrityError
from payments_ground import COUNTY, LATER, LATER_NOW, SCHEME, TODAY, family, household_no
from test_batch_payment import answered
from test_micro_loans import LOAN

from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import Claim, Contract, Posting
from bangfu.books.funds.models import Payment as Paid
from bangfu.books.funds.verify import one_state
from bangfu.books.households.actions import remove_member
from bangfu.books.households.actions.happening import Evidence
from bangfu.books.payments import actions
from bangfu.books.payments.models import Batch, Payment, Stop
from bangfu.books.payments.queries import ready
from bangfu.books.payments.verify import verify
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import ConflictError, ForbiddenError, InputError
from bangfu.core.places import NATION
from bangfu.files.policy_folder import policy_in_force

ONE, TWO, THREE = (household_no(number) for number in (1, 2, 3))


@pytest.fixture
def three(ground, funded, as_web):
    """Three students whose notice is over, and 15,000 yuan planned and arrived."""
    funded(15_000)
    with as_web():
        family(3)
    for code in (ONE, TWO, THREE):
        ground.account(code)
    ground.noticed(*(ground.applied(code) for code in (ONE, TWO, THREE)))
    return ground


def die(as_web, code: str, kind: str = "death") -> None:
    with as_web():
        remove_member(
            by="tester",
            household_no=code,
            person_no="2",
            kind=kind,
            evidence=Evidence(on=TODAY, document="证明 1 号"),
            today=TODAY,
        )


def recounted() -> list:
    everything = Scope((NATION,), frozenset(DataClass), "verify")
    with one_state(), within(everything, by="tester"):
        return verify()


def kinds(ground) -> list[str]:
    """The kinds of postings after the plan, as they came."""
    rows = ground.look(lambda: list(Posting.objects.order_by("pk").values_list("kind", flat=True)))
    return [kind for kind in rows if kind not in ("announce", "receive", "allocate")]


def test_what_a_batch_moves(three, as_web):
    """The worked row of docs/algorithms/payments.md: three students, one dies, one account is closed."""
    batch = three.batch()
    assert kinds(three) == []
    three.checked(batch)
    assert three.stands() == {"claimed": 450_000, "allocated": 1_050_000, "received": 1_500_000}
    die(as_web, TWO)
    file = three.pay(batch)
    sent = {"paid": 300_000, "disbursed": 300_000, "allocated": 1_200_000, "received": 1_200_000}
    assert three.stands() == sent
    assert len(file.decode().splitlines()) == 3
    three.back(batch, answered(file, failed={1: "账户已销户"}))
    after = {"paid": 150_000, "disbursed": 150_000, "allocated": 1_350_000, "received": 1_350_000}
    assert three.stands() == after
    assert kinds(three) == [
        "commit", "claim", "pay", "recover", "reassign", "recover", "reassign",
    ]  # fmt: skip
    # What failed is claimed and paid once more, like any other money.
    again = three.batch()
    assert again.fen == 150_000
    three.back(again, answered(three.send(again)))
    assert three.stands()["paid"] == 300_000
    assert recounted() == []


def test_who_claims_who_checks_and_who_pays_are_three(three):
    batch = three.batch()
    claim = three.submit(batch)
    pay = {"batch_id": batch.pk, "policy": policy_in_force(), "day": LATER, "now": LATER_NOW}
    with pytest.raises(ConflictError, match="not checked"):
        three.act("cashier", actions.send_batch, **pay)
    with pytest.raises(ForbiddenError):
        three.act("officer", funds.check_claim, claim_id=claim.pk, day=LATER)
    three.act("checker", funds.check_claim, claim_id=claim.pk, day=LATER)
    for who in ("checker", "officer"):
        with pytest.raises(ForbiddenError):
            three.act(who, actions.send_batch, **pay)
    assert "paid" not in three.stands()
    three.act("cashier", actions.send_batch, **pay)
    paid = three.look(lambda: Paid.objects.get())
    people = (paid.claimed_by, paid.checked_by, paid.paid_by)
    assert people == ("officer", "checker", "cashier")


def test_a_claim_of_households_is_paid_by_its_batch_only(three):
    batch = three.batch()
    three.checked(batch)
    claim = three.look(lambda: Claim.objects.get())
    by_hand = {"claim_id": claim.pk, "voucher": "1", "day": LATER}
    with pytest.raises(ConflictError, match="paid by their batch"):
        three.act("cashier", funds.pay, **by_hand)
    with pytest.raises(IntegrityError, match="is paid by its batch"):
        three.act("cashier", funds.pay, **by_hand, of_batch=True)
    three.pay(batch)
    paid = three.look(lambda: Paid.objects.get())
    with pytest.raises(ConflictError, match="paid by their batch"):
        three.act("cashier", funds.bounce, payment_id=paid.pk, day=LATER, reason="退汇")


def test_the_plan_and_the_cash_bound_a_batch(ground, funded):
    funded(2_000)
    for code in (ONE, TWO):
        ground.account(code)
    ground.noticed(ground.applied(ONE), ground.applied(TWO))
    batch = ground.batch()
    with pytest.raises(ConflictError, match="2,000"):
        ground.submit(batch)
    assert ground.look(lambda: Contract.objects.count()) == 0
    assert ground.look(lambda: Batch.objects.get().status) == "made"


def test_a_batch_waits_for_its_cash(ground, funded):
    funded(3_000, cash=2_999)
    for code in (ONE, TWO):
        ground.account(code)
    ground.noticed(ground.applied(ONE), ground.applied(TWO))
    batch = ground.batch()
    ground.checked(batch)
    with pytest.raises(ConflictError, match="2,999"):
        ground.pay(batch)
    assert ground.stands() == {"claimed": 300_000, "received": 299_900}


def test_everybody_is_looked_at_again_before_the_file(three, as_web):
    """Between making and sending one dies, one moves, one has a new account: told, and not paid."""
    with as_web():
        family(4)
    three.account(household_no(4))
    three.noticed(three.applied(household_no(4)))
    batch = three.batch()
    three.checked(batch)
    die(as_web, ONE)
    die(as_web, TWO, "move_out")
    three.account(THREE, account="6210999900000031")
    file = three.pay(batch).decode()
    assert file.count("\r\n") == 2
    stops = Stop.objects.filter(at_sending=True)
    assert three.look(lambda: dict(stops.values_list("household_no", "reason"))) == {
        ONE: "dead",
        TWO: "moved",
        THREE: "changed",
    }
    held = three.look(lambda: Batch.objects.get())
    assert (held.held_count, held.held_fen, held.stopped_count) == (3, 450_000, 3)
    assert three.stands()["disbursed"] == 150_000
    three.back(batch, answered(file.encode()))
    # Whose account is another waits for the next batch; the dead and the moved are stopped there too.
    assert [(each.count, each.again) for each in three.look(lambda: ready(on=LATER))] == [(3, 0)]
    again = three.batch()
    assert (again.payments_count, again.stopped_count) == (1, 2)
    assert "6210999900000031" in three.send(again).decode()


def test_a_batch_of_which_nobody_is_left_is_not_paid(three, as_web):
    batch = three.batch()
    three.checked(batch)
    for code in (ONE, TWO, THREE):
        die(as_web, code)
    with pytest.raises(ConflictError, match="Nobody is left"):
        three.pay(batch)
    assert three.look(lambda: Stop.objects.count()) == 0
    assert "disbursed" not in three.stands()


def test_a_batch_that_finance_returned_is_cancelled_and_made_anew(three):
    batch = three.batch()
    claim = three.submit(batch)
    cancel = {"batch_id": batch.pk, "reason": "金额有误", "day": LATER}
    with pytest.raises(ConflictError, match="returned its claim"):
        three.act("officer", actions.cancel_batch, **cancel)
    three.act(
        "checker",
        funds.return_claim,
        claim_id=claim.pk,
        reasons=["missing_paper"],
        note="",
        policy=policy_in_force(),
        day=LATER,
    )
    with pytest.raises(ConflictError):
        three.pay(batch)
    with pytest.raises(InputError):
        three.act("officer", actions.cancel_batch, **cancel | {"reason": " "})
    three.act("officer", actions.cancel_batch, **cancel)
    assert three.stands() == {"allocated": 1_500_000, "received": 1_500_000}
    again = three.batch()
    assert again.payments_count == 3
    three.back(again, answered(three.send(again)))
    assert recounted() == []


def test_money_recovered_apart_stops_the_return_until_it_is_looked_at(three):
    batch = three.batch()
    file = three.send(batch)
    paid = three.look(lambda: Paid.objects.get())
    three.act("cashier", funds.recover, payment_id=paid.pk, fen=1, day=LATER, reason="核查")
    before = three.stands()
    with pytest.raises(ConflictError, match="recovered"):
        three.back(batch, answered(file))
    assert three.stands() == before
    assert three.look(lambda: set(Payment.objects.values_list("status", flat=True))) == {"waiting"}


def test_a_return_that_is_not_right_moves_no_money(three):
    batch = three.batch()
    file = three.send(batch)
    before = three.stands()
    lines = answered(file, failed={0: "销户"}).decode().splitlines()
    wrong = {
        "unknown": [*lines, lines[1].replace(f"{batch.pk:08d}", f"{batch.pk + 1:08d}")],
        "twice": [*lines, lines[1]],
        "amount": [lines[0], lines[1].replace("1500.00", "1499.99"), *lines[2:]],
        "missing": lines[:-1],
    }
    for name, written in wrong.items():
        with pytest.raises(InputError) as refused:
            three.back(batch, "\r\n".join(written).encode())
        assert len(refused.value.problems) == 1, name
        assert three.stands() == before, name
    assert three.look(lambda: Batch.objects.get().status) == "sent"
    shuffled = [lines[0], *reversed(lines[1:])]
    three.back(batch, "\r\n".join(shuffled).encode())
    assert three.back(batch, "\r\n".join(lines).encode()).before
    assert three.stands()["paid"] == 300_000


def test_a_closed_month_takes_no_batch(three):
    three.batch()
    with within(Scope((COUNTY,), frozenset({DataClass.MONEY}), "seal"), by="cashier"):
        funds.seal_month(by="cashier", place_code=COUNTY, month=202612, today=date(2027, 1, 5))
    batch = three.look(lambda: Batch.objects.get())
    with pytest.raises(ConflictError, match="sealed"):
        three.submit(batch)
    assert batch.scheme == SCHEME


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update payments_payment set fen = 1 where position = 1", [*["batch"] * 3, "history"]),
        ("update payments_payment set household_no = 'X' where position = 1", ["batch", "history"]),
        ("update payments_payment set holder_name = '别人' where position = 1", ["history"]),
        # One fen from the first to the second, in the history too: the claim's roster still tells.
        (
            """with past as (
                 update payments_paymenthistory set fen = fen + position * 2 - 3 where position < 3)
               update payments_payment set fen = fen + position * 2 - 3 where position < 3""",
            ["batch"],
        ),
        ("delete from payments_payment where position = 3", [*["batch"] * 3, "history"]),
        ("update payments_batch set paid_fen = paid_fen - 1", ["batch", "history"]),
        ("update payments_entitlement set fen = fen + 1 where household_no like '%1'", ["history"]),
        (
            "update payments_account set holder_name = '别人' where household_no like '%2'",
            ["history"],
        ),
        ("update payments_loan set fen = fen + 1", ["history"]),
        ("delete from payments_repayment", ["history"]),
    ],
)
def test_payments_altered_behind_the_program_are_named(three, connect, statement, found):
    made = three.act("clerk", actions.record_loan, policy=policy_in_force(), today=TODAY, **LOAN)
    back = {"loan_id": made.pk, "fen": 1_000_000, "paid_on": TODAY, "today": TODAY}
    three.act("clerk", actions.record_repayment, **back)
    batch = three.batch()
    three.checked(batch)
    file = three.pay(batch)
    three.back(batch, answered(file))
    assert recounted() == []
    with connect("postgres") as root:
        root.execute("set session_replication_role = replica")
        assert root.execute(statement).rowcount > 0
    problems = recounted()
    assert [p.rule.removeprefix("ledger.") for p in problems] == found
    assert {p.where for p in problems if p.rule == "ledger.batch"} <= {f"batch {batch.pk}"}
