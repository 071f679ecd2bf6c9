"""Rows of the database as columns: a whole column comes as one piece of bytes.

What PostgreSQL keeps as whole numbers comes as whole numbers, texts as their lengths and all of their
bytes in a row. So neither side writes or reads a text per row, and nothing a text may hold can be
mistaken for the end of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

# Stands for null in a column that may be empty. No id of the books is negative.
NONE = -1
_EPOCH = np.datetime64("2000-01-01", "D").astype(np.int64)
_DAYS = tuple(np.datetime64(day, "D").astype(np.int64) for day in ("0001-01-01", "9999-12-31"))


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is packed: SQL expressions, and how their values become a series of so many rows.

    A series of nulls says that the column holds what it cannot hold.
    """

    expressions: tuple[str, ...]
    unpack: Callable[[int, Sequence[Any]], pl.Series]


class Packed:
    """A query whose rows come as columns in one row. Its parameters are the query's, and a limit."""

    def __init__(self, query: str, **columns: Column) -> None:
        wanted = ", ".join(each for column in columns.values() for each in column.expressions)
        self.sql = f"select count(*), {wanted} from ({query} limit %s) r"
        self._columns = columns

    def frame(self, row: Sequence[Any]) -> pl.DataFrame:
        """The columns of the one row that the database gave, read as binary."""
        height, *values = row
        series = []
        for name, column in self._columns.items():
            own = [values.pop(0) for _ in column.expressions]
            series.append(column.unpack(height, own).alias(name))
        return pl.DataFrame(series)


def whole(name: str) -> Column:
    """A column of whole numbers of 64 bits, none of them null."""
    return Column((_numbers(name),), lambda height, values: _wholes(height, values[0]))


def optional(name: str) -> Column:
    """A column of ids, NONE where there is none."""

    def unpack(height: int, values: Sequence[Any]) -> pl.Series:
        # An id that is itself NONE would be taken for none.
        return _nulls(height, pl.Int64) if values[1] else _wholes(height, values[0])

    return Column((_numbers(f"coalesce({name}, {NONE})"), f"bool_or({name} = {NONE})"), unpack)


def day(name: str) -> Column:
    """A column of days, as YYYY-MM-DD."""

    def unpack(height: int, values: Sequence[Any]) -> pl.Series:
        days = np.frombuffer(values[0] or b"", ">i4").astype(np.int64) + _EPOCH
        if len(days) != height or not ((days >= _DAYS[0]) & (days <= _DAYS[1])).all():
            return _nulls(height, pl.String)
        each, at = np.unique(days, return_inverse=True)
        written = [str(one) for one in each.astype("datetime64[D]")]
        return pl.Series(written, dtype=pl.String).gather(at)

    return Column((f"string_agg(date_send({name}), '')",), unpack)


def text(name: str) -> Column:
    """A column of texts, none of them null."""

    def unpack(height: int, values: Sequence[Any]) -> pl.Series:
        lengths = np.frombuffer(values[0] or b"", ">i4")
        content = values[1] or b""
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
        if len(lengths) != height or ends[-1] != len(content):
            return _nulls(height, pl.String)
        buffers = pa.py_buffer(ends), pa.py_buffer(content)
        return pl.Series(pa.LargeStringArray.from_buffers(height, *buffers))

    lengths = f"string_agg(int4send(octet_length({name})), '')"
    return Column((lengths, f"convert_to(string_agg({name}, ''), 'UTF8')"), unpack)


def _numbers(expression: str) -> str:
    return f"string_agg(int8send({expression}), '')"


def _wholes(height: int, content: bytes | None) -> pl.Series:
    numbers = np.frombuffer(content or b"", ">i8").astype(np.int64)
    return pl.Series(numbers) if len(numbers) == height else _nulls(height, pl.Int64)


def _nulls(height: int, kind: type[pl.DataType]) -> pl.Series:
    return pl.Series([None] * height, dtype=kind)
