"""A batch made ready for the database: types held, problems listed, guarded values sealed."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from bangfu.books.households.batch import BY_NAME, Batch, Target
from bangfu.books.walls import guarded
from bangfu.core import places
from bangfu.core.errors import Problem
from bangfu.core.facts.model import Table
from bangfu.core.language import Text

# Which table's row each row needs, and by which numbers.
_PARENTS = {
    Table.PERSON: (Table.HOUSEHOLD, ("household_no",)),
    Table.JOB: (Table.PERSON, ("household_no", "person_no")),
    Table.PLAN: (Table.PERSON, ("household_no", "person_no")),
    Table.INCOME: (Table.HOUSEHOLD, ("household_no",)),
}


def typed(target: Target, frame: pl.DataFrame, year: int) -> pl.DataFrame:
    """The frame with its columns in their exact types, and the year where the table is dated by it.

    Raises TypeError for a column that the table does not have or that holds another type: a fault of
    the importer, not of the user. A column without any value may have any type.
    """
    if target.dated:
        frame = frame.with_columns(pl.lit(year, pl.Int64).alias("year"))
    columns = {*target.schema, "year"} if target.dated else set(target.schema)
    unknown = sorted(set(frame.columns) - columns)
    missing = sorted({*target.key, "place_code"} - set(frame.columns))
    if unknown or missing:
        raise TypeError(f"{target.name}: unknown columns {unknown}, missing columns {missing}")
    casts = []
    for name, wanted in target.schema.items():
        found = frame.schema.get(name, wanted)
        if found == wanted:
            continue
        if found != pl.Null and not (found.is_integer() and wanted.is_integer()):
            raise TypeError(f"{target.name}.{name} is {found}, not {wanted}")
        casts.append(pl.col(name).cast(wanted, strict=True))
    return frame.with_columns(casts)


def problems(batch: Batch, frames: Mapping[Table, pl.DataFrame]) -> list[Problem]:
    """Everything in the batch that its own keys forbid: missing or repeated keys, places outside the
    batch, people without their household, work rows without their person."""
    found: list[Problem] = []
    for name, frame in frames.items():
        target = BY_NAME[name]
        found += _missing_keys(target, frame)
        found += _repeated_keys(target, frame)
        found += _outside(batch.place_code, name, frame)
        if name in _PARENTS and _PARENTS[name][0] in frames:
            parent, keys = _PARENTS[name]
            found += _orphans(name, frame, parent, frames[parent], keys)
    return found


def with_sealed(target: Target, frame: pl.DataFrame) -> pl.DataFrame:
    """Guarded values sealed, each under its fact's name; no plain number is left in the frame."""
    names = [name for name in target.guarded if name in frame.columns]
    return frame.with_columns(
        pl.Series(name, guarded.sealed(frame[name].to_list(), name), pl.Binary) for name in names
    )


def _missing_keys(target: Target, frame: pl.DataFrame) -> list[Problem]:
    found = []
    for name in dict.fromkeys((*target.key, "place_code")):
        empty = frame[name].null_count()
        if empty:
            text = Text(f"{empty} 行没有 {name}。", f"{empty} rows have no {name}.")
            found.append(Problem(f"{target.name}.{name}", text, rule="key"))
    return found


def _repeated_keys(target: Target, frame: pl.DataFrame) -> list[Problem]:
    key = list(target.key)
    repeated = frame.group_by(key).len().filter(pl.col("len") > 1).sort(key)
    return [
        Problem(
            f"{target.name} {_shown(row[:-1])}",
            Text(
                f"同一编号出现了 {row[-1]} 次，应只有一次。",
                f"This key stands {row[-1]} times; it should stand once.",
            ),
            rule="key",
        )
        for row in repeated.iter_rows()
    ]


def _outside(place_code: str, name: str, frame: pl.DataFrame) -> list[Problem]:
    inside = pl.col("place_code").str.starts_with(places.prefix(place_code))
    outside = frame.filter(~inside)["place_code"].unique().sort()
    return [
        Problem(
            f"{name}.place_code",
            Text(
                f"区划代码不在本次导入的 {place_code} 之内。",
                f"This place does not lie in {place_code}, which the import is for.",
            ),
            value=code,
            rule="place",
        )
        for code in outside
    ]


def _orphans(
    name: str, frame: pl.DataFrame, parent: str, parents: pl.DataFrame, keys: tuple[str, ...]
) -> list[Problem]:
    orphans = frame.join(parents, on=[*keys, "place_code"], how="anti").select(keys).unique()
    return [
        Problem(
            f"{name} {_shown(row)}",
            Text(
                f"在同一村的 {parent} 表里找不到对应的记录。",
                f"There is no such row in the {parent} table of the same village.",
            ),
            rule="parent",
        )
        for row in orphans.sort(keys).iter_rows()
    ]


def _shown(key: tuple[object, ...]) -> str:
    return "/".join(str(part) for part in key)
