"""Strands: amounts that share one whole way of the yuan, and what is read off them.

`core.ledger.trace` cuts a project's money into them. Every sum that is shown, in either direction, is a sum
of strands, so that both directions agree and every layer adds up, to the fen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from bangfu.core.ledger.stages import Stage


class Layer(StrEnum):
    """What a strand passes, in the order in which money passes it. The values name fields of `Strand`."""

    DOCUMENT = "document"
    LINE = "line"
    PROJECT = "project"
    SCHEME = "scheme"
    CONTRACT = "contract"
    CLAIM = "claim"
    PAYMENT = "payment"
    PAYEE = "payee"
    HOUSEHOLD = "household"
    ASSET = "asset"


class Strand(NamedTuple):
    """`fen` that share one way. A layer the way does not pass, or does not tell, is None.

    `stage` is where the amount stands: `paid` is the end of the way, any other is before it. It is None
    where all that a project holds is told in one sum.
    """

    stage: Stage | None
    fen: int
    line: int
    project: int | None = None
    payee: str | None = None
    contract: int | None = None
    claim: int | None = None
    payment: int | None = None
    household: str | None = None
    asset: int | None = None
    scheme: str | None = None
    document: int | None = None

    def key(self, layer: Layer) -> int | str | None:
        """What the strand passes on a layer."""
        found: int | str | None = getattr(self, layer.value)
        return found


def through(strands: Iterable[Strand], layer: Layer, key: int | str) -> list[Strand]:
    """The strands that pass one thing: both ways of it."""
    at = Strand._fields.index(layer.value)
    return [strand for strand in strands if strand[at] == key]


def sums(strands: Iterable[Strand], layer: Layer) -> dict[int | str | None, int]:
    """Fen by what is passed on a layer; under None what does not pass it."""
    found: dict[int | str | None, int] = defaultdict(int)
    at = Strand._fields.index(layer.value)
    for key, fen in [(strand[at], strand[1]) for strand in strands]:
        found[key] += fen  # type: ignore[index]
    return dict(found)


Node = tuple[str, int | str]
LAYERS = tuple(Layer)
_AT = [(layer.value, Strand._fields.index(layer.value)) for layer in LAYERS]
STANDS = "stage"
# Where money that was paid has arrived.
ENDS = frozenset({Layer.PAYEE, Layer.HOUSEHOLD, Layer.ASSET})


def way(strand: Strand) -> list[Node]:
    """The nodes of a strand from its source to its end: (layer, key). The last one is (`STANDS`, stage)
    where it has not arrived, or where nobody tells with whom."""
    passed: list[Node] = [(layer, key) for layer, at in _AT if (key := strand[at]) is not None]  # type: ignore[misc]
    if strand.stage is None or (strand.stage is Stage.PAID and passed[-1][0] in ENDS):
        return passed
    return [*passed, (STANDS, strand.stage.value)]


def links(ways: Iterable[tuple[Sequence[Node], int]]) -> dict[tuple[Node, Node], int]:
    """Fen between each two nodes that follow one another on some way."""
    found: dict[tuple[Node, Node], int] = defaultdict(int)
    for nodes, fen in ways:
        for pair in pairwise(nodes):
            found[pair] += fen
    return dict(found)
