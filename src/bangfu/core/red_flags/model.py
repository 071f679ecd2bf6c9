"""What a red flag is: a rule, what it is about, why in one sentence, and the rows that made it fire."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bangfu.core.language import Text
from bangfu.core.money import format_yuan
from bangfu.core.places import contains
from bangfu.core.policy.model import Value
from bangfu.core.policy.resolve import Policy
from bangfu.core.red_flags.signs import Sign


class Kind(StrEnum):
    """What a flag or one of its rows is about. The values are stored."""

    COUNTY = "county"
    LINE = "line"
    PROJECT = "project"
    CONTRACT = "contract"
    PAYMENT = "payment"
    POSTING = "posting"
    NOTICE = "notice"
    VILLAGE = "village"
    RELATION = "relation"
    HOUSEHOLD = "household"
    PAYEE = "payee"


@dataclass(frozen=True, slots=True)
class Row:
    """One row that made a rule fire: what it is, in words, with its amount and day where it has them."""

    kind: Kind
    key: str
    text: Text
    fen: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that somebody should look at.

    `about` tells several findings of one rule on one subject apart; it stays the same while the matter
    is the same, whatever its amounts become.
    """

    rule: str
    subject: Kind
    key: str
    label: str
    place_code: str
    reason: Text
    rows: Sequence[Row]
    department: str = ""
    about: str = ""

    @property
    def evidence(self) -> str:
        """SHA-256 of the rows: another one means that the matter has changed."""
        told = [
            [row.kind, row.key, row.text.zh, row.fen, row.day and row.day.isoformat()]
            for row in self.rows
        ]
        text = json.dumps([self.reason.zh, told], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the policy states it for a place on a day, with the signs by which it fires."""

    id: str
    title: Text
    meaning: Text
    next: Text
    value: Value
    signs: tuple[Sign, ...]

    def of_matter(self, about: str) -> tuple[Sign, ...]:
        """The signs that may have raised a flag of the rule, told by what the flag is about."""
        fitting = [
            sign for sign in self.signs if f"{about} ".startswith(f"{sign.matter} ".lstrip())
        ]
        nearest = max((len(sign.matter) for sign in fitting), default=0)
        return tuple(sign for sign in fitting if len(sign.matter) == nearest)


@dataclass(frozen=True, slots=True)
class Asked:
    """The policy's values for a county on a day."""

    policy: Policy
    place: str
    on: date

    def get(self, key: str) -> Any:
        """A value in the unit rules reckon in; None where the policy says nothing here."""
        found = self.value(key)
        return None if found is None else found.value

    def value(self, key: str) -> Value | None:
        """The whole value of a key, or None."""
        if key not in self.policy.keys:
            return None
        values = self.policy.in_force(key, self.on)
        return next((one for one in values if contains(one.place, self.place)), None)

    def sign(self, known: Sign | None, other: Sign) -> Sign | None:
        """Of two statements of one sign, that in force here whose place is the most specific."""
        if not (contains(other.place, self.place) and other.period.covers(self.on)):
            return known
        return other if known is None or contains(known.place, other.place) else known

    def rule(self, name: str, signs: tuple[Sign, ...]) -> Rule | None:
        """A rule with its signs, where it is in force."""
        value = self.value(f"red_flags.{name}")
        if value is None:
            return None
        said = value.value
        return Rule(
            name,
            value.title,
            Text(said["meaning_zh"], said["meaning_en"]),
            Text(said["next_zh"], said["next_en"]),
            value,
            signs,
        )


def yuan(fen: int) -> str:
    """An amount in a sentence: whole yuan without their two zeros."""
    return format_yuan(fen).removesuffix(".00")


def listed(words: Iterable[str]) -> Text:
    """Several words in a row."""
    known = list(words)
    return Text("、".join(known), ", ".join(known))
