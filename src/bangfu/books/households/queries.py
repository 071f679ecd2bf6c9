"""What pages, snapshots and exports read of households. Every query sees the scope's rows only."""

from __future__ import annotations

import polars as pl

from bangfu.books.households.batch import TARGETS, Target
from bangfu.books.households.models import Household
from bangfu.books.walls import bulk
from bangfu.books.walls.guarded import tokeniser
from bangfu.core.errors import NotFoundError
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.web.statements import Kept

# Plain text that names a person: it leaves as a keyed token, so that equality and absence remain.
NAMING = ("name", "collector")

# Not found and not yours are the same.
NO_HOUSEHOLD = Text(
    "没有这一户，或者它不在您的范围内。", "There is no such household, or it is not yours."
)


def the_household(household_no: str, *, lock: bool = False) -> Household:
    """The household of that number; `lock` holds it for a change. NotFoundError outside the scope."""
    found = (_held if lock else _by_number)(household_no)
    if not found:
        raise NotFoundError(NO_HOUSEHOLD)
    return found[0]


_by_number = Kept(lambda number: Household.objects.filter(pk=number))
_held = Kept(lambda number: Household.objects.select_for_update().filter(pk=number))


def snapshot_frames(*, year: int | None = None) -> dict[Table, pl.DataFrame]:
    """Every table of the scope as polars columns, named as in the fact dictionary, in key order.

    Persons leave without names and numbers: guarded columns are left out, names become keyed tokens.
    It is pseudonymous, so still personal. `year` keeps that year's village sheets and incomes only;
    without it each row carries its year.
    """
    return {target.name: _frame(target, year) for target in TARGETS}


def _frame(target: Target, year: int | None) -> pl.DataFrame:
    schema = {name: kind for name, kind in target.schema.items() if name not in target.guarded}
    if target.dated and year is None:
        schema["year"] = pl.Int64()
    columns = ", ".join(
        bulk.joined(name) if isinstance(kind, pl.List) else f'"{name}"'
        for name, kind in schema.items()
    )
    dated = "year" in target.key and year is not None
    order = ", ".join(f'"{name}"' for name in target.key)
    query = f'select {columns} from "{target.table}"{" where year = %s" if dated else ""} order by {order}'
    frame = bulk.read(query, schema, [year] if dated else [])
    token = tokeniser()
    return frame.with_columns(
        pl.col(name).map_elements(token, pl.String) for name in NAMING if name in schema
    )
