"""The split of claims over lines: exact, never beyond a part, and the same in any order."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.ledger.splitting import Part, first, split, unsplit
from bangfu.core.money import MAX_FEN

PLANS = st.lists(st.integers(0, 40), min_size=1, max_size=5).filter(any)
GREAT = st.lists(st.integers(0, MAX_FEN // 8), min_size=1, max_size=8).filter(any)


def one_by_one(parts, fen):
    """The same rule, fen after fen: the next goes to the line whose next fen stands first."""
    totals = [part.taken for part in parts]
    for _ in range(fen):
        rank = min(
            (i for i, part in enumerate(parts) if totals[i] < part.most),
            key=lambda i: (Fraction(2 * totals[i] + 1, 2 * parts[i].plan), i),
        )
        totals[rank] += 1
    return {
        part.line: total - part.taken
        for part, total in zip(parts, totals, strict=True)
        if total > part.taken
    }


@st.composite
def parts_and_fen(draw):
    parts = []
    for number in range(draw(st.integers(1, 5))):
        plan = draw(st.integers(0, 30))
        limit = draw(st.integers(0, plan))
        parts.append(Part(f"L{number}", plan, draw(st.integers(0, limit)), limit))
    return parts, draw(st.integers(0, sum(part.most - part.taken for part in parts)))


@given(parts_and_fen())
def test_it_is_the_row_fen_by_fen(case):
    parts, fen = case
    assert split(parts, fen) == one_by_one(parts, fen)


@given(PLANS, st.data())
def test_the_order_of_claims_does_not_matter(plan, data):
    """Any claims in any order: exact each time, never beyond a part, and the same running totals."""
    whole = sum(plan)
    cuts = sorted(data.draw(st.lists(st.integers(0, whole), max_size=6)))
    claims = [b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)]
    ends = []
    for order in (claims, data.draw(st.permutations(claims))):
        taken, at = [0] * len(plan), {}
        for claim in order:
            parts = [Part(str(i), a, t) for i, (a, t) in enumerate(zip(plan, taken, strict=True))]
            shares = split(parts, claim)
            assert sum(shares.values()) == claim and all(fen > 0 for fen in shares.values())
            taken = [t + shares.get(str(i), 0) for i, t in enumerate(taken)]
            assert all(t <= a for t, a in zip(taken, plan, strict=True))
            at[sum(taken)] = taken
        assert taken == plan
        ends.append(at)
    for total in ends[0].keys() & ends[1].keys():
        assert ends[0][total] == ends[1][total]


@given(GREAT, st.data())
def test_great_amounts_are_exact_and_within_a_line_count_of_proportion(plan, data):
    whole = sum(plan)
    fen = data.draw(st.integers(0, whole))
    shares = split([Part(str(i), a) for i, a in enumerate(plan)], fen)
    assert sum(shares.values()) == fen
    for number, part in enumerate(plan):
        exact = Fraction(part * fen, whole)
        assert abs(shares.get(str(number), 0) - exact) < len(plan)


@given(parts_and_fen())
def test_what_is_given_up_comes_back_the_way_it_went(case):
    parts, fen = case
    there = sum(part.most - part.taken for part in parts)
    back = unsplit(parts, fen)
    kept = split(parts, there - fen)
    assert sum(back.values()) == fen
    for part in parts:
        assert kept.get(part.line, 0) + back.get(part.line, 0) == part.most - part.taken


@given(PLANS, st.data())
def test_what_a_contract_releases_never_touches_what_was_claimed(plan, data):
    """Committed, claimed, then the rest released: claims of the project fit in any state."""
    whole = sum(plan)
    committed = data.draw(st.integers(0, whole))
    claimed = data.draw(st.integers(0, committed))
    rest = data.draw(st.integers(0, committed - claimed))
    one = split([Part(str(i), a) for i, a in enumerate(plan)], committed)
    two = split([Part(str(i), a, 0, one.get(str(i), 0)) for i, a in enumerate(plan)], claimed)
    back = unsplit(
        [Part(str(i), a, two.get(str(i), 0), one.get(str(i), 0)) for i, a in enumerate(plan)], rest
    )
    after = {str(i): one.get(str(i), 0) - back.get(str(i), 0) for i in range(len(plan))}
    assert {line: fen for line, fen in after.items() if fen} == split(
        [Part(str(i), a) for i, a in enumerate(plan)], committed - rest
    )


@pytest.mark.parametrize(
    "parts, fen",
    [
        ([Part("A", 5)], 6),
        ([Part("A", 5)], -1),
        ([Part("A", 5, 6)], 0),
        ([Part("A", 5, 0, 6)], 0),
        ([Part("A", 5, 3, 2)], 0),
        ([], 1),
    ],
)
def test_no_room_and_no_sense_are_refused(parts, fen):
    with pytest.raises(ValueError, match="fen asked for|a part needs"):
        split(parts, fen)


def test_nothing_is_split_over_nothing():
    assert split([], 0) == {}
    assert split([Part("A", 0), Part("B", 7)], 7) == {"B": 7}


@given(PLANS | GREAT, st.data())
def test_the_first_of_an_untouched_row_is_its_split(plan, data):
    """What `first` finds without a search is what `split` searches for, to the last fen."""
    fen = data.draw(st.integers(0, sum(plan)))
    shares = split([Part(f"{at:03}", part) for at, part in enumerate(plan)], fen)
    assert first(plan, fen) == [shares.get(f"{at:03}", 0) for at in range(len(plan))]


def test_the_first_of_a_row_knows_its_end():
    assert first([0, 0], 0) == [0, 0]
    with pytest.raises(ValueError, match="5 fen asked for, 4 there"):
        first([1, 3], 5)
