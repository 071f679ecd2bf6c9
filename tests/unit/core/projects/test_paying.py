"""What may be paid by a day: by stage, never beyond what is approved, never less as work goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.projects.paying import Shares, Standing, payable

SHARES = Shares(Fraction("0.4"), Fraction("0.5"), Fraction("0.1"), 12)
START, DONE = date(2026, 3, 2), date(2026, 9, 1)
ROAD = Standing(1_000_001, 900_001, started_on=START)


@pytest.mark.parametrize(
    ("standing", "on", "fen"),
    [
        (Standing(100), START, 0),
        (ROAD, START - timedelta(days=1), 0),
        (ROAD, START, 360_000),
        (replace(ROAD, percent=33), START, 508_500),
        (replace(ROAD, percent=100), START, 810_000),
        (replace(ROAD, contract_fen=None), START, 400_000),
        (replace(ROAD, accepted_on=DONE, accepted_fen=880_000), DONE - timedelta(days=1), 360_000),
        (replace(ROAD, accepted_on=DONE, accepted_fen=880_000), DONE, 792_000),
        (replace(ROAD, accepted_on=DONE, accepted_fen=880_000), date(2027, 8, 31), 792_000),
        (replace(ROAD, accepted_on=DONE, accepted_fen=880_000), date(2027, 9, 1), 880_000),
        (
            replace(ROAD, accepted_on=DONE, accepted_fen=880_000, open_defects=1),
            date(2028, 1, 1),
            792_000,
        ),
        (replace(ROAD, accepted_on=DONE, accepted_fen=2_000_000), date(2028, 1, 1), 900_001),
    ],
)
def test_by_stage(standing, on, fen):
    assert payable(standing, SHARES, on).fen == fen


@pytest.mark.parametrize(
    ("approved", "accepted", "share", "fen"),
    [
        (500, 1000, "0.5", 500),
        (500, 1001, "0.5", 500),
        (500, 999, "0.5", 499),  # min(approved, rate × accepted), rounded down to the fen
        (500, 0, "1", 0),
    ],
)
def test_paid_afterwards(approved, accepted, share, fen):
    standing = Standing(approved, subsidy=Fraction(share), started_on=START, percent=100)
    assert payable(standing, SHARES, DONE).fen == 0
    done = replace(standing, accepted_on=DONE, accepted_fen=accepted)
    assert payable(done, SHARES, DONE).fen == fen


@given(
    st.integers(1, 10**12),
    st.integers(1, 10**12),
    st.integers(0, 100),
    st.integers(0, 10**12),
    st.fractions(0, Fraction(1, 10)),
    st.booleans(),
)
def test_never_beyond_what_is_approved_nor_the_price(
    approved, contract, percent, accepted, retention, is_accepted
):
    standing = Standing(
        approved,
        contract,
        started_on=START,
        percent=percent,
        accepted_on=DONE if is_accepted else None,
        accepted_fen=accepted if is_accepted else None,
    )
    shares = replace(SHARES, retention=retention)
    for on in (START, DONE, date(2030, 1, 1)):
        assert 0 <= payable(standing, shares, on).fen <= min(approved, contract)


@given(st.integers(1, 10**12), st.integers(0, 99))
def test_more_work_never_pays_less(approved, percent):
    less = payable(Standing(approved, started_on=START, percent=percent), SHARES, START)
    more = payable(Standing(approved, started_on=START, percent=percent + 1), SHARES, START)
    assert more.fen >= less.fen
