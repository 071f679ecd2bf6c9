import pytest

from bangfu.core.places import (
    NATION,
    Level,
    Place,
    ancestor,
    code_range,
    contains,
    is_code,
    level,
    parent,
    prefix,
)


@pytest.mark.parametrize(
    ("code", "expected", "digits"),
    [
        (NATION, Level.NATION, ""),
        ("420000000000", Level.PROVINCE, "42"),
        ("420500000000", Level.PREFECTURE, "4205"),
        ("420527000000", Level.COUNTY, "420527"),
        ("420527101000", Level.TOWNSHIP, "420527101"),
        ("420527101200", Level.VILLAGE, "420527101200"),
        ("420520000000", Level.COUNTY, "420520"),
    ],
)
def test_level_goes_by_groups(code, expected, digits):
    assert level(code) is expected
    assert prefix(code) == digits
    assert Place(code, "").level is expected


def test_prefix_takes_short_codes():
    assert prefix("420527") == prefix("420527000000") == "420527"
    assert prefix("") == ""


@pytest.mark.parametrize("bad", ["42052", "4205x7", "420527101200000", "000027000000", "４２"])
def test_prefix_refuses(bad):
    with pytest.raises(ValueError):
        prefix(bad)


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("420527101200", True),
        (NATION, True),
        ("420500101000", True),
        ("420527000200", False),
        ("42", False),
        ("42052710120x", False),
    ],
)
def test_is_code(code, good):
    assert is_code(code) is good


def test_containment_and_range_agree():
    codes = [NATION, "420000000000", "420527000000", "420527101000", "420527101200", "420528101200"]
    for outer in codes:
        low, high = code_range(outer)
        for inner in codes:
            assert contains(outer, inner) == (low <= inner < high) or outer == NATION
    assert contains("420527", "420527101200")
    assert not contains("420527101000", "420527102200")


def test_up_the_tree():
    assert parent("420527101200") == "420527101000"
    assert parent("420000000000") == NATION
    assert parent(NATION) is None
    assert ancestor("420527101200", Level.COUNTY) == "420527000000"
