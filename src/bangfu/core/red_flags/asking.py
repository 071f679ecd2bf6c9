"""What a sign asks of its candidates, as table expressions of the rule language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir
import polars as pl

from bangfu.core.facts.model import Fact, Kind
from bangfu.core.facts.tables import DTYPES, column
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import Scalar
from bangfu.core.red_flags.candidates import Given
from bangfu.core.red_flags.model import Asked
from bangfu.core.red_flags.signs import Sign

# The columns beside the facts: which row it is, and the county, for which parameters are taken.
NUMBER, PLACE = "candidate_no", "place_code"
_SHARE_DIGITS = Decimal("0.000001")
_IN_MEMORY: Mapping[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.CODE: pl.String(),
    Kind.VALUES: pl.List(pl.String()),
    Kind.YES_NO: pl.Boolean(),
    Kind.FEN: pl.Int64(),
    Kind.INT: pl.Int64(),
    Kind.SHARE: pl.Decimal(18, 6),
    Kind.DATE: pl.Date(),
}


def frame(
    facts: Mapping[str, Fact], given: Sequence[Mapping[str, Given]], place: str
) -> pl.DataFrame:
    """The facts of many rows, numbered from 0."""
    columns = {
        name: pl.Series(name, [_plain(each[name]) for each in given], _IN_MEMORY[fact.kind])
        for name, fact in facts.items()
    }
    numbers = pl.Series(NUMBER, range(len(given)), pl.Int64())
    return pl.DataFrame({NUMBER: numbers, **columns}).with_columns(pl.lit(place).alias(PLACE))


def _plain(value: Given) -> object:
    if isinstance(value, Fraction):
        return (Decimal(value.numerator) / value.denominator).quantize(_SHARE_DIGITS)
    return list(value) if isinstance(value, tuple) else value


def schema(facts: Iterable[Fact]) -> ibis.Schema:
    """The columns of `frame`."""
    own = {fact.name: DTYPES[fact.kind] for fact in facts}
    return ibis.schema({NUMBER: "int64", **own, PLACE: "string"})


def parameters(sign: Sign, asked: Asked) -> tuple[tuple[str, tuple[Scalar, ...]], ...]:
    """The county's value of each policy value that a sign names."""
    keys = sorted({spec.node.key for spec in sign.parameters.values() if spec.node.key})
    held = ((key, asked.get(key)) for key in keys)
    return tuple((key, one if isinstance(one, tuple) else (one,)) for key, one in held)


def fires(
    facts: Iterable[Fact],
    rows: ir.Table,
    condition: Node,
    values: Sequence[Node],
    asking: Asking,
) -> ir.Table:
    """The rows for which the condition holds, in their order: their numbers, and the values in `columns`."""
    leaves: dict[Node, ir.Value] = {nodes.FactRef(fact): column(rows, fact) for fact in facts}
    compiler = Compiler(leaves, rows[PLACE], asking)
    asked_for = {name: compiler.value(node) for name, node in columns(values).items()}
    asked = rows.select(NUMBER, **asked_for, holds=compiler.truth(condition))
    return asked.filter(asked.holds).drop("holds").order_by(NUMBER)


def columns(values: Sequence[Node]) -> dict[str, Node]:
    """A column for each value; for a division, one for each side of it."""
    found: dict[str, Node] = {}
    for number, node in enumerate(values):
        sides = (node.over, node.under) if isinstance(node, nodes.Ratio) else (node,)
        found |= {f"value_{number}_{side}": each for side, each in enumerate(sides)}
    return found


def told(values: Sequence[Node], row: Mapping[str, object]) -> dict[Node, object]:
    """The values that a row of `fires` tells; a division is carried out exactly."""
    return {node: _value(node, number, row) for number, node in enumerate(values)}


def _value(node: Node, number: int, row: Mapping[str, object]) -> object:
    value = row[f"value_{number}_0"]
    if not isinstance(node, nodes.Ratio):
        return value
    under = row[f"value_{number}_1"]
    if not isinstance(value, int | Decimal) or not isinstance(under, int | Decimal) or not under:
        return None
    return Fraction(value) / Fraction(under)
