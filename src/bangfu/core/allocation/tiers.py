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

from bangfu.core.allocation.mip import FOUND, INFEASIBLE, Floats, Mip
from bangfu.core.allocation.program import Program
from bangfu.core.allocation.whole import make_whole

_REPAIRS = 25


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
    values = search.most_priority(search.least_shortfall(values))
    return Found(values, tuple(search.tiers))


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

    # Tiers

    def feasible(self) -> list[int] | None:
        """Any plan that keeps every hard rule, or None when there is none."""
        if not any(rule not in self.without for _p, rule in self.program.required):
            empty = self._make_whole([0] * self._projects)
            if empty is not None:
                return empty
        nothing = np.zeros(self.mip.columns)
        aim = _Aim(nothing, maximize=False, measure=lambda _values: Fraction(0))
        found = self._optimum(aim, None, 1.0)
        return None if found is None else found[0]

    def least_shortfall(self, values: list[int]) -> list[int]:
        """The least total shortfall, starting from the feasible plan `values`."""
        objective = np.zeros(self.mip.columns)
        for col in self.program.short_cols.values():
            objective[col] = 1.0
        aim = _Aim(objective, maximize=False, measure=lambda v: -Fraction(self.shortfall(v)))
        least = Fraction(0)
        if self.shortfall(values):
            values, bound = self._optimum(aim, values, 0.4) or (values, -inf)
            if isfinite(bound):
                # Half a fen of float error must not lift the bound over the truth.
                least = Fraction(max(0, ceil(bound * self.mip.unit * (1 - 1e-9) - 0.5)))
        value = Fraction(self.shortfall(values))
        least = min(least, value)
        self.tiers.append(Tier("shortfall", value, least, relative_gap(value, least)))
        return values

    def most_priority(self, values: list[int]) -> list[int]:
        """The most priority at no more shortfall than `values` has."""
        weights = [project.priority for project in self.program.problem.projects]
        step = _step(weights)
        top = max((abs(w) for w in weights), default=Fraction(0)) / 1000 or Fraction(1)
        objective = np.zeros(self.mip.columns)
        objective[: self._projects] = [float(w / top) for w in weights]
        self._cap_shortfall(values)
        aim = _Aim(objective, maximize=True, measure=self.priority)
        values, bound = self._optimum(aim, values, 0.75) or (values, inf)
        value = self.priority(values)
        most = self._everything(weights)
        if isfinite(bound):
            # Priorities come in steps, and no plan lies between two of them.
            steps = Fraction(bound) * top / step
            most = min(most, (steps + abs(steps) / 10**10 + Fraction(1, 10**6)) // 1 * step)
        most = max(most, value)
        self.tiers.append(Tier("priority", value, most, relative_gap(value, most)))
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

    def _cap_shortfall(self, values: list[int]) -> None:
        cols = list(self.program.short_cols.values())
        if cols:
            cap = self.shortfall(values) / self.mip.unit
            self._shortfall_cap = self.shortfall(values)
            self.mip.add_row(cols, [1.0] * len(cols), -inf, cap)

    def _optimum(
        self, aim: _Aim, fallback: list[int] | None, part: float
    ) -> tuple[list[int], float] | None:
        """The best selection that can be made whole, and the solver's bound.

        `fallback` is a plan in hand, or None: then the search goes on past its time, since between
        a plan and a proof that there is none lies no honest answer. Returns None for that proof.
        """
        for round_ in count():
            outcome = self.mip.solve(
                aim.objective,
                maximize=aim.maximize,
                gap=self.gap,
                seconds=None if fallback is None else self.watch.left(part),
                start=None if fallback is None else self._scaled(fallback),
                first_only=fallback is None,
            )
            if outcome.status == INFEASIBLE:
                return None
            if outcome.status != FOUND:
                break
            units = [round(u) for u in outcome.values[: self._projects].tolist()]
            values = self._make_whole(units)
            if values is not None and self.shortfall(values) <= self._shortfall_cap:
                if fallback is None or aim.measure(values) >= aim.measure(fallback):
                    return values, outcome.bound
                return fallback, outcome.bound
            if fallback is not None and round_ >= _REPAIRS:
                break
            if not self._cut_off(units):
                break
        return None if fallback is None else (fallback, outcome.bound)

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


def _step(weights: list[Fraction]) -> Fraction:
    """The largest step of which every priority is a whole multiple."""
    over = lcm(*(w.denominator for w in weights)) if weights else 1
    return Fraction(gcd(*(int(w * over) for w in weights)) or 1, over)
