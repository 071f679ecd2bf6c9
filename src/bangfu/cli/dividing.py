"""`bangfu quota`: a number decided above, divided over the places below (规模分解)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.errors import InputError, Problem, UsageError
from bangfu.core.language import Lang as Language
from bangfu.core.language import Text
from bangfu.core.screening.quota import Quota, decompose, levels_of
from bangfu.core.sheets.locate import Gazetteer
from bangfu.core.sheets.quota import QUOTA, weights
from bangfu.files.atomic import write_text
from bangfu.files.intake import read_places
from bangfu.files.reports import Column, ReportSheet, write_workbook
from bangfu.files.typed import read_typed

# The terminal shows the first rows; the workbook and the JSON have all.
SHOWN = 40
_NOTE = Text(
    "按权重用最大余数法逐级分解，下级之和等于上级；超出、不足只列出，不调整。",
    "Divided level by level by largest remainder; the parts sum to the whole. Over and under are told, never corrected.",
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("quota")(quota)


def quota(
    file: Annotated[Path, typer.Argument(help="权重表：工作簿或 CSV / weights: workbook or CSV")],
    total: Annotated[int, typer.Option(help="要分解的总数 / the number to divide")],
    places: Annotated[Path | None, typer.Option(help="区划代码表 CSV / places as CSV")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="写成工作簿 / write a workbook")
    ] = None,
    answer: Annotated[Path | None, typer.Option("--json", help="写成 JSON / write JSON")] = None,
    lang: Lang = None,
) -> None:
    """规模分解：按权重逐级分解，下级之和等于上级。 / Divide a quota over places; the parts sum to the whole."""
    speak = terminal(lang)
    if total < 0:
        raise UsageError(Text("总数不能为负数。", "The total must not be negative."))
    held, recognised = _read(file)
    rows = decompose(total, held, recognised, levels_of(held))
    gazetteer = Gazetteer(read_places(places) if places else ())
    shown = _Shown(gazetteer, speak.lang, counted=bool(recognised))
    if output is not None:
        title = Text("规模分解", "Quota").to(speak.lang)
        body = (shown.row(row) for row in rows)
        write_workbook(output, [ReportSheet(title, shown.columns, body, _NOTE.to(speak.lang))])
    if answer is not None:
        every = [{**asdict(row), "level": row.level.name.lower(), "over": row.over} for row in rows]
        write_text(answer, json.dumps(every, ensure_ascii=False, indent=1) + "\n")
    speak.table(
        Text("规模分解", "Quota"),
        [Text(column.header, column.header) for column in shown.columns],
        [[str(cell) for cell in shown.row(row)] for row in rows[:SHOWN]],
    )
    if len(rows) > SHOWN:
        left = len(rows) - SHOWN
        speak.say(
            Text(
                f"……还有 {left} 行，见 -o 写出的工作簿。",
                f"… {left} more rows; -o writes them all.",
            )
        )
    for path in (output, answer):
        if path is not None:
            speak.say(Text(f"已写出 {path}", f"Wrote {path}"))


def _read(file: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Weights and recognised counts. Raises InputError with every problem by its cell."""
    reader = read_typed([file], [QUOTA])
    problems = list(reader.problems)
    held: dict[str, int] = {}
    recognised: dict[str, int] = {}
    for rows in reader.rows:
        more, counted, wrong = weights(rows)
        held |= more
        recognised |= counted
        problems += wrong
    if not problems and not any(held.values()):
        told = Text(
            "没有一行有大于零的权重，无从分解。",
            "No row has a weight above zero: nothing to divide by.",
        )
        problems.append(Problem(file.name, told, rule="quota-weight"))
    if problems:
        count = len(problems)
        raise InputError(
            Text(f"权重表有 {count} 处问题。", f"The weights have {count} problem(s)."), problems
        )
    return held, recognised


class _Shown:
    """The rows of a decomposition as a table, in one language."""

    def __init__(self, gazetteer: Gazetteer, lang: Language, *, counted: bool) -> None:
        self.gazetteer = gazetteer
        self.counted = counted
        self.columns = [
            Column(Text("区划代码", "place").to(lang)),
            Column(Text("名称", "name").to(lang)),
            Column(Text("权重", "weight").to(lang), "int"),
            Column(Text("规模", "quota").to(lang), "int"),
        ]
        if counted:
            self.columns += [
                Column(Text("已识别", "recognised").to(lang), "int"),
                Column(Text("超出（+）不足（−）", "over (+) under (−)").to(lang), "int"),
            ]

    def row(self, row: Quota) -> tuple[str | int, ...]:
        """One place."""
        name = self.gazetteer.name(row.place_code)
        named = "" if name == row.place_code else name
        own = (row.place_code, named, row.weight, row.quota)
        return (*own, row.recognised, row.over) if self.counted else own
