"""What is refused

At load, with file, line and column: whatever is no such expression, an unknown name (with the nearest
known one), a type that does not fit.
"""


def test_names(spec):
    """An unknown name; a fact of another table; a guarded fact; a value that is in no list."""
    spec.refused("person", "skil is missing", 'No name "skil" is known here. Did you mean "skill"?')
    spec.refused(
        "household",
        "skill is missing",
        '"skill" is a fact of person, not visible from a household.',
    )
    spec.refused(
        "household",
        "household_phone is missing",
        '"household_phone" is guarded: rules cannot read it. '
        "Use household_phone_length, household_phone_valid.",
    )
    spec.refused(
        "person",
        'low_income_aid == "农村低宝"',
        '"农村低宝" is not in the code list of low_income_aid. Did you mean "农村低保"?',
    )


def test_types(spec):
    """Types that do not fit."""
    spec.refused(
        "household",
        "wage_income < 7300",
        "Money is not compared with a number without a unit; give it a parameter with a unit.",
    )
    spec.refused("person", 'birth < "yesterday"', "A date cannot be compared with a text.")
    spec.refused("person", "health == '健康'", "A list of values cannot be compared with a text.")
    spec.refused("person", "birth", "A condition is needed here (true or false), not a date.")
    spec.refused(
        "household",
        "cropland / 2 + 1 > 3",
        "The result of a division may only be compared with a value that is no division; "
        "multiply out first.",
    )


def test_forms(spec):
    """Forms that the language does not have."""
    spec.refused(
        "household",
        "0 < cropland < 5",
        "One comparison at a time; for a range write between(x, low, high).",
    )
    spec.refused("household", "cropland ＞ 3", "This is the full-width ＞; write >")
    spec.refused("household", '__import__("os")', 'No function "__import__" is known.')
    spec.refused(
        "person", "sex.upper() == '男'", 'The rule language has no "sex.upper" of this form.'
    )
    spec.refused("person", "sex == ''", 'Empty text counts as missing; write "is missing".')
    spec.refused(
        "household",
        "any(jobs, working)",
        "jobs belong to a person, not visible from a household; reach them inside any(members, …) or the like.",
    )
