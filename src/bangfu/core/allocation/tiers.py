"""The tiers, one after another: hard rules, least shortfall, most priority.

Each tier is one run of the float model; what it selects is then made whole in exact numbers. When
no whole amounts exist for a selection, exactly that selection is cut off and the run repeated, so
what leaves here always keeps every rule to the fen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import ceil, gcd, inf, isfinite, lcm

import numpy as np

from bangfu.core.allocation.blocks import Prices, decompose
from bangfu.core.allocation.mip import FOUND, INFEASIBLE, Floats, Mip
from bangfu.core.allocation.program import Program
from bangfu.core.allocation.whole import make_whole

_REPAIRS = 25
# With fewer projects than this the plain search is done before patterns are listed.
_WORTH_PATTERNS = 100


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier's outcome: value reached, bound nothing can pass, and the relative gap between."""

    name: str
    value: Fraction
    bound: Fraction
    gap: Fraction


@dataclass(frozen=True, slots=True)
class Found:
    """A plan in whole numbers: a value for every column of the program, and the tiers."""

    values: list[int]
    tiers: tuple[Tier, ...]
    prices: Prices | None = None


class Watch:
    """How much of the time limit is left, on the clock that was handed in."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._start = clock()
        self._seconds = seconds

    @property
    def spent(self) -> float:
        return self._clock() - self._start

    def left(self, part: float = 1.0) -> float:
        """Seconds until `part` of the limit is used up, never negative."""
        return max(0.0, self._seconds * part - self.spent)


def relative_gap(value: Fraction, bound: Fraction) -> Fraction:
    """|bound - value| over |value|, over 1 when the value is 0."""
    return abs(bound - value) / (abs(value) or 1)


def solve_tiers(program: Program, watch: Watch) -> Found | None:
    """The best plan found by tiers, or None when the hard rules and required projects conflict."""
    search = Search(program, watch)
    values = search.feasible()
    if values is None:
        return None
    best = search.at_the_floor(values)
    if best is None:
        best = search.most_priority(search.least_shortfall(values))
    return Found(best, tuple(search.tiers), search.prices)


@dataclass(frozen=True, slots=True)
class _Run:
    """A plan, if there is one, and a bound on the objective in model units."""

    values: list[int] | None
    bound: float


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a tier seeks: the float objective, and the exact measure (more is better)."""

    objective: Floats
    maximize: bool
    measure: Callable[[list[int]], Fraction]


class Search:
    """One float model, kept through the tiers with the cuts it has gathered.

    Rules whose indices are in `without` are left out, for the deletion filter.
    """

    def __init__(
        self, program: Program, watch: Watch, without: frozenset[int] = frozenset()
    ) -> None:
        self.program = program
        self.watch = watch
        self.without = without
        self.mip = Mip(program, without)
        self.gap = float(program.problem.options.gap)
        self.tiers: list[Tier] = []
        self._unit_bits: dict[int, list[int]] = {}
        self._shortfall_cap: float = inf
        self.prices: Prices | None = None

    # Tiers

    def feasible(self) -> list[int] | None:
        """Any plan that keeps every hard rule, or None when there is none."""
        if not any(rule not in self.without for _p, rule in self.program.required):
            empty = self._make_whole([0] * self._projects)
            if empty is not None:
                return empty
        nothing = _Aim(np.zeros(self.mip.columns), maximize=False, measure=lambda _v: Fraction(0))
        return self._optimum(nothing, None, seconds=None).values

    def at_the_floor(self, values: list[int]) -> list[int] | None:
        """The most priority with every shortfall as small as its floor's projects allow at all.

        Nothing can fall less short, so a plan found here settles two tiers in one run. None when
        there is no such plan or it was not found in time; then the tiers go one by one.
        """
        least = least_possible(self.program)
        columns = list(least)
        worth = [least[col] / self.mip.unit for col in columns]
        self.mip.bound_columns(columns, [0.0] * len(columns), worth)
        self._shortfall_cap = sum(least.values())
        start = values if self.shortfall(values) <= self._shortfall_cap else None
        found = self._most_priority(start, least, part=0.5 if columns else 0.8)
        if found is not None:
            total = Fraction(sum(least.values()))
            self._tier("shortfall", total, total)
            return self._priority_tier(*found)
        # Selections cut off here may be the best ones where more may fall short.
        self.mip, self._unit_bits = Mip(self.program, self.without), {}
        self._shortfall_cap, self.prices = inf, None
        return None

    def least_shortfall(self, values: list[int]) -> list[int]:
        """The least total shortfall, starting from the feasible plan `values`."""
        objective = np.zeros(self.mip.columns)
        for col in self.program.short_cols.values():
            objective[col] = 1.0
        aim = _Aim(objective, maximize=False, measure=lambda v: -Fraction(self.shortfall(v)))
        run = self._optimum(aim, values, seconds=self.watch.left(0.6))
        values = run.values or values
        least = sum(least_possible(self.program).values())
        if isfinite(run.bound):
            # Shortfalls are whole fen, so a bound is the next whole one; float error must not lift it.
            error = run.bound * self.mip.unit * 1e-9 + self.mip.unit * 1e-7
            least = max(least, ceil(run.bound * self.mip.unit - min(error, 0.5)))
        value = self.shortfall(values)
        self._tier("shortfall", Fraction(value), Fraction(min(least, value)))
        return values

    def most_priority(self, values: list[int]) -> list[int]:
        """The most priority at no more shortfall than `values` has."""
        self._shortfall_cap = self.shortfall(values)
        cap_shortfall(self.mip, self._shortfall_cap)
        found = self._most_priority(values, None, part=0.8)
        return self._priority_tier(*(found or (values, inf)))

    def _most_priority(
        self, start: list[int] | None, shorts: dict[int, int] | None, part: float
    ) -> tuple[list[int], float] | None:
        """The most priority within the model's present bounds, by patterns first, with a bound.

        `shorts` bounds each shortfall in fen when the model holds the bare program; None: no
        patterns. Returns None when no plan was found.
        """
        top = priority_scale(self.program)
        objective = priority_objective(self.program)
        aim = _Aim(objective, maximize=True, measure=self.priority)
        bound = inf
        if shorts is not None and self._projects >= _WORTH_PATTERNS:
            found = decompose(self.mip, objective, shorts, left=lambda: self.watch.left(part))
            if found is not None:
                self.prices = found.prices
                bound = found.prices.bound
                start = self._small_search(aim, found.fixed, start, part) or start
        if start is not None and isfinite(bound):
            reached = float(self.priority(start) / top)
            if bound - reached <= self.gap * abs(reached) / 2:
                return start, bound
        run = self._optimum(aim, start, seconds=self.watch.left(part))
        return None if run.values is None else (run.values, min(bound, run.bound))

    def _small_search(
        self, aim: _Aim, fixed: dict[int, int], start: list[int] | None, part: float
    ) -> list[int] | None:
        """A plan with the decided projects fixed as the patterns say."""
        cols = list(fixed)
        worth = [float(fixed[col]) for col in cols]
        self.mip.bound_columns(cols, worth, worth)
        found = self._optimum(aim, None, seconds=self.watch.left(part) / 2, gap=self.gap / 8)
        required = {p for p, rule in self.program.required if rule not in self.without}
        low = [float(col in required) for col in cols]
        self.mip.bound_columns(cols, low, [float(self.program.upper[col]) for col in cols])
        if found.values is None or start is None:
            return found.values
        return max(found.values, start, key=self.priority)

    def _tier(self, name: str, value: Fraction, bound: Fraction) -> None:
        self.tiers.append(Tier(name, value, bound, relative_gap(value, bound)))

    def _priority_tier(self, values: list[int], bound: float) -> list[int]:
        weights = [project.priority for project in self.program.problem.projects]
        step = priority_step(self.program)
        most = self._everything(weights)
        if isfinite(bound):
            # Priorities come in steps, and no plan lies between two of them.
            steps = Fraction(bound) * priority_scale(self.program) / step
            most = min(most, (steps + abs(steps) / 10**10 + Fraction(1, 10**6)) // 1 * step)
        value = self.priority(values)
        self._tier("priority", value, max(most, value))
        return values

    # Sums

    def shortfall(self, values: list[int]) -> int:
        return sum(values[col] for col in self.program.short_cols.values())

    def priority(self, values: list[int]) -> Fraction:
        projects = self.program.problem.projects
        return sum(
            (p.priority * values[i] for i, p in enumerate(projects) if values[i]), Fraction(0)
        )

    @property
    def _projects(self) -> int:
        return len(self.program.problem.projects)

    def _everything(self, weights: list[Fraction]) -> Fraction:
        upper = self.program.upper
        return sum((w * upper[i] for i, w in enumerate(weights) if w > 0), Fraction(0))

    # Running and repairing

    def _make_whole(self, units: list[int]) -> list[int] | None:
        return make_whole(self.program, units, self.without)

    def _optimum(
        self,
        aim: _Aim,
        fallback: list[int] | None,
        *,
        seconds: float | None,
        gap: float | None = None,
    ) -> _Run:
        """The best selection that can be made whole, and the solver's bound.

        `fallback` is a plan in hand. `seconds=None` asks for any plan and takes the time that needs:
        between a plan and a proof that there is none lies no honest answer.
        """
        ends = inf if seconds is None else self.watch.spent + seconds
        bound = inf if aim.maximize else -inf
        for round_ in count():
            outcome = self.mip.solve(
                aim.objective,
                maximize=aim.maximize,
                gap=self.gap if gap is None else gap,
                seconds=None if seconds is None else max(0.0, ends - self.watch.spent),
                start=None if fallback is None else self._scaled(fallback),
                first_only=seconds is None,
            )
            if outcome.status != INFEASIBLE:
                bound = outcome.bound
            if outcome.status != FOUND:
                break
            units = [round(u) for u in outcome.values[: self._projects].tolist()]
            values = self._make_whole(units)
            if values is not None and self.shortfall(values) <= self._shortfall_cap:
                if fallback is not None and aim.measure(values) < aim.measure(fallback):
                    values = fallback
                return _Run(values, bound)
            if seconds is not None and round_ >= _REPAIRS:
                break
            if not self._cut_off(units):
                break
        return _Run(fallback, bound)

    def _scaled(self, values: list[int]) -> Floats:
        scaled = np.array([float(v) for v in values])
        scaled[self.program.first_money :] /= self.mip.unit
        return scaled

    def _cut_off(self, units: list[int]) -> bool:
        """Forbid exactly this selection, which no whole amounts can pay. False: it was the only one."""
        cols: list[int] = []
        coefs: list[float] = []
        ones = 0
        for p, value in enumerate(units):
            most = self.program.upper[p]
            if most == 0:
                continue
            for b, col in enumerate(self._bits_of(p, most)):
                bit = value >> b & 1
                cols.append(col)
                coefs.append(-1.0 if bit else 1.0)
                ones += bit
        if cols:
            self.mip.add_row(cols, coefs, 1.0 - ones, inf)
        return bool(cols)

    def _bits_of(self, p: int, most: int) -> list[int]:
        """The 0/1 columns that spell the units of project `p`, made when first needed."""
        if most == 1:
            return [p]
        if p not in self._unit_bits:
            bits = [self.mip.add_binary() for _ in range(most.bit_length())]
            self._unit_bits[p] = bits
            powers = [float(-(1 << b)) for b in range(len(bits))]
            self.mip.add_row([p, *bits], [1.0, *powers], 0.0, 0.0)
        return self._unit_bits[p]


def priority_scale(program: Program) -> Fraction:
    """Priority of one unit of the float model: there, priorities reach a thousand."""
    top = max((abs(p.priority) for p in program.problem.projects), default=Fraction(0))
    return top / 1000 or Fraction(1)


def priority_objective(program: Program) -> Floats:
    """The priority of each column, in the float model's unit."""
    scale = priority_scale(program)
    objective = np.zeros(len(program.upper))
    projects = program.problem.projects
    objective[: len(projects)] = [float(project.priority / scale) for project in projects]
    return objective


def priority_step(program: Program) -> Fraction:
    """The largest step of which every priority is a whole multiple."""
    weights = [project.priority for project in program.problem.projects]
    over = lcm(*(w.denominator for w in weights)) if weights else 1
    return Fraction(gcd(*(int(w * over) for w in weights)) or 1, over)


def least_possible(program: Program) -> dict[int, int]:
    """Per shortfall column: what stays missing when everything its floor counts is paid.

    What flows pay is bounded by the projects and by the money of the sources they come from, so that
    a floor whose money alone is too little is settled here.
    """
    reduction = program.reduction
    sources: dict[int, tuple[int, ...]] = {col: (s,) for (s, _h), col in program.flow_cols.items()}
    sources |= {col: reduction.hubs[h].sources for (h, _c), col in program.cell_cols.items()}
    shorts = set(program.short_cols.values())
    least = {}
    for row in program.rows:
        if row.cols and row.cols[-1] in shorts and row.lo is not None:
            whole, flowing, payers = 0, 0, set[int]()
            for col, coef in zip(row.cols[:-1], row.coefs[:-1], strict=True):
                if col in sources:
                    flowing += coef * program.upper[col]
                    payers.update(sources[col])
                else:
                    whole += coef * program.upper[col]
            money = row.scale * sum(reduction.sources[s].amount_fen for s in payers)
            least[row.cols[-1]] = max(0, row.lo - whole - min(flowing, money))
    return least


def cap_shortfall(mip: Mip, total_fen: int) -> None:
    """Let no more than `total_fen` fall short in all."""
    least = least_possible(mip.program)
    if total_fen <= sum(least.values()):
        worth = [fen / mip.unit for fen in least.values()]
        mip.bound_columns(list(least), [0.0] * len(worth), worth)
    else:
        cols = list(least)
        mip.add_row(cols, [1.0] * len(cols), -inf, total_fen / mip.unit)
