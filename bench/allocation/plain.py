"""The plain model: one flow for each line and project, every rule over those flows, in HiGHS.

What a careful person would write first. It shares the problem's data with Bangfu and nothing of its
model; floats throughout, no whole fen, no reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from bangfu.core.allocation.parse import may_pay
from bangfu.core.allocation.problem import AmountRule, FundLine, Problem, Project, ShareRule

UNIT = 1_000_000  # fen; the model counts 万元


@dataclass(slots=True)
class Plain:
    """The built model and where its columns lie."""

    highs: highspy.Highs
    projects: int
    shorts: list[int]
    columns: int


class _Rows:
    def __init__(self) -> None:
        self.starts: list[int] = []
        self.index: list[int] = []
        self.value: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        self.starts.append(len(self.index))
        self.index.extend(col for col, _value in terms)
        self.value.extend(value for _col, value in terms)
        self.low.append(low)
        self.high.append(high)


def build(problem: Problem) -> Plain:
    """State the problem with a flow for every pair of line and project that may meet."""
    lines, projects = problem.fund_lines, problem.projects
    n = len(projects)
    upper = [float(p.max_units if p.admitted else 0) for p in projects]
    whole = [1] * n
    switch = {}
    for p, project in enumerate(projects):
        if project.max_units > 1:
            switch[p] = len(upper)
            upper.append(1.0)
            whole.append(1)
    flows: list[tuple[int, FundLine, Project]] = []
    by_line: list[list[int]] = [[] for _ in lines]
    by_project: list[list[int]] = [[] for _ in projects]
    for s, line in enumerate(lines):
        for p, project in enumerate(projects):
            pays = dict(project.recipe or ())
            if (line.id in pays) if project.recipe is not None else may_pay(line, project):
                most = min(line.amount_fen, project.unit_fen * project.max_units)
                flows.append((len(upper), line, project))
                by_line[s].append(len(upper))
                by_project[p].append(len(upper))
                upper.append(most / UNIT)
                whole.append(0)
    rows = _Rows()
    infinite = highspy.kHighsInf
    for s, line in enumerate(lines):
        rows.add([(x, 1.0) for x in by_line[s]], -infinite, line.amount_fen / UNIT)
    for p, project in enumerate(projects):
        rows.add([(x, 1.0) for x in by_project[p]] + [(p, -project.unit_fen / UNIT)], 0.0, 0.0)
    for x, line, project in flows:
        if project.recipe is not None:
            at = next(i for i, other in enumerate(projects) if other is project)
            rows.add([(x, 1.0), (at, -dict(project.recipe)[line.id] / UNIT)], 0.0, 0.0)
    shorts = []
    for floor in problem.rules.floors:
        terms = [(x, 1.0) for x, line, project in flows if _counts(floor, line, project)]
        if not floor.hard:
            shorts.append(len(upper))
            terms.append((len(upper), 1.0))
            upper.append(floor.amount_fen / UNIT)
            whole.append(0)
        rows.add(terms, floor.amount_fen / UNIT, infinite)
    for ceiling in problem.rules.ceilings:
        terms = [(x, 1.0) for x, line, project in flows if _counts(ceiling, line, project)]
        rows.add(terms, -infinite, ceiling.amount_fen / UNIT)
    for share in problem.rules.share_rules:
        _share(rows, share, flows)
    for line in lines:
        for share in line.share_rules:
            _share(rows, share, [f for f in flows if f[1] is line])
    if problem.rules.total_at_least_fen is not None:
        least = problem.rules.total_at_least_fen / UNIT
        rows.add([(x, 1.0) for x, _l, _p in flows], least, infinite)
    index = {project.id: p for p, project in enumerate(projects)}
    for p, y in switch.items():
        rows.add([(p, 1.0), (y, -1.0)], 0.0, infinite)
        rows.add([(p, 1.0), (y, -float(projects[p].max_units))], -infinite, 0.0)
    chosen: Callable[[str], int] = lambda name: switch.get(index[name], index[name])
    for group in problem.rules.exclusive:
        rows.add([(chosen(name), 1.0) for name in group], -infinite, 1.0)
    for name, needs in problem.rules.requires:
        rows.add([(chosen(name), 1.0), (chosen(needs), -1.0)], -infinite, 0.0)
    lower = np.zeros(len(upper))
    for p, project in enumerate(projects):
        lower[p] = float(project.required)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        len(upper), len(rows.low), len(rows.index), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), 0.0, np.zeros(len(upper)), lower, np.array(upper),
        np.array(rows.low), np.array(rows.high), np.array(rows.starts, dtype=np.int32),
        np.array(rows.index, dtype=np.int32), np.array(rows.value),
        np.array(whole, dtype=np.int32),
    )  # fmt: skip
    return Plain(highs, n, shorts, len(upper))


def _counts(rule: AmountRule, line: FundLine, project: Project) -> bool:
    return (
        (rule.lines is None or line.id in rule.lines)
        and (rule.purposes is None or project.purpose in rule.purposes)
        and (rule.places is None or any(project.place.startswith(x) for x in rule.places))
    )


def _share(rows: _Rows, share: ShareRule, flows: list[tuple[int, FundLine, Project]]) -> None:
    infinite = highspy.kHighsInf
    for bound, low, high in ((share.at_least, 0.0, infinite), (share.at_most, -infinite, 0.0)):
        if bound is not None:
            terms = [
                (
                    x,
                    float(share.purposes is None or project.purpose in share.purposes)
                    - float(bound),
                )
                for x, _line, project in flows
            ]
            rows.add(terms, low, high)


def solve_weighted(problem: Problem, price: float, gap: float, seconds: float) -> float:
    """The measured single objective: priority less `price` per 万元 short. Returns its value."""
    model = build(problem)
    objective = np.zeros(model.columns)
    objective[: model.projects] = [float(p.priority) for p in problem.projects]
    objective[model.shorts] = -price
    return _run(model, objective, maximize=True, gap=gap, seconds=seconds)


def solve_tiers(problem: Problem, gap: float, seconds: float) -> tuple[float, float]:
    """Least shortfall (fen), then most priority at it."""
    model = build(problem)
    objective = np.zeros(model.columns)
    objective[model.shorts] = 1.0
    short = _run(model, objective, maximize=False, gap=gap, seconds=seconds)
    cols = np.array(model.shorts, dtype=np.int32)
    if len(cols):
        cap = short * (1 + 1e-9) + 1e-7
        model.highs.addRow(-highspy.kHighsInf, cap, len(cols), cols, np.ones(len(cols)))
    objective[:] = 0.0
    objective[: model.projects] = [float(p.priority) for p in problem.projects]
    value = _run(model, objective, maximize=True, gap=gap, seconds=seconds)
    return short * UNIT, value


def _run(
    model: Plain, objective: np.ndarray, *, maximize: bool, gap: float, seconds: float
) -> float:
    highs = model.highs
    highs.changeObjectiveSense(
        highspy.ObjSense.kMaximize if maximize else highspy.ObjSense.kMinimize
    )
    highs.changeColsCost(model.columns, np.arange(model.columns, dtype=np.int32), objective)
    highs.setOptionValue("mip_rel_gap", gap)
    highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
    highs.run()
    return float(highs.getInfo().objective_function_value)
