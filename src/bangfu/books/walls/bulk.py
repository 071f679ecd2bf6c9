"""Many rows into a walled table: COPY to a temporary table, compare, then insert and update by SQL.

COPY straight into a table with row-level security is refused by PostgreSQL; going through a temporary
table is also what lets a batch be compared before anything is written. Statement-level history costs
a few statements here, where row by row it would cost more than the import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import psycopg
from django.db import connection, transaction

from bangfu.core.errors import InputError
from bangfu.core.language import Text

ROWS_A_CHUNK = 20_000
EXAMPLES = 20
SEPARATOR = "\x1f"  # ASCII unit separator: between the elements of a list read back


def prepare_for_many() -> None:
    """To be called before a statement that changes many rows of a table with history.

    The plans of the history triggers that this connection keeps may have been made for one row; they
    would join thousands of old and new rows one by one. And what a server gives a statement by default,
    4 MB, is written to disk and read again for a batch of a county.
    """
    with connection.cursor() as cursor:
        cursor.execute("discard plans")
        cursor.execute("set local work_mem = '64MB'")


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch means for one table, in rows, with the first keys of each kind.

    `absent` rows are in the books and not in the batch; nothing deletes them.
    """

    added: int
    changed: int
    absent: int
    unchanged: int
    added_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()
    absent_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch's rows for `table`, waiting in a temporary table.

    `region` is an SQL condition on `t`, with its parameters: the rows of the books that the batch
    speaks of, so that those it does not hold are absent.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    region: str = "true"
    parameters: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        return f"stage_{self.table}"

    @property
    def _same_key(self) -> str:
        return " and ".join(f't."{column}" = s."{column}"' for column in self.key)

    @property
    def _rest(self) -> list[str]:
        return [column for column in self.columns if column not in self.key]

    def _differs(self) -> str:
        if not self._rest:
            return "false"
        mine = ", ".join(f's."{column}"' for column in self._rest)
        theirs = ", ".join(f't."{column}"' for column in self._rest)
        return f"({mine}) is distinct from ({theirs})"

    def compare(self) -> Change:
        """Count what would be added, changed, absent; nothing is written."""
        with connection.cursor() as cursor:
            cursor.execute(
                f'select count(*) filter (where t."{self.key[0]}" is null),'
                f' count(*) filter (where t."{self.key[0]}" is not null and {self._differs()}),'
                f' count(*) from {self.name} s left join "{self.table}" t on {self._same_key}'
            )
            [(added, changed, total)] = cursor.fetchall()
            cursor.execute(f"select count(*) {self._absent()}", self.parameters)
            [(absent,)] = cursor.fetchall()
        return Change(added, changed, absent, total - added - changed)

    def with_examples(self, change: Change) -> Change:
        """The same change with the first keys of each kind, for who must confirm it."""
        joined = f'from {self.name} s left join "{self.table}" t on {self._same_key}'
        gone = f'where t."{self.key[0]}" is null'
        other = f'where t."{self.key[0]}" is not null and {self._differs()}'
        return Change(
            change.added,
            change.changed,
            change.absent,
            change.unchanged,
            self._keys("s", f"{joined} {gone}") if change.added else (),
            self._keys("s", f"{joined} {other}") if change.changed else (),
            self._keys("t", self._absent(), self.parameters) if change.absent else (),
        )

    def write(self, change: Change) -> None:
        """Insert what is added and update what changed; rows equal to the books are not touched. The
        stage is spent by it."""
        prepare_for_many()
        with connection.cursor() as cursor:
            if change.changed:
                sets = ", ".join(f'"{column}" = s."{column}"' for column in self._rest)
                cursor.execute(
                    f'update "{self.table}" t set {sets} from {self.name} s'
                    f" where {self._same_key} and {self._differs()}"
                )
            if change.added:
                # What the books have leaves the stage first. An insert that looked into its own table
                # instead would, when that table starts empty, scan it whole for every row.
                if change.changed or change.unchanged:
                    cursor.execute(
                        f'delete from {self.name} s using "{self.table}" t where {self._same_key}'
                    )
                names = ", ".join(f'"{column}"' for column in self.columns)
                cursor.execute(
                    f'insert into "{self.table}" ({names}) select {names} from {self.name}'
                )

    def held_unseen(self) -> list[tuple[str, ...]]:
        """The keys of new rows that the table holds already where the reader cannot see them.

        An insert that stands aside for what is there tells them; it is taken back.
        """
        names = ", ".join(f'"{column}"' for column in self.columns)
        key = ", ".join(f'"{column}"' for column in self.key)
        told = ", ".join(f's."{column}"::text' for column in self.key)
        same = " and ".join(f'a."{column}" = s."{column}"' for column in self.key)
        unseen = f'not exists (select from "{self.table}" t where {self._same_key})'
        savepoint = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute(
                f'with added as (insert into "{self.table}" ({names})'
                f" select {names} from {self.name} s where {unseen}"
                f" on conflict do nothing returning {key})"
                f" select {told} from {self.name} s where {unseen}"
                f" and not exists (select from added a where {same}) order by {told}"
            )
            found = cursor.fetchall()
        transaction.savepoint_rollback(savepoint)
        return found

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"drop table {self.name}")

    def _absent(self) -> str:
        return (
            f'from "{self.table}" t where {self.region}'
            f" and not exists (select from {self.name} s where {self._same_key})"
        )

    def _keys(self, side: str, source: str, parameters: Sequence[Any] = ()) -> tuple[str, ...]:
        key = ", ".join(f'{side}."{column}"::text' for column in self.key)
        with connection.cursor() as cursor:
            cursor.execute(
                f"select concat_ws('/', {key}) {source} order by 1 limit {EXAMPLES}", parameters
            )
            return tuple(text for (text,) in cursor.fetchall())


def stage(staged: Staged, frame: pl.DataFrame) -> None:
    """Copy `frame` into the temporary table of `staged`, whose columns have the types of its table.

    Raises InputError when a text holds a character that no database text can hold (NUL).
    """
    names = ", ".join(f'"{column}"' for column in staged.columns)
    printable = _printable(frame.select(staged.columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"create temporary table {staged.name} on commit drop as"
            f' select {names} from "{staged.table}" with no data'
        )
        try:
            with cursor.copy(f"copy {staged.name} ({names}) from stdin (format csv)") as copy:
                for rows in printable.iter_slices(ROWS_A_CHUNK):
                    copy.write(_csv(rows))
        except psycopg.errors.CharacterNotInRepertoire:
            raise InputError(
                Text(
                    "数据里有不能保存的空字符（NUL），请清除后再导入。",
                    "The data hold a NUL character, which cannot be stored. Remove it and try again.",
                )
            ) from None
        keys = ", ".join(f'"{column}"' for column in staged.key)
        cursor.execute(f"analyze {staged.name} ({keys})")


def read(query: str, schema: dict[str, Any], parameters: Sequence[Any] = ()) -> pl.DataFrame:
    """The rows of a query as polars columns of the types in `schema`, by COPY.

    Lists must be selected as text joined by the ASCII unit separator (`joined`).
    """
    lists = [name for name, kind in schema.items() if isinstance(kind, pl.List)]
    plain = {name: pl.String if name in lists else kind for name, kind in schema.items()}
    buffer = bytearray()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy ({query}) to stdout (format csv, force_quote *)", parameters) as copy,
    ):
        for block in copy:
            buffer += block
    if not buffer:
        return pl.DataFrame(schema=schema)
    booleans = {name: pl.String for name, kind in plain.items() if kind == pl.Boolean}
    # Every value is quoted and a null is not, so that polars keeps an empty text apart from null.
    frame = pl.read_csv(bytes(buffer), has_header=False, schema=plain | booleans)
    return frame.with_columns(
        *(pl.col(name) == "t" for name in booleans),
        *(
            pl.when(pl.col(name) == "")
            .then(pl.lit([], dtype=schema[name]))
            .otherwise(pl.col(name).str.split(SEPARATOR))
            .alias(name)
            for name in lists
        ),
    )


def joined(column: str) -> str:
    """SQL for an array column as one text, for `read`; null stays null, empty becomes ''."""
    return f"array_to_string(\"{column}\", E'\\x1f')"


def _printable(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as array literals and bytes as hexadecimal, which is what COPY reads."""
    columns = []
    for name, kind in frame.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.List):
            element = pl.element().str.replace_all("\\", r"\\", literal=True)
            escaped = column.list.eval(element.str.replace_all('"', r"\"", literal=True))
            columns.append(
                pl.when(column.list.len() == 0)
                .then(pl.lit("{}"))
                .otherwise(pl.lit('{"') + escaped.list.join('","') + pl.lit('"}'))
                .alias(name)
            )
        elif kind == pl.Binary:
            columns.append((pl.lit("\\x") + column.bin.encode("hex")).alias(name))
    return frame.with_columns(columns)


def _csv(rows: pl.DataFrame) -> bytes:
    # Texts are quoted and missing values are not: to COPY "" is a text and nothing is null.
    return rows.write_csv(include_header=False, quote_style="non_numeric").encode()
