"""What a flag says: the sign's sentence with its values; and a sign's condition, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial

from bangfu.core.facts.model import Fact
from bangfu.core.indicators.model import Measure, said
from bangfu.core.language import Text
from bangfu.core.policy.model import ParameterSpec
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.spoken import spoken
from bangfu.core.policy.rules.types import Type
from bangfu.core.policy.units import UNITS
from bangfu.core.red_flags.facts import FIELDS
from bangfu.core.red_flags.model import Asked, listed, yuan
from bangfu.core.red_flags.signs import Sentence, Sign, Word
from bangfu.core.red_flags.subjects import CASH, QUOTA

_NOTHING = "—"
_VALUES = {CASH: Text("现金", "cash"), QUOTA: Text("指标", "quota"), **FIELDS}


def sentence_of(sign: Sign, words: Mapping[str, Text], values: Mapping[Node, object]) -> Text:
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
    if node.type in (Type.DECIMAL, Type.MONEY):
        assert isinstance(value, int | Fraction | Decimal)
        exact = Fraction(value)
        return yuan(round(exact)) if node.type is Type.MONEY else said(exact, Measure.PERCENT)
    return value.isoformat() if isinstance(value, date) else str(value)


def condition(sign: Sign, asked: Asked) -> Text:
    """When a sign fires, in words, with the values in force; first what of its subject counts."""
    parts = [
        spoken(" ".join(written.split()), partial(_word, sign, facts, asked))
        for key, facts in (("among", sign.subject.rows), ("when", sign.subject.facts))
        if (written := sign.written.get(key))
    ]
    return Text("；合计：".join(p.zh for p in parts), "; together: ".join(p.en for p in parts))


def _word(sign: Sign, facts: Mapping[str, Fact], asked: Asked, name: str) -> Text | None:
    """What a fact, a parameter or a written value is called."""
    if name in sign.parameters:
        return _parameter(sign.parameters[name], asked)
    if name in facts:
        return Text(facts[name].zh, facts[name].en)
    return _VALUES.get(name)


def _parameter(spec: ParameterSpec, asked: Asked) -> Text:
    held = asked.get(spec.node.key) if spec.node.key else spec.node.values
    values = held if isinstance(held, tuple) else (held,)
    said_ = listed(_said(spec.node, value, "") for value in values)
    if spec.node.type not in (Type.MONEY, Type.INT):
        return said_
    unit = UNITS["yuan" if spec.node.type is Type.MONEY else spec.unit]
    return Text(f"{said_.zh} {unit.zh}", f"{said_.en} {unit.name}")
