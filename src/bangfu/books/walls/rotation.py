"""A new key: every sealed value is sealed again and every token made again, history included.

The new key stands first in BANGFU_KEY (or the key file), the old ones after it. Work goes in batches, each
its own transaction; a value tells by its first bytes which key sealed it, so that a run that was broken
off goes on where it stopped. The old keys are needed until a run has ended with nothing left.

History rows are sealed again where they stand, with the triggers that refuse changes and write history
set aside: what they say does not change.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import connections
from django.db.models import Model

from bangfu.books.walls import keys
from bangfu.books.walls.guarded import SealedField, TokenField, opened, sealed, token_by
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places

BATCH = 5_000
OWNER = "owner"
# The purpose opens second factors, the reason tells triggers that nobody new comes in.
_SCOPE = Scope((places.NATION,), frozenset(DataClass), "operators")
REASON = "key rotation"


@dataclass(frozen=True, slots=True)
class Rotated:
    """How many rows were sealed again, how many tokens without a number beside them were made again, and
    how many of those could not be: nobody in the books has their number. Those lists come in again."""

    rows: int
    tokens: int
    tokens_left: int


@dataclass(frozen=True, slots=True)
class GuardedTable:
    """A table with guarded columns; `tokens` pairs a token's column with the sealed one it is made of."""

    name: str
    key: str
    sealed: tuple[str, ...]
    tokens: tuple[tuple[str, str], ...]
    alone: tuple[str, ...]


def rotate(*, by: str, batch: int = BATCH) -> Rotated:
    """Bring every guarded value under the first of the keys in use."""
    guarded_tables = tables()
    rows = sum(_reseal(table, by, batch) for table in guarded_tables if table.sealed)
    known = _known_tokens(guarded_tables, by, batch)
    again = left = 0
    for table in guarded_tables:
        for column in table.alone:
            changed, missing = _retoken(table, column, known, by)
            again, left = again + changed, left + missing
    return Rotated(rows, again, left)


def tables() -> list[GuardedTable]:
    """Every table of the books with sealed columns or tokens, histories included."""
    return [table for table in map(_table, apps.get_models()) if table is not None]


def _table(model: type[Model]) -> GuardedTable | None:
    fields = model._meta.local_fields
    if not model._meta.managed or model._meta.pk is None:
        return None
    hidden = tuple(field.column for field in fields if isinstance(field, SealedField))
    tokens = [field.column for field in fields if isinstance(field, TokenField)]
    if not hidden and not tokens:
        return None
    pairs = {}
    for column in tokens:
        base = column.removesuffix("_token")
        source = next((name for name in (base, f"{base}_number") if name in hidden), None)
        if source is not None:
            pairs[column] = source
    return GuardedTable(
        model._meta.db_table,
        model._meta.pk.column,
        hidden,
        tuple(pairs.items()),
        tuple(column for column in tokens if column not in pairs),
    )


def _reseal(table: GuardedTable, by: str, batch: int) -> int:
    """Seal a table's values again, batch by batch, until none is under another key."""
    current = keys.current().current
    other = " or ".join(f'substr("{name}", 1, {keys.ID_BYTES}) <> %s' for name in table.sealed)
    names = ", ".join(f'"{name}"' for name in table.sealed)
    written = [*table.sealed, *(token for token, _ in table.tokens)]
    sets = ", ".join(f'"{name}" = new."{name}"' for name in written)
    lists = ", ".join(
        [
            "%s::text[]",
            *("%s::bytea[]" for _ in table.sealed),
            *("%s::text[]" for _ in table.tokens),
        ]
    )
    columns = ", ".join(f'"{name}"' for name in written)
    make = token_by(current)
    done = 0
    while True:
        with _at_work(by), connections[OWNER].cursor() as cursor:
            cursor.execute(
                f'select "{table.key}"::text, {names} from "{table.name}" where {other}'
                f' order by "{table.key}" limit %s for update',
                [*([current.id] * len(table.sealed)), batch],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            plain = {
                name: [None if row[at] is None else opened(row[at], name) for row in rows]
                for at, name in enumerate(table.sealed, 1)
            }
            values = [sealed(plain[name], name) for name in table.sealed]
            tokens = [
                [None if value is None else make(value) for value in plain[source]]
                for _, source in table.tokens
            ]
            cursor.execute(
                f'update "{table.name}" t set {sets}'
                f' from unnest({lists}) as new (key, {columns}) where t."{table.key}"::text = new.key',
                [[row[0] for row in rows], *values, *tokens],
            )
        done += len(rows)


def _known_tokens(tables: list[GuardedTable], by: str, batch: int) -> dict[str, str]:
    """The new token of every old one whose number the books hold."""
    now, *former = keys.current().keys
    make, made_by = token_by(now), [token_by(key) for key in former]
    known = {}
    for table in tables:
        for _, source in table.tokens:
            for number in _numbers(table.name, source, by, batch):
                new = make(number)
                known[new] = new
                known.update({old(number): new for old in made_by})
    return known


def _numbers(table: str, column: str, by: str, batch: int) -> Iterator[str]:
    with _at_work(by), connections[OWNER].cursor() as cursor:
        cursor.execute(f'select distinct "{column}" from "{table}" where "{column}" is not null')
        while rows := cursor.fetchmany(batch):
            yield from (opened(value, column) for (value,) in rows)


def _retoken(table: GuardedTable, column: str, known: dict[str, str], by: str) -> tuple[int, int]:
    """Make again the tokens that stand without their number; how many, and how many stay unknown."""
    with _at_work(by), connections[OWNER].cursor() as cursor:
        cursor.execute(
            f'select distinct "{column}" from "{table.name}" where "{column}" is not null'
        )
        standing = [token for (token,) in cursor.fetchall()]
        old = [token for token in standing if known.get(token, token) != token]
        cursor.execute(
            f'update "{table.name}" t set "{column}" = new.made'
            " from unnest(%s::text[], %s::text[]) as new (was, made)"
            f' where t."{column}" = new.was',
            [old, [known[token] for token in old]],
        )
        changed = cursor.rowcount
        unknown = [token for token in standing if token not in known]
        cursor.execute(f'select count(*) from "{table.name}" where "{column}" = any(%s)', [unknown])
        [(left,)] = cursor.fetchall()
    return changed, left


@contextmanager
def _at_work(by: str) -> Iterator[None]:
    """A transaction of the owner over the whole book, the triggers of history and append-only set aside."""
    with (
        within(_SCOPE, by=by, reason=REASON, using=OWNER),
        pgtrigger.ignore(databases=[OWNER]),
    ):
        yield
