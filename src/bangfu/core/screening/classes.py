"""Classes of targeted help (seed 003 names six) and the measures that each suggests.

A class is data: its condition is a definition of `policy/`, of the household or of the village it
lies in, and so are its measures. A household of concern may fall into several classes or into none;
nothing here decides, it proposes and says by which facts.
"""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.core.language import Text
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import Type


@dataclass(frozen=True, slots=True)
class Shown:
    """A value that says why: what it is called, the column that holds it, and its node."""

    text: Text
    column: str
    node: Node

    @property
    def money(self) -> bool:
        """Whether it is shown in yuan."""
        return self.node.type is Type.MONEY


@dataclass(frozen=True, slots=True)
class HelpClass:
    """One class. `why` is its condition in words, `values` are what the condition rests on."""

    id: str
    text: Text
    why: Text
    condition: Node
    values: tuple[Shown, ...]
    measures: tuple[Text, ...] = ()

    @property
    def column(self) -> str:
        """Its flag in the table of classes."""
        return f"class_{self.id}"
