"""The six classes of targeted help (seed 003) and the measures that each suggests.

Three classes look at the household, three at the village it lies in. A household of concern may fall
into several classes or into none; nothing here decides, it proposes and says by which facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.dictionary import HELP
from bangfu.core.language import Text
from bangfu.core.screening.deprivation import Condition
from bangfu.core.screening.expressions import HOUSEHOLD_KEY, share_below, true, whole
from bangfu.core.screening.parameters import Parameters


@dataclass(frozen=True, slots=True)
class HelpClass:
    """One class. `values` are the columns that say why; `measures` come from policy."""

    id: str
    text: Text
    condition: Condition
    values: tuple[str, ...]
    measures: tuple[Text, ...] = ()

    @property
    def column(self) -> str:
        """Its flag in the table of classes."""
        return f"class_{self.id}"


def standard_classes(parameters: Parameters) -> tuple[HelpClass, ...]:
    """The six classes in the seed's order, without measures, over `village_context`'s table."""
    return (
        HelpClass(
            "lost_labour",
            Text("失去劳动能力的贫困农户", "household that has lost its labour"),
            lambda t: (t.members > 0) & (t.able + t.weak == 0),
            ("members", "able", "weak"),
        ),
        HelpClass(
            "village_short_of_labour",
            Text("劳力少的贫困村", "village short of labour"),
            lambda t: share_below(
                t.village_able, t.village_people, parameters.village_labour_share_below
            ),
            ("village_people", "village_able"),
        ),
        HelpClass(
            "disabled",
            Text("残疾人贫困群体", "household with disabled people"),
            lambda t: t.disabled > 0,
            ("members", "disabled"),
        ),
        HelpClass(
            "much_labour",
            Text("劳动力多的贫困户", "household with much labour"),
            lambda t: t.able >= parameters.many_labour_at_least,
            ("members", "able"),
        ),
        HelpClass(
            "short_of_capital",
            Text("有发展潜力但缺乏资金", "potential to develop, short of capital"),
            lambda t: (t.able > 0) & (t.land >= parameters.land_at_least) & ~t.financed,
            ("able", "land"),
        ),
        HelpClass(
            "fragile_place",
            Text("生态环境脆弱、生存条件恶劣", "ecologically fragile place"),
            lambda t: _lies_in(t.place_code, parameters.fragile_places),
            ("place_code",),
        ),
    )


def village_context(households: ir.Table, household: ir.Table) -> ir.Table:
    """The screening's household table with all that a class may ask about.

    Adds village_people, village_able, land (cropland, woodland and orchard, mu), financed (the books
    hold a finance measure), helped (they hold any), and every other column of `household`, the
    books' table, among them the conditions that the caller compiled from policy.
    """
    villages = households.group_by("place_code").aggregate(
        village_people=whole(households.members.sum()), village_able=whole(households.able.sum())
    )
    books = household.select(
        *HOUSEHOLD_KEY,
        *(name for name in household.columns if name not in households.columns),
        land=household.cropland.fill_null(0)
        + household.woodland.fill_null(0)
        + household.orchard.fill_null(0),
        financed=_any_measure(household, "finance_help"),
        helped=reduce(or_, (_any_measure(household, name) for name in HELP)),
    )
    return households.inner_join(villages, "place_code").inner_join(books, list(HOUSEHOLD_KEY))


def help_classes(context: ir.Table, classes: tuple[HelpClass, ...]) -> ir.Table:
    """The households of concern: keys, monitored_open, helped, a flag a class, and the values."""
    flagged = context.filter(context.concern).mutate(
        **{one.column: one.condition(context).fill_null(False) for one in classes}
    )
    values = dict.fromkeys(name for one in classes for name in one.values)
    columns = [name for name in values if name not in HOUSEHOLD_KEY]
    return flagged.select(
        *HOUSEHOLD_KEY, "monitored_open", "helped", *(one.column for one in classes), *columns
    )


def _any_measure(household: ir.Table, name: str) -> ir.BooleanValue:
    return true(household[name].length() > 0)


def _lies_in(place_code: ir.StringValue, prefixes: tuple[str, ...]) -> ir.BooleanValue:
    return reduce(or_, (place_code.startswith(prefix) for prefix in prefixes), ibis.literal(False))
