"""Quota decomposition: sums at every level, the worked table of the manual, refusals."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.places import Level, ancestor
from bangfu.core.screening.quota import LEVELS, Quota, decompose

# docs/algorithms/quota.md repeats this case.
WEIGHTS = {
    "520101100201": 310,
    "520101100202": 120,
    "520101101201": 70,
    "520102100201": 250,
    "520102100202": 250,
}
RECOGNISED = {"520101100201": 30, "520101100202": 14, "520102100201": 26}


def test_the_worked_table() -> None:
    found = decompose(101, WEIGHTS, RECOGNISED)
    table = [(one.place_code, one.weight, one.quota, one.recognised, one.over) for one in found]
    assert table == [
        ("520000000000", 1000, 101, 70, -31),
        ("520101000000", 500, 51, 44, -7),
        ("520102000000", 500, 50, 26, -24),
        ("520101100000", 430, 44, 44, 0),
        ("520101101000", 70, 7, 0, -7),
        ("520102100000", 500, 50, 26, -24),
        ("520101100201", 310, 32, 30, -2),
        ("520101100202", 120, 12, 14, 2),
        ("520101101201", 70, 7, 0, -7),
        ("520102100201", 250, 25, 26, 1),
        ("520102100202", 250, 25, 0, -25),
    ]


_CODES = st.builds(
    "{}{:02d}{:03d}{:03d}".format,
    st.sampled_from(["5201", "5202", "1101"]),
    st.integers(1, 3),
    st.integers(100, 102),
    st.integers(200, 203),
)
_WEIGHTS = st.dictionaries(_CODES, st.integers(0, 10**9), min_size=1, max_size=25)


@given(
    st.integers(0, 10**12),
    _WEIGHTS.filter(lambda weights: sum(weights.values())),
    st.sampled_from([LEVELS, LEVELS[1:], tuple(Level)[1:], (Level.VILLAGE,)]),
)
def test_children_always_sum_to_their_parent(total, weights, levels) -> None:
    found = decompose(total, weights, dict.fromkeys(weights, 1), levels)
    at: dict[Level, list[Quota]] = defaultdict(list)
    for one in found:
        at[one.level].append(one)
    for level in levels:
        assert sum(one.quota for one in at[level]) == total
        assert sum(one.recognised for one in at[level]) == len(weights)
    for above, below in pairwise(levels):
        for parent in at[above]:
            children = [o for o in at[below] if ancestor(o.place_code, above) == parent.place_code]
            assert sum(child.quota for child in children) == parent.quota
            for child in children:
                # Largest remainder never strays a whole unit from the exact share.
                exact = parent.quota * child.weight
                assert abs(child.quota * parent.weight - exact) < max(parent.weight, 1)


@pytest.mark.parametrize(
    ("total", "weights", "recognised", "levels", "said"),
    [
        (1, {"520101100000": 1}, {}, LEVELS, "not places of level village"),
        (1, {"520101100201": 0}, {}, LEVELS, "every weight is zero"),
        (1, {"520101100201": -1}, {}, LEVELS, "not negative"),
        (1, {"520101100201": 1}, {"520101100202": 1}, LEVELS, "without a weight"),
        (1, {"520101100201": 1}, {}, (Level.VILLAGE, Level.COUNTY), "downwards"),
        (1, {"520101100201": 1}, {}, (), "downwards"),
    ],
)
def test_refused(total, weights, recognised, levels, said) -> None:
    with pytest.raises(ValueError, match=said):
        decompose(total, weights, recognised, levels)
