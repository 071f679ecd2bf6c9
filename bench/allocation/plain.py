"""The plain model: one flow for each line and project, every rule over those flows, in HiGHS.

What a careful person would write first. It shares the problem's data with Bangfu and nothing of its
model; floats throughout, no whole fen, no reasons.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from bangfu.core.allocation.problem import AmountRule, FundLine, Problem, Project, ShareRule
from bangfu.core.allocation.references import may_pay

UNIT = 1_000_000  # fen; the model counts 万元


Flow = tuple[int, FundLine, Project]
INFINITE = highspy.kHighsInf


@dataclass(slots=True)
class Plain:
    """The built model and where its columns lie."""

    highs: highspy.Highs
    projects: int
    shorts: list[int]
    columns: int


class _Model:
    """Columns and rows as they are stated."""

    def __init__(self) -> None:
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.starts: list[int] = []
        self.index: list[int] = []
        self.value: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def column(self, upper: float, *, whole: bool = False) -> int:
        self.upper.append(upper)
        self.whole.append(int(whole))
        return len(self.upper) - 1

    def row(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        self.starts.append(len(self.index))
        self.index.extend(col for col, _value in terms)
        self.value.extend(value for _col, value in terms)
        self.low.append(low)
        self.high.append(high)


def build(problem: Problem) -> Plain:
    """State the problem with a flow for every pair of line and project that may meet."""
    model = _Model()
    for project in problem.projects:
        model.column(float(project.max_units if project.admitted else 0), whole=True)
    flows = _flows(model, problem)
    shorts = _amounts(model, problem, flows)
    for share in problem.rules.share_rules:
        _share(model, share, flows)
    for line in problem.fund_lines:
        for share in line.share_rules:
            _share(model, share, [flow for flow in flows if flow[1] is line])
    _logic(model, problem)
    return _passed(model, problem, shorts)


def _flows(model: _Model, problem: Problem) -> list[Flow]:
    flows: list[Flow] = []
    by_project: list[list[tuple[int, float]]] = [[] for _ in problem.projects]
    for line in problem.fund_lines:
        own: list[tuple[int, float]] = []
        for p, project in enumerate(problem.projects):
            fixed = dict(project.recipe or ())
            if (line.id in fixed) if project.recipe is not None else may_pay(line, project):
                most = min(line.amount_fen, project.unit_fen * project.max_units)
                x = model.column(most / UNIT)
                flows.append((x, line, project))
                own.append((x, 1.0))
                by_project[p].append((x, 1.0))
                if project.recipe is not None:
                    model.row([(x, 1.0), (p, -fixed[line.id] / UNIT)], 0.0, 0.0)
        model.row(own, -INFINITE, line.amount_fen / UNIT)
    for p, project in enumerate(problem.projects):
        model.row([*by_project[p], (p, -project.unit_fen / UNIT)], 0.0, 0.0)
    return flows


def _amounts(model: _Model, problem: Problem, flows: list[Flow]) -> list[int]:
    shorts = []
    for floor in problem.rules.floors:
        terms = [(x, 1.0) for x, line, project in flows if _counts(floor, line, project)]
        if not floor.hard:
            shorts.append(model.column(floor.amount_fen / UNIT))
            terms.append((shorts[-1], 1.0))
        model.row(terms, floor.amount_fen / UNIT, INFINITE)
    for ceiling in problem.rules.ceilings:
        terms = [(x, 1.0) for x, line, project in flows if _counts(ceiling, line, project)]
        model.row(terms, -INFINITE, ceiling.amount_fen / UNIT)
    least = problem.rules.total_at_least_fen
    if least is not None:
        model.row([(x, 1.0) for x, _line, _project in flows], least / UNIT, INFINITE)
    return shorts


def _logic(model: _Model, problem: Problem) -> None:
    chosen = {}
    for p, project in enumerate(problem.projects):
        chosen[project.id] = p
        if project.max_units > 1:
            y = chosen[project.id] = model.column(1.0, whole=True)
            model.row([(p, 1.0), (y, -1.0)], 0.0, INFINITE)
            model.row([(p, 1.0), (y, -float(project.max_units))], -INFINITE, 0.0)
    for group in problem.rules.exclusive:
        model.row([(chosen[name], 1.0) for name in group], -INFINITE, 1.0)
    for name, needs in problem.rules.requires:
        model.row([(chosen[name], 1.0), (chosen[needs], -1.0)], -INFINITE, 0.0)


def _passed(model: _Model, problem: Problem, shorts: list[int]) -> Plain:
    columns = len(model.upper)
    lower = np.zeros(columns)
    lower[: len(problem.projects)] = [float(project.required) for project in problem.projects]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(
        columns, len(model.low), len(model.index), int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize), 0.0, np.zeros(columns), lower, np.array(model.upper),
        np.array(model.low), np.array(model.high), np.array(model.starts, dtype=np.int32),
        np.array(model.index, dtype=np.int32), np.array(model.value),
        np.array(model.whole, dtype=np.int32),
    )  # fmt: skip
    return Plain(highs, len(problem.projects), shorts, columns)


def _counts(rule: AmountRule, line: FundLine, project: Project) -> bool:
    return (
        (rule.lines is None or line.id in rule.lines)
        and (rule.purposes is None or project.purpose in rule.purposes)
        and (rule.places is None or any(project.place.startswith(x) for x in rule.places))
    )


def _share(model: _Model, share: ShareRule, flows: list[Flow]) -> None:
    for bound, low, high in ((share.at_least, 0.0, INFINITE), (share.at_most, -INFINITE, 0.0)):
        if bound is not None:
            terms = [
                (
                    x,
                    float(share.purposes is None or project.purpose in share.purposes)
                    - float(bound),
                )
                for x, _line, project in flows
            ]
            model.row(terms, low, high)


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
        model.highs.addRow(-INFINITE, cap, len(cols), cols, np.ones(len(cols)))
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
