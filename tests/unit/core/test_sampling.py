"""A sample is drawn again by anybody who has the list and the seed."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.sampling import draw

NUMBERS = [f"42052700000{n:05d}" for n in range(200)]


@given(st.permutations(NUMBERS), st.text(max_size=20))
def test_neither_order_nor_repetition_matters(shuffled, seed):
    assert draw([*shuffled, *shuffled[:7]], 20, seed) == draw(NUMBERS, 20, seed)


@given(st.integers(0, 220), st.text(max_size=5))
def test_a_larger_sample_holds_the_smaller(size, seed):
    drawn = draw(NUMBERS, size, seed)
    assert len(drawn) == min(size, len(NUMBERS))
    assert set(drawn) <= set(NUMBERS)
    assert set(drawn) <= set(draw(NUMBERS, size + 1, seed))


def test_another_seed_draws_others():
    assert draw(NUMBERS, 20, "2026-11-22") != draw(NUMBERS, 20, "2026-11-23")


def test_a_worked_draw():
    # printf 'a:1' | sha256sum and so on: 2b2c… (1), 579d… (3), a816… (4), d860… (2), d9be… (5).
    assert draw(["1", "2", "3", "4", "5"], 2, "a") == ["1", "3"]


def test_everybody_is_drawn_about_as_often():
    counted = Counter(number for seed in range(400) for number in draw(NUMBERS, 20, str(seed)))
    # 40 times each on average; a binomial draw leaves 12..68 less than once in a hundred thousand.
    assert min(counted[number] for number in NUMBERS) > 12
    assert max(counted.values()) < 68
