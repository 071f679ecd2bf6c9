"""Why a project is not funded.

Four words for a project: `not_admitted`, `no_line`, `excluded_by`, `crowded_out`. The last carries a
price: any plan of no more shortfall that holds the project has at least so much less priority. The
price comes from the linear or pattern model's prices, and is marked as such a bound; where the
linear prices say nothing, the model is solved again with the project forced in, as often as
`_RESOLVES` and `_RESOLVED_PROJECTS` allow, and no longer than the plan itself took.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import inf, isfinite

import numpy as np

from bangfu.core.allocation.answer import NAMED, Reason, decimal_text
from bangfu.core.allocation.blocks import Prices
from bangfu.core.allocation.classes import bits
from bangfu.core.allocation.mip import FOUND, INFEASIBLE, Mip
from bangfu.core.allocation.problem import FundLine, Project
from bangfu.core.allocation.program import Program
from bangfu.core.allocation.tiers import (
    Found,
    Watch,
    cap_shortfall,
    priority_objective,
    priority_scale,
    priority_step,
)
from bangfu.core.allocation.verify import Plan
from bangfu.core.language import Text
from bangfu.core.money import format_yuan

# Where the linear model's gap is wider than what most projects are worth, its prices say nothing of
# half of those left out, and a model solved again says it of most.
_RESOLVES = 100
# Larger problems take longer: this many projects in all, so 40 times for one of 1,500.
_RESOLVED_PROJECTS = 60_000
# Of sixteen projects of two counties half a second each proved a loss for twelve, a second for thirteen.
_RESOLVE_SECONDS = 0.5
# All of them together take no longer than the plan itself did, within these bounds.
_RESOLVING_LEAST, _RESOLVING_MOST = 2.0, 10.0


@dataclass(frozen=True, slots=True)
class _Price:
    """What forcing a project in costs at least. `priority` None: no such plan exists at all."""

    priority: Fraction | None
    bound: bool
    gives_way: tuple[str, ...]


def explain_unfunded(
    program: Program, found: Found, plan: Plan, watch: Watch
) -> tuple[Reason, ...]:
    """One reason for each project that is not selected, in the problem's order."""
    problem = program.problem
    never = {
        p: reason
        for p, project in enumerate(problem.projects)
        if not found.values[p] and (reason := _never(program, p, project)) is not None
    }
    reasons = dict(never)
    shut_out = _shut_out(program, found, never)
    crowded = []
    for p, project in enumerate(problem.projects):
        if found.values[p] or p in never:
            continue
        if p in shut_out:
            reasons[p] = _excluded(project, *shut_out[p])
        else:
            crowded.append(p)
    for p, price in _prices(program, found, plan, crowded, watch).items():
        reasons[p] = _crowded_out(problem.projects[p], price)
    return tuple(reasons[p] for p in sorted(reasons))


def _never(program: Program, p: int, project: Project) -> Reason | None:
    """A reason that no other choice of projects could change."""
    if not project.admitted:
        return Reason(
            project.id,
            "not_admitted",
            Text("未入库：没有绩效目标", "not admitted to the bank: no performance target"),
        )
    if project.unit_fen == 0 or project.recipe is not None:
        return None
    lines = program.problem.fund_lines
    if not program.reduction.payers[p]:
        return _no_line(project, lines)
    payers = list(bits(program.reduction.payers[p]))
    holds = sum(lines[i].amount_fen for i in payers)
    if holds >= project.unit_fen:
        return None
    return Reason(
        project.id,
        "no_line",
        Text(
            f"可用资金合计 {format_yuan(holds)} 元，不足成本 {format_yuan(project.unit_fen)} 元",
            f"the lines that may pay it hold {format_yuan(holds)} yuan in all, "
            f"it costs {format_yuan(project.unit_fen)}",
        ),
        {"kind": "too_little", "lines": [lines[i].id for i in payers], "holds_fen": holds},
    )


def _no_line(project: Project, lines: Iterable[FundLine]) -> Reason:
    """Which string fails: the lines that pass all tests but the last one tried."""
    left = [line for line in lines if line.poolable]
    tests: tuple[tuple[str, Text, Callable[[FundLine], bool]], ...] = (
        (
            "purpose",
            Text(f"没有资金可用于“{project.purpose}”", f'no line may pay for "{project.purpose}"')
            if project.purpose
            else Text("没有可以支付它的资金", "no line may pay for it"),
            lambda line: line.purposes is None or project.purpose in line.purposes,
        ),
        (
            "area",
            Text(
                "可用于此用途的资金都不覆盖此地",
                "no line that may pay for this purpose may be spent in this place",
            ),
            lambda line: (
                line.areas is None or any(project.place.startswith(area) for area in line.areas)
            ),
        ),
    )
    for kind, text, passes in tests:
        passing = [line for line in left if passes(line)]
        if not passing:
            return Reason(
                project.id, "no_line", text, {"kind": kind, "lines": [x.id for x in left][:NAMED]}
            )
        left = passing
    text = Text(
        "此地此用途的资金不面向此受益对象",
        "the lines for this purpose and place do not serve these beneficiaries",
    )
    facts = {"kind": "beneficiaries", "lines": [x.id for x in left][:NAMED]}
    return Reason(project.id, "no_line", text, facts)


def _shut_out(
    program: Program, found: Found, never: dict[int, Reason]
) -> dict[int, tuple[str, str]]:
    """Projects an exclusive partner or an impossible prerequisite keeps out: (kind, which)."""
    problem = program.problem
    index = {project.id: p for p, project in enumerate(problem.projects)}
    out: dict[int, tuple[str, str]] = {}
    for group in problem.rules.exclusive:
        inside = [name for name in group if found.values[index[name]]]
        for name in group if inside else ():
            if not found.values[index[name]]:
                out.setdefault(index[name], ("exclusive", inside[0]))
    impossible = {problem.projects[p].id for p in never}
    grew = True
    while grew:
        grew = False
        for name, prerequisite in problem.rules.requires:
            if prerequisite in impossible and name not in impossible:
                impossible.add(name)
                out[index[name]] = ("prerequisite", prerequisite)
                grew = True
    return out


def _excluded(project: Project, kind: str, by: str) -> Reason:
    if kind == "exclusive":
        text = Text(f"与已安排的 {by} 互斥", f"may not stand beside {by}, which is funded")
    else:
        text = Text(f"前置项目 {by} 无法安排", f"its prerequisite {by} cannot be funded")
    return Reason(project.id, "excluded_by", text, {"kind": kind, "by": by})


def _crowded_out(project: Project, price: _Price) -> Reason:
    way = "、".join(price.gives_way)
    way_en = ", ".join(price.gives_way)
    zh_way, en_way = (
        (f"；首先让位的是 {way}", f"; first to give way: {way_en}") if way else ("", "")
    )
    facts: dict[str, object] = {
        "costs_at_least": None if price.priority is None else decimal_text(price.priority),
        "bound": price.bound,
        "gives_way": list(price.gives_way),
    }
    if price.priority is None:
        zh = "在不增加缺口、不违反刚性规则的前提下无法安排"
        en = "no plan holds it without more falling short or a hard rule broken"
    elif project.priority <= 0:
        zh, en = "优先分不为正，安排它不增加总分", "its priority is not above zero: it adds nothing"
    elif price.priority == 0:
        zh = "估价不能证明安排它会有损失，可能与已安排的项目不相上下"
        en = "prices prove no loss from it: it may be as good as what was funded instead"
    else:
        cost = decimal_text(price.priority)
        zh = f"安排它至少少得优先分 {cost}（或增加缺口）"
        en = f"with it in, priority falls by at least {cost} (or more falls short)"
        if price.bound:
            zh, en = f"{zh}，此为估计下界", f"{en}; this is a bound from prices"
    return Reason(project.id, "crowded_out", Text(zh + zh_way, en + en_way), facts)


def _prices(
    program: Program, found: Found, plan: Plan, crowded: list[int], watch: Watch
) -> dict[int, _Price]:
    if not crowded:
        return {}
    value = sum(
        (p.priority * found.values[i] for i, p in enumerate(program.problem.projects)), Fraction(0)
    )
    scale, step = priority_scale(program), priority_step(program)

    def loss(forced: float) -> Fraction | None:
        """Priority lost at least when the objective cannot pass `forced`; None: impossible."""
        if not isfinite(forced):
            return None if forced < 0 else Fraction(0)
        steps = Fraction(forced) * scale / step
        reachable = (steps + abs(steps) / 10**10 + Fraction(1, 10**6)) // 1 * step
        return max(Fraction(0), value - reachable)

    prices = found.prices or _linear_prices(program, found, watch)
    forced = np.full(len(found.values), inf) if prices is None else prices.forced()
    giving = _GivingWay(program, found, plan)
    priced = {p: _Price(loss(float(forced[p])), True, giving.first(p)) for p in crowded}
    started = watch.spent
    ends = started + min(max(started, _RESOLVING_LEAST), _RESOLVING_MOST)
    # Prices of patterns leave so little open that a price of nothing is nearly the truth.
    for p in _unclear(program, priced) if found.prices is None else ():
        if watch.left(0.95) <= 0 or watch.spent > ends:
            break
        answer = _resolve(program, found, p, watch)
        if answer is not None:
            bound, instead = answer
            priced[p] = _Price(loss(bound), not instead, instead or priced[p].gives_way)
    return priced


def _unclear(program: Program, priced: dict[int, _Price]) -> list[int]:
    """Where the bound says nothing though the project is worth something: the dearest first."""
    projects = program.problem.projects
    most = min(_RESOLVES, _RESOLVED_PROJECTS // len(projects))
    unclear = [p for p, price in priced.items() if price.priority == 0 and projects[p].priority > 0]
    return sorted(unclear, key=lambda p: (-projects[p].priority, p))[:most]


def _capped(program: Program, found: Found) -> Mip:
    mip = Mip(program)
    cap_shortfall(mip, sum(found.values[col] for col in program.short_cols.values()))
    return mip


def _linear_prices(program: Program, found: Found, watch: Watch) -> Prices | None:
    relaxed = _capped(program, found).relax(priority_objective(program), max(1.0, watch.left()))
    if relaxed is None:
        return None
    return Prices(relaxed.value, relaxed.earned[: len(program.problem.projects)], [])


def _resolve(
    program: Program, found: Found, p: int, watch: Watch
) -> tuple[float, tuple[str, ...]] | None:
    """Solve again with project `p` in: a bound on the objective, and what gave way."""
    mip = _capped(program, found)
    mip.bound_columns([p], [1.0], [float(program.upper[p])])
    outcome = mip.solve(
        priority_objective(program),
        maximize=True,
        gap=float(program.problem.options.gap),
        seconds=min(_RESOLVE_SECONDS, watch.left()),
    )
    if outcome.status == INFEASIBLE:
        return -inf, ()
    if outcome.status != FOUND:
        return (outcome.bound, ()) if isfinite(outcome.bound) else None
    projects = program.problem.projects
    lost = [
        project.id
        for i, project in enumerate(projects)
        if round(float(outcome.values[i])) < found.values[i]
    ]
    return outcome.bound, tuple(lost)


class _GivingWay:
    """Funded projects that use the same money, the least priority for its fen first."""

    def __init__(self, program: Program, found: Found, plan: Plan) -> None:
        self.program = program
        self.found = found
        problem = program.problem
        self.idle = [plan.idle.get(line.id, 0) for line in problem.fund_lines]
        self.requires: dict[str, list[str]] = {}
        for project, prerequisite in problem.rules.requires:
            self.requires.setdefault(project, []).append(prerequisite)
        self.by_class = [
            sorted(
                (p for p in cls.projects if found.values[p] and not problem.projects[p].required),
                key=lambda p: (problem.projects[p].priority / problem.projects[p].unit_fen, p),
            )
            for cls in program.reduction.classes
        ]

    def first(self, p: int) -> tuple[str, ...]:
        """Ids of those whose money, with what is idle, would reach; empty when idle money does."""
        reduction, projects = self.program.reduction, self.program.problem.projects
        own = reduction.class_of[p]
        if own < 0:
            return ()
        need = projects[p].unit_fen - sum(self.idle[i] for i in bits(reduction.payers[p]))
        named: list[str] = []
        needed = self._prerequisites(projects[p].id)
        for c in (own, *self._sharing(own)):
            for other in self.by_class[c]:
                if projects[other].id in needed:
                    continue
                if need <= 0 or len(named) == NAMED:
                    return tuple(named)
                named.append(projects[other].id)
                need -= projects[other].unit_fen * self.found.values[other]
        return tuple(named)

    def _prerequisites(self, name: str) -> set[str]:
        """What must be funded beside a project: it cannot give way to it."""
        needed, waiting = {name}, [name]
        while waiting:
            found = set(self.requires.get(waiting.pop(), ())) - needed
            needed |= found
            waiting.extend(found)
        return needed

    def _sharing(self, own: int) -> Iterable[int]:
        """Other classes that some of the same lines may pay."""
        reduction = self.program.reduction
        mask = reduction.payers[reduction.classes[own].projects[0]]
        for c, cls in enumerate(reduction.classes):
            if c != own and reduction.payers[cls.projects[0]] & mask:
                yield c
