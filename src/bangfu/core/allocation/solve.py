"""The entry: a problem in, a verified answer with its reasons out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from bangfu.core.allocation.answer import (
    FEASIBLE,
    INFEASIBLE,
    INVALID,
    OPTIMAL,
    Answer,
)
from bangfu.core.allocation.classes import reduce_problem
from bangfu.core.allocation.closing import explain_shortfalls
from bangfu.core.allocation.conflict import find_conflict
from bangfu.core.allocation.explain import explain_unfunded
from bangfu.core.allocation.idle import explain_idle
from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.pieces import Piece, fewest_pieces
from bangfu.core.allocation.problem import Problem
from bangfu.core.allocation.program import Program, build_program
from bangfu.core.allocation.tiers import Found, Tier, Watch, relative_gap, solve_tiers
from bangfu.core.allocation.verify import Plan, verify

Clock = Callable[[], float]


def allocate(document: object, *, clock: Clock) -> dict[str, object]:
    """The JSON contract: P as parsed JSON in, R as a dict out. `clock` gives seconds.

    What is wrong with P is answered with status "invalid" and every error; nothing is raised for
    anything a user can write.
    """
    started = clock()
    problem, errors = parse(document)
    if problem is None:
        found = tuple((error.path, error.text) for error in errors)
        return Answer(INVALID, errors=found, seconds=clock() - started).as_dict()
    return solve(problem, clock=clock).as_dict()


def solve(problem: Problem, *, clock: Clock) -> Answer:
    """The plan by tiers, verified, with a reason for whatever is not funded, short or idle.

    Raises VerificationFault when a plan of ours breaks a rule: that is a fault, not an answer.
    """
    watch = Watch(clock, float(problem.options.time_limit_s))
    program = build_program(reduce_problem(problem))
    found = solve_tiers(program, watch)
    if found is None:
        conflict, irreducible = find_conflict(program, watch)
        return Answer(
            INFEASIBLE, conflict=conflict, conflict_irreducible=irreducible, seconds=watch.spent
        )
    pieces, least = fewest_pieces(program, found.values, watch)
    plan = _plan(program, found.values, pieces)
    verify(problem, plan)
    count = Fraction(len(pieces))
    tiers = (
        *found.tiers,
        Tier("pieces", count, Fraction(least), relative_gap(count, Fraction(least))),
    )
    return Answer(
        status=_status(problem, found),
        tiers=tiers,
        selected=tuple(plan.units.items()),
        amounts=tuple(plan.amounts),
        shortfalls=explain_shortfalls(program, found.values, plan, watch),
        idle=explain_idle(program, plan),
        reasons=explain_unfunded(program, found, plan, watch),
        seconds=watch.spent,
    )


def _status(problem: Problem, found: Found) -> str:
    """Optimal when the shortfall's and the priority's gap are within what was asked."""
    # HiGHS stops on the gap in floats; a millionth part of it is not worth a different word.
    allowed = problem.options.gap * (1 + Fraction(1, 10**6)) + Fraction(1, 10**8)
    return OPTIMAL if all(tier.gap <= allowed for tier in found.tiers) else FEASIBLE


def _plan(program: Program, values: list[int], pieces: list[Piece]) -> Plan:
    """What the solver found, in the problem's own ids, with the sums drawn from the pieces."""
    problem, reduction = program.problem, program.reduction
    amounts = [
        (problem.fund_lines[line].id, problem.projects[project].id, fen)
        for line, project, fen in pieces
    ]
    left = [line.amount_fen for line in problem.fund_lines]
    by_project: dict[int, list[tuple[int, int]]] = {}
    for line, project, fen in pieces:
        left[line] -= fen
        by_project.setdefault(project, []).append((line, fen))
    shortfalls = {}
    for j, floor in enumerate(problem.rules.floors):
        mask = reduction.rule_lines[j]
        spent = sum(
            fen
            for project in reduction.in_scope[j]
            for line, fen in by_project.get(project, ())
            if mask >> line & 1
        )
        if spent < floor.amount_fen:
            shortfalls[floor.id] = floor.amount_fen - spent
    return Plan(
        units={p.id: values[i] for i, p in enumerate(problem.projects) if values[i]},
        amounts=amounts,
        priority=sum(
            (p.priority * values[i] for i, p in enumerate(problem.projects) if values[i]),
            Fraction(0),
        ),
        shortfalls=shortfalls,
        idle={line.id: fen for line, fen in zip(problem.fund_lines, left, strict=True) if fen},
    )
