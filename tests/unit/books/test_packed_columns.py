"""Columns that come as bytes: what they cannot hold is null and never something else."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from bangfu.books.funds.packed import NONE, Packed, day, optional, text, whole


def unpacked(column, height, *values):
    return Packed("select 1", it=column).frame([height, *values])["it"].to_list()


def numbers(*values, form="q"):
    return struct.pack(f">{len(values)}{form}", *values)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_whole_numbers_come_back(values):
    assert unpacked(whole("n"), len(values), numbers(*values) or None) == values


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_texts_come_back_whatever_they_hold(values):
    each = [value.encode() for value in values]
    lengths = numbers(*map(len, each), form="i")
    assert unpacked(text("t"), len(values), lengths or None, b"".join(each) or None) == values


def test_a_null_among_the_rows_leaves_none_of_them():
    """The database leaves nulls out of what it gathers."""
    assert unpacked(whole("n"), 3, numbers(1, 2)) == [None] * 3
    assert unpacked(text("t"), 2, numbers(1, form="i"), b"a") == [None] * 2
    assert unpacked(day("d"), 2, numbers(0, form="i")) == [None] * 2


def test_lengths_that_are_not_those_of_the_texts_leave_none():
    assert unpacked(text("t"), 2, numbers(1, 2, form="i"), b"ab") == [None] * 2


def test_an_id_that_stands_for_none_is_not_taken_for_none():
    assert unpacked(optional("n"), 2, numbers(7, NONE), False) == [7, NONE]
    assert unpacked(optional("n"), 2, numbers(7, NONE), True) == [None, None]
    assert unpacked(optional("n"), 0, None, None) == []


def test_days_are_written_as_people_write_them():
    days = numbers(0, -1, 59, form="i")
    assert unpacked(day("d"), 3, days) == ["2000-01-01", "1999-12-31", "2000-02-29"]
    # "infinity", and the year 10000, have no such text.
    assert unpacked(day("d"), 1, numbers(2**31 - 1, form="i")) == [None]
    assert unpacked(day("d"), 1, numbers(2921940, form="i")) == [None]
