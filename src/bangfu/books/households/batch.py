"""A batch: what one import brings for a place and a year, as typed columns with the facts' names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db.models import Model

from bangfu.books.households import models
from bangfu.books.walls.bulk import Change
from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Kind, Table
from bangfu.core.sheets.assemble import DTYPES


@dataclass(frozen=True, slots=True)
class Target:
    """Where a table of a batch is kept: its model, its key in the sheets, its columns with their
    types, and which of them are guarded. `dated`: the batch's year is added to each row."""

    name: Table
    model: type[Model]
    key: tuple[str, ...]
    schema: dict[str, Any]
    guarded: tuple[str, ...] = ()
    dated: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table


@dataclass(frozen=True, slots=True)
class Batch:
    """`frames` holds a polars frame a table of `core.facts`, with the names and types of its facts.
    Guarded columns hold plain text; they are sealed before they reach the database.

    A table that is not there is left alone; so is a column that its frame does not have. `place_code`
    is the place the batch speaks of: rows of that place in the books that the batch does not hold are
    absent (of incomes, those of the years it holds). `year` dates the village sheets. `source` names
    the files, for the journal.
    """

    place_code: str
    year: int
    frames: Mapping[Table, pl.DataFrame]
    source: str


@dataclass(frozen=True, slots=True)
class Diff:
    """What a batch changes, a `Change` a table. `written` is false for a dry run."""

    changes: Mapping[Table, Change] = field(default_factory=dict)
    written: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is added and nothing changed."""
        return not any(change.added or change.changed for change in self.changes.values())


def _target(name: Table, model: type[Model], *key: str) -> Target:
    facts = plain(name)
    return Target(
        name=name,
        model=model,
        key=key,
        schema={fact.name: DTYPES[fact.kind] for fact in facts.values()},
        guarded=tuple(fact.name for fact in facts.values() if fact.kind is Kind.GUARDED),
        dated=name is Table.VILLAGE,
    )


# In the order they are written: a parent before its children.
TARGETS: tuple[Target, ...] = (
    _target(Table.HOUSEHOLD, models.Household, "household_no"),
    _target(Table.PERSON, models.Person, "household_no", "person_no"),
    _target(Table.JOB, models.Job, "household_no", "person_no", "row_no"),
    _target(Table.PLAN, models.JobPlan, "household_no", "person_no", "row_no"),
    _target(Table.VILLAGE, models.VillageProfile, "place_code", "year"),
    _target(Table.INCOME, models.IncomeItem, "household_no", "year", "item"),
)
BY_NAME: dict[Table, Target] = {target.name: target for target in TARGETS}
