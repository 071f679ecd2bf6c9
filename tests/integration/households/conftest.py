"""A small county of invented households, as an importer hands it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from bangfu.books.households.batch import Batch
from bangfu.books.places.models import Place
from bangfu.books.walls.guarded import tokeniser
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Kind
from bangfu.core.sheets.assemble import DTYPES

COUNTY, TOWNSHIP, VILLAGE, OTHER = "420527000000", "420527101000", "420527101200", "420527101201"
PLACES = (
    (COUNTY, "秭归县", 3),
    (TOWNSHIP, "水田坝乡", 4),
    (VILLAGE, "甲村", 5),
    (OTHER, "乙村", 5),
)
KEYS = ("household_no", "place_code", "person_no", "row_no")


@pytest.fixture
def places(as_web) -> None:
    with as_web():
        Place.objects.bulk_create(
            Place(code=code, name=name, level=level) for code, name, level in PLACES
        )


@pytest.fixture
def make_batch(server) -> Callable[..., Batch]:
    return county_batch


def county_batch(households: int = 3, persons: int = 2, **replaced: pl.DataFrame) -> Batch:
    """Households alternating between two villages, every plain fact filled, each person with a job."""
    numbers = [f"4205270{n:06d}" for n in range(households)]
    villages = [(VILLAGE, OTHER)[n % 2] for n in range(households)]
    members = [
        (h, v, f"{p:02d}") for h, v in zip(numbers, villages, strict=True) for p in range(persons)
    ]
    of_household = {"household_no": numbers, "place_code": villages}
    of_person = {
        "household_no": [h for h, _, _ in members],
        "place_code": [v for _, v, _ in members],
        "person_no": [p for _, _, p in members],
    }
    of_row = of_person | {"row_no": [1] * len(members)}
    frames: Mapping[str, pl.DataFrame] = {
        "household": _filled("household", of_household),
        "person": _filled("person", of_person),
        "job": _filled("job", of_row),
        "plan": _filled("plan", of_row),
        "village": _filled("village", {"place_code": [VILLAGE, OTHER]}),
        "income": pl.DataFrame(
            {
                "household_no": numbers,
                "place_code": villages,
                "year": [2026] * households,
                "item": ["a1"] * households,
                "fen": [1_000_000 + n for n in range(households)],
            }
        ),
    }
    return Batch(COUNTY, 2026, {**frames, **replaced}, "sample")


def _filled(table: str, keys: Mapping[str, list]) -> pl.DataFrame:
    length = len(next(iter(keys.values())))
    token = tokeniser()
    columns = []
    for fact in FACTS[table]:
        if fact.name in keys:
            values: list = keys[fact.name]
        else:
            values = [_value(fact.kind, fact.name, n, token) for n in range(length)]
        columns.append(pl.Series(fact.name, values, DTYPES[fact.kind], strict=True))
    return pl.DataFrame(columns)


def _value(kind: Kind, name: str, n: int, token: Callable[[str], str]) -> object:
    guarded = f"42052719800101{n:06d}"
    return {
        Kind.TEXT: f'{name} "{n}", 甲',
        Kind.CODE: ("" if n % 3 == 0 else f"code {n}"),
        Kind.VALUES: ([], ['a"b', "c\\d", "种植,业"], None)[n % 3],
        Kind.YES_NO: (True, False, None)[n % 3],
        Kind.FEN: n * 100 - 7,
        Kind.INT: n,
        Kind.DECIMAL: Decimal(n) / 4,
        Kind.SHARE: Decimal(n) / 4,
        Kind.DATE: date(1980, 1, 1 + n % 28),
        Kind.MONTH: 202601,
        Kind.GUARDED: guarded,
        Kind.TOKEN: token(guarded),
    }[kind]
