"""Every kind of sheet the program knows, and how an unnamed one is recognised by its headers."""

from __future__ import annotations

from collections.abc import Collection

from bangfu.core.sheets.county import CONSTRUCTION, HOUSING, JOBS, MONITORED, PLANS, VILLAGES
from bangfu.core.sheets.income import INCOME
from bangfu.core.sheets.model import Sheet
from bangfu.core.sheets.money import FUNDS, KEY_VILLAGES, PROJECTS
from bangfu.core.sheets.national import NATIONAL
from bangfu.core.sheets.rosters import ROSTERS

HOUSEHOLD_SHEETS = (MONITORED, NATIONAL, CONSTRUCTION, JOBS, PLANS, VILLAGES, HOUSING, INCOME)
SHEETS = (*HOUSEHOLD_SHEETS, FUNDS, PROJECTS, KEY_VILLAGES, *ROSTERS)
BY_ID = {sheet.id: sheet for sheet in SHEETS}


def recognise(tab: str, headers: Collection[str], known: tuple[Sheet, ...] = SHEETS) -> Sheet | None:
    """The kind of sheet with these headers: by its tab name, else by the most columns in common.

    A kind is only taken when all its required columns are there and at least half of the headers are
    its own; None when no kind fits.
    """
    fitting = [sheet for sheet in known if _has_required(sheet, headers)]
    for sheet in fitting:
        if sheet.name in tab:
            return sheet
    scored = [(_shared(sheet, headers), sheet) for sheet in fitting]
    best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] * 2 >= len(headers) else None


def _has_required(sheet: Sheet, headers: Collection[str]) -> bool:
    return all(any(h in headers for h in c.headers) for c in sheet.columns if c.required)


def _shared(sheet: Sheet, headers: Collection[str]) -> int:
    return sum(any(h in headers for h in column.headers) for column in sheet.columns)
