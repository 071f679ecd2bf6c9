"""The allocation against the plain per-project-flow model: run.py [village|department|county|big]...

One JSON line a job. The plain model and Bangfu get the same document, the same gap and the same time
limit, one after the other in one process; seconds are wall clock and processor time of this process.

- village, department: 60 lines × 1,500 projects × 186 villages with a floor a village, or four a
  key village. Two comparisons: the measured single objective (priority less 3 per 万元 short), model
  against model; and the tiers, plain model against the whole of `solve` with pieces and reasons.
- county: a county's year with every kind of rule, on the tiers.
- big: one pool of 300 × 50,000 × 10,000, Bangfu alone, with the peak memory of the process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from instances import SHORTFALL_PRICE, WAN, document, draw, whole_county
from plain import solve_tiers, solve_weighted

from bangfu.core.allocation.answer import Answer
from bangfu.core.allocation.classes import reduce_problem
from bangfu.core.allocation.mip import Mip
from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.problem import Problem
from bangfu.core.allocation.program import build_program
from bangfu.core.allocation.solve import solve

GAP = 1e-4
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Timed:
    """What a call gave, and what it took."""

    result: Any
    wall: float
    processor: float


def timed(call: Callable[[], Any]) -> Timed:
    wall, processor = time.perf_counter(), time.process_time()
    result = call()
    return Timed(result, time.perf_counter() - wall, time.process_time() - processor)


def classes_weighted(problem: Problem) -> float:
    """The measured single objective over classes: reduce, state, solve; build time included."""
    program = build_program(reduce_problem(problem))
    mip = Mip(program)
    objective = np.zeros(mip.columns)
    objective[: len(problem.projects)] = [float(p.priority) for p in problem.projects]
    objective[list(program.short_cols.values())] = -SHORTFALL_PRICE * mip.unit / WAN
    outcome = mip.solve(objective, maximize=True, gap=GAP, seconds=SECONDS)
    return float(objective @ outcome.values)


def whole(problem: Problem) -> Answer:
    return solve(problem, clock=time.monotonic)


def read(stated: dict[str, object]) -> Problem:
    problem, errors = parse(stated)
    if problem is None:
        raise SystemExit(f"the instance does not pass: {errors[:3]}")
    return problem


def compare(job: str, against: str, plain: Timed, ours: Timed, values: dict[str, object]) -> None:
    told = {
        "job": job,
        "compared": against,
        "plain_s": round(plain.wall, 2),
        "bangfu_s": round(ours.wall, 2),
        "ratio": round(ours.wall / plain.wall, 3),
        "plain_cpu_s": round(plain.processor, 2),
        "bangfu_cpu_s": round(ours.processor, 2),
        "cpu_ratio": round(ours.processor / plain.processor, 3),
        **values,
    }
    print(json.dumps(told), flush=True)


def on_tiers(job: str, problem: Problem) -> None:
    ours = timed(lambda: whole(problem))
    plain = timed(lambda: solve_tiers(problem, GAP, SECONDS))
    short, priority = plain.result
    compare(
        job, "tiers, whole answer", plain, ours, {**_told(ours.result), "plain": [short, priority]}
    )


def _told(answer: Answer) -> dict[str, object]:
    return {
        "status": answer.status,
        "tiers": [[tier.name, float(tier.value), float(tier.gap)] for tier in answer.tiers],
    }


def core(job: str, *, departments: bool) -> None:
    problem = read(document(draw(60, 1_500, 186, departments=departments), seconds=SECONDS))
    ours = timed(lambda: classes_weighted(problem))
    plain = timed(lambda: solve_weighted(problem, SHORTFALL_PRICE, GAP, SECONDS))
    compare(
        job, "single objective, model", plain, ours, {"value": ours.result, "plain": plain.result}
    )
    on_tiers(job, problem)


def big() -> None:
    problem = read(document(draw(300, 50_000, 10_000), seconds=90))
    ours = timed(lambda: whole(problem))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {
        "job": "big",
        "bangfu_s": round(ours.wall, 2),
        "bangfu_cpu_s": round(ours.processor, 2),
        "peak_gb": round(peak / 1e9, 3),
        **_told(ours.result),
    }
    print(json.dumps(told), flush=True)


JOBS: dict[str, Callable[[], None]] = {
    "village": lambda: core("village", departments=False),
    "department": lambda: core("department", departments=True),
    "county": lambda: on_tiers("county", read(whole_county())),
    "big": big,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or JOBS:
        JOBS[name]()
