"""The independent verifier: every rule of the problem checked on the plan, in whole numbers.

It shares nothing with the model: no solver, no classes, no rows. It reads the problem as stated and
the plan as given, and is run on every plan before anyone sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bangfu.core.allocation.problem import (
    AmountRule,
    FundLine,
    Prefixes,
    Problem,
    Project,
    ShareRule,
)

Amount = tuple[str, str, int]  # line id, project id, fen


@dataclass(frozen=True, slots=True)
class Plan:
    """What is claimed: units of each selected project, the money, and the sums drawn from them."""

    units: Mapping[str, int]
    amounts: Sequence[Amount]
    priority: Fraction
    shortfalls: Mapping[str, int]  # floor id → fen, those that are not zero
    idle: Mapping[str, int]  # line id → fen, those that are not zero


class VerificationFault(Exception):
    """A plan broke a rule. That is a fault of the program, never of its user."""

    def __init__(self, violations: Sequence[str]) -> None:
        super().__init__("; ".join(violations[:20]))
        self.violations = tuple(violations)


def verify(problem: Problem, plan: Plan) -> None:
    """Raise VerificationFault with every broken rule, or return when the plan keeps them all."""
    violations = check_plan(problem, plan)
    if violations:
        raise VerificationFault(violations)


def check_plan(problem: Problem, plan: Plan) -> list[str]:
    """Every way in which the plan breaks the problem's rules or misstates its own sums."""
    lines = {line.id: line for line in problem.fund_lines}
    projects = {project.id: project for project in problem.projects}
    broken = _check_references(lines, projects, plan)
    if broken:
        return broken
    spent = [(lines[line], projects[project], fen) for line, project, fen in plan.amounts]
    return [
        *_check_projects(problem, plan),
        *_check_lines(problem, plan, spent),
        *_check_amount_rules(problem, plan, spent),
        *_check_selection(problem, plan),
        *_check_shares(problem, spent),
    ]


Spent = Sequence[tuple[FundLine, Project, int]]


def _check_references(
    lines: Mapping[str, FundLine], projects: Mapping[str, Project], plan: Plan
) -> list[str]:
    broken = [f"no such project: {name}" for name in plan.units if name not in projects]
    seen: set[tuple[str, str]] = set()
    for line, project, fen in plan.amounts:
        if line not in lines or project not in projects:
            broken.append(f"no such line or project: {line}, {project}")
        if type(fen) is not int or fen <= 0:
            broken.append(f"{line} pays {project} {fen!r}: not a positive whole number of fen")
        if (line, project) in seen:
            broken.append(f"{line} pays {project} in two pieces")
        seen.add((line, project))
    return broken


def _inside(place: str, areas: Prefixes) -> bool:
    return areas is None or any(place[: len(area)] == area for area in areas)


def _check_projects(problem: Problem, plan: Plan) -> list[str]:
    """Selected projects are admitted, within their units and paid exactly; required ones are in."""
    broken = []
    paid: dict[str, int] = {}
    pieces: dict[str, dict[str, int]] = {}
    for line, name, fen in plan.amounts:
        paid[name] = paid.get(name, 0) + fen
        pieces.setdefault(name, {})[line] = fen
    for project in problem.projects:
        units = plan.units.get(project.id, 0)
        if type(units) is not int or not 0 <= units <= project.max_units:
            broken.append(f"{project.id}: {units!r} units of {project.max_units}")
            continue
        if units and not project.admitted:
            broken.append(f"{project.id}: selected but not admitted")
        if project.required and not units:
            broken.append(f"{project.id}: required but not selected")
        if paid.get(project.id, 0) != units * project.unit_fen:
            broken.append(
                f"{project.id}: paid {paid.get(project.id, 0)}, costs {units * project.unit_fen}"
            )
        if units and project.recipe is not None:
            wanted = {line: fen for line, fen in project.recipe if fen}
            if pieces.get(project.id, {}) != wanted:
                broken.append(f"{project.id}: not paid by its recipe")
    return broken


def _check_lines(problem: Problem, plan: Plan, spent: Spent) -> list[str]:
    """Lines pay only what they may, never more than they hold; the idle rest is stated right."""
    broken = []
    used: dict[str, int] = {}
    for line, project, fen in spent:
        used[line.id] = used.get(line.id, 0) + fen
        allowed = (
            line.poolable
            and (line.purposes is None or project.purpose in line.purposes)
            and _inside(project.place, line.areas)
            and (line.beneficiaries is None or project.beneficiaries.issubset(line.beneficiaries))
        )
        if not allowed:
            broken.append(f"{line.id} may not pay {project.id}")
    for line in problem.fund_lines:
        if used.get(line.id, 0) > line.amount_fen:
            broken.append(f"{line.id}: pays {used[line.id]} of {line.amount_fen}")
    idle = {line.id: line.amount_fen - used.get(line.id, 0) for line in problem.fund_lines}
    if {name: fen for name, fen in idle.items() if fen} != dict(plan.idle):
        broken.append("the idle amounts are misstated")
    return broken


def _counted(rule: AmountRule, spent: Spent) -> int:
    return sum(
        fen
        for line, project, fen in spent
        if (rule.lines is None or line.id in rule.lines)
        and (rule.purposes is None or project.purpose in rule.purposes)
        and _inside(project.place, rule.places)
    )


def _check_amount_rules(problem: Problem, plan: Plan, spent: Spent) -> list[str]:
    broken = []
    short: dict[str, int] = {}
    by_place = _ByPlace(spent)
    for floor in problem.rules.floors:
        missing = floor.amount_fen - _counted(floor, by_place.within(floor.places))
        if missing > 0 and floor.hard:
            broken.append(f"hard floor {floor.id}: {missing} fen short")
        elif missing > 0:
            short[floor.id] = missing
    if short != dict(plan.shortfalls):
        broken.append("the shortfalls are misstated")
    for ceiling in problem.rules.ceilings:
        over = _counted(ceiling, by_place.within(ceiling.places)) - ceiling.amount_fen
        if over > 0:
            broken.append(f"ceiling {ceiling.id}: {over} fen over")
    total = sum(fen for _line, _project, fen in spent)
    least = problem.rules.total_at_least_fen
    if least is not None and total < least:
        broken.append(f"total {total}, at least {least}")
    return broken


class _ByPlace:
    """Spending by place, so that ten thousand village floors do not read everything each."""

    def __init__(self, spent: Spent) -> None:
        self.everything = spent
        self.by_place: dict[str, list[tuple[FundLine, Project, int]]] = {}
        for item in spent:
            self.by_place.setdefault(item[1].place, []).append(item)

    def within(self, areas: Prefixes) -> Spent:
        """Spending that may lie in `areas`; whether it does is still checked."""
        if areas is None or any(len(area) < 12 for area in areas):
            return self.everything
        return [item for area in sorted(set(areas)) for item in self.by_place.get(area, ())]


def _check_selection(problem: Problem, plan: Plan) -> list[str]:
    chosen = {name for name, units in plan.units.items() if units}
    broken = []
    for group in problem.rules.exclusive:
        together = chosen & set(group)
        if len(together) > 1:
            broken.append(f"exclusive: {', '.join(sorted(together))}")
    for project, prerequisite in problem.rules.requires:
        if project in chosen and prerequisite not in chosen:
            broken.append(f"{project} without its prerequisite {prerequisite}")
    priority = sum(
        (project.priority * plan.units.get(project.id, 0) for project in problem.projects),
        Fraction(0),
    )
    if priority != plan.priority:
        broken.append(f"priority {priority}, stated {plan.priority}")
    return broken


def _check_shares(problem: Problem, spent: Spent) -> list[str]:
    broken = []
    for rule in problem.rules.share_rules:
        broken.extend(_share_broken("the whole", rule, spent))
    for line in problem.fund_lines:
        if line.share_rules:
            own = [item for item in spent if item[0].id == line.id]
            for rule in line.share_rules:
                broken.extend(_share_broken(line.id, rule, own))
    return broken


def _share_broken(owner: str, rule: ShareRule, spent: Spent) -> list[str]:
    everything = sum(fen for _line, _project, fen in spent)
    inside = sum(
        fen
        for _line, project, fen in spent
        if rule.purposes is None or project.purpose in rule.purposes
    )
    broken = []
    if rule.at_least is not None and inside < rule.at_least * everything:
        broken.append(f"{owner}: {inside} of {everything} is less than {rule.at_least}")
    if rule.at_most is not None and inside > rule.at_most * everything:
        broken.append(f"{owner}: {inside} of {everything} is more than {rule.at_most}")
    return broken
