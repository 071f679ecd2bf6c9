"""Splitting cells into pieces: exact always, few where there is room."""

from __future__ import annotations

import pytest
from allocation_cases import answer_to, paid
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.allocation.flow import meet_needs
from bangfu.core.allocation.pieces import fill


def pieces_tier(answer: dict) -> tuple[int, int]:
    tier = next(tier for tier in answer["tiers"] if tier["name"] == "pieces")
    return tier["value"], tier["bound"]


def test_whole_projects_go_into_single_lines_where_there_is_room():
    answer = answer_to([(f"L{i}", 10, {}) for i in range(3)], [(f"p{i}", 6, {}) for i in range(3)])

    assert pieces_tier(answer) == (3, 3)
    assert sorted(paid(answer).values()) == [6, 6, 6]


def test_a_project_dearer_than_any_line_is_known_to_need_two():
    answer = answer_to([("A", 6, {}), ("B", 6, {})], [("p", 9, {})])

    assert pieces_tier(answer) == (2, 2)


def test_packing_leaves_the_rest_payable():
    """Packing q into A, where it fits most tightly, would leave r without its only line."""
    lines = [("A", 5, {"purposes": ["q", "r"]}), ("B", 7, {"purposes": ["q"]})]
    projects = [("q", 5, {"purpose": "q"}), ("r", 5, {"purpose": "r"})]

    assert paid(answer_to(lines, projects)) == {("B", "q"): 5, ("A", "r"): 5}


def test_money_that_lapses_first_is_spent_first():
    lines = [("late", 5, {"spend_by": "2026-12-31"}), ("soon", 5, {"spend_by": "2026-06-30"}),
             ("open", 5, {})]  # fmt: skip

    assert paid(answer_to(lines, [("p", 5, {})])) == {("soon", "p"): 5}


def test_filling_in_order_is_exact():
    assert fill([(0, 5), (1, 0), (2, 4)], [(7, 3), (8, 0), (9, 6)]) == [
        (0, 7, 3), (0, 9, 2), (2, 9, 4),
    ]  # fmt: skip


def test_filling_more_than_there_is_is_refused():
    with pytest.raises(ValueError):
        fill([(0, 5)], [(7, 6)])


def test_a_flow_turns_earlier_gifts_around():
    assert meet_needs({"A": 1, "B": 1}, {"x": 1, "y": 1}, {"x": ["A", "B"], "y": ["A"]}) == {
        ("B", "x"): 1, ("A", "y"): 1,
    }  # fmt: skip


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=5),
    st.lists(st.integers(0, 9), min_size=1, max_size=4),
    st.data(),
)
def test_a_flow_exists_exactly_when_every_group_of_takers_can_be_fed(has, needs, data):
    givers = st.lists(st.sampled_from(range(len(has))), unique=True)
    may_give = {taker: data.draw(givers) for taker in range(len(needs))}
    enough = all(
        sum(need for t, need in enumerate(needs) if group >> t & 1)
        <= sum(
            amount
            for g, amount in enumerate(has)
            if any(group >> t & 1 and g in may_give[t] for t in may_give)
        )
        for group in range(1 << len(needs))
    )

    given_ = meet_needs(dict(enumerate(has)), dict(enumerate(needs)), may_give)

    assert (given_ is not None) == enough
    if given_ is not None:
        assert all(g in may_give[t] and amount > 0 for (g, t), amount in given_.items())
        for t, need in enumerate(needs):
            assert sum(amount for (_g, to), amount in given_.items() if to == t) == need
        for g, amount in enumerate(has):
            assert sum(x for (of, _t), x in given_.items() if of == g) <= amount
