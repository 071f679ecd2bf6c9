from datetime import date

import ibis
import polars as pl
import pytest
from lib.policies import shipped

from bangfu.core.errors import InputError, UsageError
from bangfu.core.facts.model import Table
from bangfu.core.screening.setting import setting
from bangfu.core.sheets.assemble import empty_table
from bangfu.engines.parts import gather, result, screen_parts, screening_sql
from bangfu.engines.scope import WHOLE, Scope
from bangfu.engines.snapshots import write_snapshot

COUNTIES = ("420527", "420528", "420529")


def sealed(folder, county):
    """A county of two households, of one and two people; the first has income items."""
    tables = {str(table): empty_table(table) for table in Table}
    place = f"{county}101207"

    def rows(table, *given):
        frame = pl.DataFrame([{"place_code": place, **row} for row in given])
        empty = tables[table]
        known = frame.cast({name: empty.schema[name] for name in frame.columns})
        tables[table] = pl.concat([empty, known], how="diagonal")

    rows(
        "household",
        {"household_no": "甲", "wage_income": 900_000, "housing_grade": "C"},
        {"household_no": "乙", "wage_income": 500_000, "housing_grade": "A"},
    )
    rows(
        "person",
        {"household_no": "甲", "person_no": "1", "skill": "普通劳动力", "health": ["残疾"]},
        {"household_no": "乙", "person_no": "2", "skill": "无劳动力"},
        {"household_no": "乙", "person_no": "3", "skill": "技能劳动力", "health": ["健康"]},
        {"household_no": "丙", "person_no": "4"},  # nobody's household
    )
    rows(
        "income",
        {"household_no": "甲", "year": 2026, "item": "a1", "fen": 700_000},
        {"household_no": "甲", "year": 2027, "item": "a1", "fen": 1},
    )
    write_snapshot(folder / county, tables, place_code=f"{county}000000", month=202610)
    return folder / county


def test_counties_are_gathered_and_screened_part_by_part(tmp_path):
    snapshots = [sealed(tmp_path, county) for county in COUNTIES]
    parts = gather(snapshots, tmp_path / "parts", WHOLE, at_least=3)
    assert parts.names == ["000", "001"]  # two counties, then the third
    output = tmp_path / "results"
    made = setting(shipped(), place="420500000000", on=date(2026, 10, 1))
    screen_parts(parts, screening_sql(parts, made), output)
    connection = ibis.duckdb.connect()
    rows = result(connection, parts, output, "households", WHOLE).to_polars()
    assert rows.sort("place_code", "household_no").select(
        "place_code",
        "household_no",
        "housing_grade",
        "members",
        "able",
        "disabled",
        "net_income",
        "below_line",
        "housing_unmet",
    ).rows() == [
        row
        for county in COUNTIES
        for row in (
            (f"{county}101207", "乙", "A", 2, 1, 0, 500_000, True, False),
            (f"{county}101207", "甲", "C", 1, 1, 1, 700_000, True, True),
        )
    ]
    one = result(connection, parts, output, "households", Scope.of(["420528"])).to_polars()
    assert set(one["place_code"]) == {"420528101207"}
    ranks = result(connection, parts, output, "ranking", WHOLE).to_polars()
    assert ranks.height == 2 * len(COUNTIES)
    assert set(ranks["village_rank"]) == {1, 2}
    assert (
        result(connection, parts, output, "poverty", WHOLE).to_polars()["people"].to_list()
        == [3] * 3
    )


def test_only_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "other").touch()
    with pytest.raises(UsageError):
        gather([], tmp_path / "parts", WHOLE)


def test_an_altered_snapshot_is_refused(tmp_path):
    snapshot = sealed(tmp_path, COUNTIES[0])
    with (snapshot / "household.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError):
        gather([snapshot], tmp_path / "parts", WHOLE)


def test_what_lies_outside_the_scope_stays_out(tmp_path):
    snapshots = [sealed(tmp_path, county) for county in COUNTIES]
    parts = gather(snapshots, tmp_path / "parts", Scope.of(["420528"]))
    for kind in (Table.HOUSEHOLD, Table.PERSON, Table.INCOME):
        codes = pl.read_parquet(parts.file(kind, "000"))["place_code"].cast(pl.String)
        assert set(codes) == {"420528101207"}
