import json

import polars as pl
import pytest

from bangfu.core.errors import InputError, UsageError
from bangfu.core.facts.model import Table
from bangfu.core.sheets.assemble import empty_table
from bangfu.engines.snapshots import SEAL, TABLES, open_snapshot, write_snapshot

COUNTY = "420527000000"


@pytest.fixture
def frames():
    tables = {str(table): empty_table(table) for table in Table}
    tables["household"] = pl.DataFrame(
        {
            "household_no": ["1"],
            "place_code": ["420527101207"],
            "collector": ["某干部"],
            "household_phone": ["16900000001"],
        }
    )
    tables["person"] = pl.DataFrame(
        {
            "household_no": ["1"],
            "place_code": ["420527101207"],
            "person_no": ["11"],
            "name": ["演示"],
            "certificate": ["x"],
            "certificate_token": ["t"],
        }
    )
    return tables


def test_a_snapshot_opens_as_it_was_sealed(tmp_path, frames):
    seal = write_snapshot(tmp_path / "s", frames, place_code=COUNTY, month=202610)
    assert open_snapshot(tmp_path / "s") == seal
    assert seal.rows["household"] == 1
    assert {path.stem for path in (tmp_path / "s").glob("*.parquet")} == set(TABLES)


def test_names_and_numbers_stay_behind(tmp_path, frames):
    write_snapshot(tmp_path / "s", frames, place_code=COUNTY, month=202610)
    person = pl.read_parquet(tmp_path / "s" / "person.parquet")
    known = ["household_no", "place_code", "person_no", "certificate_token"]
    assert person.columns == [*known, "household_id", "person_id"]
    household = pl.read_parquet(tmp_path / "s" / "household.parquet")
    assert household["collector"].to_list() == ["记名"]
    assert "household_phone" not in household.columns


def test_the_same_books_have_the_same_digest(tmp_path, frames):
    one = write_snapshot(tmp_path / "a", frames, place_code=COUNTY, month=202610)
    two = write_snapshot(tmp_path / "b", frames, place_code=COUNTY, month=202610)
    assert one.digest == two.digest
    other = write_snapshot(tmp_path / "b", frames, place_code=COUNTY, month=202611)
    assert other.digest != one.digest


def test_an_altered_file_is_named(tmp_path, frames):
    write_snapshot(tmp_path / "s", frames, place_code=COUNTY, month=202610)
    path = tmp_path / "s" / "person.parquet"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(InputError, match=r"person\.parquet"):
        open_snapshot(tmp_path / "s")


def test_an_altered_seal_is_told(tmp_path, frames):
    write_snapshot(tmp_path / "s", frames, place_code=COUNTY, month=202610)
    seal = tmp_path / "s" / SEAL
    seal.write_text(json.dumps(json.loads(seal.read_text()) | {"month": 202611}))
    with pytest.raises(InputError, match="seal"):
        open_snapshot(tmp_path / "s")


def test_a_folder_without_seal_is_no_snapshot(tmp_path):
    with pytest.raises(UsageError):
        open_snapshot(tmp_path)


def test_only_the_owner_reads_it(tmp_path, frames):
    write_snapshot(tmp_path / "s", frames, place_code=COUNTY, month=202610)
    assert (tmp_path / "s").stat().st_mode & 0o077 == 0
