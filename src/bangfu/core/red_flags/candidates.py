"""What may be a red flag: a subject with its facts and the rows behind it, before a sign is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

from bangfu.core.language import Text
from bangfu.core.red_flags.model import Kind, Row

Given = bool | int | str | date | Fraction | Sequence[str] | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """A row that counts where a sign's `among` holds: its facts, and what it is a row of."""

    facts: Mapping[str, Given]
    of: T


# Leaves the rows for which a sign's `among` holds, in their order.
Among = Callable[[Sequence[Counted[T]]], Sequence[T]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One subject: the facts that its sign is asked of, its words, and its rows, made when it fires.

    `about` tells several findings on one subject apart; it stays the same while the matter is the same.
    """

    kind: Kind
    key: str
    label: str
    place_code: str
    facts: Mapping[str, Given]
    rows: Callable[[], Sequence[Row]]
    department: str = ""
    about: str = ""
    words: Mapping[str, Text] = field(default_factory=dict)
