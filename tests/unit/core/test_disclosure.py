"""Small counts are left out, and nothing brings them back by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.disclosure import left_out

COUNTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.integers(0, 20), max_size=8)


def test_a_small_count_goes_with_the_smallest_that_is_not():
    assert left_out({"a": 1, "b": 9, "c": 5, "d": 0}, small=3) == {"a", "c"}


def test_nothing_small_nothing_left_out():
    assert left_out({"a": 3, "b": 0}, small=3) == frozenset()
    assert left_out({}, small=3) == frozenset()


def test_where_all_are_small_all_go():
    assert left_out({"a": 1, "b": 2, "c": 0}, small=3) == {"a", "b", "c"}


def test_parts_do_not_tell_a_total_that_is_left_out():
    assert left_out({"a": 4, "b": 9}, small=3, total_left_out=True) == {"a"}


@given(COUNTS, st.integers(2, 6))
def test_what_is_left_out_cannot_be_one_count_alone(counts, small):
    hidden = left_out(counts, small=small)
    assert {key for key, count in counts.items() if 0 < count < small} <= hidden
    if hidden and len(counts) > 1:
        assert len(hidden) > 1
        # The hidden counts together are not small, unless the whole total is what is hidden.
        assert sum(counts[key] for key in hidden) >= small or hidden == frozenset(counts)
