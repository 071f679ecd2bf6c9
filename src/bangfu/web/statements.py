"""Statements written once and asked often.

Django writes a query's SQL anew each time, which for most of a page's queries takes longer than the
database takes to answer. What is kept here is SQL and its parameters, never a row: who sees what is the
open transaction's, decided by the database each time it is asked.

    _visits = Kept(lambda number: Visit.objects.filter(household_no=number).order_by("-visited_on"))
    _visits("4205270000000365")            # a list of Visit
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Generic, Self, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet, Value
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)
# Statements that depend on who asks for what; each is a few thousand characters.
_MOST = 2_000
_remembered: OrderedDict[Hashable, Any] = OrderedDict()
_guard = Lock()
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters; `sql` is empty where the query can find nothing."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def rows(self) -> list[tuple[Any, ...]]:
        """What the database answers, in the open transaction."""
        if not self.sql:
            return []
        with bound_by_the_server(), connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters)
            return cursor.fetchall()  # type: ignore[no-any-return]


@contextmanager
def bound_by_the_server(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Statements are sent as SQL and values, so that the server keeps what it has parsed and planned.

    Django otherwise puts the values into the text, which makes every statement a new one to it.
    """
    connections[using].ensure_connection()
    # Held here: when the database goes away meanwhile, Django lets its connection go.
    database = connections[using].connection
    usual = database.cursor_factory
    database.cursor_factory = ServerBindingCursor
    try:
        yield
    finally:
        database.cursor_factory = usual


def written(query: QuerySet[Any]) -> Statement:
    """The statement of a query."""
    try:
        sql, parameters = query.query.sql_with_params()
    except EmptyResultSet:
        return Statement("")
    return Statement(sql, tuple(parameters))


def remembered(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives, made once for a key; the least used go. The key names all that it depends on."""
    with _guard:
        if key in _remembered:
            _remembered.move_to_end(key)
            return _remembered[key]  # type: ignore[no-any-return]
    made = make()
    with _guard:
        _remembered[key] = made
        while len(_remembered) > _MOST:
            _remembered.popitem(last=False)
    return made


@dataclass(frozen=True, slots=True)
class Reading(Generic[Row]):
    """A statement whose rows are records of a model: its columns, annotations by their place after them,
    and what makes values of some of both."""

    statement: Statement
    model: type[Row]
    columns: tuple[str, ...]
    annotations: tuple[tuple[int, str], ...]
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]

    def records(self) -> list[Row]:
        """The records. Columns that the statement leaves out are read when they are asked for."""
        return [self._record(list(row)) for row in self.statement.rows()]

    def asked_with(self, parameters: tuple[Any, ...]) -> Reading[Row]:
        """The same with `parameters` in the place of the statement's own."""
        return replace(self, statement=replace(self.statement, parameters=parameters))

    def _record(self, row: list[Any]) -> Row:
        for at, convert in self.converters:
            row[at] = convert(row[at])
        # What `Model.from_db` comes to, but it walks over every field, also the many not asked for.
        record = self.model.__new__(self.model)
        record._state = ModelState()
        record._state.adding, record._state.db = False, connection.alias
        values = vars(record)
        values.update(zip(self.columns, row, strict=False))
        for at, name in self.annotations:
            values[name] = row[at]
        return record


def reading(query: QuerySet[Row]) -> Reading[Row]:
    """A query of one model's records, written out. ValueError where it asks for other models' too."""
    compiler = query.query.get_compiler(connection.alias)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return Reading(Statement(""), query.model, (), (), ())
    if query.query.select_related or query.query.extra:
        raise ValueError("only a record's own columns and annotations are read")
    selected = [expression for expression, _, _ in compiler.select]
    converters = [
        (at, _converting(each, expression))
        for at, (several, expression) in compiler.get_converters(selected).items()
        for each in several
    ]
    annotations = tuple((at, name) for name, at in (compiler.annotation_col_map or {}).items())
    columns = tuple(each.target.attname for each in selected[: len(selected) - len(annotations)])
    statement = Statement(sql, tuple(parameters))
    return Reading(statement, query.model, columns, annotations, tuple(converters))


def together(*asked: Reading[Any]) -> Iterator[list[Any]]:
    """The records of several readings, in their order, asked in one round trip to the database."""
    with bound_by_the_server(), ExitStack() as closing:
        cursors = [closing.enter_context(connection.cursor()) for _ in asked]
        with connection.wrap_database_errors, connection.connection.pipeline():
            for cursor, one in zip(cursors, asked, strict=True):
                cursor.execute(one.statement.sql, one.statement.parameters)
        for cursor, one in zip(cursors, asked, strict=True):
            yield [one._record(list(row)) for row in cursor.fetchall()]


def _converting(convert: Callable[..., Any], expression: Any) -> Callable[[Any], Any]:
    return lambda value: convert(value, expression, connection)


def counted(query: QuerySet[Any]) -> Statement:
    """The statement that counts a query's rows: one row of one number."""
    inner = written(query)
    if not inner.sql:
        return Statement("select 0")
    return Statement(f"select count(*) from ({inner.sql}) as rows", inner.parameters)


def tally(parts: Iterable[tuple[str, QuerySet[Any], Q | None]]) -> Statement:
    """One statement that counts several queries: rows (name, how many, how many of them meet the condition).

    A query that can find nothing has no row.
    """
    pieces, parameters = [], []
    for name, query, condition in parts:
        which = ExpressionWrapper(condition, BooleanField()) if condition else Value(False)
        inner = written(query.order_by().annotate(_counted=which).values_list("_counted"))
        if inner.sql:
            pieces.append(
                "select %s, count(*), count(*) filter (where part.counted)"
                f" from ({inner.sql}) as part (counted)"
            )
            parameters += [name, *inner.parameters]
    return Statement(" union all ".join(pieces), tuple(parameters))


class Kept(Generic[Row]):
    """A query of records by texts, written at its first use."""

    def __init__(self, query: Callable[..., QuerySet[Row]]) -> None:
        self._query = query
        self._made: Reading[Row] | None = None

    def __call__(self, *values: str) -> list[Row]:
        """The records for these values."""
        return self.of(*values).records()

    def of(self, *values: str) -> Reading[Row]:
        """The reading for these values, to be asked with others (`together`)."""
        if self._made is None:
            self._made = self._write(len(values))
        places = self._made.statement.parameters
        return self._made.asked_with(
            tuple(values[each.at] if isinstance(each, _Place) else each for each in places)
        )

    def _write(self, count: int) -> Reading[Row]:
        """The query with a place for each value. ValueError where one is not passed on as it is."""
        made = reading(self._query(*(_Place(at) for at in range(count))))
        found = {each.at for each in made.statement.parameters if isinstance(each, _Place)}
        if found != set(range(count)):
            raise ValueError("a value does not reach the statement as it is")
        return made


class _Place(str):
    """Stands for a value while a query is written."""

    __slots__ = ("at",)

    def __new__(cls, at: int) -> Self:
        made = super().__new__(cls, f"\x00{at}")
        made.at = at
        return made
