"""`bangfu numbers`: which published numbers of a file fight, and by how much. No database is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.cli.options import Lang
from bangfu.cli.terminal import terminal
from bangfu.core.indicators.consistency import Check
from bangfu.core.indicators.published import read, read_table
from bangfu.core.language import Text
from bangfu.files.delimited import read_text
from bangfu.files.grids import open_grids
from bangfu.files.tables import as_text

TABLES = (".xlsx", ".xls", ".csv", ".et", ".ods")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("numbers")(numbers)


def numbers(
    file: Annotated[Path, typer.Argument(help="文字或表格文件 / a text, a workbook or CSV")],
    every: Annotated[
        bool, typer.Option("--all", help="相符的也列出 / those that agree too")
    ] = False,
    lang: Lang = None,
) -> None:
    """核对公布的数字：合计、占比、增幅对不对得上。 / Hold published totals, shares and growth against their parts."""
    speak = terminal(lang)
    checks = checks_of(file)
    fights = [check for check in checks if not check.agrees]
    for check in checks if every else fights:
        speak.say(check.sentence)
    if not checks:
        speak.say(
            Text(
                "没有找到可以互相核对的数字。",
                "No figures were found that can be held against one another.",
            )
        )
        return
    speak.say(
        Text(
            f"核对了 {len(checks)} 处，{len(fights)} 处对不上。",
            f"{len(checks)} checked, {len(fights)} fight.",
        )
    )
    if fights:
        raise typer.Exit(1)


def checks_of(file: Path) -> list[Check]:
    """Every check that a file allows. Raises UsageError or InputError for one that cannot be read."""
    if file.suffix.lower() not in TABLES:
        return read(read_text(file))
    opened = open_grids(file)
    found: list[Check] = []
    for name in opened.sheet_names:
        rows = [[as_text(cell) for cell in row] for row in opened.grid(name).rows]
        found += read_table([row for row in rows if any(row)])
    return found
