"""A trace as it is shown: tier by tier, and as a drawing with a table behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from bangfu.books.tracing.naming import TIERS, Label, labels
from bangfu.books.tracing.queries import Trace
from bangfu.core.language import Text
from bangfu.core.ledger.strands import LAYERS, STANDS, Node, Strand, links, way
from bangfu.web import charts, speech
from bangfu.web.charts import Flow, Place

# So many of a tier are drawn by themselves; the others are drawn as one, and all stand in its list.
DRAWN = 8
REST = "…"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a tier: its part of what is followed, in fen and as a share."""

    text: Text
    address: str
    fen: int
    share: Fraction

    @property
    def percent(self) -> str:
        """The share in per cent, with two digits."""
        return f"{float(self.share):.2%}"


@dataclass(frozen=True, slots=True)
class Tier:
    """The things of one layer that a trace passes, the largest first. `fen` is their sum."""

    layer: str
    title: Text
    rows: Sequence[Row]
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class Step:
    """Money that goes from one thing of the drawing to another."""

    source: Label
    target: Label
    fen: int


def trace_labels(trace: Trace, nodes: Collection[Node]) -> Mapping[Node, Label]:
    """The labels of nodes of a trace, each asked for once however often it is shown."""
    trace.names.update(labels(node for node in nodes if node not in trace.names))
    return trace.names


def tiers(trace: Trace, *, only: str = "", first: int = 0, most: int | None = DRAWN) -> list[Tier]:
    """The tiers of a trace, or one of them: `most` rows of each, from `first` on."""
    by_layer = trace.amounts
    shown = {
        layer: list(passed.items())[first : None if most is None else first + most]
        for layer, passed in by_layer.items()
        if only in ("", layer)
    }
    named = trace_labels(trace, [(layer, key) for layer, rows in shown.items() for key, _ in rows])
    return [
        Tier(
            layer,
            TIERS[layer],
            [
                Row(
                    named[layer, key].beneath,
                    named[layer, key].address,
                    fen,
                    Fraction(fen, trace.fen or 1),
                )
                for key, fen in rows
                if (layer, key) in named
            ],
            len(by_layer[layer]),
            sum(by_layer[layer].values()),
        )
        for layer, rows in shown.items()
    ]


def steps(trace: Trace) -> list[Step]:
    """What flows between the things that are drawn; the small ones of a tier together."""
    drawn = {
        (layer, key) for layer, passed in trace.amounts.items() for key in list(passed)[:DRAWN]
    }
    ways = [(way(strand), strand.fen) for strand in _drawn(trace, drawn)]
    found = links(ways)
    named = {**trace_labels(trace, drawn), **_rests(trace)}
    order = {layer: at for at, layer in enumerate([*(layer.value for layer in LAYERS), STANDS])}
    return [
        Step(named[source], named[target], fen)
        for (source, target), fen in sorted(
            found.items(), key=lambda each: (order[each[0][0][0]], -each[1], str(each[0]))
        )
        if source in named and target in named
    ]


def _drawn(trace: Trace, drawn: Collection[Node]) -> list[Strand]:
    """The strands as they are drawn, with REST for what is not drawn by itself: those that then go one
    way are one."""
    layers = [layer.value for layer in LAYERS if layer.value in trace.amounts]
    columns = [
        (
            Strand._fields.index(layer),
            {None: None, **{key: key for at, key in drawn if at == layer}},
        )
        for layer in layers
    ]
    merged: dict[tuple[Any, ...], int] = defaultdict(int)
    for strand in trace.strands:
        merged[(strand[0], *[kept.get(strand[at], REST) for at, kept in columns])] += strand[1]
    return [
        Strand(stage=stage, fen=fen, **dict(zip(layers, keys, strict=True)))
        for (stage, *keys), fen in merged.items()
    ]


def drawing(flow: Sequence[Step], question: Text) -> dict[str, Any]:
    """The option of the drawing: every place in it leads to its own trace."""
    places = {step.address: step for each in flow for step in (each.source, each.target)}
    return charts.flow(
        question,
        [Place(at, speech.say(label.text), at) for at, label in places.items()],
        [Flow(each.source.address, each.target.address, each.fen / 100) for each in flow],
    )


def _rests(trace: Trace) -> Mapping[Node, Label]:
    found: dict[Node, Label] = {}
    for layer, passed in trace.amounts.items():
        left = len(passed) - DRAWN
        words = TIERS[layer]
        rest = Text(f"其余 {left} 项{words.zh}", f"{left} more: {words.en}")
        found[layer, REST] = Label(rest, f"?layer={layer}", rest)
    return found
