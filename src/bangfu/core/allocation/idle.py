"""Why money of a fund line stays idle."""

from __future__ import annotations

from bangfu.core.allocation.answer import NAMED, Idle
from bangfu.core.allocation.classes import bits
from bangfu.core.allocation.program import Program
from bangfu.core.allocation.verify import Plan
from bangfu.core.language import Text
from bangfu.core.money import format_yuan


def explain_idle(program: Program, plan: Plan) -> tuple[Idle, ...]:
    """For every line with money left: how much, and what keeps it."""
    return tuple(
        _idle(program, plan, i, plan.idle[line.id])
        for i, line in enumerate(program.problem.fund_lines)
        if line.id in plan.idle
    )


def _idle(program: Program, plan: Plan, i: int, fen: int) -> Idle:
    line = program.problem.fund_lines[i]
    why, text, facts = _why_idle(program, plan, i)
    if line.spend_by is not None:
        facts = {**facts, "spend_by": line.spend_by}
    return Idle(line.id, fen, why, text, facts)


def _why_idle(program: Program, plan: Plan, i: int) -> tuple[str, Text, dict[str, object]]:
    reduction, projects = program.reduction, program.problem.projects
    line = program.problem.fund_lines[i]
    if not line.poolable:
        return "only_shown", Text("只列示，不进资金池", "only shown, not in the pool"), {}
    payable = [
        p
        for cls in reduction.classes
        if reduction.payers[cls.projects[0]] >> i & 1
        for p in cls.projects
    ]
    recipes = [p for p in projects if p.admitted and line.id in dict(p.recipe or ())]
    if not payable and not recipes:
        return "no_project", Text("没有它可支付的项目", "no admitted project it may pay"), {}
    wanting = [p for p in payable if projects[p].id not in plan.units]
    if not wanting:
        text = Text("它可支付的项目都已安排", "every project it may pay is funded")
        return "all_funded", text, {}
    idle = [plan.idle.get(other.id, 0) for other in program.problem.fund_lines]
    reach = {
        mask: sum(idle[k] for k in bits(mask)) for mask in {reduction.payers[p] for p in wanting}
    }
    fitting = [p for p in wanting if projects[p].unit_fen <= reach[reduction.payers[p]]]
    if not fitting:
        cheapest = min(wanting, key=lambda p: (projects[p].unit_fen, p))
        together = reach[reduction.payers[cheapest]]
        text = Text(
            f"余额凑不足任何未安排项目；最便宜的 {projects[cheapest].id} 需 "
            f"{format_yuan(projects[cheapest].unit_fen)} 元，可用余额共 {format_yuan(together)} 元",
            f"what is left pays for no project still out; the cheapest, {projects[cheapest].id}, "
            f"costs {format_yuan(projects[cheapest].unit_fen)} yuan and the lines that may pay it "
            f"have {format_yuan(together)} left",
        )
        facts = {"cheapest": projects[cheapest].id, "costs_fen": projects[cheapest].unit_fen}
        return "too_small", text, {**facts, "idle_fen": together}
    names = [projects[p].id for p in fitting[:NAMED]]
    rules = _holding_rules(program, plan, i, fitting)
    text = Text(
        f"有余额可用的项目（{'、'.join(names)}）被规则或优先分挡住"
        + (f":{'、'.join(rules)}" if rules else ""),
        f"projects it could pay ({', '.join(names)}) are held back by rules or add no priority"
        + (f": {', '.join(rules)}" if rules else ""),
    )
    return "held_back", text, {"projects": names, "rules": rules}


def _holding_rules(program: Program, plan: Plan, i: int, fitting: list[int]) -> list[str]:
    """Paths of the rules that one of these projects would touch: ceilings, shares, selections."""
    problem, reduction = program.problem, program.reduction
    names = {problem.projects[p].id for p in fitting}
    wanted = set(fitting)
    floors = len(problem.rules.floors)
    held = [
        f"$.rules.ceilings[{j - floors}]"
        for j in range(floors, len(reduction.amount_rules))
        if reduction.rule_lines[j] >> i & 1 and wanted & set(reduction.in_scope[j])
    ]
    held.extend(
        f"$.fund_lines[{i}].share_rules[{r}]" for r in range(len(problem.fund_lines[i].share_rules))
    )
    held.extend(f"$.rules.share_rules[{r}]" for r in range(len(problem.rules.share_rules)))
    for kind, groups in (
        ("exclusive", problem.rules.exclusive),
        ("requires", problem.rules.requires),
    ):
        held.extend(f"$.rules.{kind}[{g}]" for g, group in enumerate(groups) if names & set(group))
    return held
