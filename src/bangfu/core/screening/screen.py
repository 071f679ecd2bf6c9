"""One entry to screening: tables and parameters in, the result tables out, as expressions.

The household table is the base of the others. An engine that computes it once should hand in `keep`,
which stores an expression under a name and returns the stored table; without it every result table
starts from the books again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis.expr.types as ir

from bangfu.core.screening.classes import HelpClass, help_classes, village_context
from bangfu.core.screening.household import household_screening
from bangfu.core.screening.parameters import Parameters
from bangfu.core.screening.poverty import poverty, poverty_by_indicator
from bangfu.core.screening.ranking import ranking
from bangfu.core.screening.risks import risks_shown_not_stated
from bangfu.core.screening.rosters import clues

Keep = Callable[[str, ir.Table], ir.Table]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningTables:
    """The books of one period. `income` and `roster` are None where the county keeps none."""

    household: ir.Table
    person: ir.Table
    income: ir.Table | None = None
    roster: ir.Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The result tables; `clues` is None without rosters."""

    households: ir.Table
    ranking: ir.Table
    poverty: ir.Table
    poverty_by_indicator: ir.Table
    classes: ir.Table
    unstated_risks: ir.Table
    clues: ir.Table | None


def kept_nowhere(name: str, table: ir.Table) -> ir.Table:
    """The `keep` that stores nothing."""
    return table


def screen(
    tables: ScreeningTables,
    parameters: Parameters,
    classes: tuple[HelpClass, ...],
    keep: Keep = kept_nowhere,
) -> Screening:
    """Screen the books. `keep` is called with the name of each table that others are built on."""
    households = keep(
        "households",
        household_screening(tables.household, tables.person, tables.income, parameters),
    )
    villages = keep("poverty", poverty(households, parameters.scheme))
    found = None
    if tables.roster is not None:
        found = clues(tables.person, households, tables.roster, parameters)
    return Screening(
        households=households,
        ranking=ranking(households),
        poverty=villages,
        poverty_by_indicator=poverty_by_indicator(villages, parameters.scheme),
        classes=help_classes(village_context(households, tables.household), classes),
        unstated_risks=risks_shown_not_stated(tables.household, households),
        clues=found,
    )
