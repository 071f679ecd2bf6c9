"""Cases of what later apps keep: what such an app tells the one engine of its things.

The books of households come before the cases; projects come after. An app that keeps a kind of subject
says here what its conditions rest on, what its notices show and what its effects do, when it is loaded:

    subjects.keep(Subject.PROJECT, Kept(...))       # in the app's `ready`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bangfu.books.cases.models import Case
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.evidence import Evidence
from bangfu.core.workflow.model import Criteria, Subject

Row = Mapping[str, Any]
Effect = Callable[[str, Sequence[Case], Mapping[int, Row], Policy, date], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """What an app tells of its things, each named by a case's `about`.

    `address` gives the page of a thing. `conditions` gives by case and condition the evidence of a list;
    its arguments are the cases, the list, the answers given so far, the policy and the day.
    `notice_rows` gives by case what a notice shows of it. `effects` are what steps do; `reads` names
    the answers that each reads. `refused` is told by whom, which cases, and why, when cases are rejected.
    """

    address: Callable[[str], str]
    conditions: Callable[
        [Sequence[Case], Criteria, Mapping[int, Row], Policy, date], dict[int, dict[str, Evidence]]
    ]
    notice_rows: Callable[[Sequence[Case]], dict[int, dict[str, str]]]
    effects: Mapping[str, Effect] = field(default_factory=dict)
    reads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Callable[[str, Sequence[Case], str], None] | None = None


KEPT: dict[Subject, Kept] = {}


def keep(subject: Subject, kept: Kept) -> None:
    """Say what an app keeps; once for each kind of subject."""
    assert subject not in KEPT, subject
    KEPT[subject] = kept


def effects() -> dict[str, Effect]:
    """Every effect of what later apps keep."""
    return {name: act for kept in KEPT.values() for name, act in kept.effects.items()}


def reads() -> dict[str, Sequence[str]]:
    """The answers that these effects read."""
    return {name: fields for kept in KEPT.values() for name, fields in kept.reads.items()}
