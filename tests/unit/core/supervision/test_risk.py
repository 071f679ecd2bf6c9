"""Points and their reasons; where findings go; halves and quarters."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.core.policy import Policy
from bangfu.core.supervision import risk
from bangfu.core.supervision.findings import (
    State,
    Verb,
    after,
    half_of,
    half_year,
    next_verb,
    quarter_of,
)
from bangfu.core.supervision.risk import Facts, score
from bangfu.files.policy_folder import load_policy

POINTS = {"base": 10, "flag": 20, "finding": 15, "million": 5, "month": 2, "never": 30}
MOST = {"flag": 100, "finding": 60, "million": 50, "month": 48}


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (Facts(0, 0, 0, 0), 10),
        (Facts(0, 0, 0, None), 40),
        (Facts(2, 1, 0, 5), 10 + 40 + 15 + 10),
        (Facts(0, 0, 100_000_000, 0), 10 + 5),  # one million yuan
        (Facts(0, 0, 100_000_001, 0), 10 + 10),  # a fen more begins the second
        (Facts(9, 9, 10**12, 99), 10 + 100 + 60 + 50 + 48),
    ],
)
def test_points(facts, points):
    found = score(facts, POINTS, MOST)
    assert found.points == points
    parts = [int(part.split("（")[0]) for part in found.why.zh.split(" + ")]
    assert sum(parts) == points
    assert len(found.why.en.split(" + ")) == len(parts)


def test_at_least_one_point():
    nothing = dict.fromkeys(POINTS, 0)
    assert score(Facts(3, 3, 3, None), nothing, {}).points == 1


def test_policy_gives_points_for_everything():
    policy: Policy = load_policy()
    for key, wanted in (("points", risk.KEYS), ("points_at_most", set(MOST))):
        given = policy.value(f"supervision.{key}", place="420527000000", on=date(2026, 1, 1)).value
        assert set(given) == set(wanted)


def test_where_findings_go():
    assert [next_verb(state) for state in State] == [*Verb, None]
    assert after(Verb.RECHECK, passes=False) is State.ORDERED
    assert after(Verb.RECHECK, passes=True) is State.RECHECKED


def test_halves_and_quarters():
    assert [quarter_of(date(2026, month, 28)) for month in (1, 3, 4, 12)] == [1, 1, 2, 4]
    assert [half_of(date(2026, month, 1)) for month in (6, 7)] == [1, 2]
    assert half_year(2026, 1) == (date(2026, 1, 1), date(2026, 6, 30))
    assert half_year(2026, 2) == (date(2026, 7, 1), date(2026, 12, 31))
