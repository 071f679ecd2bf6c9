"""Small generated counties: a few villages, households, persons and rows, with plenty of blanks."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Fact, Kind, Table
from bangfu.core.sheets.income import ITEMS

World = dict[Table, list[dict[str, Any]]]
PLACES = ("420527101200", "420527101201", "420527102200")
_FRAME_TYPES = {
    Kind.TEXT: pl.String,
    Kind.CODE: pl.String,
    Kind.TOKEN: pl.String,
    Kind.VALUES: pl.List(pl.String),
    Kind.YES_NO: pl.Boolean,
    Kind.FEN: pl.Int64,
    Kind.INT: pl.Int64,
    Kind.MONTH: pl.Int64,
    Kind.DECIMAL: pl.Decimal(14, 2),
    Kind.DATE: pl.Date,
}
_MONTHS = st.builds(
    lambda year, month: year * 100 + month, st.integers(2022, 2024), st.integers(1, 12)
)
_BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: st.sampled_from(["", "县内", "县外务工", "务工", "甲"]),
    Kind.TOKEN: st.sampled_from(["t1", "t2", "t3"]),
    Kind.YES_NO: st.booleans(),
    Kind.FEN: st.sampled_from([-1, 0, 1, 99_999, 730_000, 730_001, 10**12]),
    Kind.INT: st.integers(-1, 25),
    Kind.DECIMAL: st.integers(0, 20_000).map(lambda hundredths: Decimal(hundredths) / 100),
    Kind.DATE: st.dates(date(1950, 1, 1), date(2024, 6, 30)),
    Kind.MONTH: _MONTHS,
}


_RANDOM: dict[Kind, Callable[[Random], Any]] = {
    Kind.TEXT: lambda draw: draw.choice(["", "县内", "县外务工", "务工", "甲", "秭归县"]),
    Kind.TOKEN: lambda draw: f"t{draw.randrange(60)}",
    Kind.YES_NO: lambda draw: draw.random() < 0.5,
    Kind.FEN: lambda draw: draw.choice([0, 1, 9_999, 99_999, 730_000, 730_001, 3_000_001]),
    Kind.INT: lambda draw: draw.randrange(25),
    Kind.DECIMAL: lambda draw: Decimal(draw.randrange(25_000)) / 100,
    Kind.DATE: lambda draw: date(
        draw.randint(1950, 2023), draw.randint(1, 12), draw.randint(1, 28)
    ),
    Kind.MONTH: lambda draw: draw.randint(2020, 2024) * 100 + draw.randint(1, 12),
}


def _random(draw: Random, fact: Fact) -> Any:
    if draw.random() < 0.15:
        return None
    if fact.kind is Kind.VALUES:
        return [value for value in _few(fact) if draw.random() < 0.3]
    if fact.kind is Kind.CODE:
        return draw.choice(_few(fact))
    return _RANDOM[fact.kind](draw)


def _few(fact: Fact) -> tuple[str, ...]:
    return (fact.values or ("甲", "乙"))[:8]


def _values(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.kind is Kind.CODE:
        listed = fact.values or tuple(string.ascii_lowercase[:3])
        # A few of a long list, so that equal values meet.
        return st.sampled_from(listed[:6])
    if fact.kind is Kind.VALUES:
        return st.lists(st.sampled_from((fact.values or ("甲", "乙"))[:4]), max_size=3)
    return _BY_KIND[fact.kind]


def seeded(names: dict[Table, frozenset[str]], seed: int, homes: int) -> World:
    """A bigger county, from a seed: too many columns for a drawn one."""
    draw = Random(seed)

    def filled(table: Table, **keys: Any) -> dict[str, Any]:
        facts = plain(table)
        wanted = sorted(names.get(table, frozenset()) - set(keys))
        return keys | {name: _random(draw, facts[name]) for name in wanted}

    rows: World = {table: [] for table in Table}
    rows[Table.VILLAGE] = [filled(Table.VILLAGE, place_code=place) for place in PLACES[:2]]
    for number in range(homes):
        home = {"place_code": draw.choice(PLACES), "household_no": f"h{number}"}
        rows[Table.HOUSEHOLD].append(filled(Table.HOUSEHOLD, **home))
        for member in range(draw.randrange(5)):
            person = home | {"person_no": f"p{member}"}
            rows[Table.PERSON].append(filled(Table.PERSON, **person))
            for table in (Table.JOB, Table.PLAN):
                for row in range(draw.randrange(4)):
                    rows[table].append(filled(table, **person, row_no=row))
        for item in draw.sample(sorted(ITEMS), draw.randrange(4)):
            year = draw.randint(2022, 2025)
            rows[Table.INCOME].append(filled(Table.INCOME, **home, item=item, year=year))
    return rows


@st.composite
def worlds(
    draw: st.DrawFn, names: dict[Table, frozenset[str]]
) -> dict[Table, list[dict[str, Any]]]:
    """Rows of every table; only the named facts are filled, the rest of the columns are absent."""

    def filled(table: Table, **keys: Any) -> dict[str, Any]:
        facts = plain(table)
        wanted = sorted(names.get(table, frozenset()) - set(keys))
        return keys | {name: draw(st.none() | _values(facts[name])) for name in wanted}

    rows: World = {table: [] for table in Table}
    for place in draw(st.lists(st.sampled_from(PLACES), unique=True, max_size=3)):
        rows[Table.VILLAGE].append(filled(Table.VILLAGE, place_code=place))
    for number in range(draw(st.integers(0, 3))):
        home = {"place_code": draw(st.sampled_from(PLACES)), "household_no": f"h{number}"}
        rows[Table.HOUSEHOLD].append(filled(Table.HOUSEHOLD, **home))
        for member in range(draw(st.integers(0, 3))):
            person = home | {"person_no": f"p{member}"}
            rows[Table.PERSON].append(filled(Table.PERSON, **person))
            for table in (Table.JOB, Table.PLAN):
                for row in range(draw(st.integers(0, 2))):
                    rows[table].append(filled(table, **person, row_no=row))
        for item in draw(st.lists(st.sampled_from(sorted(ITEMS)), unique=True, max_size=3)):
            year = draw(st.integers(2022, 2025))
            rows[Table.INCOME].append(filled(Table.INCOME, **home, item=item, year=year))
    return rows


def frames(rows: World) -> dict[Table, pl.DataFrame]:
    """The rows as frames, each column of its fact's type."""
    made = {}
    for table, listed in rows.items():
        if listed:
            facts = plain(table)
            schema = {name: _FRAME_TYPES[facts[name].kind] for name in listed[0]}
            made[table] = pl.DataFrame(listed, schema=schema)
    return made
