"""docs/algorithms/allocation.md: its county is solved, and every table must say what came out."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from allocation_cases import problem_of, ticking

from bangfu.core.allocation.classes import Reduction, reduce_problem
from bangfu.core.allocation.pb import problem_from_pb
from bangfu.core.allocation.problem import Options
from bangfu.core.allocation.solve import allocate, solve
from bangfu.core.money import format_yuan

PAGE = (Path(__file__).parents[4] / "docs/algorithms/allocation.md").read_text(encoding="utf-8")
WAN = 1_000_000


def tables() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Header → rows of every table of the page."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for block in re.findall(r"(?:^\|.*\|\n)+", PAGE, flags=re.MULTILINE):
        rows = [
            tuple(cell.strip() for cell in row.strip("|").split("|"))
            for row in block.split("\n")[:-1]
        ]
        found[rows[0]] = rows[2:]
    return found


@pytest.fixture(scope="module")
def document() -> dict:
    found = re.search(r"<!-- worked: problem -->\n```json\n(.*?)```", PAGE, flags=re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


@pytest.fixture(scope="module")
def answer(document) -> dict:
    return allocate(document, clock=ticking())


@pytest.fixture(scope="module")
def reduction(document) -> Reduction:
    return reduce_problem(problem_of(document))


def test_sources_and_bands(document, reduction):
    ids = [line["id"] for line in document["fund_lines"]]

    assert tables()["source", "lines", "万元", "band"] == [
        (
            f"s{s}",
            ", ".join(ids[i] for i in source.lines),
            str(source.amount_fen // WAN),
            str(source.band),
        )
        for s, source in enumerate(reduction.sources)
    ]


def test_classes(document, reduction):
    ids = [project["id"] for project in document["projects"]]

    assert tables()["class", "projects", "paid by bands"] == [
        (f"c{c}", ", ".join(ids[p] for p in cls.projects), ", ".join(map(str, cls.bands)))
        for c, cls in enumerate(reduction.classes)
    ]


def test_amounts(answer):
    assert tables()["line", "project", "万元"] == [
        (piece["line"], piece["project"], str(piece["fen"] // WAN)) for piece in answer["amounts"]
    ]
    assert all(piece["fen"] % WAN == 0 for piece in answer["amounts"])


def test_tiers(answer):
    assert answer["status"] == "optimal"
    assert tables()["tier", "value", "bound"] == [
        (tier["name"], str(tier["value"]), str(tier["bound"])) for tier in answer["tiers"]
    ]


def test_reasons(answer):
    assert tables()["left out", "why", "costs at least", "gives way"] == [
        (
            item["project"],
            item["why"],
            item["detail"]["costs_at_least"] or "impossible",
            ", ".join(item["detail"]["gives_way"]),
        )
        for item in answer["reasons"]
    ]


def test_idle_money(answer):
    assert tables()["idle", "万元", "why"] == [
        (item["line"], str(item["fen"] // WAN), item["why"]) for item in answer["idle"]
    ]


def test_the_vote_of_the_participatory_page():
    page = (Path(__file__).parents[4] / "docs/algorithms/participatory-budgeting.md").read_text(
        encoding="utf-8"
    )
    found = re.search(r"<!-- worked: pb -->\n```\n(.*?)```", page, flags=re.DOTALL)
    assert found is not None
    problem = problem_from_pb(found.group(1), Options(gap=Fraction(0)))
    answer = solve(problem, clock=ticking())
    chosen = dict(answer.selected)

    rows = [
        f"| {p.id} | {format_yuan(p.unit_fen).removesuffix('.00')} | {p.priority} "
        f"| {'yes' if p.id in chosen else 'no'} |"
        for p in problem.projects
    ]
    assert "\n".join(rows) in page
    assert [(r.project, r.facts["costs_at_least"]) for r in answer.reasons] == [("bridge", "2")]
