"""What if a line, a weight or a threshold were another: who would come in, who would fall out.

Nothing is written. The books that a scope sees are laid once into a database in memory, with every
fact of the screening computed; a change then asks again only for what it touches, through the same
expressions as the screening itself. What was laid is kept for the scope that laid it and for no other,
and only while neither the books nor the policy have changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import duckdb as duck
import ibis.expr.types as ir
import polars as pl
from django.db import connection

from bangfu.books.households.batch import TARGETS
from bangfu.books.households.queries import snapshot_frames
from bangfu.books.screening.live import latest_year
from bangfu.books.walls.scope import Scope, for_engines
from bangfu.core import places
from bangfu.core.facts.model import Table
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules.compose import Composer, Keep
from bangfu.core.policy.rules.nodes import Node
from bangfu.core.screening.asked import keys_of, laid, laid_again
from bangfu.core.screening.expressions import HOUSEHOLD_KEY
from bangfu.core.screening.household import household_facts, household_screening
from bangfu.core.screening.setting import Setting, setting
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope as EngineScope

# Books laid at a time in one process: a county of 50,000 households takes some hundred megabytes.
KEPT = 3
GROUPS = ("concern", "poor")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose books (a scope), which place of them, by which policy, on which day."""

    scope: Scope
    place: str
    policy: Policy
    on: date


class Laid:
    """The books of a scope in a place with every fact of the screening, as policy has it."""

    def __init__(self, asked: Asked, frames: Mapping[Table, pl.DataFrame]) -> None:
        self.lock = Lock()
        self.is_open = True
        self.asked = asked
        self.setting = setting(asked.policy, place=asked.place, on=asked.on)
        # Twice the wall: the database gave only the scope's rows, and the door admits no others.
        admitted = _narrowed(for_engines(asked.scope), asked.place)
        with ExitStack() as stack:
            self.snapshot = stack.enter_context(duckdb.open_frames(frames, admitted))
            keep = stack.enter_context(self.snapshot.keeping())
            self.composer = Composer(self.snapshot.tables, self.setting.asking, keep)
            self.composer.lay(Table.HOUSEHOLD, self.setting.of_household.values(), {})
            self.facts = keep(household_facts(self.composer, self.setting))
            self.frame = self.snapshot.frame(_standing(self.facts, self.setting, "now"))
            self._stack = stack.pop_all()

    def moved(self, changes: Mapping[str, Any]) -> pl.DataFrame:
        """Every household with whether it is of concern and poor, now and as the changes would have it.

        Columns: place_code, household_no, then for each of GROUPS `<group>_now`, `<group>_then`.
        """
        policy = self.asked.policy.as_if(changes, place=self.asked.place, on=self.asked.on)
        made = setting(policy, place=self.asked.place, on=self.asked.on)
        touched = {
            name: node for name, node in made.of_household.items() if keys_of(node) & changes.keys()
        }
        with self.snapshot.keeping() as keep:
            facts = self._facts(made, touched, changes, keep) if touched else self.facts
            then = self.snapshot.frame(_standing(facts, made, "then"))
        return self.frame.join(then, on=HOUSEHOLD_KEY, how="inner")

    def _facts(
        self,
        made: Setting,
        touched: Mapping[str, Node],
        changes: Mapping[str, Any],
        keep: Keep,
    ) -> ir.Table:
        """The facts with those that a change touches asked again."""
        again = laid_again(self.composer, Table.HOUSEHOLD, touched, made.asking, changes.keys())
        if again is None:
            composer = Composer(self.snapshot.tables, made.asking, keep)
            again = laid(composer, Table.HOUSEHOLD, touched)
        return self.facts.drop(*touched).inner_join(again, list(HOUSEHOLD_KEY))

    def close(self) -> None:
        """Give the memory back, once nobody asks any more."""
        with self.lock:
            self.is_open = False
            self._stack.close()


_laid: OrderedDict[tuple[object, ...], Laid] = OrderedDict()
_guard = Lock()


@contextmanager
def laid_books(asked: Asked) -> Iterator[Laid]:
    """The laid books of exactly this scope, place, policy and day, as they are now; one user at a time.

    Reads in the open transaction, whose scope must be `asked.scope`.
    """
    state = _state(asked)
    found = _taken(state) or _kept(state, Laid(asked, _frames(asked)))
    with found.lock:
        if not found.is_open:  # put out between two lines, for other books
            found = Laid(asked, _frames(asked))
        try:
            yield found
        except duck.Error:
            with _guard:
                _laid.pop(state, None)
            raise


def _taken(state: tuple[object, ...]) -> Laid | None:
    """What is laid for a state, marked as used last."""
    with _guard:
        found = _laid.pop(state, None)
        if found is not None:
            _laid[state] = found
        return found


def _kept(state: tuple[object, ...], made: Laid) -> Laid:
    """Keep what was laid, unless another request has laid the same meanwhile; put out the oldest."""
    with _guard:
        found = _laid.setdefault(state, made)
        gone = [_laid.pop(next(iter(_laid))) for _ in range(len(_laid) - KEPT)]
    if found is not made:
        gone.append(made)
    for one in gone:
        one.close()
    return found


def _state(asked: Asked) -> tuple[object, ...]:
    """What must be equal for laid books to be used again: who sees what, and how far the books are.

    Every change of a row leaves a history row in the place where the row is then; a household that
    leaves the scope leaves none in it, so the rows are counted too.
    """
    latest = ", ".join(
        f"(select max(pgh_id) from {target.table}history)" for target in TARGETS
    )  # a table's own name, from the models
    counted = ", ".join(
        f"(select count(*) from {target.table})"
        for target in TARGETS
        if target.name in (Table.HOUSEHOLD, Table.PERSON)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"select current_database(), {latest}, {counted}")
        [row] = cursor.fetchall()
    scope = asked.scope
    return (scope.places, scope.classes, asked.place, asked.on, id(asked.policy), *row)


def _frames(asked: Asked) -> dict[Table, pl.DataFrame]:
    low, high = places.code_range(asked.place)
    inside = (pl.col("place_code") >= low) & (pl.col("place_code") < high)
    found = snapshot_frames(year=latest_year(asked.on))
    return {table: frame.filter(inside) for table, frame in found.items()}


def _narrowed(scope: EngineScope, place: str) -> EngineScope:
    """The part of a scope that lies in a place."""
    inside = [
        place if places.contains(held, place) else held
        for held in scope.places
        if places.contains(held, place) or places.contains(place, held)
    ]
    return EngineScope.of(inside, scope.classes)


def _standing(facts: ir.Table, made: Setting, when: str) -> ir.Table:
    found = household_screening(facts, made)
    return found.select(*HOUSEHOLD_KEY, **{f"{group}_{when}": found[group] for group in GROUPS})


@dataclass(frozen=True, slots=True)
class Move:
    """A group in a place: how many are in it now and then, how many come in and fall out."""

    now: int
    then: int
    comes_in: int
    falls_out: int


def moves(moved: pl.DataFrame, level: places.Level) -> dict[str, dict[str, Move]]:
    """By place of a level, then by group. Only places with households."""
    digits = places.DIGITS[level]
    columns = []
    for group in GROUPS:
        now, then = pl.col(f"{group}_now"), pl.col(f"{group}_then")
        counts = (now.sum(), then.sum(), (then & ~now).sum(), (now & ~then).sum())
        columns += [count.alias(f"{group}_{n}") for n, count in enumerate(counts)]
    found = (
        moved.group_by(pl.col("place_code").str.slice(0, digits).alias("part"))
        .agg(columns)
        .sort("part")
    )
    return {
        row["part"].ljust(places.CODE_LENGTH, "0"): {
            group: Move(*(row[f"{group}_{n}"] for n in range(4))) for group in GROUPS
        }
        for row in found.iter_rows(named=True)
    }


def who(moved: pl.DataFrame, *, group: str, comes_in: bool, place: str) -> list[str]:
    """The numbers of the households of a place that come into a group, or fall out of it."""
    low, high = places.code_range(place)
    now, then = pl.col(f"{group}_now"), pl.col(f"{group}_then")
    turned = (then & ~now) if comes_in else (now & ~then)
    inside = (pl.col("place_code") >= low) & (pl.col("place_code") < high)
    return moved.filter(turned & inside)["household_no"].to_list()
