"""Why there is no plan: an irreducible set of rules in conflict, by deletion filter.

Every removable rule is tried: when the problem without it is still infeasible, it is no part of the
conflict and stays out. What remains is a set of which removing any one restores feasibility. Blocks
are tried before single rules, so that a few culprits among hundreds are found in few runs.
"""

from __future__ import annotations

from bangfu.core.allocation.answer import Conflicting
from bangfu.core.allocation.program import Program, Rule
from bangfu.core.allocation.tiers import Search, Watch
from bangfu.core.language import Text

_NAMES = {
    "required": Text("必须实施的项目", "required project"),
    "floor": Text("刚性下限", "hard floor"),
    "ceiling": Text("上限", "ceiling"),
    "total_at_least": Text("总额下限", "least total"),
    "share": Text("全盘比例规则", "share rule over the whole"),
    "line_share": Text("资金比例规则", "share rule of a fund line"),
    "exclusive": Text("互斥组", "exclusive group"),
    "requires": Text("前置条件", "prerequisite"),
}


def find_conflict(program: Program, watch: Watch) -> tuple[tuple[Conflicting, ...], bool]:
    """The conflict set, and whether every rule in it was shown to be needed.

    The program with all its rules must be infeasible. False means that time ran out: the set is
    still in conflict, but may hold rules that have no part in it.
    """
    kept, proven = _filter(program, list(range(len(program.rules))), watch)
    out = {p.id for p in program.problem.projects if not p.admitted}
    return tuple(_named(program.rules[r], out) for r in kept), proven


def _filter(program: Program, rules: list[int], watch: Watch) -> tuple[list[int], bool]:
    everything = frozenset(rules)
    needed: list[int] = []  # shown to be in the conflict
    open_rules = _likely_innocent_first(program, rules)
    block = max(1, len(open_rules) // 2)
    while open_rules:
        if watch.left() <= 0:
            return sorted([*needed, *open_rules]), False
        block = min(block, len(open_rules))
        tried, rest = open_rules[:block], open_rules[block:]
        kept = frozenset([*needed, *rest])
        if _infeasible(program, everything - kept, watch):
            open_rules = rest
        elif block == 1:
            needed.append(tried[0])
            open_rules = rest
            block = max(1, len(open_rules) // 2)
        else:
            block = max(1, block // 2)
    return sorted(needed), True


def _likely_innocent_first(program: Program, rules: list[int]) -> list[int]:
    """Rules that never force anything are dropped first: fewer forcing rules, faster runs."""
    forcing = ("required", "floor", "total_at_least")
    return sorted(rules, key=lambda r: (program.rules[r].kind in forcing, r))


def _infeasible(program: Program, without: frozenset[int], watch: Watch) -> bool:
    return Search(program, watch, without).feasible() is None


def _named(rule: Rule, out: set[str]) -> Conflicting:
    """A rule in words; `out` are the projects that are not admitted, which alone keeps one out."""
    name = _NAMES[rule.kind]
    label = f" {rule.id}" if rule.id else ""
    zh, en = f"{name.zh}{label}({rule.path})", f"{name.en}{label} ({rule.path})"
    if rule.kind == "required" and rule.id in out:
        zh, en = f"{zh}：未入库，没有绩效目标", f"{en}: not admitted, no performance target"
    return Conflicting(rule.kind, rule.path, rule.id, Text(zh, en))
