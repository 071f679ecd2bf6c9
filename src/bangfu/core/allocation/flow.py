"""An exact integer flow from givers to takers, by shortest augmenting paths.

Small on purpose: the networks here have a few hundred givers and a few dozen takers. OR-tools is
not used because its wheel and highspy's each carry HiGHS, and cannot be loaded into one process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

G = TypeVar("G", bound=Hashable)
T = TypeVar("T", bound=Hashable)


def meet_needs(
    has: Mapping[G, int], needs: Mapping[T, int], may_give: Mapping[T, Sequence[G]]
) -> dict[tuple[G, T], int] | None:
    """Whole amounts given to each taker, summing to its need, none giving more than it has.

    `may_give` lists the givers of each taker. None when the needs cannot all be met. Only amounts
    above zero are returned.
    """
    given: dict[tuple[G, T], int] = {}
    left = dict(has)
    takers_of: dict[G, list[T]] = {}
    for taker, givers in may_give.items():
        for giver in givers:
            takers_of.setdefault(giver, []).append(taker)
    for taker, need in needs.items():
        missing = need
        while missing:
            path = _path(taker, left, given, may_give, takers_of)
            if path is None:
                return None
            missing -= _push(path, missing, left, given)
    return {pair: amount for pair, amount in given.items() if amount}


def _path(
    start: T,
    left: Mapping[G, int],
    given: Mapping[tuple[G, T], int],
    may_give: Mapping[T, Sequence[G]],
    takers_of: Mapping[G, Sequence[T]],
) -> list[tuple[G, T]] | None:
    """Pairs (giver, taker) from `start` to a giver with something left.

    Each giver but the last already gives to the next taker, which can turn to another giver.
    """
    came: dict[G, tuple[T, G | None]] = {}
    queue: deque[tuple[T, G | None]] = deque([(start, None)])
    reached = {start}
    while queue:
        taker, through = queue.popleft()
        for giver in may_give[taker]:
            if giver in came:
                continue
            came[giver] = (taker, through)
            if left[giver]:
                path: list[tuple[G, T]] = []
                step: G | None = giver
                while step is not None:
                    at, before = came[step]
                    path.append((step, at))
                    step = before
                return path[::-1]
            for other in takers_of[giver]:
                if other not in reached and given.get((giver, other), 0):
                    reached.add(other)
                    queue.append((other, giver))
    return None


def _push(
    path: list[tuple[G, T]],
    most: int,
    left: dict[G, int],
    given: dict[tuple[G, T], int],
) -> int:
    """Send as much as the path carries: each giver takes back from the next taker what it gives."""
    back = [(giver, path[n + 1][1]) for n, (giver, _taker) in enumerate(path[:-1])]
    amount = min([most, left[path[-1][0]], *(given[pair] for pair in back)])
    for pair in path:
        given[pair] = given.get(pair, 0) + amount
    for pair in back:
        given[pair] -= amount
    left[path[-1][0]] -= amount
    return amount
