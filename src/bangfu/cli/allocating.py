"""`bangfu allocate`: a problem in JSON, the plan in JSON, without a database."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bangfu.cli.options import Lang
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.allocation.solve import allocate as solve
from bangfu.core.errors import EXIT_CONFLICT, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.files.atomic import write_text
from bangfu.files.json_input import read_json

STATUS = {
    "optimal": Text("最优", "optimal"),
    "feasible": Text("可行（到时未证明最优）", "feasible (not proved optimal in time)"),
    "infeasible": Text("无解：规则互相冲突", "infeasible: the rules conflict"),
}


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("allocate")(allocate)


def allocate(
    problem: Annotated[
        Path,
        typer.Option(help="问题（JSON 或 Pabulib 的 .pb） / the problem (JSON, or Pabulib's .pb)"),
    ],
    answer: Annotated[
        Path | None,
        typer.Option(
            "--json",
            help="答案写到哪里；缺省为标准输出 / where the answer goes; standard output if absent",
        ),
    ] = None,
    lang: Lang = None,
) -> int:
    """统筹整合资金：哪些项目由哪些资金支付，附证明和理由。 / Which projects are paid from which lines, with proof and reasons."""
    speak = terminal(lang)
    document: Any = read_json(problem)
    result = solve(document, clock=time.monotonic)
    text = json.dumps(result, ensure_ascii=False, indent=1)
    if answer is None:
        sys.stdout.write(text + "\n")
    else:
        write_text(answer, text + "\n")
    if result["status"] == "invalid":
        raise InputError(
            Text(
                f"{problem.name} 不能求解：内容有误。",
                f"{problem.name} cannot be solved: it is not valid.",
            ),
            [_problem(error) for error in _rows(result, "errors")],
        )
    if answer is not None:
        _tell(speak, result)
    return EXIT_CONFLICT if result["status"] == "infeasible" else 0


def _tell(speak: Terminal, result: Mapping[str, Any]) -> None:
    """A few lines of what came out; the JSON holds all of it."""
    speak.say(STATUS[str(result["status"])])
    if result["status"] == "infeasible":
        for rule in _rows(result, "conflict"):
            speak.say(
                Text(
                    f"  {rule['path']}  {rule['detail']['zh']}",
                    f"  {rule['path']}  {rule['detail']['en']}",
                )
            )
        return
    spent = sum(int(row["fen"]) for row in _rows(result, "amounts"))
    short = sum(int(row["fen"]) for row in _rows(result, "shortfalls"))
    speak.say(
        Text(
            f"入选 {len(_rows(result, 'selected'))} 个项目，安排 {format_yuan(spent)} 元，"
            f"缺口 {format_yuan(short)} 元；优先分 {result['priority']}，上界 {result['bound']}，差距 {result['gap']}。",
            f"{len(_rows(result, 'selected'))} projects, {format_yuan(spent)} yuan placed, "
            f"{format_yuan(short)} yuan short; priority {result['priority']}, bound {result['bound']}, gap {result['gap']}.",
        )
    )


def _rows(result: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list(result[name])


def _problem(error: Mapping[str, Any]) -> Problem:
    zh, _, en = str(error["message"]).partition(" / ")
    return Problem(str(error["path"]), Text(zh, en or zh))
