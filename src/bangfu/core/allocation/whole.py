"""Cells made whole: given which projects are selected, exact fen for every flow and cell.

The float solution of the remaining linear problem is rounded to whole fen, and the small errors
that rounding left are then removed by a correction in whole numbers. The correction's numbers are
small (the distance to the rounded point, not the money itself), so floats can carry it exactly; the
result is accepted only when every row holds in integers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from bangfu.core.allocation.mip import SMALL_POOL_FEN, Floats, money_unit
from bangfu.core.allocation.program import Program

_ROUNDS = 4
_REACH_FEN = (1_000, SMALL_POOL_FEN)


@dataclass(slots=True)
class _MoneyRow:
    """A row with the selection put in: bounds on what its money columns sum to."""

    cols: list[int]
    coefs: list[int]
    lo: int | None
    hi: int | None
    scale: int


def make_whole(
    program: Program, units: Sequence[int], without: Collection[int] = ()
) -> list[int] | None:
    """Whole fen for every column at this selection, at the least total shortfall found.

    `units` is one number per project; rules in `without` are left out. Returns a value for every column of the program, or None
    when no whole amounts keep every rule.
    """
    if any(not units[p] and rule not in without for p, rule in program.required):
        return None
    values = selection_values(program, units)
    rows = _money_rows(program, values, without)
    if rows is None:
        return None
    money = len(program.upper) - program.first_money
    if money == 0:
        return values
    point = _relaxed(program, rows)
    if point is None:
        return None
    for _ in range(_ROUNDS):
        point = _tidy(program, rows, point)
        if _holds(program, rows, point):
            values[program.first_money :] = point
            return values
        moved = next(
            (m for reach in _REACH_FEN if (m := _correct(program, rows, point, reach))), None
        )
        if moved is None:
            return None
        point = moved
    return None


def selection_values(program: Program, units: Sequence[int]) -> list[int]:
    """A value for every column: the units, the switches they imply, and no money yet."""
    values = [*units, *([0] * (len(program.upper) - len(units)))]
    for p, switch in program.switch.items():
        values[switch] = int(units[p] > 0)
    return values


def _money_rows(
    program: Program, values: list[int], without: Collection[int]
) -> list[_MoneyRow] | None:
    """The rows that still bind money; None when a row on the selection alone is broken."""
    rows = []
    first = program.first_money
    for row in program.rows:
        if row.rule is not None and row.rule in without:
            continue
        fixed = 0
        cols: list[int] = []
        coefs: list[int] = []
        for col, coef in zip(row.cols, row.coefs, strict=True):
            if col >= first:
                cols.append(col - first)
                coefs.append(coef)
            else:
                fixed += coef * values[col]
        lo = None if row.lo is None else row.lo - fixed
        hi = None if row.hi is None else row.hi - fixed
        if cols:
            rows.append(_MoneyRow(cols, coefs, lo, hi, row.scale))
        elif (lo is not None and lo > 0) or (hi is not None and hi < 0):
            return None
    return rows


def _costs(program: Program) -> Floats:
    costs = np.zeros(len(program.upper) - program.first_money)
    for col in program.short_cols.values():
        costs[col - program.first_money] = 1.0
    return costs


def _relaxed(program: Program, rows: list[_MoneyRow]) -> list[int] | None:
    """The linear optimum in floats, rounded to the nearest fen."""
    unit = money_unit(program)
    upper = np.array([float(bound) for bound in program.upper[program.first_money :]]) / unit
    lows = [None if row.lo is None else row.lo / unit / row.scale for row in rows]
    highs = [None if row.hi is None else row.hi / unit / row.scale for row in rows]
    found = _run(rows, lows, highs, np.zeros(len(upper)), upper, _costs(program), whole=False)
    return None if found is None else [round(value * unit) for value in found.tolist()]


def _correct(
    program: Program, rows: list[_MoneyRow], point: list[int], reach: int
) -> list[int] | None:
    """The nearest whole point within `reach` fen a column that mends every row, if there is one."""
    upper = program.upper[program.first_money :]
    lower_moves = np.array([float(max(-x, -reach)) for x in point])
    upper_moves = np.array(
        [float(min(top - x, reach)) for x, top in zip(point, upper, strict=True)]
    )
    lows: list[float | None] = []
    highs: list[float | None] = []
    for row in rows:
        at = sum(coef * point[col] for col, coef in zip(row.cols, row.coefs, strict=True))
        most = reach * sum(map(abs, row.coefs))
        # A bound out of reach is left out, so that only small numbers reach the floats.
        lows.append(None if row.lo is None or at - row.lo > most else (row.lo - at) / row.scale)
        highs.append(None if row.hi is None or row.hi - at > most else (row.hi - at) / row.scale)
    found = _run(rows, lows, highs, lower_moves, upper_moves, _costs(program), whole=True)
    if found is None:
        return None
    return [x + round(move) for x, move in zip(point, found.tolist(), strict=True)]


def _run(
    rows: list[_MoneyRow],
    lows: list[float | None],
    highs: list[float | None],
    lower: Floats,
    upper: Floats,
    costs: Floats,
    *,
    whole: bool,
) -> Floats | None:
    """Minimise `costs` over the rows; None when there is no such point."""
    starts = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum([len(row.cols) for row in rows], out=starts[1:])
    infinite = highspy.kHighsInf
    solver = highspy.Highs()
    for name, setting in (("output_flag", False), ("parallel", "off"), ("random_seed", 7)):
        solver.setOptionValue(name, setting)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(
        len(lower),
        len(rows),
        int(starts[-1]),
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        costs,
        lower,
        upper,
        np.array([-infinite if low is None else low for low in lows]),
        np.array([infinite if high is None else high for high in highs]),
        starts[:-1],
        np.array([col for row in rows for col in row.cols], dtype=np.int32),
        np.array([coef / row.scale for row in rows for coef in row.coefs], dtype=np.float64),
        np.full(len(lower), 1 if whole else 0, dtype=np.int32),
    )
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(solver.getSolution().col_value)


def _tidy(program: Program, rows: list[_MoneyRow], point: list[int]) -> list[int]:
    """Keep every column within its bounds and shortfalls at exactly what is missing."""
    first = program.first_money
    tidy = [min(max(x, 0), top) for x, top in zip(point, program.upper[first:], strict=True)]
    shorts = {col - first for col in program.short_cols.values()}
    for row in rows:
        last = row.cols[-1]
        if last in shorts and row.lo is not None:
            spent = sum(
                coef * tidy[col] for col, coef in zip(row.cols[:-1], row.coefs[:-1], strict=True)
            )
            tidy[last] = max(0, row.lo - spent)
    return tidy


def _holds(program: Program, rows: list[_MoneyRow], point: list[int]) -> bool:
    tops = program.upper[program.first_money :]
    if any(not 0 <= x <= top for x, top in zip(point, tops, strict=True)):
        return False
    for row in rows:
        total = sum(coef * point[col] for col, coef in zip(row.cols, row.coefs, strict=True))
        if (row.lo is not None and total < row.lo) or (row.hi is not None and total > row.hi):
            return False
    return True
