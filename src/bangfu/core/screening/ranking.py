"""Rank of a household in its village and its township: whose need is greatest comes first.

The order is lexicographic: the higher deprivation score; then the more guarantees unmet; then the
lower net income per head, a household whose income is unknown after those whose income is known.
Households equal in all three share a rank, and the next rank counts them all (1, 2, 2, 4).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.packing import first_digits
from bangfu.core.places import DIGITS, Level

# Households have at most this many members for the order of income per head to be exact.
MOST_MEMBERS = 1000
# Fen per head beyond which incomes count as equal, so that no entry, however wrong, overflows.
MOST_PER_HEAD = 9 * 10**12


def income_order(net_income: ir.IntegerValue, members: ir.IntegerValue) -> ir.IntegerValue:
    """A whole number that orders households as net income per head does, with equal for equal.

    Two different incomes per head differ by at least 1 / (m1 × m2), so that after scaling by the
    square of the largest m their whole parts differ as well. Exact for members <= 1000 and up to
    `MOST_PER_HEAD`; null without income or members.
    """
    heads = members.nullif(0)
    whole_part = net_income // heads
    rest = net_income - whole_part * heads
    scale = MOST_MEMBERS * MOST_MEMBERS
    # Written as cases: engines differ in what the least of a number and null is.
    bounded = ibis.cases(
        (whole_part > MOST_PER_HEAD, ibis.literal(MOST_PER_HEAD, "int64")),
        (whole_part < -MOST_PER_HEAD, ibis.literal(-MOST_PER_HEAD, "int64")),
        else_=whole_part,
    )
    return bounded * scale + (rest * scale) // heads


def ranking(households: ir.Table) -> ir.Table:
    """Every household with members: keys, `village_rank` and `township_rank`, from 1.

    The values that the order goes by stand in the household table.
    """
    # One number for the first two keys: there are at most four unmet guarantees.
    severity = households.score * 8 + households.unmet_guarantees
    keyed = households.filter(households.members > 0).select(
        "place_code",
        "household_no",
        severity=severity,
        township=first_digits(households.place_code, DIGITS[Level.TOWNSHIP]),
        income_order=income_order(households.net_income, households.members),
    )
    order = [keyed.severity.desc(), keyed.income_order.asc(nulls_first=False)]
    village = ibis.rank().over(group_by=keyed.place_code, order_by=order)
    township = ibis.rank().over(group_by=keyed.township, order_by=order)
    return keyed.select(
        "place_code",
        "household_no",
        village_rank=(village + 1).cast("int32"),
        township_rank=(township + 1).cast("int32"),
    )
