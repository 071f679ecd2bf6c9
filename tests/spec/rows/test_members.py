"""Members of a household, households of a village

`members` are the people of the household; at person grain, of the person's own household, the person
included. `households` are those of the village. Inside, names are facts of the row; the facts of what
the row belongs to stay visible.
"""

from decimal import Decimal

HOUSEHOLDS = """
    household_no | household_type | cropland
    h1           | 脱贫户         | 1.50
    h2           | 一般农户       | 2.00
    h3           | 脱贫户         |
"""
PERSONS = """
    household_no | person_no | skill      | relation | sex | work_months
    h1           | p1        | 普通劳动力 | 户主     | 男  | 6
    h1           | p2        | 无劳动力   | 配偶     | 女  |
    h2           | p3        | 无劳动力   | 户主     | 女  | 3
"""
ROWS = {"household": HOUSEHOLDS, "person": PERSONS}


def test_quantifiers(spec):
    """`any`, `none`, `all`, `count`. `all` over no rows is true."""
    unable = 'skill == "无劳动力"'
    spec("household", f"any(members, {unable})", {"h1": True, "h2": True, "h3": False}, **ROWS)
    spec("household", f"none(members, {unable})", {"h1": False, "h2": False, "h3": True}, **ROWS)
    spec("household", f"all(members, {unable})", {"h1": False, "h2": True, "h3": True}, **ROWS)
    spec("household", f"count(members, {unable})", {"h1": 1, "h2": 1, "h3": 0}, **ROWS)


def test_sum(spec):
    """`sum` leaves out what is missing and is 0 over no rows; a third argument restricts the rows."""
    spec("household", "sum(members, work_months)", {"h1": 6, "h2": 3, "h3": 0}, **ROWS)
    spec(
        "household",
        'sum(members, work_months, sex == "男")',
        {"h1": 6, "h2": 0, "h3": 0},
        **ROWS,
    )


def test_person_grain(spec):
    """A person sees the household's facts, and asks `members` of the own household."""
    spec(
        "person",
        'household_type == "脱贫户" and any(members, relation == "配偶")',
        {"p1": True, "p2": True, "p3": False},
        **ROWS,
    )


def test_pick(spec):
    """`first` and `last` take a value of one row, in the stated order; a third positional argument
    restricts the rows. Where no row is left, the value is missing."""
    spec(
        "household",
        'first(members, sex, relation == "配偶", by=person_no)',
        {"h1": "女", "h2": None, "h3": None},
        **ROWS,
    )


def test_village(spec):
    """At village grain `households` are asked."""
    villages = """
        place_code   | village_cropland
        420527101200 | 3.00
        420527101201 | 1.00
    """
    answers = {"420527101200": Decimal("3.50"), "420527101201": Decimal("0.00")}
    spec("village", "sum(households, cropland)", answers, village=villages, **ROWS)
    spec(
        "village",
        'count(households, household_type == "脱贫户" and size > 0)',
        {"420527101200": 1, "420527101201": 0},
        village=villages,
        **ROWS,
    )
    spec(
        "village",
        "sum(households, cropland) > village_cropland",
        {"420527101200": True, "420527101201": False},
        village=villages,
        **ROWS,
    )


def test_shared(spec):
    """`shared(fact)` counts the persons who carry the same value; `shared_elsewhere(fact)` the other
    households. A missing value is shared by nobody."""
    persons = """
        household_no | person_no | phone_token
        h1           | p1        | t1
        h1           | p2        | t1
        h2           | p3        | t1
        h3           | p4        | t2
        h3           | p5        |
    """
    spec(
        "person",
        "shared(phone_token)",
        {"p1": 3, "p2": 3, "p3": 3, "p4": 1, "p5": 0},
        household=HOUSEHOLDS,
        person=persons,
    )
    spec(
        "person",
        "shared_elsewhere(phone_token)",
        {"p1": 1, "p2": 1, "p3": 1, "p4": 0, "p5": 0},
        household=HOUSEHOLDS,
        person=persons,
    )


def test_conflict(spec):
    """`conflict(members, x, same)`: two rows with the same `same` differ in x, a blank counted as a
    value of its own."""
    persons = """
        household_no | person_no | phone_token | work_place
        h1           | p1        | t1          | 广东
        h1           | p2        | t1          |
        h2           | p3        | t1          | 广东
        h2           | p4        | t1          | 广东
        h3           | p5        |             | 广东
        h3           | p6        |             |
    """
    spec(
        "household",
        "conflict(members, work_place, phone_token)",
        {"h1": True, "h2": False, "h3": False},
        household=HOUSEHOLDS,
        person=persons,
    )
