"""A list of key villages may hold a whole programme; a year takes its own."""

import polars as pl

from bangfu.core.sheets.money import of_year


def test_a_year_takes_its_own_villages_and_those_without_a_year():
    listed = pl.DataFrame({"place_code": ["a", "b", "c"], "year": [2025, 2026, None]})
    assert of_year(listed, 2026)["place_code"].to_list() == ["b", "c"]
    assert of_year(listed.filter(pl.col("year") == 2025), 2026).is_empty()
