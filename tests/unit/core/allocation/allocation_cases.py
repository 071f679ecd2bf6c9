"""Small problem documents for the tests of the allocation, and a clock that needs no clock."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.problem import Problem
from bangfu.core.allocation.solve import allocate


def ticking() -> Callable[[], float]:
    """A clock that moves a thousandth of a second each time it is read."""
    steps = itertools.count()
    return lambda: next(steps) / 1000


def problem_of(document: dict[str, Any]) -> Problem:
    problem, errors = parse(document)
    assert errors == []
    assert problem is not None
    return problem


def answer_to(lines: list, projects: list, options: dict | None = None, **rules: Any) -> dict:
    """R for lines and projects given as (id, fen, more...) and rules by keyword."""
    document = {
        "fund_lines": [{"id": name, "amount_fen": fen, **more} for name, fen, more in lines],
        "projects": [{"id": name, "cost_fen": fen, **more} for name, fen, more in projects],
        "rules": rules,
        "options": options or {"gap": "0"},
    }
    return allocate(document, clock=ticking())


def funded(answer: dict) -> dict[str, int]:
    return {item["project"]: item["units"] for item in answer["selected"]}


def paid(answer: dict) -> dict[tuple[str, str], int]:
    return {(item["line"], item["project"]): item["fen"] for item in answer["amounts"]}
