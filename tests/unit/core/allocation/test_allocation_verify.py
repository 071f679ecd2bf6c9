"""The verifier refuses every plan that is wrong by one fen, one unit or one word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from allocation_cases import problem_of

from bangfu.core.allocation.verify import Plan, VerificationFault, check_plan, verify

VILLAGE = "420527101200"
DOCUMENT = {
    "fund_lines": [
        {"id": "A", "amount_fen": 100, "purposes": ["road", "farm"],
         "share_rules": [{"purposes": ["farm"], "at_least": "0.5"}]},
        {"id": "B", "amount_fen": 60, "areas": ["420527"], "beneficiaries": ["poor"]},
        {"id": "C", "amount_fen": 5, "poolable": False},
    ],
    "projects": [
        {"id": "road", "purpose": "road", "place": VILLAGE, "cost_fen": 70, "priority": "2",
         "beneficiaries": ["poor"]},
        {"id": "farm", "purpose": "farm", "place": VILLAGE, "cost_fen": 50, "required": True,
         "beneficiaries": ["all"]},
        {"id": "taps", "purpose": "water", "place": VILLAGE, "beneficiaries": ["poor"],
         "divisible": {"unit_fen": 5, "max_units": 3}},
        {"id": "fixed", "purpose": "farm", "place": VILLAGE, "cost_fen": 4,
         "recipe": {"A": 3, "B": 1}, "beneficiaries": ["poor"]},
        {"id": "out", "purpose": "farm", "cost_fen": 1, "admitted": False},
        {"id": "rival", "purpose": "farm", "cost_fen": 1},
        {"id": "later", "purpose": "farm", "cost_fen": 1},
    ],
    "rules": {
        "floors": [
            {"id": "soft", "places": [VILLAGE], "amount_fen": 130},
            {"id": "hard", "lines": ["B"], "amount_fen": 40, "hard": True},
        ],
        "ceilings": [{"id": "cap", "purposes": ["water"], "amount_fen": 10}],
        "exclusive": [["fixed", "rival"]],
        "requires": [["taps", "road"], ["later", "rival"]],
        "share_rules": [{"purposes": ["water"], "at_most": "0.1"}],
        "total_at_least_fen": 120,
    },
}  # fmt: skip
GOOD = Plan(
    units={"road": 1, "farm": 1, "taps": 1, "fixed": 1},
    amounts=[
        ("A", "farm", 50), ("A", "fixed", 3), ("A", "road", 30),
        ("B", "fixed", 1), ("B", "road", 40), ("B", "taps", 5),
    ],
    priority=Fraction(5),
    shortfalls={"soft": 1},
    idle={"A": 17, "B": 14, "C": 5},
)  # fmt: skip


def changed(**more) -> Plan:
    return replace(GOOD, **more)


def amounts(**by_pair: int) -> list:
    """The good amounts with some changed: A_road=29; 0 takes a piece away."""
    held = {f"{line}_{project}": fen for line, project, fen in GOOD.amounts} | by_pair
    return [(*pair.split("_"), fen) for pair, fen in held.items() if fen]


def test_the_good_plan_passes():
    verify(problem_of(DOCUMENT), GOOD)


@pytest.mark.parametrize("index", range(6))
@pytest.mark.parametrize("change", [-1, 1])
def test_one_fen_anywhere_is_refused(index, change):
    pieces = list(GOOD.amounts)
    line, project, fen = pieces[index]
    pieces[index] = (line, project, fen + change)

    with pytest.raises(VerificationFault):
        verify(problem_of(DOCUMENT), changed(amounts=pieces))


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (changed(units={**GOOD.units, "ghost": 1}), "no such project: ghost"),
        (changed(amounts=[*GOOD.amounts, ("X", "road", 1)]), "no such line or project: X, road"),
        (changed(amounts=[*GOOD.amounts, ("A", "road", 1)]), "A pays road in two pieces"),
        (changed(amounts=amounts(A_road=30.0)), "A pays road 30.0: not a positive whole number"),
        (changed(units={**GOOD.units, "taps": 4}), "taps: 4 units of 3"),
        (changed(units={**GOOD.units, "taps": True}), "taps: True units of 3"),
        (changed(units={**GOOD.units, "out": 1}), "out: selected but not admitted"),
        (changed(units={"road": 1, "taps": 1, "fixed": 1}), "farm: required but not selected"),
        (changed(amounts=amounts(A_fixed=2, B_fixed=2)), "fixed: not paid by its recipe"),
        (changed(amounts=amounts(C_farm=1, A_farm=49)), "C may not pay farm"),
        (changed(amounts=amounts(A_taps=5, B_taps=0)), "A may not pay taps"),
        (changed(amounts=amounts(B_farm=9, A_farm=41)), "B may not pay farm"),
        (changed(amounts=amounts(A_road=0, B_road=70)), "B: pays 76 of 60"),
        (changed(amounts=amounts(A_road=70, B_road=0)), "hard floor hard: 34 fen short"),
        (changed(amounts=amounts(A_road=70, B_road=0)), "A: 53 of 123 is less than 1/2"),
        (
            changed(amounts=amounts(B_taps=15), units={**GOOD.units, "taps": 3}),
            "ceiling cap: 5 fen",
        ),
        (changed(amounts=amounts(B_taps=15), units={**GOOD.units, "taps": 3}), "is more than 1/10"),
        (changed(units={"farm": 1, "taps": 1}), "taps without its prerequisite road"),
        (changed(units={**GOOD.units, "rival": 1}), "exclusive: fixed, rival"),
        (changed(amounts=[("A", "farm", 50)], units={"farm": 1}), "total 50, at least 120"),
        (changed(priority=Fraction(6)), "priority 5, stated 6"),
        (changed(shortfalls={}), "the shortfalls are misstated"),
        (changed(shortfalls={"soft": 2}), "the shortfalls are misstated"),
        (changed(idle={"A": 17, "B": 14}), "the idle amounts are misstated"),
    ],
)
def test_each_broken_rule_is_named(plan, sentence):
    assert sentence in "; ".join(check_plan(problem_of(DOCUMENT), plan))


def test_a_village_outside_the_area_is_refused():
    document = {
        "fund_lines": [{"id": "A", "amount_fen": 9, "areas": ["420527101000"]}],
        "projects": [{"id": "p", "place": "420527102200", "cost_fen": 9}],
    }
    plan = Plan({"p": 1}, [("A", "p", 9)], Fraction(1), {}, {})

    assert check_plan(problem_of(document), plan) == ["A may not pay p"]
