"""Postings dated before others: nobody takes on a day what came only after it."""

from contextlib import nullcontext
from datetime import date, timedelta
from itertools import count

import pytest
from funds_factories import COUNTY, make_lines
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance, Link
from bangfu.core.errors import ConflictError

FIRST = date(2026, 2, 10)
HERE = {"by": "tester", "place_code": COUNTY}


def test_a_plan_waits_for_the_day_of_its_money(announced, approved, as_web):
    announced(A=100)  # on 2026-03-02
    with as_web():
        actions.announce(line="A", fen=5_000, day=date(2026, 3, 20), **HERE)
    plan = approved(("A", "P1", 60), ("A", "P2", 60))
    with as_web(), pytest.raises(ConflictError) as refused:
        actions.post_plan(by="tester", plan=plan, day=date(2026, 3, 5))
    assert refused.value.text.zh == (
        "2026-03-05 还没有这笔钱：A 的“指标”可用 100.00 元，需要 120.00 元。"
        "最早可以记在 2026-03-20，请核对日期。"
    )
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=date(2026, 3, 20))


def test_money_that_is_used_later_is_not_there_before(announced, approved, as_web):
    announced(A=100)
    plan = approved(("A", "P1", 80))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=date(2026, 4, 1))
        with pytest.raises(ConflictError, match=r"20\.00.*30\.00"):
            actions.take_back(line="A", fen=3_000, day=date(2026, 3, 10), **HERE)


def test_a_promise_may_be_heard_of_after_it_was_redeemed(county, as_web):
    with as_web():
        actions.pledge(line="A", fen=700, day=date(2026, 3, 9), **HERE)
        actions.announce(line="A", fen=700, day=date(2026, 3, 2), **HERE)
        assert not Balance.objects.filter(stage="pledged", amount__gt=0).exists()


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["announce", "carry_over", "bring_in", "take_back"]),
        st.integers(1, 9),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=14,
)
STAGES = {
    "announce": {"announced": 1},
    "carry_over": {"announced": -1, "carried_over": 1},
    "bring_in": {"announced": 1, "carried_over": -1},
    "take_back": {"announced": -1, "taken_back": 1},
}


def overdrawn(booked):
    """Whether an account is below zero at the end of a day, added up day by day."""
    days = sorted({day for day, *_ in booked})
    return any(
        sum(fen for when, stage, fen in booked if when <= day and stage == account) < 0
        for day in days
        for account in ("announced", "carried_over")
    )


NUMBERS = count(1)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_books_agree_with_adding_up_day_by_day(moves, county, as_web):
    line, booked, posted = f"L{next(NUMBERS)}", [], 0
    with as_web():
        make_lines(line)
    for verb, fen, days in moves:
        day = FIRST + timedelta(days=days)
        changes = [(day, stage, sign * fen) for stage, sign in STAGES[verb].items()]
        refused = overdrawn([*booked, *changes])
        with as_web(), pytest.raises(ConflictError) if refused else nullcontext():
            getattr(actions, verb)(line=line, fen=fen, day=day, **HERE)
        if not refused:
            booked += changes
            posted += 1
    with as_web():
        assert Link.objects.filter(line__number=line).count() == posted
