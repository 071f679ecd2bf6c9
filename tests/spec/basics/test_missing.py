"""Missing values

Empty text, an empty list and a blank cell are all missing. Logic has two values: a comparison with a
missing value is false, and `not` of it is true.
"""

HOUSEHOLDS = """
    household_no | monitored_class | cropland
    h1           | 脱贫不稳定户    | 2.50
    h2           |                 |
"""


def test_is_missing(spec):
    """`is missing` and `is not missing` ask whether a fact is there."""
    spec("household", "monitored_class is missing", {"h1": False, "h2": True}, household=HOUSEHOLDS)
    spec(
        "household",
        "monitored_class is not missing",
        {"h1": True, "h2": False},
        household=HOUSEHOLDS,
    )


def test_comparison_with_missing(spec):
    """A comparison with a missing value is false; `!=` is the exact negation of `==`."""
    spec("household", "cropland < 3", {"h1": True, "h2": False}, household=HOUSEHOLDS)
    spec("household", "not cropland < 3", {"h1": False, "h2": True}, household=HOUSEHOLDS)
    spec(
        "household",
        'monitored_class != "脱贫不稳定户"',
        {"h1": False, "h2": True},
        household=HOUSEHOLDS,
    )


def test_yes_no(spec):
    """A yes/no fact may stand alone: blank is not yes. Ask `== false` for a no that was written."""
    houses = """
        household_no | dangerous_house
        h1           | yes
        h2           | no
        h3           |
    """
    spec("household", "dangerous_house", {"h1": True, "h2": False, "h3": False}, household=houses)
    spec(
        "household", "not dangerous_house", {"h1": False, "h2": True, "h3": True}, household=houses
    )
    spec(
        "household",
        "dangerous_house == false",
        {"h1": False, "h2": True, "h3": False},
        household=houses,
    )


def test_choices(spec):
    """`otherwise` replaces what is missing; `choose` picks by a condition, and is missing without a
    third argument."""
    spec(
        "household", "otherwise(cropland, 0) == 0", {"h1": False, "h2": True}, household=HOUSEHOLDS
    )
    spec(
        "household",
        'choose(cropland > 1, "much", "little")',
        {"h1": "much", "h2": "little"},
        household=HOUSEHOLDS,
    )
    spec(
        "household",
        'choose(cropland > 1, "much")',
        {"h1": "much", "h2": None},
        household=HOUSEHOLDS,
    )
