"""The index of names, brought up to date."""

from __future__ import annotations

import polars as pl

from bangfu.books.households.models import NameIndex
from bangfu.books.walls import bulk
from bangfu.core import places
from bangfu.core.names import sounds

_SCHEMA = {
    "place_code": pl.String,
    "household_no": pl.String,
    "person_no": pl.String,
    "name": pl.String,
}
# People whose name is new or has changed since it was indexed.
_STALE = """
select p.place_code, p.household_no, p.person_no, p.name
from households_person p
left join households_nameindex n using (household_no, person_no)
where p.name is not null and n.name is distinct from p.name
  and p.place_code >= %s and p.place_code < %s
"""


def index_names(place_code: str) -> int:
    """Index the names of a place that are new or changed; how many. Runs inside the act that changed
    them."""
    low, high = places.code_range(place_code)
    frame = bulk.read(_STALE, _SCHEMA, [low, high])
    if frame.is_empty():
        return 0
    heard = [sounds(name) for name in frame["name"]]
    frame = frame.with_columns(
        pl.Series("pinyin", [one.pinyin for one in heard]),
        pl.Series("initials", [one.initials for one in heard]),
    )
    staged = bulk.Staged(
        NameIndex._meta.db_table, ("household_no", "person_no"), tuple(frame.columns), "false"
    )
    bulk.stage(staged, frame)
    staged.write(staged.compare())
    staged.drop()
    return frame.height
