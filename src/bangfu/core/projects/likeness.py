"""Look-alike projects (疑似重复项目): found by place, text and amount, exactly as docs/algorithms says.

Two projects are held side by side when one's place contains the other's. Their texts are compared by
pairs of neighbouring characters (Dice), after the names of places and the words every project has are
taken out; their amounts by the difference as a share of the larger.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from bangfu.core import places

# What nearly every project is called, so that it tells nothing; longer words first.
GENERIC = ("建设项目", "工程项目", "项目", "工程", "建设", "新建", "改建", "扩建", "续建")
_NOISE = re.compile(r"[\W_]+|\d+年?")


class Likeness(StrEnum):
    """How two projects resemble one another, the strongest first."""

    SEVERAL_DEPARTMENTS = "several_departments"  # one project, asked for by two departments
    SAME = "same"  # one project, asked for twice
    ALIKE = "alike"  # to be looked at


@dataclass(frozen=True, slots=True)
class Piece:
    """What is compared of a project. `names` are the names of its place that its text may hold."""

    number: str
    place_code: str
    name: str
    task: str
    department: str
    cost_fen: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """From which share of text on two are the same, or alike; how far amounts may lie apart."""

    same: Fraction
    alike: Fraction
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Pair:
    """Two projects that resemble one another: how, by what share of text, how far apart in amount."""

    one: Piece
    other: Piece
    likeness: Likeness
    text: Fraction
    amount: Fraction


def pairs(pieces: Iterable[Piece], rules: Rules) -> list[Pair]:
    """Every pair that resembles one another, the strongest first, then by numbers.

    Pieces of places that do not contain one another are never compared.
    """
    by_place: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_place.setdefault(piece.place_code, []).append(piece)
    grams = {
        piece.number: _grams(_plain(piece)) for listed in by_place.values() for piece in listed
    }
    found: list[Pair] = []
    for code, listed in by_place.items():
        above = [
            piece
            for level in places.Level
            if level < places.level(code)
            for piece in by_place.get(places.ancestor(code, level), ())
        ]
        for at, one in enumerate(listed):
            found += [
                pair
                for other in (*listed[at + 1 :], *above)
                if (pair := _pair(one, other, grams, rules)) is not None
            ]
    order = list(Likeness)
    return sorted(
        found, key=lambda p: (order.index(p.likeness), -p.text, p.one.number, p.other.number)
    )


def text_share(one: Piece, other: Piece) -> Fraction:
    """The share of text two pieces have in common, 0 to 1 (Dice over pairs of characters)."""
    return _dice(_grams(_plain(one)), _grams(_plain(other)))


def amount_apart(one: int, other: int) -> Fraction:
    """How far two amounts lie apart, as a share of the larger."""
    larger = max(one, other)
    return Fraction(abs(one - other), larger) if larger else Fraction(0)


def _pair(one: Piece, other: Piece, grams: dict[str, Counter[str]], rules: Rules) -> Pair | None:
    amount = amount_apart(one.cost_fen, other.cost_fen)
    if amount > rules.amount:
        return None
    text = _dice(grams[one.number], grams[other.number])
    if text >= rules.same:
        apart = one.department.strip() != other.department.strip()
        likeness = Likeness.SEVERAL_DEPARTMENTS if apart else Likeness.SAME
    elif text >= rules.alike:
        likeness = Likeness.ALIKE
    else:
        return None
    first, second = sorted((one, other), key=lambda piece: piece.number)
    return Pair(first, second, likeness, text, amount)


def _plain(piece: Piece) -> str:
    """The name and the task without the names of places, common words, numbers and marks."""
    return "|".join(_stripped(written, piece.names) for written in (piece.name, piece.task))


def _stripped(written: str, names: Sequence[str]) -> str:
    text = unicodedata.normalize("NFKC", written)
    for word in (*sorted(filter(None, names), key=len, reverse=True), *GENERIC):
        text = text.replace(word, "")
    return _NOISE.sub("", text).casefold()


def _grams(text: str) -> Counter[str]:
    """Pairs of neighbouring characters; a part of a single character counts as itself."""
    counted: Counter[str] = Counter()
    for part in text.split("|"):
        counted.update(part[at : at + 2] for at in range(len(part) - 1))
        if len(part) == 1:
            counted[part] += 1
    return counted


def _dice(one: Counter[str], other: Counter[str]) -> Fraction:
    size = one.total() + other.total()
    return Fraction(2 * (one & other).total(), size) if size else Fraction(0)
