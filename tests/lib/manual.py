"""Writes docs/reference/rule-language.md from the spec tables."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType

from lib.spec import Case, Recorder, Refusal, cells

SPEC = Path(__file__).parents[1] / "spec"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "rule-language.md"
CHAPTERS = (
    "basics/test_missing.py",
    "basics/test_comparison.py",
    "basics/test_text_and_time.py",
    "rows/test_members.py",
    "rows/test_work_rows.py",
    "refusals/test_refusals.py",
)
HEAD = """# The rule language

A rule of `policy/` is one expression. It is valid Python syntax, read with Python's own `ast` against a
white list, typed, compiled to a table expression and never executed. Names of facts are English
(the list is in [facts.md](facts.md)), literals are the Chinese codes of the sheets.

This page is written from the tests in `tests/spec`, which run every table below on DuckDB, on
PostgreSQL and against a slow reference. Do not edit it; run `PYTHONPATH=tests python tests/lib/manual.py`.
"""


def manual() -> str:
    """The page."""
    parts = [HEAD, *(_chapter(_module(SPEC / path)) for path in CHAPTERS)]
    return "\n".join(parts)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"manual_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _chapter(module: ModuleType) -> str:
    title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
    tests = [each for name, each in vars(module).items() if name.startswith("test_")]
    return "\n".join([f"## {title}\n", f"{text.strip()}\n", *(_section(each) for each in tests)])


def _section(test) -> str:
    recorder = Recorder()
    test(recorder)
    first = recorder.cases[0]
    lines = [f"### {test.__name__.removeprefix('test_').replace('_', ' ').capitalize()}\n"]
    lines.append(f"{first.text}\n")
    shown: dict[str, str] = {}
    for case in recorder.cases:
        if isinstance(case, Refusal):
            lines.append(f"- `{case.ask}` ({case.grain}): {case.said}")
        else:
            lines.extend(_case(case, shown))
    return "\n".join(lines) + "\n"


def _case(case: Case, shown: dict[str, str]) -> list[str]:
    lines = []
    for name, text in case.tables.items():
        if shown.get(name) != text:
            shown[name] = text
            lines.append(
                f"\n{name}:\n\n{_table(cells(text))}\n"
                if lines
                else f"{name}:\n\n{_table(cells(text))}\n"
            )
    answers = ", ".join(f"{key} {_word(answer)}" for key, answer in case.answers.items())
    lines.append(f"- `{case.ask}` ({case.grain}): {answers}")
    return lines


def _word(answer: object) -> str:
    if answer is None:
        return "missing"
    if isinstance(answer, bool):
        return "**true**" if answer else "false"
    return "、".join(answer) if isinstance(answer, list) else str(answer)


def _table(rows: list[list[str]]) -> str:
    header, *lines = rows
    drawn = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in drawn)


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(manual(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != manual():
        sys.exit(f"{PAGE.name} is stale: run PYTHONPATH=tests python tests/lib/manual.py")
