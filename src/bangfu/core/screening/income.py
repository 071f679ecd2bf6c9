"""Net income of a household (domain: income formula), held against the line of place and year.

Net income is a + b + c + d - e: wages, business, property and transfers, less business cost. It comes
from the income sheet item by item, of the newest year there is, else from the five sums that the
household sheet states. A household with neither has no net income, which is not the same as
an income of nothing.

The reference income (net income + claims - compliant out-of-pocket spending) is inferred from the
order of a form and shown beside it as unverified; no flag counts on it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bangfu.core.screening.expressions import HOUSEHOLD_KEY, by_place, true, whole
from bangfu.core.screening.parameters import Parameters

GAINS = ("wage_income", "business_income", "property_income", "transfer_income")
COST = "business_cost"
_GROUPS = {
    "a": "wage_income",
    "b": "business_income",
    "c": "property_income",
    "d": "transfer_income",
    "e": COST,
}


def income_of_items(income: ir.Table, last_year: int) -> ir.Table:
    """Per household, the five sums of its newest year's items, named as the household sheet does.

    `income` has place_code, household_no, year, item (a1 … e4) and fen; years after `last_year` do
    not count. A group without a row is 0: the sheet was filled in, and says nothing of it.
    """
    past = income.filter(income.year <= last_year)
    newest = past.mutate(newest=past.year.max().over(group_by=[past[key] for key in HOUSEHOLD_KEY]))
    rows = newest.filter(newest.year == newest.newest)
    group = rows.item.left(1)
    sums = {
        name: whole(rows.fen.sum(where=group == letter).fill_null(0))
        for letter, name in _GROUPS.items()
    }
    return rows.group_by(*HOUSEHOLD_KEY).aggregate(**sums)


def with_income_of_items(household: ir.Table, income: ir.Table, last_year: int) -> ir.Table:
    """The household table with its five sums taken from the items, where a household has items."""
    renamed = income_of_items(income, last_year).rename(
        {f"items_{name}": name for name in _GROUPS.values()}
    )
    joined = household.left_join(renamed, list(HOUSEHOLD_KEY))
    has_items = joined[f"items_{COST}"].notnull()
    taken = {
        name: ibis.ifelse(has_items, joined[f"items_{name}"], joined[name])
        for name in _GROUPS.values()
    }
    return joined.mutate(**taken).select(*household.columns)


def net_income(household: ir.Table) -> ir.IntegerValue:
    """Whole fen; null when none of the four kinds of income is known."""
    known = household[GAINS[0]].notnull()
    total = household[GAINS[0]].fill_null(0)
    for name in GAINS[1:]:
        known = known | household[name].notnull()
        total = total + household[name].fill_null(0)
    return ibis.ifelse(known, total - household[COST].fill_null(0), ibis.null("int64"))


def income_values(household: ir.Table, parameters: Parameters) -> dict[str, ir.Value]:
    """`net_income`, `reference_income` and `line`, in fen."""
    net = net_income(household)
    reference = net + household.claims_income.fill_null(0) - household.out_of_pocket.fill_null(0)
    return {
        "net_income": net,
        "reference_income": reference,
        "line": by_place(household.place_code, parameters.lines),
    }


def income_flags(facts: ir.Table) -> dict[str, ir.Value]:
    """Flags over a table with `members`, `net_income`, `reference_income` and `line`."""
    needed = facts.line * facts.members
    return {
        "below_line": true(facts.net_income < needed),
        "reference_below_line": true(facts.reference_income < needed),
        "income_unknown": facts.net_income.isnull() & (facts.members > 0),
    }
