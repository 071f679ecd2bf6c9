"""Small table expressions with one meaning on every engine.

Conditions are two-valued: what is not known is not true.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from bangfu.core.facts.packing import first_digits

# What tells one household from another in every table.
HOUSEHOLD_KEY = ("place_code", "household_no")


def true(condition: ir.Value) -> ir.BooleanValue:
    """The condition, with unknown counted as false."""
    return condition.fill_null(False)


def whole(total: ir.Value) -> ir.IntegerValue:
    """A sum as a 64-bit integer.

    Engines widen sums (HUGEINT, numeric), which Ibis types as int64 already, so that a plain cast
    would be left out.
    """
    return total.cast("decimal(38, 0)").cast("int64")


def share_at_most(part: ir.Value, all_of: ir.Value, share: Fraction) -> ir.BooleanValue:
    """part / all_of <= share, multiplied out."""
    return part * share.denominator <= all_of * share.numerator


def share_above(part: ir.Value, all_of: ir.Value, share: Fraction) -> ir.BooleanValue:
    """part / all_of > share, multiplied out."""
    return part * share.denominator > all_of * share.numerator


def by_place(place_code: ir.Value, values: Sequence[tuple[str, int]]) -> ir.Value:
    """The value of the longest prefix that `place_code` begins with; null where none does."""
    result: ir.Value | None = None
    lengths = sorted({len(prefix) for prefix, _ in values if prefix})
    for prefix, value in values:
        if not prefix:
            result = ibis.literal(value, "int64")
    for length in lengths:
        digits = first_digits(place_code, length)
        cases = [
            (ibis.literal(prefix).cast(digits.type()), ibis.literal(v, "int64"))
            for prefix, v in values
            if len(prefix) == length
        ]
        result = digits.cases(*cases, else_=result)
    return ibis.null("int64") if result is None else result
