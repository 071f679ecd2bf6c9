"""The reduction that makes the model small: lines and projects that no rule can tell apart.

- A *source* is the fund lines of equal rights, merged: they may pay the same projects and every
  rule sees either all of them or none.
- A *kind* is the projects that the same lines may pay.
- A *band* is the sources that every partial rule sees alike. A rule is partial for a project when
  it counts some, not all, of the lines that may pay it; a rule that counts all or none of them
  needs no flow at all.
- A *hub* is one band's money for one kind; a *cell* is the part of a hub that goes to one *class*:
  the projects of a kind that every partial rule sees alike.

Any line of a band can pay any project of a hub, so how a hub is shared among its projects is free
as long as each class gets its cell. That is why flows run source → hub → cell, never
line → project. See docs/algorithms/allocation.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bangfu.core.allocation.problem import (
    GROUP_ENDS,
    AmountRule,
    Names,
    Prefixes,
    Problem,
    ShareRule,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Fund lines of equal rights, merged. `lines` are indices into the problem's lines."""

    lines: tuple[int, ...]
    amount_fen: int
    band: int


@dataclass(frozen=True, slots=True)
class Hub:
    """One band's money for one kind of projects. `sources` and `classes` are indices."""

    band: int
    kind: int
    sources: tuple[int, ...]
    classes: tuple[int, ...]


@dataclass(slots=True)
class ProjectClass:
    """Projects of one kind that every partial rule sees alike."""

    kind: int
    projects: list[int]
    bands: tuple[int, ...] = ()


@dataclass(slots=True)
class Reduction:
    """The problem seen through its classes. All indices follow the problem's own order."""

    problem: Problem
    payers: list[int]  # per project: bit mask of the lines that may pay it
    amount_rules: list[AmountRule]  # floors, then ceilings
    in_scope: list[list[int]]  # per amount rule: the projects it looks at
    rule_lines: list[int]  # per amount rule: bit mask of the lines it counts
    sources: list[Source] = field(default_factory=list)
    hubs: list[Hub] = field(default_factory=list)
    classes: list[ProjectClass] = field(default_factory=list)
    class_of: list[int] = field(default_factory=list)  # per project, -1: pays no flow
    band_of: list[int] = field(default_factory=list)  # per line

    def fundable(self, project: int) -> bool:
        """Whether the project may be selected at all, money aside."""
        found = self.problem.projects[project]
        return found.admitted and (
            found.unit_fen == 0 or found.recipe is not None or self.payers[project] != 0
        )


def reduce_problem(problem: Problem) -> Reduction:
    """Group lines and projects by what the rules can tell apart."""
    rules = [*problem.rules.floors, *problem.rules.ceilings]
    payers = _payers(problem)
    index = {line.id: i for i, line in enumerate(problem.fund_lines)}
    reduction = Reduction(
        problem=problem,
        payers=payers,
        amount_rules=rules,
        in_scope=_scopes(problem, rules),
        rule_lines=[_mask_of(rule.lines, index) for rule in rules],
    )
    partial = _partial_rules(reduction)
    _band_lines(reduction, partial)
    _class_projects(reduction, partial)
    _merge_lines(reduction)
    _lay_hubs(reduction)
    return reduction


def counts(share: ShareRule, purpose: str) -> bool:
    """Whether a share rule's numerator counts spending on `purpose`."""
    return share.purposes is None or purpose in share.purposes


def _mask_of(names: Names, index: dict[str, int]) -> int:
    if names is None:
        return (1 << len(index)) - 1
    return sum(1 << index[name] for name in names)


def bits(mask: int) -> Iterable[int]:
    """The positions of the bits that are set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _ByPlace:
    """Which of many place-limited things look at a place."""

    def __init__(self, limits: Iterable[Prefixes]) -> None:
        self.anywhere: list[int] = []
        self.by_prefix: dict[str, list[int]] = {}
        for i, prefixes in enumerate(limits):
            if prefixes is None:
                self.anywhere.append(i)
            for prefix in set(prefixes or ()):
                self.by_prefix.setdefault(prefix, []).append(i)
        self.seen: dict[str, list[int]] = {}

    def at(self, place: str) -> list[int]:
        if place not in self.seen:
            found = set(self.anywhere)
            for end in GROUP_ENDS:
                if end <= len(place):
                    found.update(self.by_prefix.get(place[:end], ()))
            self.seen[place] = sorted(found)
        return self.seen[place]


def _payers(problem: Problem) -> list[int]:
    lines = problem.fund_lines
    areas = _ByPlace(line.areas for line in lines)
    at_place: dict[str, int] = {}
    for_purpose: dict[str, int] = {}
    for_people: dict[frozenset[str], int] = {}
    masks = []
    for project in problem.projects:
        place, purpose, people = project.place, project.purpose, project.beneficiaries
        if place not in at_place:
            at_place[place] = sum(1 << i for i in areas.at(place) if lines[i].poolable)
        if purpose not in for_purpose:
            for_purpose[purpose] = sum(
                1 << i
                for i, line in enumerate(lines)
                if line.purposes is None or purpose in line.purposes
            )
        if people not in for_people:
            for_people[people] = sum(
                1 << i
                for i, line in enumerate(lines)
                if line.beneficiaries is None or people <= line.beneficiaries
            )
        masks.append(at_place[place] & for_purpose[purpose] & for_people[people])
    return masks


def _scopes(problem: Problem, rules: list[AmountRule]) -> list[list[int]]:
    by_place = _ByPlace(rule.places for rule in rules)
    scopes: list[list[int]] = [[] for _ in rules]
    for p, project in enumerate(problem.projects):
        for j in by_place.at(project.place):
            purposes = rules[j].purposes
            if purposes is None or project.purpose in purposes:
                scopes[j].append(p)
    return scopes


def _flows(reduction: Reduction, p: int) -> bool:
    project = reduction.problem.projects[p]
    return project.recipe is None and project.unit_fen > 0 and reduction.fundable(p)


def _partial_rules(reduction: Reduction) -> list[list[int]]:
    """Per project, the amount rules that count some but not all of its payers."""
    partial: list[list[int]] = [[] for _ in reduction.payers]
    for j, scope in enumerate(reduction.in_scope):
        mask = reduction.rule_lines[j]
        for p in scope:
            seen = reduction.payers[p] & mask
            if seen and seen != reduction.payers[p] and _flows(reduction, p):
                partial[p].append(j)
    return partial


def _band_lines(reduction: Reduction, partial: list[list[int]]) -> None:
    rules = sorted({j for listed in partial for j in listed})
    # Rules that count the same lines cannot tell lines apart twice.
    masks = sorted({reduction.rule_lines[j] for j in rules})
    bands: dict[tuple[object, ...], int] = {}
    for i, line in enumerate(reduction.problem.fund_lines):
        own = i if line.share_rules else -1
        key = (own, tuple(mask >> i & 1 for mask in masks))
        reduction.band_of.append(bands.setdefault(key, len(bands)))


def _class_projects(reduction: Reduction, partial: list[list[int]]) -> None:
    problem = reduction.problem
    sharing = [i for i, line in enumerate(problem.fund_lines) if line.share_rules]
    sharing_mask = sum(1 << i for i in sharing)
    kinds: dict[int, int] = {}
    found: dict[tuple[object, ...], int] = {}
    for p, project in enumerate(problem.projects):
        if not _flows(reduction, p):
            reduction.class_of.append(-1)
            continue
        mask = reduction.payers[p]
        counted = tuple(
            (i, r)
            for i in bits(mask & sharing_mask)
            for r, share in enumerate(problem.fund_lines[i].share_rules)
            if counts(share, project.purpose)
        )
        kind = kinds.setdefault(mask, len(kinds))
        key = (kind, tuple(partial[p]), counted)
        if key not in found:
            found[key] = len(reduction.classes)
            reduction.classes.append(ProjectClass(kind, []))
        reduction.class_of.append(found[key])
        reduction.classes[found[key]].projects.append(p)


def _merge_lines(reduction: Reduction) -> None:
    problem = reduction.problem
    kinds_of: list[list[int]] = [[] for _ in problem.fund_lines]
    for k, mask in enumerate(_kind_masks(reduction)):
        for i in bits(mask):
            kinds_of[i].append(k)
    named = {line for project in problem.projects for line, _fen in project.recipe or ()}
    merged: dict[tuple[object, ...], list[int]] = {}
    for i, line in enumerate(problem.fund_lines):
        alone = i if line.id in named else -1
        if kinds_of[i] or alone >= 0:
            key = (alone, reduction.band_of[i], tuple(kinds_of[i]))
            merged.setdefault(key, []).append(i)
    for members in merged.values():
        amount = sum(problem.fund_lines[i].amount_fen for i in members)
        reduction.sources.append(Source(tuple(members), amount, reduction.band_of[members[0]]))


def _kind_masks(reduction: Reduction) -> list[int]:
    """Per kind, the lines that may pay it."""
    masks: dict[int, int] = {}
    for cls in reduction.classes:
        masks.setdefault(cls.kind, reduction.payers[cls.projects[0]])
    return [masks[k] for k in range(len(masks))]


def _lay_hubs(reduction: Reduction) -> None:
    classes_of: dict[int, list[int]] = {}
    for c, cls in enumerate(reduction.classes):
        classes_of.setdefault(cls.kind, []).append(c)
    for kind, mask in enumerate(_kind_masks(reduction)):
        by_band: dict[int, list[int]] = {}
        for s, source in enumerate(reduction.sources):
            if mask >> source.lines[0] & 1:
                by_band.setdefault(source.band, []).append(s)
        for c in classes_of[kind]:
            reduction.classes[c].bands = tuple(sorted(by_band))
        for band, sources in sorted(by_band.items()):
            reduction.hubs.append(Hub(band, kind, tuple(sources), tuple(classes_of[kind])))
