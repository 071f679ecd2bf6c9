"""Work rows and plans of a person

`jobs` and `plans` are the rows of a person in the work sheets. At household grain they are reached
through the members: `any(members, any(jobs, working))`. Rows of somebody who is no member are left
out. Rows are ordered by the stated facts, then by their order in the sheet; a row whose `by` is
missing comes first.
"""

HOUSEHOLDS = """
    household_no
    h1
    h2
"""
PERSONS = """
    household_no | person_no
    h1           | p1
    h1           | p2
    h2           | p3
"""
JOBS = """
    household_no | person_no | row_no | start  | end    | working | monthly_income
    h1           | p1        | 1      | 202305 | 202308 | no      | 300000
    h1           | p1        | 2      | 202301 | 202304 | yes     | 100000
    h1           | p1        | 3      |        | 202212 |         |
    h1           | p2        | 4      | 202301 | 202306 | yes     | 100000
    h1           | p2        | 5      | 202305 |        | yes     | 200000
    h9           | p9        | 6      | 202305 |        | yes     | 200000
"""
ROWS = {"household": HOUSEHOLDS, "person": PERSONS, "job": JOBS}


def test_any_job(spec):
    """Quantifiers over work rows, alone and inside the members."""
    spec("person", "any(jobs, working)", {"p1": True, "p2": True, "p3": False}, **ROWS)
    spec("person", "has(jobs)", {"p1": True, "p2": True, "p3": False}, **ROWS)
    spec("person", "has(plans)", {"p1": False, "p2": False, "p3": False}, **ROWS)
    spec("household", "any(members, any(jobs, working))", {"h1": True, "h2": False}, **ROWS)
    spec("household", "sum(members, count(jobs, working))", {"h1": 3, "h2": 0}, **ROWS)


def test_first_and_last(spec):
    """By start, and in the order of the sheet."""
    spec(
        "person",
        "last(jobs, monthly_income, by=start)",
        {"p1": 300000, "p2": 200000, "p3": None},
        **ROWS,
    )
    spec("person", "first(jobs, row_no, by=start)", {"p1": 3, "p2": 4, "p3": None}, **ROWS)
    spec(
        "person",
        "last(jobs, working, by=row_no) == false",
        {"p1": False, "p2": False, "p3": False},
        **ROWS,
    )
    spec(
        "person",
        "last(jobs, end, working, by=start)",
        {"p1": 202304, "p2": None, "p3": None},
        **ROWS,
    )


def test_overlaps(spec):
    """Some row starts before the end of the row before it. A row without an end ends nothing."""
    spec("person", "overlaps(jobs, start, end)", {"p1": False, "p2": True, "p3": False}, **ROWS)
