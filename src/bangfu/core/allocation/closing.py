"""What would close a shortfall: which money, how much more of it, all else fixed.

The plan stays: selected projects stay selected, no other floor falls shorter, and only projects that
the floor counts may come in. Any money the floor counts may grow; the model finds the least growth,
and the growth is then tried in whole fen, so what is said has been done once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from bangfu.core.allocation.answer import Shortfall
from bangfu.core.allocation.mip import FOUND, INFEASIBLE, UNKNOWN, Mip
from bangfu.core.allocation.program import Program
from bangfu.core.allocation.tiers import Watch
from bangfu.core.allocation.verify import Plan
from bangfu.core.allocation.whole import make_whole
from bangfu.core.language import Text
from bangfu.core.money import format_yuan

_SECONDS_EACH = 2.0
_TRIES = 6


@dataclass(frozen=True, slots=True)
class _Closing:
    """Sources grown (index → fen), and the projects that come in with them."""

    growth: dict[int, int]
    projects: list[int]


def explain_shortfalls(
    program: Program, values: Sequence[int], plan: Plan, watch: Watch
) -> tuple[Shortfall, ...]:
    """One entry for each soft floor that is not met."""
    found = []
    for j, floor in enumerate(program.problem.rules.floors):
        fen = plan.shortfalls.get(floor.id, 0)
        if fen:
            found.append(_explain(program, values, j, fen, watch))
    return tuple(found)


def _explain(program: Program, values: Sequence[int], j: int, fen: int, watch: Watch) -> Shortfall:
    floor = program.problem.rules.floors[j]
    missing = floor.amount_fen - _payable(program, j)
    if missing > 0:
        text = Text(
            f"再多的钱也补不齐：可计入的项目全部安排后仍缺 {format_yuan(missing)} 元，需要新项目",
            f"no money closes it: with every project it counts funded, {format_yuan(missing)} yuan "
            "would still be missing; more projects are needed",
        )
        return Shortfall(floor.id, fen, text, {"kind": "no_project", "projects_fen": missing})
    if watch.left() > 0:
        status, closing = _least_growth(program, values, j, min(_SECONDS_EACH, watch.left()))
        if closing is not None:
            return _closed(program, j, fen, closing)
        if status == INFEASIBLE:
            text = Text(
                "计划不变时，再多的钱也补不齐：其他规则挡住了可计入的项目",
                "with the plan kept no money closes it: other rules hold back what it counts",
            )
            return Shortfall(floor.id, fen, text, {"kind": "rules"})
    text = Text(
        f"至少需再增 {format_yuan(fen)} 元可计入的资金（下界）",
        f"at least {format_yuan(fen)} yuan more of money it counts (a bound)",
    )
    return Shortfall(floor.id, fen, text, {"kind": "bound", "at_least_fen": fen})


def _closed(program: Program, j: int, fen: int, closing: _Closing) -> Shortfall:
    problem, mask = program.problem, program.reduction.rule_lines[j]
    more = []
    for source, amount in sorted(closing.growth.items()):
        members = program.reduction.sources[source].lines
        more.append(([problem.fund_lines[i].id for i in members if mask >> i & 1], amount))
    coming = [problem.projects[p].id for p in closing.projects]
    zh_in = f"，增列项目 {'、'.join(coming)}" if coming else ""
    en_in = f", funding {', '.join(coming)}" if coming else ""
    if not more:
        text = Text(f"用现有余额即可补齐{zh_in}", f"money that is idle closes it{en_in}")
    else:
        zh = "、".join(f"{names[0]} 增加 {format_yuan(amount)} 元" for names, amount in more)
        en = " and ".join(
            f"{format_yuan(amount)} yuan more on {names[0]}" for names, amount in more
        )
        text = Text(f"资金 {zh}即可补齐{zh_in}", f"{en} closes it{en_in}")
    facts = {
        "kind": "money",
        "more": [{"lines": names, "fen": amount} for names, amount in more],
        "projects": coming,
    }
    return Shortfall(problem.rules.floors[j].id, fen, text, facts)


def _payable(program: Program, j: int) -> int:
    """What the floor would count with every project in it funded by the lines it counts."""
    reduction, problem = program.reduction, program.problem
    index = {line.id: i for i, line in enumerate(problem.fund_lines)}
    mask, total = reduction.rule_lines[j], 0
    for p in reduction.in_scope[j]:
        project = problem.projects[p]
        if not reduction.fundable(p):
            continue
        if project.recipe is not None:
            total += sum(fen for name, fen in project.recipe if mask >> index[name] & 1)
        elif reduction.payers[p] & mask:
            total += project.unit_fen * project.max_units
    return total


def _least_growth(
    program: Program, values: Sequence[int], j: int, seconds: float
) -> tuple[str, _Closing | None]:
    """The solver's word, and the least growth when there is one."""
    roomy = _with_room(program)
    mip = Mip(roomy)
    grown = _growth_columns(roomy, mip, j)
    _hold(roomy, mip, values, j)
    objective = np.zeros(mip.columns + len(grown))
    for order, col in enumerate(grown.values()):
        # Among sources that would do equally well, the first.
        objective[col] = 1.0 + order * 1e-6
    outcome = mip.solve(objective, maximize=False, gap=0.0, seconds=seconds)
    if outcome.status != FOUND:
        return outcome.status, None
    units = [round(u) for u in outcome.values[: len(program.problem.projects)].tolist()]
    more = {s: float(outcome.values[col]) * mip.unit for s, col in grown.items()}
    limits = {c: values[c] for c in program.short_cols.values()}
    limits[program.short_cols[j]] = 0
    for extra in range(_TRIES):
        # Floats find the growth to a few fen; the first whole amounts that work are what is said.
        growth = {s: ceil(fen - 0.5) + 4**extra - 1 for s, fen in more.items() if fen > 0.5}
        if make_whole(_grown(roomy, growth, limits), units) is not None:
            coming = [p for p, u in enumerate(units) if u > values[p]]
            return FOUND, _Closing(growth, coming)
    return UNKNOWN, None


def _with_room(program: Program) -> Program:
    """The program with flows and cells bounded by what projects cost, not by what lines hold."""
    projects = program.problem.projects
    cost = sum(p.unit_fen * p.max_units for p in projects)
    upper = list(program.upper)
    for col in (*program.flow_cols.values(), *program.cell_cols.values()):
        upper[col] = cost
    return replace(program, upper=upper)


def _growth_columns(program: Program, mip: Mip, j: int) -> dict[int, int]:
    """Per source the floor counts: the column of its growth, in its source row."""
    reduction = program.reduction
    scope_payers = 0
    for p in reduction.in_scope[j]:
        scope_payers |= reduction.payers[p]
    wanted = scope_payers & reduction.rule_lines[j]
    most = sum(p.unit_fen * p.max_units for p in program.problem.projects) / mip.unit
    grown: dict[int, int] = {}
    for s, source in enumerate(reduction.sources):
        if any(wanted >> i & 1 for i in source.lines):
            grown[s] = mip.add_column(most)
            mip.change_entry(s, grown[s], -1.0)
    return grown


def _hold(program: Program, mip: Mip, values: Sequence[int], j: int) -> None:
    """Keep the plan's projects, let in only what the floor counts, close the floor itself."""
    scope = set(program.reduction.in_scope[j])
    n = len(program.problem.projects)
    low = [float(values[p]) for p in range(n)]
    high = [float(program.upper[p] if p in scope else values[p]) for p in range(n)]
    mip.bound_columns(list(range(n)), low, high)
    shorts = list(program.short_cols.values())
    own = program.short_cols[j]
    most = [0.0 if col == own else values[col] / mip.unit for col in shorts]
    mip.bound_columns(shorts, [0.0] * len(shorts), most)


def _grown(program: Program, growth: Mapping[int, int], limits: Mapping[int, int]) -> Program:
    """The program with more fen in some sources and no shortfall above its limit.

    Source rows come first in a program.
    """
    upper = list(program.upper)
    for col, most in limits.items():
        upper[col] = most
    rows = list(program.rows)
    for source, fen in growth.items():
        rows[source] = replace(rows[source], hi=(rows[source].hi or 0) + fen)
    return replace(program, rows=rows, upper=upper)
