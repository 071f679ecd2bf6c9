"""The tables and keys a policy file may hold, and how each plain key is read.

A reader takes what TOML gives and returns what the program keeps, or raises `Wrong` with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bangfu.core.facts import codes
from bangfu.core.facts.model import Table
from bangfu.core.language import Text
from bangfu.core.notices import KINDS as NOTICE_KINDS
from bangfu.core.payments.schemes import Formula, Payee
from bangfu.core.payments.terms import TermKind
from bangfu.core.places import is_code
from bangfu.core.workflow.model import EFFECTS, EVIDENCE, GIVENS, Decides, Duty, Subject
from bangfu.core.workflow.model import Kind as FieldKind

# Closed lists of values that a field of a procedure may offer, by name.
CODES: Mapping[str, tuple[str, ...]] = {
    "monitored_class": codes.MONITORED_CLASS,
    "risk": codes.RISK,
    "disaster": codes.DISASTER,
    "removal_mode": codes.REMOVAL_MODE,
    "housing_grade": codes.HOUSING_GRADE,
}
GRAINS = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE)
OBJECTS = (
    "household_expoor",
    "household_monitored",
    "household_mixed",
    "person_expoor",
    "person_monitored",
    "person_mixed",
    "village",
)
# How a fact of the domain was read; M is general knowledge, not verified.
TAGS = ("V", "VR", "W", "S", "C", "M")
STATUSES = ("verified", "unverified")


class Wrong(Exception):
    """A value that does not fit its key."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table."""

    read: Callable[[Any], Any]
    required: bool = False


def text(written: Any) -> str:
    """Some text."""
    if not isinstance(written, str) or not written.strip():
        raise Wrong("这里要文字", "text is needed here")
    return written.strip()


def expression(written: Any) -> str:
    """A rule, or a sentence that holds some, kept to the letter: its problems are told by column."""
    text(written)
    return str(written)


def anything(written: Any) -> Any:
    """Whatever stands there; read further with its unit."""
    return written


def place(written: Any) -> str:
    """A 12-digit code."""
    if not isinstance(written, str) or not is_code(written):
        raise Wrong("这里要 12 位区划代码", "a place code of 12 digits is needed here")
    return written


def day(written: Any) -> date:
    """A TOML date."""
    if not isinstance(written, date) or isinstance(written, datetime):
        raise Wrong("这里要日期，例如 2023-01-01", "a date is needed here, such as 2023-01-01")
    return written


def dotted(written: Any) -> str:
    """A key of a value: parts of letters, digits and _ with dots between."""
    name = text(written)
    parts = name.split(".")
    if not all(part.isascii() and part.isidentifier() for part in parts):
        raise Wrong(
            "键名只用英文字母、数字、下划线和点", "a key is made of names with dots between"
        )
    return name


def identifier(written: Any) -> str:
    """One name."""
    name = text(written)
    if not (name.isascii() and name.isidentifier()):
        raise Wrong("名称只用英文字母、数字和下划线", "a name is letters, digits and _")
    return name


def level(written: Any) -> int:
    """1 to 5."""
    if isinstance(written, bool) or written not in (1, 2, 3, 4, 5):
        raise Wrong("级别是 1 到 5；没有级别就不写", "a level is 1 to 5; leave it out when unrated")
    return int(written)


def texts(written: Any) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(written, list):
        raise Wrong("这里要列表", "a list is needed here")
    return tuple(text(each) for each in written)


def table(written: Any) -> dict[str, Any]:
    """A table of parameters."""
    if not isinstance(written, dict):
        raise Wrong("这里要表", "a table is needed here")
    return written


def yes_no(written: Any) -> bool:
    """true or false."""
    if not isinstance(written, bool):
        raise Wrong("这里要 true 或 false", "true or false is needed here")
    return written


def one_of(*allowed: str) -> Callable[[Any], str]:
    """One of a closed list."""

    def read(written: Any) -> str:
        if written not in allowed:
            listed = "、".join(allowed)
            raise Wrong(f"只能是 {listed}", f"must be one of {', '.join(allowed)}")
        return str(written)

    return read


_MUST = {"required": True}
_WORDS = {"zh": Key(text, **_MUST), "en": Key(text, **_MUST)}
_ORIGIN = {
    "source": Key(text, **_MUST),
    "status": Key(one_of(*STATUSES), **_MUST),
    "note": Key(text),
}
_GRAIN = Key(one_of(*GRAINS), **_MUST)

TABLES: Mapping[str, Mapping[str, Key]] = {
    "value": {
        "key": Key(dotted, **_MUST),
        "place": Key(place, **_MUST),
        "from": Key(day, **_MUST),
        "to": Key(day),
        "value": Key(anything, **_MUST),
        "unit": Key(text, **_MUST),
        "zh": Key(text),
        "en": Key(text),
        **_ORIGIN,
    },
    "check": {
        "id": Key(text, **_MUST),
        "level": Key(level),
        "object": Key(one_of(*OBJECTS), **_MUST),
        "grain": _GRAIN,
        "when": Key(expression, **_MUST),
        "look_at": Key(texts, **_MUST),
        "place": Key(place),
        "from": Key(day),
        "to": Key(day),
        "parameters": Key(table),
        **_WORDS,
        **_ORIGIN,
    },
    "definition": {
        "name": Key(identifier, **_MUST),
        "grain": _GRAIN,
        "when": Key(expression, **_MUST),
        "parameters": Key(table),
        "source": Key(text),
        "status": Key(one_of(*STATUSES)),
        "note": Key(text),
        **_WORDS,
    },
    "role": {
        "id": Key(identifier, **_MUST),
        "level": Key(level, **_MUST),
        **_WORDS,
    },
    "procedure": {
        "id": Key(identifier, **_MUST),
        "kind": Key(identifier, **_MUST),
        "subject": Key(one_of(*Subject), **_MUST),
        "place": Key(place, **_MUST),
        "from": Key(day, **_MUST),
        "to": Key(day),
        "given": Key(one_of(*GIVENS)),
        "notice_kind": Key(one_of(*NOTICE_KINDS)),
        **_WORDS,
        **_ORIGIN,
    },
    "step": {
        "procedure": Key(identifier, **_MUST),
        "id": Key(identifier, **_MUST),
        "roles": Key(texts, **_MUST),
        "level": Key(level, **_MUST),
        "duty": Key(one_of(*Duty), **_MUST),
        "decides": Key(one_of(*Decides), **_MUST),
        "next": Key(identifier, **_MUST),
        "returns_to": Key(texts),
        "other_than": Key(texts),
        "due": Key(dotted),
        "due_from": Key(identifier),
        "notice": Key(dotted),
        "notice_level": Key(level),
        "gap": Key(dotted),
        "majority": Key(dotted),
        "criteria": Key(dotted),
        "effect": Key(one_of(*EFFECTS)),
        "recompute": Key(yes_no),
        **_WORDS,
    },
    "field": {
        "procedure": Key(identifier, **_MUST),
        "step": Key(identifier, **_MUST),
        "id": Key(identifier, **_MUST),
        "kind": Key(one_of(*FieldKind), **_MUST),
        "required": Key(yes_no),
        "choices": Key(texts),
        "codes": Key(one_of(*CODES)),
        "most": Key(dotted),
        "needed_if": Key(identifier),
        "needed_value": Key(text),
        "only_then": Key(yes_no),
        "part_of": Key(identifier),
        "group": Key(text),
        "another": Key(yes_no),
        **_WORDS,
    },
    "criteria": {
        "id": Key(identifier, **_MUST),
        "purpose": Key(dotted, **_MUST),
        "place": Key(place, **_MUST),
        "from": Key(day, **_MUST),
        "to": Key(day),
        **_WORDS,
        **_ORIGIN,
    },
    "criterion": {
        "criteria": Key(identifier, **_MUST),
        "id": Key(identifier, **_MUST),
        "evidence": Key(one_of(*EVIDENCE)),
        "limit": Key(dotted),
        "warns": Key(yes_no),
        **_WORDS,
    },
    "scheme": {
        "id": Key(identifier, **_MUST),
        "place": Key(place, **_MUST),
        "from": Key(day, **_MUST),
        "to": Key(day),
        "grain": Key(one_of("person", "household"), **_MUST),
        "term": Key(one_of(*TermKind), **_MUST),
        "formula": Key(one_of(*Formula), **_MUST),
        "rate": Key(dotted),
        "most": Key(dotted),
        "cap": Key(dotted),
        "base_zh": Key(text),
        "base_en": Key(text),
        "purposes": Key(texts, **_MUST),
        "payee": Key(one_of(*Payee), **_MUST),
        "group": Key(identifier),
        **_WORDS,
        **_ORIGIN,
    },
    "condition": {
        "scheme": Key(identifier, **_MUST),
        "id": Key(identifier, **_MUST),
        "when": Key(expression, **_MUST),
        "parameters": Key(table),
        **_WORDS,
    },
    "sign": {
        "rule": Key(identifier, **_MUST),
        "id": Key(identifier, **_MUST),
        "place": Key(place, **_MUST),
        "from": Key(day, **_MUST),
        "to": Key(day),
        "about": Key(identifier, **_MUST),
        "among": Key(expression),
        "when": Key(expression, **_MUST),
        "matter": Key(text),
        "parameters": Key(table),
        "zh": Key(expression, **_MUST),
        "en": Key(expression, **_MUST),
        **_ORIGIN,
    },
    "left_out": {
        "id": Key(text, **_MUST),
        "why": Key(text, **_MUST),
        "zh": Key(text),
    },
    "source": {
        "id": Key(text, **_MUST),
        "address": Key(text),
        **_WORDS,
        "tag": Key(one_of(*TAGS), **_MUST),
        "note": Key(text),
    },
}
PARAMETER = {"value": Key(anything), "unit": Key(text), "key": Key(dotted), "note": Key(text)}
