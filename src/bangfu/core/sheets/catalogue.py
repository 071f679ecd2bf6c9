"""Every kind of sheet the program knows."""

from __future__ import annotations

from bangfu.core.sheets.county import CONSTRUCTION, HOUSING, JOBS, MONITORED, PLANS, VILLAGES
from bangfu.core.sheets.income import INCOME
from bangfu.core.sheets.model import Sheet
from bangfu.core.sheets.money import FUNDS, KEY_VILLAGES, PROJECTS, YEARLY_TOTALS
from bangfu.core.sheets.national import NATIONAL
from bangfu.core.sheets.quota import QUOTA
from bangfu.core.sheets.rosters import ROSTERS

HOUSEHOLD_SHEETS = (MONITORED, NATIONAL, CONSTRUCTION, JOBS, PLANS, VILLAGES, HOUSING, INCOME)
SHEETS = (*HOUSEHOLD_SHEETS, FUNDS, PROJECTS, KEY_VILLAGES, YEARLY_TOTALS, *ROSTERS)
BY_ID = {sheet.id: sheet for sheet in SHEETS}
# The sheets of each empty workbook, by the word it is asked for with.
TEMPLATES: dict[str, tuple[Sheet, ...]] = {
    "households": HOUSEHOLD_SHEETS,
    "funds": (FUNDS,),
    "projects": (PROJECTS, KEY_VILLAGES, YEARLY_TOTALS),
    "roster": ROSTERS,
    "quota": (QUOTA,),
}
