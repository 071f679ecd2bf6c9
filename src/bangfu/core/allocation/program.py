"""The model in exact numbers: columns, rows, and which rule each row comes from.

One statement of the rules serves three readers: the float model that HiGHS solves, the exact step
that makes cells whole, and the deletion filter that drops rules one by one. Money columns count
fen; coefficients and bounds are Python integers (a share rule is multiplied by its denominator).

Columns, in this order: units of each project (0..max_units), a 0/1 switch for each divisible
project that a prerequisite or an exclusive group names, flows source → hub, cells hub → class,
shortfalls of soft floors.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from bangfu.core.allocation.classes import Reduction, bits, counts
from bangfu.core.allocation.problem import Problem, ShareRule


@dataclass(frozen=True, slots=True)
class Rule:
    """One removable rule of the problem: what it is and where it stands in the document."""

    kind: str
    path: str
    id: str = ""


@dataclass(slots=True)
class Row:
    """lo <= sum(coefs * columns) <= hi, in whole numbers; None is no bound."""

    cols: list[int]
    coefs: list[int]
    lo: int | None
    hi: int | None
    rule: int | None = None  # index into Program.rules; None: a fact, never dropped
    scale: int = 1  # the denominator the row was multiplied by
    money: bool = True


@dataclass(slots=True)
class Program:
    """Every column and row. `upper[j]` bounds column j in its own unit; the lower bound is 0."""

    reduction: Reduction
    upper: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    required: list[tuple[int, int]] = field(default_factory=list)  # (project, rule)
    switch: dict[int, int] = field(default_factory=dict)  # divisible project → its 0/1 column
    flow_cols: dict[tuple[int, int], int] = field(default_factory=dict)  # (source, hub)
    cell_cols: dict[tuple[int, int], int] = field(default_factory=dict)  # (hub, class)
    short_cols: dict[int, int] = field(default_factory=dict)  # floor → column
    first_money: int = 0  # columns from here on count fen

    @property
    def problem(self) -> Problem:
        return self.reduction.problem

    def column(self, upper: int) -> int:
        self.upper.append(upper)
        return len(self.upper) - 1

    def chosen(self, project: int) -> int:
        """The column that is 1 when the project is selected."""
        return self.switch.get(project, project)


def build_program(reduction: Reduction) -> Program:
    """State every rule of the problem over the reduction's columns."""
    program = Program(reduction)
    _columns(program)
    _source_rows(program)
    _class_rows(program)
    _amount_rows(program)
    _share_rows(program)
    _logic_rows(program)
    return program


def _columns(program: Program) -> None:
    reduction, problem = program.reduction, program.problem
    for p, project in enumerate(problem.projects):
        program.column(project.max_units if reduction.fundable(p) else 0)
    index = {project.id: p for p, project in enumerate(problem.projects)}
    logic = [*problem.rules.exclusive, *problem.rules.requires]
    for p in sorted({index[name] for group in logic for name in group}):
        if problem.projects[p].max_units > 1:
            program.switch[p] = program.column(1)
    program.first_money = len(program.upper)
    for h, hub in enumerate(reduction.hubs):
        for s in hub.sources:
            program.flow_cols[s, h] = program.column(reduction.sources[s].amount_fen)
        if _has_cells(reduction, h):
            money = sum(reduction.sources[s].amount_fen for s in hub.sources)
            for c in hub.classes:
                program.cell_cols[h, c] = program.column(min(money, _class_cost(reduction, c)))
    for j, floor in enumerate(problem.rules.floors):
        if not floor.hard:
            program.short_cols[j] = program.column(floor.amount_fen)


def _class_cost(reduction: Reduction, c: int) -> int:
    projects = reduction.problem.projects
    return sum(projects[p].unit_fen * projects[p].max_units for p in reduction.classes[c].projects)


def _has_cells(reduction: Reduction, h: int) -> bool:
    """A kind that one band alone may pay needs no cells: the projects' cost is the cell."""
    first = reduction.hubs[h].classes[0]
    return len(reduction.classes[first].bands) > 1


def _cost_terms(program: Program, projects: Iterable[int]) -> tuple[list[int], list[int]]:
    units = program.problem.projects
    cols = [p for p in projects if units[p].unit_fen]
    return cols, [units[p].unit_fen for p in cols]


def _source_rows(program: Program) -> None:
    """No source pays more than it holds, recipes included."""
    reduction, problem = program.reduction, program.problem
    source_of = {i: s for s, source in enumerate(reduction.sources) for i in source.lines}
    index = {line.id: i for i, line in enumerate(problem.fund_lines)}
    terms: list[tuple[list[int], list[int]]] = [([], []) for _ in reduction.sources]
    for (s, _hub), col in program.flow_cols.items():
        terms[s][0].append(col)
        terms[s][1].append(1)
    for p, project in enumerate(problem.projects):
        for name, fen in project.recipe or ():
            cols, coefs = terms[source_of[index[name]]]
            cols.append(p)
            coefs.append(fen)
    for source, (cols, coefs) in zip(reduction.sources, terms, strict=True):
        program.rows.append(Row(cols, coefs, None, source.amount_fen))


def _class_rows(program: Program) -> None:
    """What flows into a hub is what its classes take; a class gets exactly its cost."""
    reduction = program.reduction
    by_class: dict[int, list[int]] = {}
    for h, hub in enumerate(reduction.hubs):
        inflow = [program.flow_cols[s, h] for s in hub.sources]
        if _has_cells(reduction, h):
            cells = [program.cell_cols[h, c] for c in hub.classes]
            for c, col in zip(hub.classes, cells, strict=True):
                by_class.setdefault(c, []).append(col)
            cols, coefs = cells, [1] * len(cells)
        else:
            projects = [p for c in hub.classes for p in reduction.classes[c].projects]
            cols, coefs = _cost_terms(program, projects)
        program.rows.append(Row(inflow + cols, [1] * len(inflow) + [-k for k in coefs], 0, 0))
    for c, cells in sorted(by_class.items()):
        cols, coefs = _cost_terms(program, reduction.classes[c].projects)
        program.rows.append(Row(cells + cols, [1] * len(cells) + [-k for k in coefs], 0, 0))


def _amount_rows(program: Program) -> None:
    reduction, rules = program.reduction, program.problem.rules
    for j, rule in enumerate(reduction.amount_rules):
        cols, coefs = spending_terms(program, j)
        is_floor = j < len(rules.floors)
        if is_floor and not rule.hard:
            short = program.short_cols[j]
            program.rows.append(Row([*cols, short], [*coefs, 1], rule.amount_fen, None))
        elif is_floor:
            named = _rule(program, "floor", f"$.rules.floors[{j}]", rule.id)
            program.rows.append(Row(cols, coefs, rule.amount_fen, None, named))
        else:
            path = f"$.rules.ceilings[{j - len(rules.floors)}]"
            named = _rule(program, "ceiling", path, rule.id)
            program.rows.append(Row(cols, coefs, None, rule.amount_fen, named))
    if rules.total_at_least_fen is not None:
        named = _rule(program, "total_at_least", "$.rules.total_at_least_fen")
        cols, coefs = _cost_terms(program, range(len(program.problem.projects)))
        program.rows.append(Row(cols, coefs, rules.total_at_least_fen, None, named))


def spending_terms(program: Program, j: int) -> tuple[list[int], list[int]]:
    """What amount rule `j` counts: whole costs where it sees every payer, else cells."""
    reduction, problem = program.reduction, program.problem
    mask = reduction.rule_lines[j]
    index = {line.id: i for i, line in enumerate(problem.fund_lines)}
    cols: list[int] = []
    coefs: list[int] = []
    partial: dict[int, None] = {}
    for p in reduction.in_scope[j]:
        project = problem.projects[p]
        fen = project.unit_fen
        if project.recipe is not None:
            fen = sum(part for name, part in project.recipe if mask >> index[name] & 1)
        elif reduction.class_of[p] < 0 or not reduction.payers[p] & mask:
            continue
        elif reduction.payers[p] & ~mask:
            partial[reduction.class_of[p]] = None
            continue
        if fen:
            cols.append(p)
            coefs.append(fen)
    seen_bands = {reduction.band_of[i] for i in bits(mask & ((1 << len(reduction.band_of)) - 1))}
    for h, c in _cells_of(reduction, partial):
        if reduction.hubs[h].band in seen_bands:
            cols.append(program.cell_cols[h, c])
            coefs.append(1)
    return cols, coefs


def _cells_of(reduction: Reduction, classes: Iterable[int]) -> list[tuple[int, int]]:
    wanted: dict[int, list[int]] = {}
    for c in classes:
        wanted.setdefault(reduction.classes[c].kind, []).append(c)
    return [(h, c) for h, hub in enumerate(reduction.hubs) for c in wanted.get(hub.kind, ())]


def _share_rows(program: Program) -> None:
    reduction, problem = program.reduction, program.problem
    for i, line in enumerate(problem.fund_lines):
        if line.share_rules and line.poolable:
            spent = _line_spending(program, i)
            for r, share in enumerate(line.share_rules):
                path = f"$.fund_lines[{i}].share_rules[{r}]"
                _share_row(program, share, spent, _rule(program, "line_share", path, line.id))
    everything = [
        (p, project.unit_fen, project.purpose)
        for p, project in enumerate(problem.projects)
        if project.unit_fen and reduction.fundable(p)
    ]
    for r, share in enumerate(problem.rules.share_rules):
        path = f"$.rules.share_rules[{r}]"
        _share_row(program, share, everything, _rule(program, "share", path))


def _line_spending(program: Program, i: int) -> list[tuple[int, int, str]]:
    """(column, fen, purpose) of everything line `i` spends. Its band holds no other line."""
    reduction, problem = program.reduction, program.problem
    spent = [
        (p, fen, project.purpose)
        for p, project in enumerate(problem.projects)
        for name, fen in project.recipe or ()
        if name == problem.fund_lines[i].id and fen
    ]
    for h, hub in enumerate(reduction.hubs):
        if hub.band != reduction.band_of[i]:
            continue
        for c in hub.classes:
            members = reduction.classes[c].projects
            if (h, c) in program.cell_cols:
                # Every purpose of a class is counted alike by this line's share rules.
                purpose = problem.projects[members[0]].purpose
                spent.append((program.cell_cols[h, c], 1, purpose))
            else:
                spent.extend(
                    (p, problem.projects[p].unit_fen, problem.projects[p].purpose) for p in members
                )
    return spent


def _share_row(
    program: Program, share: ShareRule, spent: list[tuple[int, int, str]], rule: int
) -> None:
    """in >= a·all and in <= b·all, each multiplied by its denominator."""
    for bound, sign in ((share.at_least, 1), (share.at_most, -1)):
        if bound is None:
            continue
        whole = Fraction(bound)
        cols, coefs = [], []
        for col, fen, purpose in spent:
            inside = whole.denominator if counts(share, purpose) else 0
            coef = sign * (inside - whole.numerator) * fen
            if coef:
                cols.append(col)
                coefs.append(coef)
        program.rows.append(Row(cols, coefs, 0, None, rule, scale=whole.denominator))


def _rule(program: Program, kind: str, path: str, name: str = "") -> int:
    program.rules.append(Rule(kind, path, name))
    return len(program.rules) - 1


def _logic_rows(program: Program) -> None:
    problem = program.problem
    index = {project.id: p for p, project in enumerate(problem.projects)}
    for p, switch in program.switch.items():
        most = problem.projects[p].max_units
        program.rows.append(Row([p, switch], [1, -1], 0, None, money=False))
        program.rows.append(Row([p, switch], [1, -most], None, 0, money=False))
    for g, group in enumerate(problem.rules.exclusive):
        cols = [program.chosen(index[name]) for name in dict.fromkeys(group)]
        named = _rule(program, "exclusive", f"$.rules.exclusive[{g}]")
        program.rows.append(Row(cols, [1] * len(cols), None, 1, named, money=False))
    for g, (name, prerequisite) in enumerate(problem.rules.requires):
        cols = [program.chosen(index[name]), program.chosen(index[prerequisite])]
        named = _rule(program, "requires", f"$.rules.requires[{g}]")
        program.rows.append(Row(cols, [1, -1], None, 0, named, money=False))
    for p, project in enumerate(problem.projects):
        if project.required:
            named = _rule(program, "required", f"$.projects[{p}].required", project.id)
            program.required.append((p, named))
