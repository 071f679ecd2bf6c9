"""A scope's settings, read as the policies read them, are exactly its places."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bangfu.books.walls.scope import Scope
from bangfu.core import places

# Few digits, so that places often lie in one another.
VILLAGES = st.tuples(
    *[st.sampled_from(("11", "12"))] * 3, *[st.sampled_from(("101", "102"))] * 2
).map("".join)
PLACES = st.builds(places.ancestor, VILLAGES, st.sampled_from(places.Level))


def _seen(settings: dict[str, str], code: str) -> bool:
    """`policies.in_scope`, in Python."""
    low, high, pattern = (settings[f"app.{name}"] or None for name in ("lo", "hi", "pattern"))
    if low is None or high is None or not low <= code < high:
        return False
    if high == f"{low}:" or (low, high) == ("0", ":"):
        return True
    return pattern is not None and re.search(pattern, code) is not None


@given(st.lists(PLACES, max_size=5), st.lists(VILLAGES, min_size=1, max_size=5))
def test_a_scope_is_its_places(scope_places, villages):
    settings = Scope(tuple(scope_places), frozenset(), "test").settings()
    for village in villages:
        inside = any(places.contains(place, village) for place in scope_places)
        assert _seen(settings, village) is inside
