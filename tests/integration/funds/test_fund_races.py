"""Many at once: never an overdraft, never a deadlock, and exactly the money's worth is spent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from funds_factories import COUNTY
from funds_people import actor, lenient

from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance, Basis, Payment, Plan, Posting
from bangfu.books.funds.verify import one_state, verify
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.ledger.splitting import Part, split
from bangfu.files.policy_folder import policy_in_force

DAY = date(2026, 3, 2)
CONNECTIONS = 8
DEPT, CHECKER, PAYER = (
    actor("dept", "sector_department"),
    actor("checker", "finance"),
    actor("payer", "finance"),
)


class Died(Exception):
    """The process is gone."""


@pytest.fixture
def at_once():
    """Run a task in each of eight connections, all let go together; gives what each returned."""

    def run(task):
        gate = Barrier(CONNECTIONS)

        def worker(position):
            try:
                connection.ensure_connection()
                gate.wait()
                return task(position)
            finally:
                connection.close()

        with ThreadPoolExecutor(CONNECTIONS) as pool:
            return list(pool.map(worker, range(CONNECTIONS)))

    return run


def accepted(act, times):
    """How many of `times` tries the books accept."""
    count = 0
    for _ in range(times):
        try:
            act()
        except ConflictError:
            continue
        count += 1
    return count


def sound(as_web):
    with one_state(), as_web():
        return verify() == []


def test_exactly_the_moneys_worth_is_taken(county, as_web, at_once):
    """Eight connections try to redeem 160 fen of pledges; 80 fen stand pledged."""
    with as_web():
        actions.pledge(by="tester", place_code=COUNTY, line="A", fen=80, day=DAY)

    def redeem():
        with as_web():
            actions.announce(
                by="tester", place_code=COUNTY, line="A", fen=1, redeems_fen=1, day=DAY
            )

    results = at_once(lambda _: accepted(redeem, 20))
    assert sum(results) == 80
    with as_web():
        amounts = dict(Balance.objects.filter(line__number="A").values_list("stage", "amount"))
        assert amounts == {"source": -80, "pledged": 0, "announced": 80}
    assert sound(as_web)


def test_plans_race_for_the_last_yuan(announced, approved, as_web, at_once):
    """Eight plans over two lines, named in opposite orders; there is money for three."""
    announced(A=30, B=30)
    plans = [
        approved(("A", "P1", 10), ("B", "P1", 10))
        if number % 2
        else approved(("B", "P2", 10), ("A", "P2", 10))
        for number in range(CONNECTIONS)
    ]

    def post(position):
        def act():
            with as_web():
                actions.post_plan(by="tester", plan=plans[position], day=DAY)

        return accepted(act, 1)

    assert sum(at_once(post)) == 3
    with as_web():
        left = Balance.objects.filter(stage="announced").values_list("amount", flat=True)
        assert list(left) == [0, 0]
        assert Plan.objects.filter(status="posted").count() == 3
    assert sound(as_web)


def test_one_plan_posted_by_all_is_posted_once(announced, approved, as_web, at_once):
    announced(A=100)
    plan = approved(("A", "P1", 10))

    def post(_):
        def act():
            with as_web():
                actions.post_plan(by="tester", plan=Plan(pk=plan.pk), day=DAY)

        return accepted(act, 1)

    assert sum(at_once(post)) == 1
    with as_web():
        assert Posting.objects.filter(kind="allocate").count() == 1


def test_a_month_sealed_amid_postings_stays_as_sealed(county, as_web, at_once):
    """One connection seals while seven post: what came first is sealed, what came later refused."""

    def act(position):
        if position == 0:
            with as_web():
                actions.seal_month(
                    by="tester", place_code=COUNTY, month=202603, today=date(2026, 4, 1)
                )
            return 0

        def announce():
            with as_web():
                actions.announce(
                    by="tester", place_code=COUNTY, line="ABC"[position % 3], fen=1, day=DAY
                )

        return accepted(announce, 10)

    posted = sum(at_once(act))
    with as_web():
        assert Posting.objects.count() == posted
    assert sound(as_web)


@pytest.fixture
def checked(announced, approved, as_web):
    """Claims of 10 yuan each on lines A alone, checked: checked(cash_yuan, how_many)."""

    def made(cash_yuan, number):
        announced(A=number * 10)
        plan = approved(("A", "P1", number * 10))
        with as_web():
            actions.post_plan(by="tester", plan=plan, day=DAY)
            actions.receive(by="tester", place_code=COUNTY, line="A", fen=cash_yuan * 100, day=DAY)
        claims = []
        policy = lenient(COUNTY, DAY)
        with as_web(by="dept"):
            contract = actions.sign_contract(
                by=DEPT, place_code=COUNTY, number="合1", project="P1", basis=Basis.CONTRACT,
                title="路", payee="某公司", fen=number * 1000, signed_on=DAY, day=DAY, policy=policy_in_force(),
            )  # fmt: skip
            for _ in range(number):
                claim = actions.draft_claim(
                    by=DEPT, contract_id=contract.pk, kind=ClaimKind.PROGRESS, fen=1000
                )
                actions.lodge_claim(by=DEPT, claim_id=claim.pk, policy=policy, day=DAY)
                claims.append(claim.pk)
        with as_web(by="checker"):
            for claim in claims:
                actions.check_claim(by=CHECKER, claim_id=claim, day=DAY)
        return claims

    return made


def test_payments_race_for_the_last_fen(checked, as_web, at_once):
    """Eight claims of 10 yuan, cash for one: one is paid, seven are told what is there."""
    claims = checked(10, CONNECTIONS)

    def pay(position):
        try:
            with as_web(by="payer"):
                actions.pay(by=PAYER, claim_id=claims[position], voucher=f"凭{position}", day=DAY)
        except ConflictError as told:
            return told.text.zh
        return "paid"

    results = at_once(pay)
    assert results.count("paid") == 1
    assert sum("余额不足" in told for told in results) == CONNECTIONS - 1
    with as_web():
        amounts = dict(Balance.objects.filter(line__number="A").values_list("stage", "amount"))
        assert (amounts["received"], amounts["disbursed"], amounts["paid"]) == (0, 1000, 1000)
    assert sound(as_web)


def test_one_claim_paid_by_all_is_paid_once(checked, as_web, at_once):
    [claim, _] = checked(20, 2)

    def pay(position):
        def act():
            with as_web(by="payer"):
                actions.pay(by=PAYER, claim_id=claim, voucher=f"凭{position}", day=DAY)

        return accepted(act, 1)

    assert sum(at_once(pay)) == 1
    with as_web():
        assert Payment.objects.count() == 1
    assert sound(as_web)


def test_claims_race_for_the_end_of_a_contract(announced, approved, as_web, at_once):
    """Eight lodge 30 of a contract of 100 over two lines: three fit, and the shares are exact."""
    announced(A=70, B=30)
    plan = approved(("A", "P1", 70), ("B", "P1", 30))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
    with as_web(by="dept"):
        contract = actions.sign_contract(
            by=DEPT, place_code=COUNTY, number="合1", project="P1", basis=Basis.CONTRACT,
            title="路", payee="某公司", fen=10000, signed_on=DAY, day=DAY, policy=policy_in_force(),
        )  # fmt: skip
        drafts = [
            actions.draft_claim(
                by=DEPT, contract_id=contract.pk, kind=ClaimKind.PROGRESS, fen=3001
            ).pk
            for _ in range(CONNECTIONS)
        ]
    policy = lenient(COUNTY, DAY)

    def lodge(position):
        try:
            with as_web(by="dept"):
                actions.lodge_claim(by=DEPT, claim_id=drafts[position], policy=policy, day=DAY)
        except InputError as refused:
            return [problem.rule for problem in refused.problems]
        return "lodged"

    results = at_once(lodge)
    assert results.count("lodged") == 3
    assert results.count(["over_budget"]) == CONNECTIONS - 3
    with as_web():
        stood = dict(Balance.objects.filter(stage="claimed").values_list("line__number", "amount"))
    parts = [Part("A", 7000), Part("B", 3000)]
    assert stood == split(parts, 9003)
    assert sound(as_web)


def test_a_process_that_dies_while_paying_leaves_nothing(checked, as_web):
    """After each statement of the act in turn."""
    [claim] = checked(10, 1)
    with as_web():
        before = list(Balance.objects.order_by("pk").values_list("pk", "amount"))
    reached = 0
    for last in range(60):
        left = iter(range(last))

        def die(execute, sql, params, many, context, left=left):
            if next(left, None) is None:
                raise Died
            return execute(sql, params, many, context)

        try:
            with as_web(by="payer"), connection.execute_wrapper(die):
                actions.pay(by=PAYER, claim_id=claim, voucher="凭1", day=DAY)
                raise Died  # after the last statement, before the commit
        except Died:
            reached = last
        with as_web():
            assert list(Balance.objects.order_by("pk").values_list("pk", "amount")) == before
            assert not Payment.objects.exists()
    assert reached == 59
    with as_web(by="payer"):
        actions.pay(by=PAYER, claim_id=claim, voucher="凭1", day=DAY)
    assert sound(as_web)
