"""A refusal that only the books could give points at the row that it speaks of."""

from __future__ import annotations

import polars as pl
import pytest

from bangfu.books.intake.importing import located_in_households
from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.sheets.assemble import ROW, SheetRows
from bangfu.core.sheets.catalogue import BY_ID

TOLD = Text("不对", "wrong")


def rows(sheet: str, **columns: list[str]) -> SheetRows:
    frame = pl.DataFrame({ROW: list(range(3, 3 + len(next(iter(columns.values()))))), **columns})
    return SheetRows(BY_ID[sheet], frame, lambda row, field: f"{sheet}!{field}{row}")


HOMES = ["h1", "h2", "h2"]
NATIONAL = rows(
    "national",
    place_code=["420527101200", "420527101299", "420527101299"],
    household_no=HOMES,
    person_no=["p1", "p2", "p3"],
)
INCOME = rows("income", household_no=["h9"])
VILLAGES = rows("villages", place_code=["420527101298"])


@pytest.mark.parametrize(
    ("rule", "value", "where"),
    [
        ("place", "420527101299", "national!place_code4"),
        ("place", "420527101298", "villages!place_code3"),
        ("registered", "h2", "national!household_no4"),
        ("registered", "h2/p3", "national!person_no5"),
        ("registered", "h9", "income!household_no3"),
        # What stands in no sheet, or is about the batch, stays as it was told.
        ("registered", "h7", "as told"),
        ("place", "110000000000", "as told"),
        ("key", "h2", "as told"),
    ],
)
def test_where(rule: str, value: str, where: str) -> None:
    problem = Problem("as told", TOLD, value, rule)
    assert located_in_households(problem, [NATIONAL, INCOME, VILLAGES]).where == where
