"""From whole cells to pieces: which line pays which project how many fen.

Inside a hub any source can pay any class, inside a class any source can pay any project, so filling
both sides in order is an exact integer flow: supplies and demands sum to the same, and each step
ends one of the two, so there are never more pieces than sources plus projects less one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from bangfu.core.allocation.classes import bits
from bangfu.core.allocation.flow import meet_needs
from bangfu.core.allocation.program import Program
from bangfu.core.allocation.tiers import Watch

Piece = tuple[int, int, int]  # line, project, fen


def split(program: Program, values: Sequence[int]) -> list[Piece]:
    """Pieces that pay every selected project exactly. `values` holds whole fen for every column."""
    reduction, problem = program.reduction, program.problem
    by_class: dict[int, list[tuple[int, int]]] = {}
    for h, hub in enumerate(reduction.hubs):
        supplies = [(s, values[program.flow_cols[s, h]]) for s in hub.sources]
        demands = [(c, _cell(program, values, h, c)) for c in hub.classes]
        for s, c, fen in fill(supplies, demands):
            by_class.setdefault(c, []).append((s, fen))
    paid: dict[int, list[tuple[int, int]]] = {}
    for c, supplies in sorted(by_class.items()):
        members = reduction.classes[c].projects
        demands = [(p, values[p] * problem.projects[p].unit_fen) for p in members]
        for s, p, fen in fill(supplies, demands):
            paid.setdefault(s, []).append((p, fen))
    pieces = _recipes(program, values)
    left = [line.amount_fen for line in problem.fund_lines]
    for line, _project, fen in pieces:
        left[line] -= fen
    for s, spent in sorted(paid.items()):
        # Money that lapses first is spent first.
        members_by_date = sorted(
            reduction.sources[s].lines, key=lambda i: (problem.fund_lines[i].spend_by or "~", i)
        )
        pieces.extend(fill([(i, left[i]) for i in members_by_date], spent))
    return sorted(_merged(pieces))


def fill(
    supplies: Iterable[tuple[int, int]], demands: Iterable[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """Fill demands from supplies in order: (supplier, demander, amount), none of them zero.

    Raises ValueError when the supplies do not reach.
    """
    found = []
    stock = iter(supplies)
    giver, left = -1, 0
    for taker, need in demands:
        while need:
            while left == 0:
                giver, left = next(stock, (-1, -1))
                if left < 0:
                    raise ValueError("the supplies do not cover the demands")
            part = min(left, need)
            found.append((giver, taker, part))
            left -= part
            need -= part
    return found


def _cell(program: Program, values: Sequence[int], h: int, c: int) -> int:
    col = program.cell_cols.get((h, c))
    if col is not None:
        return values[col]
    projects = program.problem.projects
    return sum(values[p] * projects[p].unit_fen for p in program.reduction.classes[c].projects)


def _recipes(program: Program, values: Sequence[int]) -> list[Piece]:
    index = {line.id: i for i, line in enumerate(program.problem.fund_lines)}
    return [
        (index[name], p, fen)
        for p, project in enumerate(program.problem.projects)
        if project.recipe is not None and values[p]
        for name, fen in project.recipe
        if fen
    ]


def _merged(pieces: list[Piece]) -> list[Piece]:
    totals: dict[tuple[int, int], int] = {}
    for line, project, fen in pieces:
        totals[line, project] = totals.get((line, project), 0) + fen
    return [(line, project, fen) for (line, project), fen in totals.items()]


def fewest_pieces(program: Program, values: Sequence[int], watch: Watch) -> tuple[list[Piece], int]:
    """Pieces, as few as were found in the time left, and a number no plan of this selection beats."""
    pieces, least = split(program, values), least_pieces(program, values)
    if len(pieces) > least and watch.left() > 0:
        packed = _packed(program, values)
        if len(packed) < len(pieces):
            pieces = packed
    return pieces, least


# What a band owes: (class, project, fen) of every project it pays a part of.
_Debts = dict[int, list[tuple[int, int, int]]]


def _packed(program: Program, values: Sequence[int]) -> list[Piece]:
    """Whole debts packed into single lines where they fit; only the rest is split."""
    problem = program.problem
    pieces = _recipes(program, values)
    left = [line.amount_fen for line in problem.fund_lines]
    for line, _project, fen in pieces:
        left[line] -= fen
    for band, debts in sorted(_debts(program, values).items()):
        lines = [i for i, of in enumerate(program.reduction.band_of) if of == band]
        debts.sort(key=lambda debt: (-debt[2], debt[1]))
        pieces.extend(_pay(program, lines, debts, left))
    return sorted(_merged(pieces))


def _debts(program: Program, values: Sequence[int]) -> _Debts:
    """Which part of each project each band pays: classes share out their cells in order."""
    reduction, projects = program.reduction, program.problem.projects
    cells: dict[int, list[tuple[int, int]]] = {}
    for h, hub in enumerate(reduction.hubs):
        for c in hub.classes:
            cells.setdefault(c, []).append((hub.band, _cell(program, values, h, c)))
    debts: _Debts = {}
    for c, supplies in sorted(cells.items()):
        owed = [(p, values[p] * projects[p].unit_fen) for p in reduction.classes[c].projects]
        owed.sort(key=lambda item: (-item[1], item[0]))
        for band, p, fen in fill(sorted(supplies, key=lambda cell: -cell[1]), owed):
            debts.setdefault(band, []).append((c, p, fen))
    return debts


def _pay(
    program: Program, lines: list[int], debts: list[tuple[int, int, int]], left: list[int]
) -> list[Piece]:
    """Pay one band's debts from its lines, which `left` says how much they hold; `left` shrinks.

    The largest debts go whole into the line they fit most tightly, as many of them as leave the
    rest payable: how many is found by halving, since each trial is one small integer flow.
    """
    low, high = 0, len(debts)
    best = _try(program, lines, debts, left, 0)
    while low < high:
        middle = (low + high + 1) // 2
        trial = _try(program, lines, debts, left, middle)
        if trial is None:
            high = middle - 1
        else:
            low, best = middle, trial
    if best is None:
        raise RuntimeError("whole cells that no integer flow pays")
    for line, _p, fen in best:
        left[line] -= fen
    return best


def _try(
    program: Program,
    lines: list[int],
    debts: list[tuple[int, int, int]],
    held: list[int],
    whole: int,
) -> list[Piece] | None:
    """Pay the first `whole` debts in one piece where they fit, the rest by flow; None: cannot."""
    reduction = program.reduction
    left = {i: held[i] for i in lines}
    pieces: list[Piece] = []
    rest: list[tuple[int, int, int]] = []
    for n, (c, p, fen) in enumerate(debts):
        fitting = [(left[i], i) for i in lines if left[i] >= fen and reduction.payers[p] >> i & 1]
        if n < whole and fitting:
            line = min(fitting)[1]
            left[line] -= fen
            pieces.append((line, p, fen))
        else:
            rest.append((reduction.classes[c].kind, p, fen))
    shares = _flow(program, left, rest)
    if shares is None:
        return None
    for kind, supplies in sorted(shares.items()):
        owed = [(p, fen) for k, p, fen in rest if k == kind]
        pieces.extend(fill(supplies, owed))
    return pieces


def _flow(
    program: Program, left: dict[int, int], rest: list[tuple[int, int, int]]
) -> dict[int, list[tuple[int, int]]] | None:
    """Per kind, what each line gives so that every debt is met; None when the money cannot."""
    need: dict[int, int] = {}
    payers: dict[int, int] = {}
    for kind, p, fen in rest:
        need[kind] = need.get(kind, 0) + fen
        payers[kind] = program.reduction.payers[p]
    givers = sorted(i for i, fen in left.items() if fen)
    may_give = {kind: [i for i in givers if payers[kind] >> i & 1] for kind in sorted(need)}
    given = meet_needs({i: left[i] for i in givers}, dict(sorted(need.items())), may_give)
    if given is None:
        return None
    shares: dict[int, list[tuple[int, int]]] = {kind: [] for kind in need}
    for (i, kind), fen in sorted(given.items()):
        shares[kind].append((i, fen))
    return shares


def least_pieces(program: Program, values: Sequence[int]) -> int:
    """A bound: each project needs as many pieces as its largest payers need to cover it."""
    reduction, problem = program.reduction, program.problem
    reach: dict[int, list[int]] = {}
    total = len(_recipes(program, values))
    for p, project in enumerate(problem.projects):
        cost = values[p] * project.unit_fen
        if project.recipe is not None or not cost:
            continue
        mask = reduction.payers[p]
        if mask not in reach:
            amounts = sorted((problem.fund_lines[i].amount_fen for i in bits(mask)), reverse=True)
            reach[mask] = list(accumulate(amounts))
        total += bisect_left(reach[mask], cost) + 1
    return total
