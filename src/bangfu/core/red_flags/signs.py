"""A sign of a red flag, as the policy states it: what it is asked of, when it fires, what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bangfu.core.policy.documents import Spot
from bangfu.core.policy.model import ParameterSpec, Period, Status
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.policy.rules.types import Type
from bangfu.core.red_flags.subjects import Subject


@dataclass(frozen=True, slots=True)
class Word:
    """A place in a sentence for words of the candidate."""

    name: str


# What a sentence can say. A decimal is a share, and said in per cent.
SAID = frozenset({Type.INT, Type.DECIMAL, Type.MONEY, Type.TEXT, Type.DATE, Type.VALUES})
# A sentence in one language: plain words, words of the candidate, and values in the rule language.
Sentence = tuple[str | Word | Node, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """One way in which a rule fires, for a place and a period.

    `among` chooses the rows that count, None counts all; `when` is asked of what they are together.
    `matter` tells what a sign finds apart from what the rule's other signs find on one subject.
    """

    rule: str
    id: str
    subject: Subject
    among: Node | None
    when: Node
    written: Mapping[str, str]
    zh: Sentence
    en: Sentence
    matter: str
    parameters: Mapping[str, ParameterSpec]
    place: str
    period: Period
    source: str
    status: Status
    note: str
    spot: Spot

    @property
    def values(self) -> tuple[Node, ...]:
        """The values that its sentences hold, each once."""
        pieces = (piece for piece in (*self.zh, *self.en) if isinstance(piece, Node))
        return tuple(dict.fromkeys(pieces))

    @property
    def needs(self) -> tuple[str, ...]:
        """The policy values without which it is not asked."""
        keys = (spec.node.key for spec in self.parameters.values() if spec.node.key)
        return tuple(dict.fromkeys((*keys, *self.subject.needs)))
