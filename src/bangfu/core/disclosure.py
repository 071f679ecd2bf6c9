"""Which small counts a table for readers without the right to see persons leaves out.

A count of one or two in a village names people to whoever knows the village. Left out alone it is
found again by subtraction, so another count of the same total goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping


def left_out(
    counts: Mapping[str, int], *, small: int, total_left_out: bool = False
) -> frozenset[str]:
    """The keys of `counts`, parts of one total, that are not shown.

    Counts from 1 to below `small`; with any of them the smallest other count that is not small, or,
    where every count is small, all of them. When their total is left out itself, at least the smallest
    count above nothing goes too: else the parts would tell it.
    """
    hidden = {key for key, count in counts.items() if 0 < count < small}
    if hidden:
        others = [key for key, count in counts.items() if count >= small]
        if not others:
            return frozenset(counts)
        return frozenset({*hidden, min(others, key=lambda key: (counts[key], key))})
    if total_left_out:
        return frozenset(
            sorted((key for key in counts if counts[key]), key=lambda key: (counts[key], key))[:1]
        )
    return frozenset()
