import polars as pl

from bangfu.engines.numbering import numbered

HOUSEHOLDS = pl.DataFrame(
    {"place_code": ["a", "a", "b", "a"], "household_no": ["1", "2", "1", "1"]}
)
PERSONS = pl.DataFrame(
    {
        "place_code": ["a", "b", "a", "c", None],
        "household_no": ["2", "1", "2", "9", "1"],
        "person_no": ["1", "1", "2", "1", "1"],
    }
)


def test_equal_keys_have_equal_numbers_and_others_have_others():
    found = numbered({"household": HOUSEHOLDS})["household"]
    assert found["household_id"].to_list() == [0, 1, 2, 0]
    assert found.drop("household_id").equals(HOUSEHOLDS)


def test_rows_carry_the_numbers_of_what_they_belong_to():
    items = pl.DataFrame({"place_code": ["b", "a"], "household_no": ["1", "3"], "fen": [5, 6]})
    found = numbered({"household": HOUSEHOLDS, "person": PERSONS, "income": items})
    assert found["person"]["household_id"].to_list() == [1, 2, 1, None, None]
    assert found["person"]["person_id"].drop_nulls().n_unique() == 4
    assert found["income"]["household_id"].to_list() == [2, None]


def test_without_a_table_nothing_belongs_to_it():
    jobs = PERSONS.with_columns(row_no=pl.int_range(5))
    found = numbered({"job": jobs, "village": pl.DataFrame({"place_code": ["a"]})})
    assert found["job"]["person_id"].to_list() == [None] * 5
    assert found["village"].columns == ["place_code"]
