import duckdb
import ibis
import polars as pl
import pytest

from bangfu.core.facts.model import Table
from bangfu.engines.duckdb import open_frames
from bangfu.engines.scope import WHOLE

VILLAGES = pl.DataFrame({"place_code": ["420527101207", "420527101208"]})


@pytest.fixture
def snapshot():
    with open_frames({Table.VILLAGE: VILLAGES}, WHOLE, threads=1) as opened:
        yield opened


def test_a_kept_table_is_there_for_what_follows_and_gone_afterwards(snapshot):
    villages = snapshot.tables[Table.VILLAGE]
    with snapshot.keeping() as keep:
        kept = keep(villages.filter(villages.place_code == "420527101207").select("place_code"))
        assert snapshot.frame(kept)["place_code"].to_list() == ["420527101207"]
    with pytest.raises(duckdb.CatalogException):
        snapshot.frame(kept)


def test_the_first_failure_is_told_and_not_what_follows_from_it(snapshot):
    nowhere = ibis.table({"place_code": "string"}, name="nowhere")
    with snapshot.keeping() as keep:
        kept = keep(keep(nowhere))
        with pytest.raises(duckdb.CatalogException, match="nowhere"):
            snapshot.frame(kept)


def test_columns_have_the_types_of_the_expression(snapshot):
    villages = snapshot.tables[Table.VILLAGE]
    found = snapshot.frame(villages.aggregate(n=villages.count().cast("int32")))
    assert found.schema == {"n": pl.Int32}
