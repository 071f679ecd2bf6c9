"""Reads of screening."""

from __future__ import annotations

import polars as pl

from bangfu.books.walls import bulk

_SCHEMA = {
    "roster": pl.String,
    "place_code": pl.String,
    "certificate_token": pl.String,
    "amount": pl.Int64,
    "kind": pl.String,
    "day": pl.Date,
}


def rosters() -> pl.DataFrame:
    """Every roster line in scope: roster, place_code, certificate_token, amount (fen), kind, day."""
    columns = ", ".join(_SCHEMA)
    return bulk.read(
        f"select {columns} from screening_rosterentry order by place_code, roster, line_no", _SCHEMA
    )
