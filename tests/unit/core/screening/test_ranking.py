"""The worked table of docs/algorithms/screening.md."""

from __future__ import annotations

import ibis
import pyarrow as pa

from bangfu.core.screening.ranking import ranking

WORKED = [
    ("a", 9, 1, 900_000, 3, 1),
    ("b", 6, 2, 100_000, 1, 2),
    ("c", 6, 1, 200_001, 3, 4),
    ("d", 6, 1, 133_333, 2, 3),
    ("e", 6, 1, None, 4, 6),
    ("f", 6, 1, 66_667, 1, 4),
]
OTHER_VILLAGE = ("g", 7, 0, 1, 1, 1)
NOBODY = ("h", 9, 4, None, 0, None)


def test_the_worked_table() -> None:
    names = ("household_no", "score", "unmet_guarantees", "net_income", "members")
    rows = [
        {**dict(zip(names, row, strict=False)), "place_code": f"52010110020{village}"}
        for village, group in ((1, [*WORKED, NOBODY]), (2, [OTHER_VILLAGE]))
        for row in group
    ]
    table = ibis.memtable(pa.Table.from_pylist(rows))
    found = ibis.duckdb.connect().to_pyarrow(ranking(table)).to_pylist()
    village = {row["household_no"]: row["village_rank"] for row in found}
    assert village == {row[0]: row[5] for row in (*WORKED, OTHER_VILLAGE)}
    township = {row["household_no"]: row["township_rank"] for row in found}
    assert township == {"a": 1, "g": 2, "b": 3, "d": 4, "c": 5, "f": 5, "e": 7}
