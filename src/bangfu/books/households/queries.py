"""What pages, snapshots and exports read of households. Every query sees the scope's rows only."""

from __future__ import annotations

import polars as pl

from bangfu.books.households.batch import TARGETS, Target
from bangfu.books.households.models import Happening, Household
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


def numbers_of(household_no: str) -> set[str]:
    """The household's number and those of the households that joined it (并户), and joined those."""
    numbers = {household_no}
    while True:
        merged = Happening.objects.filter(kind="merge", other_no__in=numbers)
        more = set(merged.values_list("household_no", flat=True)) - numbers
        if not more:
            return numbers
        numbers |= more


def number_now(household_no: str) -> str:
    """The number under which a household is in the books: its own, or that of the one it joined."""
    number, passed = household_no, {household_no}
    while not Household.objects.filter(pk=number).exists():
        # The last of a number that left the books is the one by which it left.
        last = Happening.objects.filter(kind="merge", household_no=number).order_by("-pk").first()
        if last is None or last.other_no in passed:
            return household_no
        number = last.other_no
        passed.add(number)
    return number


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
