"""What the parts of an allocation problem say of each other, and what is wrong when they do not fit.

Ids are unique, references resolve, recipes add up, prerequisites form no circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bangfu.core.allocation.problem import FundLine, Problem, Project
from bangfu.core.allocation.strings import held_back
from bangfu.core.language import Text


@dataclass(frozen=True, slots=True)
class ParseError:
    """One thing wrong in the document, at `path` ("$.projects[3].cost_fen")."""

    path: str
    text: Text


class _Errors:
    """What was found so far."""

    def __init__(self) -> None:
        self.errors: list[ParseError] = []

    def fail(self, path: str, text: Text) -> None:
        self.errors.append(ParseError(path, text))


def broken_references(problem: Problem) -> list[ParseError]:
    """What is wrong among ids, references, recipes and prerequisites, all at once."""
    found = _Errors()
    rules = problem.rules
    lines = {line.id: line for line in problem.fund_lines}
    projects = {project.id for project in problem.projects}
    _unique((line.id for line in problem.fund_lines), "$.fund_lines", found)
    _unique((project.id for project in problem.projects), "$.projects", found)
    for key, listed in (("floors", rules.floors), ("ceilings", rules.ceilings)):
        _unique((rule.id for rule in listed), f"$.rules.{key}", found)
        for i, rule in enumerate(listed):
            for name in sorted((rule.lines or frozenset()) - lines.keys()):
                found.fail(f"$.rules.{key}[{i}].lines", _unknown("资金", "fund line", name))
    for key, groups in (("exclusive", rules.exclusive), ("requires", rules.requires)):
        for i, group in enumerate(groups):
            for name in sorted(set(group) - projects):
                found.fail(f"$.rules.{key}[{i}]", _unknown("项目", "project", name))
    for i, project in enumerate(problem.projects):
        if project.recipe is not None:
            _check_recipe(project, f"$.projects[{i}].recipe", lines, found)
    circle = _circle(rules.requires)
    if circle:
        chain = " → ".join(circle)
        found.fail("$.rules.requires", Text(f"前置项目成环：{chain}", f"a circle: {chain}"))
    return found.errors


def _unknown(zh: str, en: str, name: str) -> Text:
    return Text(f"没有此{zh}:{name}", f"no such {en}: {name}")


def _unique(ids: Iterable[str], path: str, found: _Errors) -> None:
    seen: set[str] = set()
    for i, name in enumerate(ids):
        if name in seen:
            found.fail(f"{path}[{i}].id", Text(f"编号重复：{name}", f"id given twice: {name}"))
        seen.add(name)


def _check_recipe(
    project: Project, path: str, lines: Mapping[str, FundLine], found: _Errors
) -> None:
    recipe = project.recipe or ()
    if project.divisible:
        found.fail(path, Text("可分项目不能有配方", "a divisible project can have no recipe"))
        return
    for name, _fen in recipe:
        line = lines.get(name)
        if line is None:
            found.fail(f"{path}.{name}", _unknown("资金", "fund line", name))
        elif not may_pay(line, project):
            found.fail(
                f"{path}.{name}",
                Text("此资金不能支付此项目", "this line may not pay this project"),
            )
    total = sum(fen for _name, fen in recipe)
    if total != project.unit_fen:
        found.fail(
            path,
            Text(
                f"配方合计 {total} 分，成本 {project.unit_fen} 分",
                f"the recipe sums to {total} fen, the cost is {project.unit_fen}",
            ),
        )


def may_pay(line: FundLine, project: Project) -> bool:
    """Whether the strings on `line` let it pay `project` at all."""
    return not held_back(
        poolable=line.poolable,
        purposes=line.purposes,
        areas=line.areas,
        beneficiaries=line.beneficiaries,
        purpose=project.purpose,
        place=project.place,
        helped=project.beneficiaries,
    )


def _circle(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    """A circle among prerequisites, from a project back to itself, or nothing."""
    needs: dict[str, list[str]] = {}
    for project, prerequisite in pairs:
        needs.setdefault(project, []).append(prerequisite)
    done: set[str] = set()
    for start in needs:
        trail: list[str] = []
        on_trail: set[str] = set()
        stack: list[tuple[str, bool]] = [(start, True)]
        while stack:
            name, entering = stack.pop()
            if not entering:
                on_trail.discard(trail.pop())
                done.add(name)
            elif name in on_trail:
                return [*trail[trail.index(name) :], name]
            elif name not in done:
                trail.append(name)
                on_trail.add(name)
                stack.append((name, False))
                stack.extend((other, True) for other in reversed(needs.get(name, ())))
    return []
