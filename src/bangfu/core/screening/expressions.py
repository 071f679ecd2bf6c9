"""Small table expressions with one meaning on every engine.

Conditions are two-valued: what is not known is not true. `known_no` is the other half of a yes/no
fact, so that a blank is neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import ibis
import ibis.expr.types as ir

# What tells one household from another in every table.
HOUSEHOLD_KEY = ("place_code", "household_no")


def true(condition: ir.Value) -> ir.BooleanValue:
    """The condition, with unknown counted as false."""
    return condition.fill_null(False)


def known_no(fact: ir.BooleanValue) -> ir.BooleanValue:
    """The fact is known, and it is no."""
    return true(~fact)


def whole(total: ir.Value) -> ir.IntegerValue:
    """A sum as a 64-bit integer.

    Engines widen sums (HUGEINT, numeric), which Ibis types as int64 already, so that a plain cast
    would be left out.
    """
    return total.cast("decimal(38, 0)").cast("int64")


def share_at_most(part: ir.Value, all_of: ir.Value, share: Fraction) -> ir.BooleanValue:
    """part / all_of <= share, multiplied out."""
    return part * share.denominator <= all_of * share.numerator


def share_below(part: ir.Value, all_of: ir.Value, share: Fraction) -> ir.BooleanValue:
    """part / all_of < share, multiplied out."""
    return part * share.denominator < all_of * share.numerator


def share_above(part: ir.Value, all_of: ir.Value, share: Fraction) -> ir.BooleanValue:
    """part / all_of > share, multiplied out."""
    return part * share.denominator > all_of * share.numerator


def by_place(place_code: ir.StringValue, values: Sequence[tuple[str, int]]) -> ir.Value:
    """The value of the longest prefix that `place_code` begins with; null where none does."""
    result: ir.Value | None = None
    lengths = sorted({len(prefix) for prefix, _ in values if prefix})
    for prefix, value in values:
        if not prefix:
            result = ibis.literal(value, "int64")
    for length in lengths:
        cases = [
            (prefix, ibis.literal(v, "int64")) for prefix, v in values if len(prefix) == length
        ]
        result = left(place_code, length).cases(*cases, else_=result)
    return ibis.null("int64") if result is None else result


def left(text: ir.StringValue, length: int) -> ir.StringValue:
    """The first characters of a text."""
    return text.left(length)


def born_on_or_before(age: int, day: date) -> date:
    """The latest birth date that makes `age` completed years on `day`."""
    year = day.year - age
    if (day.month, day.day) == (2, 29):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return date(year, 2, 29 if leap else 28)
    return date(year, day.month, day.day)


def aged(birth: ir.DateValue, ages: tuple[int, int], day: date) -> ir.BooleanValue:
    """Whether somebody's completed years on `day` lie within `ages`, both ends included."""
    low, high = ages
    return true((birth <= born_on_or_before(low, day)) & (birth > born_on_or_before(high + 1, day)))
