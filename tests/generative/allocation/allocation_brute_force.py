"""The slow and obvious answer for tiny problems: every selection, every way to pay it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from bangfu.core.allocation.problem import FundLine, Problem, Project

# What a state remembers: pieces paid so far, summed by everything a rule can ask for.
State = tuple[int, ...]


def best(problem: Problem) -> tuple[int, Fraction] | None:
    """(least total shortfall, most priority at it), or None when the hard rules conflict."""
    found: tuple[int, Fraction] | None = None
    for units in product(*(range(_most(p) + 1) for p in problem.projects)):
        if not _selection_holds(problem, units):
            continue
        shortfall = _least_shortfall(problem, units)
        if shortfall is None:
            continue
        priority = sum(
            (p.priority * u for p, u in zip(problem.projects, units, strict=True)), Fraction(0)
        )
        if found is None or (shortfall, -priority) < (found[0], -found[1]):
            found = (shortfall, priority)
    return found


def _most(project: Project) -> int:
    return project.max_units if project.admitted else 0


def _selection_holds(problem: Problem, units: tuple[int, ...]) -> bool:
    chosen = {p.id for p, u in zip(problem.projects, units, strict=True) if u}
    if any(p.required and p.id not in chosen for p in problem.projects):
        return False
    if any(len(chosen & set(group)) > 1 for group in problem.rules.exclusive):
        return False
    return all(a not in chosen or b in chosen for a, b in problem.rules.requires)


def _pays(line: FundLine, project: Project) -> bool:
    return (
        line.poolable
        and (line.purposes is None or project.purpose in line.purposes)
        and (line.areas is None or any(project.place.startswith(a) for a in line.areas))
        and (line.beneficiaries is None or project.beneficiaries <= line.beneficiaries)
    )


def _ways(problem: Problem, project: Project, units: int) -> list[tuple[int, ...]]:
    """Every way to pay a project: fen by line."""
    lines, cost = problem.fund_lines, project.unit_fen * units
    if not units:
        return [tuple(0 for _ in lines)]
    if project.recipe is not None:
        return [tuple(dict(project.recipe).get(line.id, 0) for line in lines)]
    ways = [()]
    for line in lines:
        most = min(cost, line.amount_fen) if _pays(line, project) else 0
        ways = [(*w, fen) for w in ways for fen in range(min(most, cost - sum(w)) + 1)]
    return [way for way in ways if sum(way) == cost]


def _least_shortfall(problem: Problem, units: tuple[int, ...]) -> int | None:
    counters = _counters(problem)
    states: set[State] = {tuple(0 for _ in counters)}
    for project, u in zip(problem.projects, units, strict=True):
        ways = _ways(problem, project, u)
        seen = [
            tuple(
                sum(
                    f
                    for line, f in zip(problem.fund_lines, way, strict=True)
                    if counts(line, project)
                )
                for counts in counters
            )
            for way in ways
        ]
        states = {
            tuple(a + b for a, b in zip(state, more, strict=True))
            for state in states
            for more in set(seen)
        }
    totals = [_judge(problem, state) for state in states]
    return min((t for t in totals if t is not None), default=None)


def _counters(problem: Problem) -> list:
    rules = problem.rules
    counters = [lambda line, _p, own=own: line.id == own.id for own in problem.fund_lines]
    for rule in (*rules.floors, *rules.ceilings):
        counters.append(
            lambda line, p, rule=rule: (
                (rule.lines is None or line.id in rule.lines)
                and (rule.purposes is None or p.purpose in rule.purposes)
                and (rule.places is None or any(p.place.startswith(a) for a in rule.places))
            )
        )
    for share in rules.share_rules:
        counters.append(
            lambda _line, p, share=share: share.purposes is None or p.purpose in share.purposes
        )
    for own in problem.fund_lines:
        for share in own.share_rules:
            counters.append(
                lambda line, p, own=own, share=share: (
                    line.id == own.id and (share.purposes is None or p.purpose in share.purposes)
                )
            )
    return counters


def _judge(problem: Problem, state: State) -> int | None:
    """The total shortfall of a payment, or None when it breaks a hard rule."""
    rules, rest = problem.rules, list(state)
    used = [rest.pop(0) for _ in problem.fund_lines]
    if any(u > line.amount_fen for u, line in zip(used, problem.fund_lines, strict=True)):
        return None
    missing = 0
    for floor in rules.floors:
        short = max(0, floor.amount_fen - rest.pop(0))
        if short and floor.hard:
            return None
        missing += short
    for ceiling in rules.ceilings:
        if rest.pop(0) > ceiling.amount_fen:
            return None
    total = sum(used)
    if total < (rules.total_at_least_fen or 0):
        return None
    return missing if _shares_hold(problem, used, rest) else None


def _shares_hold(problem: Problem, used: list[int], rest: list[int]) -> bool:
    shares = [(share, sum(used)) for share in problem.rules.share_rules]
    for line, spent in zip(problem.fund_lines, used, strict=True):
        shares.extend((share, spent) for share in line.share_rules)
    for share, whole in shares:
        inside = rest.pop(0)
        if share.at_least is not None and inside < share.at_least * whole:
            return False
        if share.at_most is not None and inside > share.at_most * whole:
            return False
    return True
