"""Many at once: never an overdraft, never a deadlock, and exactly the money's worth is spent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection
from funds_factories import COUNTY

from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance, Plan, Posting
from bangfu.books.funds.verify import one_state, verify
from bangfu.core.errors import ConflictError

DAY = date(2026, 3, 2)
CONNECTIONS = 8


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
                actions.seal_month(by="tester", place_code=COUNTY, month=202603, today=DAY)
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
