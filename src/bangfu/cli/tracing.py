"""`bangfu trace`: follow a yuan from the command line."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from bangfu.books.tracing.exporters import as_json
from bangfu.books.tracing.naming import KINDS, beneath
from bangfu.books.tracing.queries import Thing, Trace, follow, found
from bangfu.books.tracing.searching import exactly, search
from bangfu.books.tracing.showing import Tier, tiers
from bangfu.books.walls.scope import DataClass
from bangfu.cli.operator import As, working
from bangfu.cli.options import Lang
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.errors import NotFoundError, UsageError
from bangfu.core.language import Text
from bangfu.core.money import format_yuan

# Rows of a tier that are told on the terminal; --json tells all.
TOLD = 10


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("trace")(trace)


def trace(
    thing: Annotated[
        str,
        typer.Argument(
            help="编号、名称或金额，可写类别，如 line:2026-01、posting:12 / a number, name or amount; "
            "a kind may be named: line:2026-01, posting:12"
        ),
    ],
    as_text: Annotated[bool, typer.Option("--json", help="写成 JSON / as JSON")] = False,
    operator: As = None,
    lang: Lang = None,
) -> None:
    """追溯一元钱的来路和去向。 / Follow a yuan, both ways."""
    speak = terminal(lang)
    with working(
        operator,
        place_code="000000000000",
        purpose="follow the yuan",
        classes=(DataClass.MONEY, DataClass.PERSONS),
    ):
        followed = follow(_one(thing, speak))
        told = as_json(followed) if as_text else None
        shown = [] if as_text else tiers(followed, most=TOLD)
    if told is not None:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    _tell(speak, followed, shown)


def _one(text: str, speak: Terminal) -> Thing:
    """The one thing that the text means. NotFoundError; UsageError naming them when several fit."""
    met = exactly(search(text), text)
    if not met:
        raise NotFoundError(
            Text(
                f"没有找到“{text}”，或者它不在您的范围内。",
                f"Nothing was found for “{text}”, or it is not yours to see.",
            )
        )
    if len(met) > 1:
        named = [f"{one.kind.value}:{one.number}" for one in met[:TOLD]]
        listed = ", ".join(named)
        raise UsageError(
            Text(f"符合的不止一项，请写明一项：{listed}", f"Several things fit; name one: {listed}")
        )
    return found(met[0].kind, met[0].key)


def _tell(speak: Terminal, trace: Trace, shown: list[Tier]) -> None:
    thing = trace.thing
    name, kind = beneath(thing.kind, thing.number, thing.name), KINDS[thing.kind]
    whole, paid = format_yuan(trace.fen), format_yuan(trace.paid_fen)
    speak.say(
        Text(
            f"{kind.zh} {name.zh}：{whole} 元，其中已支付 {paid} 元",
            f"{kind.en} {name.en}: {whole} yuan, of which paid {paid}",
        )
    )
    heads = [Text("名称", "name"), Text("金额（元）", "yuan"), Text("份额", "share")]
    for tier in shown:
        rows = [[row.text.to(speak.lang), format_yuan(row.fen), row.percent] for row in tier.rows]
        left = tier.count - len(tier.rows)
        if left > 0:
            rest = tier.fen - sum(row.fen for row in tier.rows)
            more = Text(f"其余 {left} 项", f"{left} more").to(speak.lang)
            rows.append([more, format_yuan(rest), ""])
        if rows:
            speak.table(tier.title, heads, rows)
