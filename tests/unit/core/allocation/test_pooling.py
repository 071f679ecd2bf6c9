"""The rules of seed 002: 100 + 40 + 10 + 150 = 300 (万元) a key village, 1 a household, +10 % a year."""

from fractions import Fraction

import pytest

from bangfu.core.allocation.pooling import KeyVillage, PoolingPolicy, group_of, pooling_rules

WAN = 1_000_000
POLICY = PoolingPolicy(
    group_floors={"扶贫": 100 * WAN, "发改": 40 * WAN, "财政": 10 * WAN, "行业": 150 * WAN},
    offices={
        "扶贫": ["乡村振兴局"],
        "发改": ["发展和改革局"],
        "财政": ["财政局"],
        "行业": ["交通运输局", "林业局"],
    },
    village_total=300 * WAN,
    household_floor=1 * WAN,
    growth_at_least=Fraction(1, 10),
    management_purposes=["项目管理费"],
    management_at_most=Fraction(1, 100),
)
DEPARTMENTS = {"F1": "县乡村振兴局", "F2": "县交通运输局", "F3": "县林业局", "F4": "县慈善总会"}


def test_a_key_village_gets_a_floor_a_group_one_for_all_and_one_for_its_households():
    rules = pooling_rules(POLICY, [KeyVillage("420527101207", 85)], DEPARTMENTS, None)
    floors = {floor["id"].split("/")[1]: floor for floor in rules["floors"]}
    groups = ("扶贫", "发改", "财政", "行业")
    assert sum(floors[g]["amount_fen"] for g in groups) == floors["整村"]["amount_fen"] == 300 * WAN
    assert floors["行业"]["lines"] == ["F2", "F3"]
    assert floors["发改"]["lines"] == [], (
        "no line of that department: the floor falls short, and says so"
    )
    assert "lines" not in floors["整村"]
    assert floors["户均"]["amount_fen"] == 85 * WAN
    assert all(floor["places"] == ["420527101207"] for floor in rules["floors"])
    assert "total_at_least_fen" not in rules


def test_growth_is_rounded_up_to_the_fen():
    rules = pooling_rules(POLICY, [], DEPARTMENTS, 101)
    assert rules["total_at_least_fen"] == 112
    assert rules["share_rules"] == [{"purposes": ["项目管理费"], "at_most": "0.01"}]


def test_a_department_is_known_by_its_office():
    assert group_of("县财政局", POLICY) == "财政"
    assert group_of("县慈善总会", POLICY) is None


def test_a_share_that_is_no_decimal_is_a_fault():
    odd = PoolingPolicy(
        **{name: getattr(POLICY, name) for name in POLICY.__slots__}
        | {"management_at_most": Fraction(1, 3)}
    )
    with pytest.raises(ValueError, match="decimal"):
        pooling_rules(odd, [], {}, None)
