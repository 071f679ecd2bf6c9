"""What the terminal shows: language, tables, progress, errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bangfu.core.errors import InputError, Problem, UsageError, UserError
from bangfu.core.language import Lang, Text

# A terminal shows this many problems; the marked-up workbook and --json hold all of them.
SHOWN = 50
_preferred: ContextVar[str | None] = ContextVar("preferred", default=None)


@dataclass(slots=True)
class Terminal:
    """Where a command speaks, and in which language."""

    lang: Lang
    console: Console
    errors: Console

    def say(self, text: Text) -> None:
        """One sentence."""
        self.console.print(escape(text.to(self.lang)))

    def table(self, title: Text, heads: Sequence[Text], rows: Sequence[Sequence[str]]) -> None:
        """A small table; cells that look like numbers are set to the right."""
        table = Table(
            title=title.to(self.lang), title_justify="left", show_edge=False, pad_edge=False
        )
        for at, head in enumerate(heads):
            numeric = bool(rows) and all(_numeric(row[at]) for row in rows)
            table.add_column(
                head.to(self.lang), justify="right" if numeric else "left", overflow="fold"
            )
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self.console.print(table)

    def problems(self, problems: Sequence[Problem]) -> None:
        """Problems, one a line: where, what stands there, what would be right."""
        for problem in problems[:SHOWN]:
            value = f" [{problem.value}]" if problem.value else ""
            self.errors.print(
                _shown(f"  {problem.where}{value}  {problem.text.to(self.lang)}"), markup=False
            )
        if len(problems) > SHOWN:
            left = len(problems) - SHOWN
            self.errors.print(Text(f"  ……还有 {left} 处。", f"  … and {left} more.").to(self.lang))

    def fail(self, error: UserError) -> None:
        """The sentence of an error, and every problem it carries."""
        self.errors.print(_shown(error.text.to(self.lang)), style="bold red", markup=False)
        if isinstance(error, InputError):
            self.problems(error.problems)

    @contextmanager
    def steps(self) -> Iterator[Steps]:
        """Progress for work longer than a second, a line a step."""
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        ) as progress:
            yield Steps(self, progress)


@dataclass(slots=True)
class Steps:
    """The steps of a job. Without a terminal each step is one plain line."""

    terminal: Terminal
    progress: Progress

    @contextmanager
    def step(self, text: Text) -> Iterator[None]:
        """One step, from its beginning to its end."""
        words = text.to(self.terminal.lang)
        if not self.terminal.console.is_terminal:
            self.terminal.console.print(escape(words))
        task = self.progress.add_task(escape(words), total=None)
        yield
        self.progress.update(task, total=1, completed=1)


def terminal(lang: str | None, environ: Mapping[str, str] = os.environ) -> Terminal:
    """A terminal in `lang`, or in the locale's language: Chinese unless the locale says English."""
    return Terminal(
        language(lang or _preferred.get(), environ),
        Console(highlight=False, soft_wrap=True),
        Console(stderr=True, highlight=False, soft_wrap=True),
    )


def prefer(lang: str | None) -> None:
    """The language for commands that are not told one: `bangfu --lang en check …`."""
    _preferred.set(lang)


def language(lang: str | None, environ: Mapping[str, str]) -> Lang:
    """The language asked for, else the locale's. Raises UsageError for any other."""
    if lang is not None:
        if lang not in ("zh", "en"):
            raise UsageError(
                Text(f"语言只有 zh 和 en：{lang}", f"Languages are zh and en, not {lang}.")
            )
        return "en" if lang == "en" else "zh"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "en" if environ[name].lower().startswith("en") else "zh"
    return "zh"


def is_interactive() -> bool:
    """Whether a person sits at the terminal and can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _shown(text: str) -> str:
    """The text with a mark for every control character: a cell or a file name must not steer the
    terminal."""
    return "".join(
        c if c.isprintable() or c == "\n" or "\ud800" <= c <= "\udfff" else "�" for c in text
    )


def _numeric(cell: str) -> bool:
    return (
        cell in ("", "—")
        or cell.replace(",", "").replace(".", "").replace("%", "").lstrip("-").isdigit()
    )
