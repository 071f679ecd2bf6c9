"""Comparison, ranges and lists

One comparison at a time. A list is written in brackets; `in` works on texts and numbers, and on facts
that hold several values, with the value on the left.
"""

from decimal import Decimal

from bangfu.core.policy.rules.nodes import Parameter
from bangfu.core.policy.rules.types import Type

AREAS = """
    household_no | cropland | water_litres
    h1           | 0.00     | 35
    h2           | 100.00   | 34
    h3           | 100.01   |
"""
HELPS = """
    household_no | social_security_help | risk_1 | risk_3
    h1           | 低保 临时救助        | 因病   | 因残
    h2           | 临时救助             |        | 因学
    h3           |                      |        |
"""


def test_order(spec):
    """Numbers, money, dates and months have an order. Decimals are exact."""
    spec("household", "cropland > 100", {"h1": False, "h2": False, "h3": True}, household=AREAS)
    spec("household", "cropland == 100.01", {"h1": False, "h2": False, "h3": True}, household=AREAS)


def test_between(spec):
    """`between(x, low, high)` includes both ends."""
    spec(
        "household",
        "between(cropland, 0, 100)",
        {"h1": True, "h2": True, "h3": False},
        household=AREAS,
    )


def test_in(spec):
    """`x in (…)` and `x not in (…)`; `not in` is true when x is missing."""
    spec(
        "household",
        "water_litres in (34, 36)",
        {"h1": False, "h2": True, "h3": False},
        household=AREAS,
    )
    spec(
        "household",
        "water_litres not in (34, 36)",
        {"h1": True, "h2": False, "h3": True},
        household=AREAS,
    )


def test_values(spec):
    """A fact with several values: `"value" in fact`, `size(fact)`; a missing one has size 0."""
    spec(
        "household",
        '"低保" in social_security_help',
        {"h1": True, "h2": False, "h3": False},
        household=HELPS,
    )
    spec("household", "size(social_security_help)", {"h1": 2, "h2": 1, "h3": 0}, household=HELPS)
    spec("household", '"因残" in risks', {"h1": True, "h2": False, "h3": False}, household=HELPS)
    spec("household", "size(risks)", {"h1": 2, "h2": 1, "h3": 0}, household=HELPS)
    spec(
        "household", "risks", {"h1": ["因病", "因残"], "h2": ["因学"], "h3": None}, household=HELPS
    )


def test_parameter_by_place(spec):
    """A parameter with a `key` takes the value of the most specific place: here 1 in the nation, 2 in
    county 420527."""
    spec(
        "household",
        "water_litres > limit * 17",
        {"h1": True, "h2": False},
        {"limit": Parameter(Type.INT, False, key="k", name="limit")},
        household="""
            household_no | water_litres
            h1           | 35
            h2           | 34
        """,
    )


def test_arithmetic(spec):
    """`+ - *` are exact and missing when a side is missing. A division may only be compared: it is
    multiplied out, so that no digit is lost, and is missing when it divides by zero."""
    sums = """
        household_no | cropland | woodland | water_litres | water_minutes
        h1           | 0.10     | 0.20     | 1            | 3
        h2           | 0.10     |          | 1            | 0
        h3           | 0.30     | 0.00     | 2            | -3
    """
    third = {"h1": True, "h2": False, "h3": False}
    spec(
        "household",
        "cropland + woodland == 0.3",
        {"h1": True, "h2": False, "h3": True},
        household=sums,
    )
    spec(
        "household",
        "cropland + woodland",
        {"h1": Decimal("0.30"), "h2": None, "h3": Decimal("0.30")},
        household=sums,
    )
    spec("household", "water_litres / water_minutes > 0.333333", third, household=sums)
    spec(
        "household",
        "water_litres / water_minutes < 0",
        {"h1": False, "h2": False, "h3": True},
        household=sums,
    )
