"""Runs a command in this process and holds what a user sees against what the house promises."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bangfu.cli.__main__ import run

TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def bangfu(*arguments: object, lang: str = "zh") -> Said:
    """Run `bangfu` with these arguments, on a wide terminal in the language of the locale."""
    out, err = io.StringIO(), io.StringIO()
    locale = {"zh": "zh_CN.UTF-8", "en": "en_GB.UTF-8"}[lang]
    with (
        mock.patch.dict(os.environ, {"LC_ALL": locale, "COLUMNS": "250"}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run([str(argument) for argument in arguments])
    return Said(code, out.getvalue(), err.getvalue())


def refused(said: Said, code: int, *words: str) -> None:
    """The command ended with `code`, a sentence with these words, and no traceback."""
    assert TRACEBACK not in said.err + said.out
    assert said.code == code, said
    assert said.err.strip(), said
    for word in words:
        assert word in said.err, said.err


def passed(said: Said, *words: str) -> None:
    """The command did what it was asked, and said these words."""
    assert (said.code, said.err) == (0, "")
    for word in words:
        assert word in said.out, said.out


@contextmanager
def nothing_written(folder: Path) -> Iterator[None]:
    """Inside, no file of the folder appears, goes or changes: nothing is left half done."""
    before = _content(folder)
    yield
    assert _content(folder) == before


def _content(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
