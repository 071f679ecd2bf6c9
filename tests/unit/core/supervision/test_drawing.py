"""The draw: the same for everybody, by weight where it says so, and each taken once."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.supervision.drawing import digest, draw, number

PAGE = Path(__file__).parents[4] / "docs/algorithms/inspection-draw.md"
LISTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 500))


@given(LISTS, st.integers(0, 5), st.integers(0, 5), st.text(max_size=8))
def test_each_once_and_as_many_as_asked_for(weights, by_risk, by_lot, seed):
    drawn = draw(weights, by_risk=by_risk, by_lot=by_lot, seed=seed)
    taken = [*drawn.by_risk, *drawn.by_lot]
    assert len(set(taken)) == len(taken)
    assert set(taken) <= set(weights)
    assert len(drawn.by_risk) == min(by_risk, len(weights))
    assert len(taken) == min(by_risk + by_lot, len(weights))


@given(LISTS, st.text(max_size=8))
def test_the_order_of_the_list_plays_no_part(weights, seed):
    other = dict(sorted(weights.items(), reverse=True))
    assert draw(weights, by_risk=2, by_lot=2, seed=seed) == draw(
        other, by_risk=2, by_lot=2, seed=seed
    )
    assert digest(weights) == digest(other)


def test_the_chance_goes_by_weight():
    """Of 4,000 seeds: one with 6 of 10 points comes first in 60 % of them, give or take 3 σ."""
    first = Counter(
        draw({"a": 1, "b": 3, "c": 6}, by_risk=1, by_lot=0, seed=f"{n}").by_risk[0]
        for n in range(4_000)
    )
    for key, share in (("a", 0.1), ("b", 0.3), ("c", 0.6)):
        sigma = (share * (1 - share) * 4_000) ** 0.5
        assert abs(first[key] - share * 4_000) < 3 * sigma, first


def test_a_changed_weight_changes_the_digest():
    assert digest({"a": 1, "b": 2}) != digest({"a": 2, "b": 1})
    assert digest({"a": 1}) == hashlib.sha256(b"a\t1\n").hexdigest()


def test_a_weight_below_one_is_a_fault():
    with pytest.raises(ValueError, match="from 1"):
        draw({"a": 0}, by_risk=1, by_lot=0, seed="x")


def test_the_worked_table_of_the_page():
    page = PAGE.read_text("utf-8")
    weights = {
        key: int(weight)
        for key, weight in re.findall(r"^\| (P-\d+) \| (\d+) \|", page, re.MULTILINE)
    }
    assert len(weights) == 5
    seed = re.search(r"seed `([^`]+)`", page)[1]
    drawn = draw(weights, by_risk=2, by_lot=1, seed=seed)
    told = re.search(r"By risk: (P-\d+), (P-\d+); by lot: (P-\d+)", page).groups()
    assert (*drawn.by_risk, *drawn.by_lot) == told
    assert digest(weights) in page
    turns = re.findall(r"^\| (\d) \| (\d+) \| (\d+) \| `", page, re.MULTILINE)
    assert len(turns) == 2
    for turn, total, pointer in turns:
        assert number(seed, int(turn), int(total)) == int(pointer)
