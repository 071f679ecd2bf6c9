"""`bangfu draw`: draw again from a published list with its seed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.errors import InputError, Problem, UsageError
from bangfu.core.language import Text
from bangfu.core.supervision import drawing

SORTS = ("village", "project")
_LINE = re.compile(r"(?P<key>[^\t]+)\t(?P<weight>[1-9][0-9]{0,8})", re.ASCII)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("draw")(draw)


def draw(
    listed: Annotated[
        Path,
        typer.Argument(
            metavar="LIST",
            exists=True,
            dir_okay=False,
            help="名单：每行编号、制表符、权重 / the list: number, tab and weight a line",
        ),
    ],
    seed: Annotated[
        str, typer.Option(help="种子，带 village: 或 project: / the seed with its prefix")
    ],
    by_risk: Annotated[int, typer.Option(min=0, help="按风险抽几个 / how many by risk")] = 0,
    by_lot: Annotated[int, typer.Option(min=0, help="随机抽几个 / how many by lot")] = 0,
    lang: Lang = None,
) -> None:
    """用公开的名单和种子再抽一遍。 / Draw again from a published list with its seed."""
    speak = terminal(lang)
    weights = _weights(listed)
    _check(seed, by_risk, by_lot, len(weights))
    drawn = drawing.draw(weights, by_risk=by_risk, by_lot=by_lot, seed=seed)
    speak.say(
        Text(
            f"名单 {len(weights)} 行，SHA-256 {drawing.digest(weights)}",
            f"The list has {len(weights)} lines, SHA-256 {drawing.digest(weights)}",
        )
    )
    speak.say(Text(f"按风险：{'、'.join(drawn.by_risk)}", f"By risk: {', '.join(drawn.by_risk)}"))
    speak.say(Text(f"随机：{'、'.join(drawn.by_lot)}", f"By lot: {', '.join(drawn.by_lot)}"))


def _check(seed: str, by_risk: int, by_lot: int, lines: int) -> None:
    """UsageError for a seed without its number, and for more than the list has."""
    prefix, _, drawn = seed.partition(":")
    if prefix not in SORTS or not drawn.strip():
        raise UsageError(
            Text(
                f"种子不对：“{seed}”。抽村写 village:种子，抽项目写 project:种子，种子照公开的原样写。",
                f"This is no seed: “{seed}”. Write village:SEED or project:SEED, with the seed as published.",
            )
        )
    if not by_risk + by_lot:
        raise UsageError(
            Text(
                "请用 --by-risk、--by-lot 写明抽几个。",
                "Say how many are drawn with --by-risk and --by-lot.",
            )
        )
    if by_risk + by_lot > lines:
        raise UsageError(
            Text(
                f"要抽 {by_risk + by_lot} 个，名单只有 {lines} 行。",
                f"{by_risk + by_lot} are asked for, and the list has {lines} lines.",
            )
        )


def _weights(listed: Path) -> dict[str, int]:
    """The weights of a list by number. InputError names every line that is none or stands twice."""
    weights: dict[str, int] = {}
    problems = []
    for number, line in enumerate(listed.read_text("utf-8", "replace").splitlines(), 1):
        found = _LINE.fullmatch(line)
        if found is None or found["key"] in weights:
            words = Text(
                "应为编号、制表符、权重，每个编号一行。", "Number, tab and weight, each once."
            )
            problems.append(Problem(f"{listed.name}:{number}", words, line))
        else:
            weights[found["key"]] = int(found["weight"])
    if problems:
        raise InputError(Text("名单读不懂。", "The list cannot be read."), problems)
    return weights
