"""From sheets as people have them to the tables of facts.

A county hands in several sheets that speak of the same households: one row a person, one row a spell
of work, one row a household. Here they become one frame a table, in the names and types of the fact
dictionary, with every problem named by its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from bangfu.core.errors import Problem
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.core.sheets.income import ITEMS
from bangfu.core.sheets.model import Sheet
from bangfu.core.sheets.numbers import Tokeniser, certificate_facts, phone_facts, tokens

ROW = "_row"

# How a fact's kind is stored in memory and in Parquet.
DTYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.CODE: pl.String(),
    Kind.VALUES: pl.List(pl.String()),
    Kind.YES_NO: pl.Boolean(),
    Kind.FEN: pl.Int64(),
    Kind.INT: pl.Int64(),
    Kind.DECIMAL: pl.Decimal(14, 2),
    Kind.SHARE: pl.Decimal(38, 12),
    Kind.DATE: pl.Date(),
    Kind.MONTH: pl.Int32(),
    Kind.GUARDED: pl.String(),
    Kind.TOKEN: pl.String(),
}


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet as read: typed columns named by field, `_row` the number of the row in the file.

    `where(row, field)` is the address a person can find ("监测对象信息!C17").
    """

    sheet: Sheet
    frame: pl.DataFrame
    where: Callable[[int, str], str]


@dataclass(slots=True)
class Assembled:
    """Facts by table, and what is wrong (`problems`) or left aside (`notes`)."""

    tables: dict[Table, pl.DataFrame]
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def assemble(sheets: Sequence[SheetRows], token: Tokeniser) -> Assembled:
    """The tables of facts from `sheets`, whose rows already carry `place_code`.

    The first sheet of persons leads; a later one only adds facts that the first has no column for.
    """
    by_id: dict[str, list[SheetRows]] = {}
    for rows in sheets:
        by_id.setdefault(rows.sheet.id, []).append(rows)
    out = Assembled({})
    leading = [*by_id.get("monitored", ()), *by_id.get("national", ())]
    persons = _persons(leading, out, token)
    households = _households(leading, out)
    for sheet_id in ("construction", "housing"):
        for rows in by_id.get(sheet_id, ()):
            households = _add_household_columns(households, rows, out)
    out.tables[Table.HOUSEHOLD] = _typed(households, Table.HOUSEHOLD)
    out.tables[Table.PERSON] = _typed(persons, Table.PERSON)
    known = out.tables[Table.HOUSEHOLD].select("household_no", "place_code")
    members = out.tables[Table.PERSON].select("household_no", "person_no")
    for sheet_id, table in (("jobs", Table.JOB), ("plans", Table.PLAN)):
        out.tables[table] = _work_rows(
            by_id.get(sheet_id, ()), table, known.join(members, on="household_no"), out
        )
    out.tables[Table.VILLAGE] = _villages(by_id.get("villages", ()), out)
    out.tables[Table.INCOME] = _income(by_id.get("income", ()), known, out)
    return out


def empty_table(table: Table) -> pl.DataFrame:
    """A table with every plain fact's column and no row."""
    return pl.DataFrame(schema={fact.name: DTYPES[fact.kind] for fact in FACTS[table]})


def _persons(leading: Sequence[SheetRows], out: Assembled, token: Tokeniser) -> pl.DataFrame:
    merged: pl.DataFrame | None = None
    key = ["household_no", "person_no"]
    for rows in leading:
        names = [c.field for c in rows.sheet.columns if c.table is Table.PERSON]
        present = [n for n in names if n in rows.frame.columns]
        frame = rows.frame.select(
            ROW, "place_code", "household_no", *[n for n in present if n != "household_no"]
        )
        _refuse_repeats(frame, key, rows, out)
        frame = frame.unique(key, keep="first", maintain_order=True)
        merged = frame if merged is None else _add_missing(merged, frame, key)
    if merged is None:
        return empty_table(Table.PERSON)
    if "certificate" in merged.columns:
        merged = merged.with_columns(certificate_facts()).with_columns(
            tokens(merged["certificate"], token).alias("certificate_token")
        )
    if "phone" in merged.columns:
        merged = merged.with_columns(phone_facts("phone")).with_columns(
            tokens(merged["phone"], token).alias("phone_token")
        )
    return merged


def _households(leading: Sequence[SheetRows], out: Assembled) -> pl.DataFrame:
    merged: pl.DataFrame | None = None
    for rows in leading:
        names = [c.field for c in rows.sheet.columns if c.table is Table.HOUSEHOLD]
        present = ["place_code", *(n for n in names if n in rows.frame.columns)]
        frame = _one_row_a_household(rows, present, out)
        merged = frame if merged is None else _add_missing(merged, frame, ["household_no"])
    if merged is None:
        return empty_table(Table.HOUSEHOLD)
    derived = [
        e
        for phone in ("household_phone", "collector_phone")
        if phone in merged.columns
        for e in phone_facts(phone)
    ]
    return merged.with_columns(derived).drop("collector_phone_valid", strict=False)


def _one_row_a_household(rows: SheetRows, names: list[str], out: Assembled) -> pl.DataFrame:
    """The household's columns, repeated on each member's row, as one row; disagreement is a problem."""
    others = [name for name in names if name != "household_no"]
    grouped = rows.frame.group_by("household_no", maintain_order=True)
    first = grouped.agg(pl.col(name).drop_nulls().first() for name in others)
    counted = grouped.agg(pl.col(ROW).first(), *(pl.col(n).drop_nulls().n_unique() for n in others))
    for name in others:
        for row, number in counted.filter(pl.col(name) > 1).select(ROW, "household_no").iter_rows():
            out.problems.append(
                Problem(
                    rows.where(row, name),
                    Text(
                        f"户 {number} 的各行填得不一样；同一户的这一列应当相同。",
                        f"Household {number} has different values on its rows; this column must be the same for one household.",
                    ),
                    rule="one-value-a-household",
                )
            )
    return first


def _add_household_columns(
    households: pl.DataFrame, rows: SheetRows, out: Assembled
) -> pl.DataFrame:
    names = [
        c.field
        for c in rows.sheet.columns
        if c.table is Table.HOUSEHOLD
        and c.field in rows.frame.columns
        and c.field != "household_no"
    ]
    frame = rows.frame.unique("household_no", keep="first", maintain_order=True)
    _note_strangers(rows, households, ["household_no"], out)
    return _add_missing(
        households, frame.select("household_no", *names), ["household_no"], add_rows=False
    )


def _work_rows(
    sheets: Sequence[SheetRows], table: Table, known: pl.DataFrame, out: Assembled
) -> pl.DataFrame:
    """Rows of work of the people in `known` (household_no, person_no, place_code), in file order."""
    person = ["household_no", "person_no"]
    frames = []
    for rows in sheets:
        _note_strangers(rows, known, person, out)
        frame = rows.frame.drop("place_code", strict=False).join(known, on=person, how="inner")
        frames.append(frame.sort(ROW))
    if not frames:
        return empty_table(table)
    merged = pl.concat(frames, how="diagonal").with_columns(
        (pl.int_range(pl.len()).over(person) + 1).cast(pl.Int64).alias("row_no")
    )
    return _typed(merged, table)


def _villages(sheets: Sequence[SheetRows], out: Assembled) -> pl.DataFrame:
    frames = []
    for rows in sheets:
        _refuse_repeats(rows.frame, ["place_code"], rows, out)
        frames.append(rows.frame.unique("place_code", keep="first", maintain_order=True))
    if not frames:
        return empty_table(Table.VILLAGE)
    return _typed(pl.concat(frames, how="diagonal"), Table.VILLAGE)


def _income(sheets: Sequence[SheetRows], known: pl.DataFrame, out: Assembled) -> pl.DataFrame:
    frames = [empty_table(Table.INCOME)]
    for rows in sheets:
        _note_strangers(rows, known, ["household_no"], out)
        _refuse_repeats(rows.frame, ["household_no", "year"], rows, out)
        items = [code for code in ITEMS if code in rows.frame.columns]
        frames.append(
            rows.frame.unique(["household_no", "year"], keep="first", maintain_order=True)
            .drop("place_code", strict=False)
            .join(known, on="household_no", how="inner")
            .unpivot(
                items,
                index=["place_code", "household_no", "year"],
                variable_name="item",
                value_name="fen",
            )
            .filter(pl.col("fen").is_not_null())
            .with_columns(pl.col("year").cast(pl.Int64), pl.col("fen").cast(pl.Int64))
            .select(frames[0].columns)
        )
    return pl.concat(frames)


def _add_missing(
    left: pl.DataFrame, right: pl.DataFrame, key: list[str], *, add_rows: bool = True
) -> pl.DataFrame:
    """`left` with the columns it lacks from `right`, and, if wanted, the rows it lacks."""
    new = [name for name in right.columns if name not in left.columns]
    joined = left.join(right.select(*key, *new), on=key, how="left") if new else left
    if not add_rows:
        return joined
    return pl.concat([joined, right.join(left.select(key), on=key, how="anti")], how="diagonal")


def _typed(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Exactly the table's columns, in order, in their types; an empty list of values is missing."""
    columns = []
    for fact in FACTS[table]:
        dtype = DTYPES[fact.kind]
        if fact.name not in frame.columns:
            columns.append(pl.lit(None, dtype).alias(fact.name))
        elif fact.kind is Kind.VALUES:
            value = pl.col(fact.name)
            columns.append(pl.when(value.list.len() > 0).then(value).cast(dtype).alias(fact.name))
        else:
            columns.append(pl.col(fact.name).cast(dtype))
    return frame.select(columns)


def _refuse_repeats(frame: pl.DataFrame, key: list[str], rows: SheetRows, out: Assembled) -> None:
    repeated = frame.filter(frame.select(key).is_duplicated())
    first_rows: dict[tuple[object, ...], int] = {}
    for *values, row in repeated.select(*key, ROW).iter_rows():
        named = tuple(values)
        if named not in first_rows:
            first_rows[named] = row
            continue
        out.problems.append(
            Problem(
                rows.where(row, key[-1]),
                Text(
                    f"与第 {first_rows[named]} 行重复（{'、'.join(str(v) for v in named)}）；请只留一行。",
                    f"Repeats row {first_rows[named]} ({', '.join(str(v) for v in named)}); keep one row only.",
                ),
                str(named[-1]),
                "unique-row",
            )
        )


def _note_strangers(rows: SheetRows, known: pl.DataFrame, key: list[str], out: Assembled) -> None:
    """Rows of households or people that no sheet of persons has: left aside, and said so."""
    strangers = rows.frame.join(known, on=key, how="anti")
    for row, *values in strangers.select(ROW, *key).iter_rows():
        named = "/".join(str(value) for value in values)
        out.notes.append(
            Problem(
                rows.where(row, key[-1]),
                Text(
                    f"编号 {named} 不在农户表中，这一行没有采用。",
                    f"Number {named} is in no household sheet; this row was left aside.",
                ),
                named,
                "known-household",
            )
        )
