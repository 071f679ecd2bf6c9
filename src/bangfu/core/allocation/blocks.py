"""Decomposition by village: the projects that local rules tie together, as blocks with patterns.

A floor of one village, a prerequisite or an exclusive group ties a handful of projects. Such a
block has few selections, its *patterns*, and they can be listed. The linear model over patterns
(column generation, Dantzig and Wolfe) knows each block's whole-number choices exactly, so its bound
is far tighter than that of the model over projects; only money ties blocks to one another. With
thousands of blocks and a few dozen money rows nearly every block ends on one pattern, and a small
search over the undecided rest gives the plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from bangfu.core.allocation.mip import Floats, Mip
from bangfu.core.allocation.program import Program, Row

MOST_IN_BLOCK = 12
_ROUNDS = 30
# Blocks left to the final search besides the undecided ones: those nearest to another pattern.
_OPEN_BLOCKS = 300
# The bound of the patterns is taken when it is this near, relatively.
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Block:
    """Projects tied by local rows, and every selection of them that keeps those rows.

    `patterns` is 0/1, one row a pattern, one column a project of `projects`.
    """

    projects: NDArray[np.int32]
    patterns: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Prices:
    """A bound on the objective, and what it becomes when one project is forced in.

    `profit` is what each project column earns after paying for the rows that tie blocks together.
    """

    bound: float
    profit: Floats
    blocks: list[Block]

    def forced(self) -> Floats:
        """Per project: a bound on the objective of any plan in which it is selected."""
        # A column that loses money loses it at least once when forced in.
        bounds = self.bound + np.minimum(self.profit, 0.0)
        for block in self.blocks:
            scores = block.patterns @ self.profit[block.projects]
            best = scores.max()
            for i, p in enumerate(block.projects.tolist()):
                inside = scores[block.patterns[:, i] == 1]
                bounds[p] = self.bound + (inside.max() - best if len(inside) else -np.inf)
        return bounds


@dataclass(frozen=True, slots=True)
class Decomposition:
    """What the patterns say: prices with a bound, and the projects they decide (0 or 1)."""

    prices: Prices
    fixed: dict[int, int]


def find_blocks(program: Program, shorts: dict[int, int]) -> tuple[list[Block], set[int]] | None:
    """Blocks and the rows they swallow. `shorts` bounds each shortfall column in fen.

    None when some block has no pattern at all: then nothing keeps those bounds.
    """
    groups, swallowed = _tied(program, shorts)
    blocks = [_block(program, projects, rows, shorts) for projects, rows in groups]
    if any(len(block.patterns) == 0 for block in blocks):
        return None
    return blocks, swallowed


def _tied(
    program: Program, shorts: dict[int, int]
) -> tuple[list[tuple[list[int], list[int]]], set[int]]:
    """Projects that local rows tie, with those rows, as long as a group stays small."""
    group_of: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    rows_of: dict[int, list[int]] = {}
    local = [r for r, row in enumerate(program.rows) if _may_be_local(program, row, shorts)]
    for r in sorted(local, key=lambda r: len(program.rows[r].cols)):
        projects = [c for c in program.rows[r].cols if c < program.first_money]
        for p in projects:
            if p not in group_of:
                group_of[p], members[p], rows_of[p] = p, [p], []
        groups = sorted({group_of[p] for p in projects})
        if not groups or sum(len(members[g]) for g in groups) > MOST_IN_BLOCK:
            continue
        first, *others = groups
        rows_of[first].append(r)
        for other in others:
            for p in members[other]:
                group_of[p] = first
            members[first] += members.pop(other)
            rows_of[first] += rows_of.pop(other)
    tied = [(sorted(members[g]), rows) for g, rows in sorted(rows_of.items()) if rows]
    return tied, {r for _projects, rows in tied for r in rows}


def _may_be_local(program: Program, row: Row, shorts: dict[int, int]) -> bool:
    """Only single projects, and shortfalls whose bound is known."""
    if row.rule is None and row.money and not any(c in shorts for c in row.cols):
        return False
    return len(row.cols) <= MOST_IN_BLOCK + 1 and all(
        program.upper[c] <= 1 and c < len(program.problem.projects) or c in shorts for c in row.cols
    )


def _block(program: Program, projects: list[int], rows: list[int], shorts: dict[int, int]) -> Block:
    n = len(projects)
    at = {p: i for i, p in enumerate(projects)}
    every = ((np.arange(1 << n)[:, None] >> np.arange(n)) & 1).astype(np.int8)
    upper = np.array([program.upper[p] for p in projects], dtype=np.int8)
    required = [at[p] for p, _rule in program.required if p in at]
    keeps = (every <= upper).all(axis=1) & every[:, required].all(axis=1)
    for r in rows:
        row = program.rows[r]
        # Fen stay below 2**53 (amounts are at most 1e15 and a block is small): int64 is exact.
        total = np.zeros(1 << n, dtype=np.int64)
        slack = 0
        for col, coef in zip(row.cols, row.coefs, strict=True):
            if col in shorts:
                slack = shorts[col]
            else:
                total += every[:, at[col]] * np.int64(coef)
        if row.lo is not None:
            keeps &= total >= row.lo - slack
        if row.hi is not None:
            keeps &= total <= row.hi
    return Block(np.array(projects, dtype=np.int32), every[keeps])


class Master:
    """The linear model over patterns; everything outside blocks keeps its own column."""

    def __init__(self, lp: highspy.HighsLp, blocks: list[Block], swallowed: set[int]) -> None:
        self.blocks = blocks
        n = lp.num_col_
        self.cost = np.array(lp.col_cost_)
        in_block = np.zeros(n, dtype=bool)
        for block in blocks:
            in_block[block.projects] = True
        kept = np.array([r for r in range(lp.num_row_) if r not in swallowed], dtype=np.int64)
        # HiGHS keeps the matrix by column once it has run.
        if lp.a_matrix_.format_ != highspy.MatrixFormat.kColwise:
            raise RuntimeError("the model has not run yet")
        new_row = np.full(lp.num_row_, -1)
        new_row[kept] = np.arange(len(kept))
        rows_at = new_row[np.array(lp.a_matrix_.index_)]
        linking = rows_at >= 0
        self.entry_col = np.repeat(np.arange(n), np.diff(lp.a_matrix_.start_))[linking]
        self.entry_row = rows_at[linking]
        self.entry_value = np.array(lp.a_matrix_.value_)[linking]
        self.column_start = np.searchsorted(self.entry_col, np.arange(n + 1))
        self.plain = np.flatnonzero(~in_block)
        self.links = len(kept)
        self.pool: list[tuple[int, int]] = []  # (block, pattern) of each pattern column
        self.seen: list[set[int]] = [set() for _ in blocks]
        self.lp = highspy.Highs()
        for name, setting in (("output_flag", False), ("parallel", "off"), ("random_seed", 7)):
            self.lp.setOptionValue(name, setting)
        infinite = highspy.kHighsInf
        self.lp.changeObjectiveSense(highspy.ObjSense.kMaximize)
        rows = self.links + len(blocks)
        low = np.concatenate([np.array(lp.row_lower_)[kept], np.ones(len(blocks))])
        high = np.concatenate([np.array(lp.row_upper_)[kept], np.ones(len(blocks))])
        low[np.isneginf(low)] = -infinite
        empty = np.zeros(0, dtype=np.int32)
        self.lp.addRows(rows, low, high, 0, np.zeros(rows, dtype=np.int32), empty, np.zeros(0))
        self._add(
            [self.entries(int(c)) for c in self.plain],
            self.cost[self.plain],
            np.array(lp.col_lower_)[self.plain],
            np.array(lp.col_upper_)[self.plain],
        )

    def entries(self, col: int) -> tuple[NDArray[np.int64], Floats]:
        """Linking rows and coefficients of a column."""
        part = slice(self.column_start[col], self.column_start[col + 1])
        return self.entry_row[part], self.entry_value[part]

    def _add(
        self,
        columns: list[tuple[NDArray[np.int64], Floats]],
        cost: Floats,
        low: Floats,
        high: Floats,
    ) -> None:
        starts = np.zeros(len(columns), dtype=np.int32)
        lengths = [len(rows) for rows, _values in columns]
        np.cumsum(lengths[:-1], out=starts[1:])
        self.lp.addCols(
            len(columns),
            cost,
            low,
            high,
            int(sum(lengths)),
            starts,
            np.concatenate([rows for rows, _values in columns]).astype(np.int32),
            np.concatenate([values for _rows, values in columns]),
        )

    def profits(self, prices: Floats) -> Floats:
        """What each column earns after paying for the linking rows it uses."""
        paid = np.bincount(
            self.entry_col,
            weights=self.entry_value * prices[self.entry_row],
            minlength=len(self.cost),
        )
        return self.cost - paid

    def best_patterns(self, profit: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Per block: the best pattern, its profit, and how far the second best lies below."""
        best = np.zeros(len(self.blocks), dtype=np.int64)
        value = np.zeros(len(self.blocks))
        margin = np.zeros(len(self.blocks))
        for b, block in enumerate(self.blocks):
            scores = block.patterns @ profit[block.projects]
            top = int(np.argmax(scores))
            best[b], value[b] = top, scores[top]
            scores[top] = -np.inf
            margin[b] = value[b] - scores.max() if len(scores) > 1 else np.inf
        return best, value, margin

    def solve(self, seconds: float) -> tuple[float, Floats, Floats] | None:
        """Objective, prices of the linking rows, and what each block is worth at them."""
        self.lp.setOptionValue("time_limit", self.lp.getRunTime() + seconds)
        self.lp.run()
        if self.lp.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        duals = np.array(self.lp.getSolution().row_dual)
        value = self.lp.getInfo().objective_function_value
        return value, duals[: self.links], duals[self.links :]

    def decided(self, margin: Floats) -> dict[int, int]:
        """The projects of blocks that ended on one pattern, the nearest to another left open."""
        weights = np.array(self.lp.getSolution().col_value)[len(self.plain) :]
        pattern_of = {
            b: k for (b, k), weight in zip(self.pool, weights, strict=True) if weight > 1 - 1e-6
        }
        by_margin = sorted(pattern_of, key=lambda b: (-margin[b], b))
        fixed: dict[int, int] = {}
        for b in by_margin[: max(0, len(by_margin) - _OPEN_BLOCKS)]:
            block = self.blocks[b]
            chosen = block.patterns[pattern_of[b]]
            fixed.update(zip(block.projects.tolist(), chosen.tolist(), strict=True))
        return fixed

    def add_patterns(self, chosen: list[tuple[int, int]]) -> None:
        fresh = [(b, k) for b, k in chosen if k not in self.seen[b]]
        columns, cost = [], []
        for b, k in fresh:
            self.seen[b].add(k)
            projects = self.blocks[b].projects[self.blocks[b].patterns[k] == 1]
            sums: dict[int, float] = {}
            for p in projects.tolist():
                for row, value in zip(*self.entries(p), strict=True):
                    sums[int(row)] = sums.get(int(row), 0.0) + float(value)
            rows = np.array([*sums, self.links + b], dtype=np.int64)
            columns.append((rows, np.array([*sums.values(), 1.0])))
            cost.append(float(self.cost[projects].sum()))
        if fresh:
            zeros = np.zeros(len(fresh))
            self._add(columns, np.array(cost), zeros, np.full(len(fresh), highspy.kHighsInf))
            self.pool.extend(fresh)


def decompose(
    mip: Mip, objective: Floats, shorts: dict[int, int], *, left: Callable[[], float]
) -> Decomposition | None:
    """The bound of the model over patterns, and its decided blocks, to maximise `objective`.

    `mip` must hold the whole program and no row besides. `left` tells the seconds left. None when
    there is nothing to gain: no blocks to speak of, no plan within the patterns, or no time.
    """
    program = mip.program
    found = find_blocks(program, shorts)
    if found is None:
        return None
    blocks, swallowed = found
    if sum(len(block.projects) for block in blocks) * 2 < len(program.problem.projects):
        return None
    relaxed = mip.relax(objective, left())
    if relaxed is None:
        return None
    master = Master(mip.highs.getLp(), blocks, swallowed)
    linking = np.delete(relaxed.prices, sorted(swallowed))
    # Likely patterns, and those that ask least, so that the first model has a solution.
    for profit in (master.profits(linking), -np.abs(master.cost)):
        best, _value, _margin = master.best_patterns(profit)
        master.add_patterns(list(enumerate(best.tolist())))
    best_prices: Prices | None = None
    for _ in range(_ROUNDS):
        solved = master.solve(left())
        if solved is None:
            return None
        value, linking, convexity = solved
        earned = master.profits(linking)
        best, profit, margin = master.best_patterns(earned)
        gains = profit - convexity
        bound = value + float(np.maximum(gains, 0.0).sum())
        if best_prices is None or bound < best_prices.bound:
            best_prices = Prices(bound, earned[: len(program.problem.projects)], blocks)
        if bound - value <= _CLOSE * max(1.0, abs(value)) or left() <= 0:
            break
        better = np.flatnonzero(gains > 0.0)
        master.add_patterns([(int(b), int(best[b])) for b in better])
    return None if best_prices is None else Decomposition(best_prices, master.decided(margin))
