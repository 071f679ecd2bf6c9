"""Row-level policies as migration operations.

Every table with a place code gets `walled(...)` in the migration that creates it. Row security is
forced, so that the owner of the table is held by it too. Settings are read through a scalar
subquery: the planner evaluates it once a query, and an index on the place code is used.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations import RunSQL

from bangfu.books.walls.scope import DataClass


def setting(name: str) -> str:
    """SQL for a setting of this transaction, null when it was never set or is empty.

    After the first transaction of a connection an unset setting is '' and not null: without nullif
    the comparison would be with '', and a range from '' is everything.
    """
    return f"(select nullif(current_setting('app.{name}', true), ''))"


# Today as the database's own clock tells it: no argument of a request opens what a date has closed.
TODAY = "(transaction_timestamp() at time zone 'Asia/Shanghai')::date"


def in_scope(column: str) -> str:
    """SQL for "this place lies in the scope".

    One place is one range of codes and needs no more than the range. Several places are the range
    from the first to the last, for the index, and a pattern which of it. The pattern may be left out
    only where the range is a single place's by its own form, so that a forgotten one shows nothing.
    """
    one_place = (
        "(select current_setting('app.hi', true) = current_setting('app.lo', true) || ':'"
        " or (current_setting('app.lo', true) = '0' and current_setting('app.hi', true) = ':'))"
    )
    return (
        f"{column} >= {setting('lo')} and {column} < {setting('hi')}"
        f" and ({one_place} or {column} ~ {setting('pattern')})"
    )


def walled(table: str, *, column: str = "place_code", classes: Sequence[DataClass] = ()) -> RunSQL:
    """Rows are seen and written inside the scope only, and only by the data classes named, if any."""
    statements = [*_forced(table), _policy(table, "scope", in_scope(column))]
    if classes:
        statements.append(_policy(table, "data_class", _of_class(classes), restrictive=True))
    return _operation(table, statements)


# The members of the samples that the actor may read. As a function its own walls are planned only when it
# is called, not with every statement on persons of somebody who reads no sample.
SAMPLED = "accounts_sampled_households()"


def sampled(table: str, *, column: str = "household_no") -> RunSQL:
    """Persons' rows are seen by the class *persons*, or by *sample* where the household is a member of a
    sample assigned to the actor; only *persons* write them.

    In the place of the `data_class` policy of a table that is walled for persons. `column` holds the
    household's number.
    """
    return RunSQL(
        _sampled(table, column, "m.household_no from accounts_samplehousehold m"),
        [
            f'drop policy "data_class" on "{table}"',
            _policy(table, "data_class", _of_class([DataClass.PERSONS]), restrictive=True),
        ],
    )


def sampled_by_function(table: str, *, column: str = "household_no") -> RunSQL:
    """The policy of `sampled` with its members from the function SAMPLED: the same rows, and a third of
    the time to plan a statement."""
    return RunSQL(
        _sampled(table, column, SAMPLED),
        _sampled(table, column, "m.household_no from accounts_samplehousehold m"),
    )


def _sampled(table: str, column: str, members: str) -> list[str]:
    persons = _of_class([DataClass.PERSONS])
    member = f"{_of_class([DataClass.SAMPLE])} and {column} in (select {members})"
    return [
        f'drop policy "data_class" on "{table}"',
        (
            f'create policy "data_class" on "{table}" as restrictive'
            f" using ({persons} or ({member})) with check ({persons})"
        ),
    ]


def only(table: str, name: str, condition: str) -> RunSQL:
    """A further condition that every row must meet besides those of `walled`."""
    return RunSQL(
        _policy(table, name, condition, restrictive=True), f'drop policy "{name}" on "{table}"'
    )


def reference(table: str, *, column: str) -> RunSQL:
    """Rows are read by everyone who has the grant, and written inside the scope only."""
    condition = in_scope(column)
    statements = [
        *_forced(table),
        f'create policy readable on "{table}" for select using (true)',
        f'create policy added on "{table}" for insert with check ({condition})',
        f'create policy changed on "{table}" for update using ({condition}) with check ({condition})',
        f'create policy removed on "{table}" for delete using ({condition})',
    ]
    return _operation(table, statements)


def also(table: str, name: str, condition: str, command: str = "select") -> RunSQL:
    """A further permissive policy beside those of `walled`."""
    return RunSQL(
        f'create policy "{name}" on "{table}" for {command} using ({condition})',
        f'drop policy "{name}" on "{table}"',
    )


def only_by_actor(table: str, column: str) -> RunSQL:
    """Rows are written under the actor of the transaction and nobody else's name."""
    return RunSQL(
        f'create policy by_actor on "{table}" as restrictive for insert'
        f" with check ({column} = {setting('actor')})",
        f'drop policy by_actor on "{table}"',
    )


def own(table: str, column: str, *, purpose: str) -> RunSQL:
    """Rows belong to the actor that `column` names; others reach them for one purpose only."""
    condition = f"{column} = {setting('actor')} or {setting('purpose')} = '{purpose}'"
    return _operation(table, [*_forced(table), _policy(table, "own", condition)])


def tied(table: str, columns: Sequence[str], parent: str, to: Sequence[str] = ()) -> RunSQL:
    """`(columns, place_code)` refers to the parent's `(to, place_code)`: a child cannot lie elsewhere.

    The parent needs a unique constraint on these columns, named as in the child unless `to` says
    otherwise. When the parent moves to another place the child follows.
    """
    own = ", ".join([*columns, "place_code"])
    theirs = ", ".join([*(to or columns), "place_code"])
    name = f"{table}_{'_'.join(columns)}_place"[:63]
    return RunSQL(
        f'alter table "{table}" add constraint "{name}" foreign key ({own})'
        f' references "{parent}" ({theirs}) on update cascade',
        f'alter table "{table}" drop constraint "{name}"',
    )


def _forced(table: str) -> list[str]:
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
    ]


def _policy(table: str, name: str, condition: str, *, restrictive: bool = False) -> str:
    kind = "as restrictive " if restrictive else ""
    return f'create policy "{name}" on "{table}" {kind}using ({condition}) with check ({condition})'


def _of_class(classes: Sequence[DataClass]) -> str:
    allowed = ", ".join(f"'{data_class}'" for data_class in classes)
    return (
        "(select coalesce(string_to_array(current_setting('app.classes', true), ',')"
        f" && array[{allowed}], false))"
    )


def _operation(table: str, statements: list[str]) -> RunSQL:
    drop_policies = (
        f"do $$ declare p name; begin for p in select polname from pg_policy"
        f" where polrelid = '\"{table}\"'::regclass loop"
        f" execute format('drop policy %I on \"{table}\"', p); end loop; end $$"
    )
    opened = [
        drop_policies,
        f'alter table "{table}" no force row level security',
        f'alter table "{table}" disable row level security',
    ]
    return RunSQL([*statements], [*opened])
