"""`bangfu allocate`: a problem in JSON, the plan in JSON, without a database."""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bangfu.cli.options import Lang
from bangfu.cli.terminal import Terminal, terminal
from bangfu.core.allocation.answer import INVALID, Answer
from bangfu.core.allocation.pb import problem_from_pb
from bangfu.core.allocation.solve import allocate as allocate_document
from bangfu.core.allocation.solve import solve
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.files.atomic import write_text
from bangfu.files.delimited import read_text
from bangfu.files.json_input import read_json

STATUS = {
    "optimal": Text("最优", "optimal"),
    "feasible": Text("可行（到时未证明最优）", "feasible (not proved optimal in time)"),
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
) -> None:
    """统筹整合资金：哪些项目由哪些资金支付，附证明和理由。 / Which projects are paid from which lines, with proof and reasons."""
    speak = terminal(lang)
    try:
        result = _solved(problem)
    except InputError as error:
        # What reads only the answer is told as well, and finds no older answer in its place.
        wrong = tuple((one.where, one.text) for one in error.problems)
        _put(Answer(INVALID, errors=wrong or ((problem.name, error.text),)).as_dict(), answer)
        raise
    _put(result, answer)
    if result["status"] == "invalid":
        raise InputError(
            Text(
                f"{problem.name} 不能求解：内容有误。",
                f"{problem.name} cannot be solved: it is not valid.",
            ),
            [_problem(error) for error in _rows(result, "errors")],
        )
    if result["status"] == "infeasible":
        raise ConflictError(_conflict(result))
    if answer is not None:
        _tell(speak, result)


def _put(result: Mapping[str, Any], answer: Path | None) -> None:
    """Write R where it was asked for."""
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    if answer is None:
        sys.stdout.write(text)
    else:
        write_text(answer, text)


def _solved(path: Path) -> dict[str, Any]:
    """The answer to the problem in a file, in the form of the contract."""
    if path.suffix.lower() != ".pb":
        return allocate_document(read_json(path), clock=time.monotonic)
    try:
        stated = problem_from_pb(read_text(path))
    except InputError as error:
        found = [replace(p, where=f"{path.name}:{p.where}") for p in error.problems]
        raise InputError(error.text, found) from error
    except csv.Error as error:
        raise InputError(
            Text(
                f"{path.name} 不是 Pabulib 的 .pb 文件，无法分列。",
                f"{path.name} is no .pb file of Pabulib: its columns cannot be told apart.",
            )
        ) from error
    return solve(stated, clock=time.monotonic).as_dict()


def _tell(speak: Terminal, result: Mapping[str, Any]) -> None:
    """A few lines of what came out; the JSON holds all of it."""
    speak.say(STATUS[str(result["status"])])
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


def _conflict(result: Mapping[str, Any]) -> Text:
    """The rules that cannot hold together, each with its place in the problem."""
    told = [(rule["path"], rule["detail"]) for rule in _rows(result, "conflict")]
    zh = "".join(f"\n  {path}  {detail['zh']}" for path, detail in told)
    en = "".join(f"\n  {path}  {detail['en']}" for path, detail in told)
    return Text(f"无解：规则互相冲突。{zh}", f"Infeasible: the rules conflict.{en}")


def _rows(result: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list(result[name])


def _problem(error: Mapping[str, Any]) -> Problem:
    zh, _, en = str(error["message"]).partition(" / ")
    return Problem(str(error["path"]), Text(zh, en or zh))
