"""Text and time

Months are written YYYYMM, dates as text "2024-06-01". `today` is the date that the rules are asked
for; in these tables it is 2024-06-01.
"""

PERSONS = """
    household_no | person_no | birth      | work_place | name
    h1           | p1        | 2008-02-29 | 秭归县     | 王小明
    h1           | p2        | 2008-06-01 | 广东       | 李
    h1           | p3        |            |            |
"""
HOUSEHOLDS = """
    household_no | identified_month | removed_month
    h1           | 202306           | 202404
    h2           | 202211           |
"""
ONE = """
    household_no
    h1
"""


def test_text(spec):
    """`length` counts letters; `starts_with` and `contains` take one text or a list."""
    spec("person", "length(name)", {"p1": 3, "p2": 1, "p3": None}, household=ONE, person=PERSONS)
    spec(
        "person",
        'starts_with(work_place, ("秭归", "夷陵"))',
        {"p1": True, "p2": False, "p3": False},
        household=ONE,
        person=PERSONS,
    )
    spec(
        "person",
        'not contains(work_place, "县")',
        {"p1": False, "p2": True, "p3": True},
        household=ONE,
        person=PERSONS,
    )


def test_age(spec):
    """`age(birth, on)` is completed years. Who is born on 29 February completes a year on 1 March. A
    month counts as its first day."""
    spec(
        "person",
        "age(birth, today)",
        {"p1": 16, "p2": 16, "p3": None},
        household=ONE,
        person=PERSONS,
    )
    spec(
        "person",
        'age(birth, "2024-02-28")',
        {"p1": 15, "p2": 15, "p3": None},
        household=ONE,
        person=PERSONS,
    )
    spec(
        "person",
        "age(birth, identified_month)",
        {"p1": 15, "p2": 15, "p3": None},
        household=HOUSEHOLDS,
        person=PERSONS,
    )


def test_months(spec):
    """`months(a, b)` counts whole months from a to b; `month(date)` makes a month, `year` and
    `month_no` take one apart."""
    spec(
        "household",
        "months(identified_month, removed_month)",
        {"h1": 10, "h2": None},
        household=HOUSEHOLDS,
    )
    spec(
        "household",
        "months(identified_month, month(today))",
        {"h1": 12, "h2": 19},
        household=HOUSEHOLDS,
    )
    spec(
        "household",
        "year(identified_month) >= 2023",
        {"h1": True, "h2": False},
        household=HOUSEHOLDS,
    )
    spec("household", "month_no(identified_month)", {"h1": 6, "h2": 11}, household=HOUSEHOLDS)
    spec(
        "household",
        "between(identified_month, 202210, 202303)",
        {"h1": False, "h2": True},
        household=HOUSEHOLDS,
    )
