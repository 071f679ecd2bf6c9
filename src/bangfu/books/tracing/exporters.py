"""A trace as a workbook and as JSON: every thing of every tier, and every strand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bangfu.books.tracing.naming import STANDINGS, TIERS, Label, called, labels
from bangfu.books.tracing.queries import Trace
from bangfu.books.tracing.showing import tiers
from bangfu.core.language import Lang, Text
from bangfu.core.ledger.strands import LAYERS, Node, Strand
from bangfu.files.reports import Column, ReportSheet, Value


def sheets(trace: Trace, lang: Lang) -> list[ReportSheet]:
    """A sheet of the things by tier, and one of the strands, whose amounts sum to the same."""
    thing = trace.thing
    name = called(thing.kind, thing.number, thing.name).to(lang)
    heads = (
        Column(Text("环节", "Tier").to(lang)),
        Column(Text("名称", "Name").to(lang)),
        Column(Text("金额（元）", "Amount (yuan)").to(lang), "fen"),
        Column(Text("份额", "Share").to(lang), "percent"),
    )
    rows: list[list[Value]] = [
        [tier.title.to(lang), row.text.to(lang), row.fen, row.share]
        for tier in tiers(trace, most=None)
        for row in tier.rows
    ]
    return [
        ReportSheet(Text("去向和来源", "Both ways").to(lang), heads, rows, name),
        ReportSheet(
            Text("逐笔", "Strands").to(lang),
            [
                *(Column(TIERS[layer.value].to(lang)) for layer in LAYERS if layer.value in TIERS),
                Column(Text("现在在哪里", "Where it stands").to(lang)),
                Column(Text("金额（元）", "Amount (yuan)").to(lang), "fen"),
            ],
            _strands(trace, lang),
            name,
        ),
    ]


def as_json(trace: Trace) -> dict[str, Any]:
    """The trace as plain values: amounts in fen, names in both languages."""
    named = _named(trace)
    return {
        "kind": trace.thing.kind.value,
        "id": trace.thing.key,
        "number": trace.thing.number,
        "name": trace.thing.name,
        "fen": trace.fen,
        "paid_fen": trace.paid_fen,
        "grain": trace.grain.value,
        "tiers": {
            layer: [
                {"id": key, **_words(named, (layer, key)), "fen": fen}
                for key, fen in passed.items()
            ]
            for layer, passed in trace.amounts.items()
        },
        "strands": [
            {
                **{
                    layer.value: strand.key(layer)
                    for layer in LAYERS
                    if strand.key(layer) is not None
                },
                "stage": strand.stage.value if strand.stage else None,
                "fen": strand.fen,
            }
            for strand in trace.strands
        ],
    }


def _strands(trace: Trace, lang: Lang) -> Iterator[list[Value]]:
    named = _named(trace)

    def cell(strand: Strand, layer: str, key: int | str | None) -> Value:
        label = named.get((layer, key)) if key is not None else None
        return label.text.to(lang) if label else None

    for strand in trace.strands:
        yield [
            *(
                cell(strand, layer.value, strand.key(layer))
                for layer in LAYERS
                if layer.value in TIERS
            ),
            STANDINGS[strand.stage].to(lang) if strand.stage else None,
            strand.fen,
        ]


def _named(trace: Trace) -> Mapping[Node, Label]:
    return labels((layer, key) for layer, passed in trace.amounts.items() for key in passed)


def _words(named: Mapping[Node, Label], node: Node) -> dict[str, str]:
    label = named.get(node)
    return {"zh": label.text.zh, "en": label.text.en} if label else {}
