"""One entry to screening: tables and a setting in, the result tables out, as expressions.

The household table is the base of the others. An engine that computes it once should hand in `keep`,
which stores an expression and returns the stored table; without it every result table starts from
the books again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.compose import Composer, Keep, lazily
from bangfu.core.screening.asked import laid
from bangfu.core.screening.household import household_facts, household_screening
from bangfu.core.screening.poverty import poverty, poverty_by_indicator
from bangfu.core.screening.ranking import ranking
from bangfu.core.screening.risks import risks_shown_not_stated
from bangfu.core.screening.rosters import clues
from bangfu.core.screening.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The result tables; `clues` is None without rosters.

    `classes` holds the households of concern: monitored_open, helped, a flag a class, and the values
    that say why.
    """

    households: ir.Table
    ranking: ir.Table
    poverty: ir.Table
    poverty_by_indicator: ir.Table
    classes: ir.Table
    unstated_risks: ir.Table
    clues: ir.Table | None


def screen(
    tables: Mapping[Table, ir.Table],
    setting: Setting,
    *,
    roster: ir.Table | None = None,
    keep: Keep = lazily,
) -> Screening:
    """Screen the books of one period.

    `tables` holds an Ibis table for every kind of row; `roster` is None where the county keeps none.
    """
    parameters = setting.parameters
    composer = Composer(tables, setting.asking, keep)
    households = keep(household_screening(household_facts(composer, setting), setting))
    concern = households.filter(households.concern)
    villages = keep(poverty(households, parameters.scheme))
    found = None
    if roster is not None:
        people = laid(composer, Table.PERSON, setting.of_person)
        found = clues(people, households, roster, parameters)
    return Screening(
        households=households,
        ranking=ranking(households),
        poverty=villages,
        poverty_by_indicator=poverty_by_indicator(villages, parameters.scheme),
        classes=laid(composer, Table.HOUSEHOLD, setting.of_concern, concern),
        unstated_risks=risks_shown_not_stated(tables[Table.HOUSEHOLD], households),
        clues=found,
    )
