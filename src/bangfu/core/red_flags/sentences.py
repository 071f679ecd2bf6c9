"""What a flag says: the sign's sentence with its values, each said as its type is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bangfu.core.indicators.model import Measure, said
from bangfu.core.language import Text
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import Type
from bangfu.core.red_flags.model import yuan
from bangfu.core.red_flags.signs import Sentence, Sign, Word

_NOTHING = "—"


def told_of(sign: Sign, words: Mapping[str, Text], values: Mapping[Node, object]) -> Text:
    """The sentence of a sign with the words of its candidate and the values of its nodes."""
    return Text(
        _filled(sign.zh, {name: text.zh for name, text in words.items()}, values, "、"),
        _filled(sign.en, {name: text.en for name, text in words.items()}, values, ", "),
    )


def _filled(
    sentence: Sentence, words: Mapping[str, str], values: Mapping[Node, object], between: str
) -> str:
    parts = []
    for piece in sentence:
        if isinstance(piece, Word):
            parts.append(words[piece.name])
        elif isinstance(piece, Node):
            parts.append(_said(piece, values[piece], between))
        else:
            parts.append(piece)
    return "".join(parts)


def _said(node: Node, value: object, between: str) -> str:
    if isinstance(value, list):
        return between.join(value)
    if value is None:
        return _NOTHING
    if isinstance(node, nodes.Ratio) or isinstance(value, Decimal):
        assert isinstance(value, Fraction | Decimal)
        return said(Fraction(value), Measure.PERCENT)
    if node.type is Type.MONEY:
        assert isinstance(value, int)
        return yuan(value)
    return value.isoformat() if isinstance(value, date) else str(value)
