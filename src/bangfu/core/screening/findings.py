"""Findings: rows that say which rule fires where, for whom, and on what values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from bangfu.core.policy.model import Check
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.types import Scalar
from bangfu.core.screening.checks import Hits, Plan

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


def findings(plan: Plan, fired: Sequence[tuple[Hits, pl.DataFrame]]) -> pl.DataFrame:
    """One row a finding, in the order of the checks, then place, household, person.

    `fired` has the fired rows of every grain. `household_no` and `person_no` are null where the
    grain has none. `values` is a JSON object: what the rule names, by name; money in fen, dates and
    decimals as text, parameters of the rule beside them.
    """
    parts = [pl.DataFrame(schema=SCHEMA)]
    by_rule = {rule: (hits, rows) for hits, rows in fired for rule in hits.flags}
    for check in plan.checks:
        hits, rows = by_rule[check.id]
        hit = rows.filter(pl.col(hits.flags[check.id]))
        if hit.height:
            parts.append(_of_check(check, hits, hit))
    return pl.concat(parts)


def _of_check(check: Check, hits: Hits, hit: pl.DataFrame) -> pl.DataFrame:
    keys = [key for key in _KEYS if key in hit.columns]
    hit = hit.sort(keys)
    stated = _stated(check)
    shown = hits.shown[check.id]
    columns = [hit[item.column].to_list() for item in shown]
    labels = [item.label for item in shown]
    values = (
        [_json(dict(zip(labels, row, strict=True)) | stated) for row in zip(*columns, strict=True)]
        if columns
        else [_json(stated)] * hit.height
    )
    return pl.DataFrame(
        {
            "rule": [check.id] * hit.height,
            "level": [check.level] * hit.height,
            **{key: hit[key] if key in keys else [None] * hit.height for key in _KEYS},
            "values": values,
        },
        schema=SCHEMA,
    )


def _stated(check: Check) -> dict[str, Any]:
    """The parameters that the rule itself states."""
    walked = nodes.walk(check.condition)
    return {
        node.name: _plain(node)
        for node in walked
        if isinstance(node, nodes.Parameter) and not node.key
    }


def _plain(node: nodes.Parameter) -> Scalar | list[Scalar]:
    return list(node.values) if node.many else node.values[0]


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, default=_text)


def _text(value: Any) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
