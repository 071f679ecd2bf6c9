from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.core.money import MAX_FEN, fen_from_yuan, format_wan, format_yuan, split


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [
        ("1,234.50", 123450),
        (" 0.01 ", 1),
        ("-3", -300),
        (7300, 730000),
        (Decimal("2.30"), 230),
        ("1E+2", 10000),
    ],
)
def test_fen_from_yuan(yuan, fen):
    assert fen_from_yuan(yuan) == fen


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "abc",
        "NaN",
        "Infinity",
        "0.001",
        "1E+999999999",
        "92233720368547758.08",
        "1." + "0" * 30 + "1",
        "１２a",
    ],
)
def test_fen_from_yuan_refuses(bad):
    with pytest.raises(ValueError):
        fen_from_yuan(bad)


def test_the_largest_amount_fits():
    assert fen_from_yuan("92233720368547758.07") == MAX_FEN


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (123456789, "1,234,567.89"), (-5, "-0.05")])
def test_format_yuan(fen, text):
    assert format_yuan(fen) == text


@pytest.mark.parametrize(
    ("fen", "text"), [(300_000_000, "300.00"), (4_999, "0.00"), (5_000, "0.01"), (-5_000, "-0.01")]
)
def test_format_wan(fen, text):
    assert format_wan(fen) == text


@given(st.integers(0, 10**16), st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_split_keeps_its_remainder(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(
        abs(part * whole - total * weight) < whole
        for part, weight in zip(parts, weights, strict=True)
    )


def test_split_gives_ties_to_the_earlier():
    assert split(10, [1, 1, 1]) == [4, 3, 3]


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1]), (1, [0, 0])])
def test_split_refuses(total, weights):
    with pytest.raises(ValueError):
        split(total, weights)


def test_nothing_splits_into_nothing():
    assert split(0, [0, 0]) == [0, 0]
