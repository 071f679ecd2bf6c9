"""The columns that rules are put together from: what a row has, and what is made of it once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, get_args

from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.nodes import Node, OfRows

# What a row has of its own: a fact, or what its rows or its likes say.
Given = nodes.FactRef | OfRows | nodes.Shared
# Made of givens once, in the table whose facts it names, then carried like a fact.
Made = (
    nodes.Compare
    | nodes.In
    | nodes.Holds
    | nodes.StartsWith
    | nodes.Contains
    | nodes.IsMissing
    | nodes.Call
)
Leaf = Given | Made
_GIVEN = get_args(Given)
_MADE = get_args(Made)


@cache
def givens(node: Node) -> tuple[Given, ...]:
    """The facts and aggregates of the row that a node names, each once."""
    return tuple(_found(node, lambda each: isinstance(each, _GIVEN)))


@cache
def leaves(node: Node) -> tuple[Leaf, ...]:
    """The columns that a node is put together from, each once."""
    return tuple(_found(node, _is_leaf))


def _is_leaf(node: Node) -> bool:
    return isinstance(node, _GIVEN) or (isinstance(node, _MADE) and bool(givens(node)))


def _found(node: Node, wanted: Callable[[Node], bool]) -> list[Any]:
    found: dict[Node, None] = {}
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if wanted(each):
            found[each] = None
        else:
            waiting.extend(reversed(each.children))
    return list(found)
