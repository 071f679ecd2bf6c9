"""The float model: a `Program` handed to HiGHS as one sparse matrix.

Floats decide only which projects; see `whole` for the money. Money is counted in a unit that brings
typical costs near 1 to 100, where HiGHS's tolerances mean what they should.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from bangfu.core.allocation.program import Program

Floats = NDArray[np.float64]

# Below this many fen in all, rounding to whole fen could change which plan is best, so flows are
# whole numbers in the float model too.
SMALL_POOL_FEN = 1_000_000
# One thread and one seed: the same problem gives the same answer. The two sub-searches that are
# switched off took most of the time and found nothing that the others did not.
_SETTINGS: tuple[tuple[str, bool | str | int | float], ...] = (
    ("output_flag", False),
    ("parallel", "off"),
    ("random_seed", 7),
    ("mip_abs_gap", 1e-9),
    ("mip_heuristic_run_rins", False),
    ("mip_heuristic_run_rens", False),
)
INFEASIBLE, FOUND, UNKNOWN = "infeasible", "found", "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver says: `values` of every column when FOUND, added ones last, and a bound."""

    status: str
    values: Floats
    bound: float
    finished: bool = True


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The linear model's optimum: its value, the price of each row, what each column earns."""

    value: float
    prices: Floats
    earned: Floats


class Mip:
    """A `Program` in HiGHS. Rules in `without` are left out."""

    def __init__(self, program: Program, without: Collection[int] = ()) -> None:
        self.program = program
        self.unit = money_unit(program)
        self.columns = len(program.upper)
        self.highs = highspy.Highs()
        for name, value in _SETTINGS:
            self.highs.setOptionValue(name, value)
        self._pass(frozenset(without))

    def _pass(self, without: frozenset[int]) -> None:
        program, unit = self.program, self.unit
        rows = [row for row in program.rows if row.rule is None or row.rule not in without]
        starts = np.zeros(len(rows) + 1, dtype=np.int32)
        np.cumsum([len(row.cols) for row in rows], out=starts[1:])
        index = np.fromiter((c for row in rows for c in row.cols), np.int32, int(starts[-1]))
        value = np.fromiter((k for row in rows for k in row.coefs), np.float64, int(starts[-1]))
        scale = np.array([float(row.scale) if row.money else 1.0 for row in rows])
        divisor = np.repeat(scale, np.diff(starts))
        money_row = np.repeat(np.array([row.money for row in rows], dtype=bool), np.diff(starts))
        # In a money row a unit column's fen become model units; a money column already counts them.
        divisor[money_row & (index < program.first_money)] *= unit
        infinite = highspy.kHighsInf
        lower = np.array([-infinite if row.lo is None else float(row.lo) for row in rows])
        upper = np.array([infinite if row.hi is None else float(row.hi) for row in rows])
        by = np.array([float(row.scale) * unit if row.money else 1.0 for row in rows])
        column_upper = np.array([float(bound) for bound in program.upper])
        column_upper[program.first_money :] /= unit
        column_lower = np.zeros(self.columns)
        for p, rule in program.required:
            if rule not in without:
                column_lower[p] = 1.0
        whole = np.zeros(self.columns, dtype=np.int32)
        whole[: program.first_money] = 1
        small = sum(line.amount_fen for line in program.problem.fund_lines) <= SMALL_POOL_FEN
        if small:
            whole[:] = 1
        self.highs.passModel(
            self.columns,
            len(rows),
            int(starts[-1]),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.zeros(self.columns),
            column_lower,
            column_upper,
            lower / by,
            upper / by,
            starts[:-1],
            index,
            value / divisor,
            whole,
        )

    def add_row(self, cols: list[int], coefs: list[float], lo: float, hi: float) -> int:
        """Add a row in model units and return its index."""
        self.highs.addRow(
            lo, hi, len(cols), np.array(cols, dtype=np.int32), np.array(coefs, dtype=np.float64)
        )
        return int(self.highs.getNumRow()) - 1

    def add_column(self, most: float) -> int:
        """Add a column of 0 to `most` model units and return its index."""
        self.highs.addVar(0.0, most)
        return int(self.highs.getNumCol()) - 1

    def change_entry(self, row: int, col: int, value: float) -> None:
        """Set one entry of the matrix, in model units."""
        self.highs.changeCoeff(row, col, value)

    def add_binary(self) -> int:
        """Add a 0/1 column and return its index; the program does not know it."""
        self.highs.addVar(0.0, 1.0)
        column = int(self.highs.getNumCol()) - 1
        self.highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
        return column

    def solve(
        self,
        objective: Floats,
        *,
        maximize: bool,
        gap: float,
        seconds: float | None,
        start: Floats | None = None,
        first_only: bool = False,
    ) -> Outcome:
        """Solve for `objective`, in model units over the first columns, the others counting nothing.

        `seconds=None` waits until an answer is there; `first_only` stops at the first plan.
        """
        highs = self.highs
        sense = highspy.ObjSense.kMaximize if maximize else highspy.ObjSense.kMinimize
        highs.changeObjectiveSense(sense)
        columns = len(objective)
        highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), objective)
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_max_improving_sols", 1 if first_only else 2**31 - 1)
        # HiGHS counts its limit over all runs of one instance.
        limit = highspy.kHighsInf if seconds is None else highs.getRunTime() + seconds
        highs.setOptionValue("time_limit", limit)
        if start is not None:
            highs.setSolution(self.columns, np.arange(self.columns, dtype=np.int32), start)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kSolveError:
            self._run_afresh()
        return self._outcome()

    def _run_afresh(self) -> None:
        """Run again from nothing and without presolve: on one problem in some ten thousand HiGHS ends
        with a "solve error" of its presolve that it does not meet this way."""
        highs = self.highs
        highs.clearSolver()
        highs.setOptionValue("presolve", "off")
        highs.run()
        highs.setOptionValue("presolve", "choose")

    def relax(self, objective: Floats, seconds: float) -> Relaxation | None:
        """The linear optimum of maximising `objective`, or None when none was reached."""
        highs = self.highs
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        highs.changeColsCost(self.columns, np.arange(self.columns, dtype=np.int32), objective)
        highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
        highs.setOptionValue("solve_relaxation", True)
        highs.run()
        highs.setOptionValue("solve_relaxation", False)
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        return Relaxation(
            highs.getInfo().objective_function_value,
            np.array(solution.row_dual),
            np.array(solution.col_dual[: self.columns]),
        )

    def bound_columns(self, cols: list[int], low: list[float], high: list[float]) -> None:
        """Set the bounds of columns, in model units."""
        self.highs.changeColsBounds(
            len(cols), np.array(cols, dtype=np.int32), np.array(low), np.array(high)
        )

    def _outcome(self) -> Outcome:
        model = highspy.HighsModelStatus
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        nothing = np.zeros(0)
        # Every column is bounded, so "unbounded or infeasible" can only be infeasible.
        if status in (model.kInfeasible, model.kUnboundedOrInfeasible):
            return Outcome(INFEASIBLE, nothing, float("nan"))
        ended = (model.kOptimal, model.kTimeLimit, model.kSolutionLimit, model.kModelEmpty)
        if status not in ended:
            raise RuntimeError(f"HiGHS ended with {self.highs.modelStatusToString(status)}")
        found = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        if not found and status != model.kModelEmpty:
            return Outcome(UNKNOWN, nothing, info.mip_dual_bound, finished=False)
        values = np.array(self.highs.getSolution().col_value)
        return Outcome(FOUND, values, info.mip_dual_bound, status == model.kOptimal)


def money_unit(program: Program) -> int:
    """Fen in one model unit: a power of ten that brings the median cost to 1 to 100."""
    costs = sorted(p.unit_fen for p in program.problem.projects if p.unit_fen)
    amounts = sum(line.amount_fen for line in program.problem.fund_lines)
    if not costs or amounts <= SMALL_POOL_FEN:
        return 1
    unit = 1
    while costs[len(costs) // 2] >= unit * 100:
        unit *= 10
    return unit
