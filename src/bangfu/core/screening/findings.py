"""Findings: rows that say which rule fires where, for whom, and on what values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from bangfu.core.policy.model import Check
from bangfu.core.policy.rules import nodes
from bangfu.core.screening.checks import Legend, Plan

SCHEMA = pl.Schema(
    {
        "rule": pl.String,
        "level": pl.Int64,
        "place_code": pl.String,
        "household_no": pl.String,
        "person_no": pl.String,
        "values": pl.String,
    }
)
_KEYS = ("place_code", "household_no", "person_no")


def findings(plan: Plan, fired: Sequence[tuple[Legend, pl.DataFrame]]) -> pl.DataFrame:
    """One row a finding, in the order of the checks, then place, household, person.

    `fired` has the fired rows of every grain. `household_no` and `person_no` are null where the
    grain has none. `values` is a JSON object: what the rule names, by name; money in fen, dates and
    decimals as text, parameters of the rule beside them.
    """
    parts = [pl.DataFrame(schema=SCHEMA)]
    by_rule = {
        rule: (legend, rows)
        for legend, rows in fired
        if rows.height
        for rule in _that_fire(legend, rows)
    }
    for check in plan.checks:
        if check.id in by_rule:
            legend, rows = by_rule[check.id]
            flag = legend.flags[check.id]
            parts.append(_of_check(check, legend, rows.filter(pl.col(flag.column) & flag.bit != 0)))
    return pl.concat(parts)


def _that_fire(legend: Legend, rows: pl.DataFrame) -> list[str]:
    """The rules that fire in some row."""
    columns = {flag.column for flag in legend.flags.values()}
    anywhere = rows.select(pl.col(name).bitwise_or() for name in columns).row(0, named=True)
    return [rule for rule, flag in legend.flags.items() if anywhere[flag.column] & flag.bit]


def _of_check(check: Check, legend: Legend, hit: pl.DataFrame) -> pl.DataFrame:
    keys = [key for key in _KEYS if key in hit.columns]
    values: list[pl.Series | pl.Expr] = [
        shown(hit[item.column]).alias(item.label) for item in legend.shown[check.id]
    ]
    values += [_stated(node) for node in _own_parameters(check)]
    absent = [pl.lit(None, pl.String).alias(key) for key in _KEYS if key not in keys]
    found = hit.select(
        pl.lit(check.id).alias("rule"),
        pl.lit(check.level, pl.Int64).alias("level"),
        *keys,
        *absent,
        pl.struct(values).struct.json_encode().alias("values")
        if values
        else pl.lit("{}").alias("values"),
    )
    return found.select(SCHEMA.names()).sort(keys)


def shown(values: pl.Series) -> pl.Series:
    """Dates and decimals as text, which JSON has no word for."""
    return (
        values.cast(pl.String)
        if values.dtype.is_temporal() or values.dtype.is_decimal()
        else values
    )


def _own_parameters(check: Check) -> list[nodes.Parameter]:
    """The parameters whose values the rule itself states, and lists."""
    walked = dict.fromkeys(nodes.walk(check.condition))
    return [node for node in walked if isinstance(node, nodes.Parameter) and not node.key]


def _stated(node: nodes.Parameter) -> pl.Expr:
    values = [str(value) if isinstance(value, date | Decimal) else value for value in node.values]
    return pl.lit(pl.Series([values]) if node.many else values[0]).alias(node.name)
