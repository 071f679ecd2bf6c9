"""The history of a household: every change, who made it, when, why, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db.models import Model

from bangfu.books.households.batch import TARGETS, Target
from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.core.sheets.income import ITEMS

_TABLES = (Table.HOUSEHOLD, Table.PERSON, Table.JOB, Table.PLAN, Table.INCOME)
# Columns of a history row that are not facts.
_OWN = {"pgh_id", "pgh_created_at", "pgh_label", "actor", "reason", "request", "id"}
SHOWN_ACTS = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed. A sealed value is said to have changed, and not shown."""

    what: Text
    label: Text
    kind: Kind
    before: object
    after: object
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Act:
    """What one request changed of a household."""

    at: datetime
    actor: str
    reason: str
    request: str
    changes: tuple[Change, ...]
    added: tuple[Text, ...]
    removed: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """One history row with the row before it, if any."""

    target: Target
    row: dict[str, Any]
    before: dict[str, Any] | None


def acts(household_no: str, *, limit: int = SHOWN_ACTS) -> list[Act]:
    """The acts that changed a household and its members, latest first, within the scope.

    People are followed by household and number, so that a split or a merger shows as leaving one
    household and joining another.
    """
    steps = [
        step
        for target in TARGETS
        if target.name in _TABLES
        for step in _steps(target, household_no)
    ]
    steps.sort(key=lambda step: (step.row["pgh_created_at"], step.row["request"]), reverse=True)
    found = (_act(list(together)) for _, together in groupby(steps, key=lambda s: s.row["request"]))
    return [act for act, _ in zip(found, range(limit), strict=False)]


def _steps(target: Target, household_no: str) -> Iterator[_Step]:
    history = _history_of(target.model)
    rows = (
        history.objects.filter(household_no=household_no)
        if target.name is Table.HOUSEHOLD
        else (history.objects.filter(household_id=household_no))
    )
    last: dict[tuple[object, ...], dict[str, Any]] = {}
    for row in rows.order_by("pgh_id").values():
        named = {("household_no" if k == "household_id" else k): v for k, v in row.items()}
        key = tuple(named[name] for name in target.key)
        yield _Step(target, named, last.get(key))
        if named["pgh_label"] == "delete":
            last.pop(key, None)
        else:
            last[key] = named


def _history_of(model: type[Model]) -> type[Model]:
    return apps.get_model("households", f"{model.__name__}History")


def _act(steps: list[_Step]) -> Act:
    changes: list[Change] = []
    added: list[Text] = []
    removed: list[Text] = []
    for step in steps:
        what = _named(step)
        if step.row["pgh_label"] == "delete":
            removed.append(what)
        elif step.before is None:
            added.append(what)
        else:
            changes += _changes(step, what)
    first = steps[0].row
    return Act(
        first["pgh_created_at"],
        first["actor"],
        first["reason"],
        first["request"],
        tuple(changes),
        tuple(added),
        tuple(removed),
    )


def _changes(step: _Step, what: Text) -> Iterator[Change]:
    facts = plain(step.target.name)
    before = step.before or {}
    for name, value in step.row.items():
        if name in _OWN or value == before.get(name):
            continue
        fact = facts.get(name)
        label = Text(fact.zh, fact.en) if fact else Text(name, name)
        kind = fact.kind if fact else Kind.TEXT
        if name in step.target.guarded:
            yield Change(what, label, kind, None, None, guarded=True)
        elif not name.endswith("_token"):
            yield Change(what, label, kind, before.get(name), value)


def _named(step: _Step) -> Text:
    """What a row is about, in words: a person's name, an income item, a spell of work."""
    if step.target.name is Table.HOUSEHOLD:
        return Text("本户", "the household")
    if step.target.name is Table.INCOME:
        item = ITEMS[step.row["item"]]
        return Text(f"{step.row['year']} 年{item.zh}", f"{item.en} of {step.row['year']}")
    name = step.row.get("name") or (step.before or {}).get("name")
    who = str(name or step.row.get("person_no") or "")
    return Text(who, who)
