"""Rows that are not as their own history has them: changed, added or removed behind the triggers' back."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

_ROWS = """
with last as (
  select distinct on ({key}) {key} as key, pgh_label <> 'delete' as there, {columns}
  from {history} order by {key}, pgh_id desc)
select coalesce(t.{key}, l.key), l.key is not null and l.there, t.{key} is not null,
  array_remove(array[{differing}], null)
from {table} t full join last l on l.key = t.{key}
where t.{key} is null and l.there or t.{key} is not null and (
  l.key is null or not l.there or ({of_table}) is distinct from ({of_last}))
order by 1
"""


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A row and how it differs from the last that its history tells: `columns` where both are there."""

    key: str
    in_history: bool
    in_table: bool
    columns: tuple[str, ...]


def unrecorded(model: type[models.Model]) -> list[Unrecorded]:
    """The rows of a recorded model, within the open scope, that its history does not tell.

    Columns that the history leaves out (sealed values) are not compared.
    """
    history = apps.get_model(model._meta.app_label, f"{model.__name__}History")
    kept = {field.column for field in history._meta.local_fields}
    key = model._meta.pk.column
    names = [f.column for f in model._meta.local_fields if f.column in kept and f.column != key]
    quoted = {name: connection.ops.quote_name(name) for name in [key, *names]}
    sql = _ROWS.format(
        table=connection.ops.quote_name(model._meta.db_table),
        history=connection.ops.quote_name(history._meta.db_table),
        key=quoted[key],
        columns=", ".join(quoted[name] for name in names),
        of_table=", ".join(f"t.{quoted[name]}" for name in names),
        of_last=", ".join(f"l.{quoted[name]}" for name in names),
        differing=", ".join(
            f"case when t.{quoted[n]} is distinct from l.{quoted[n]} then '{n}' end" for n in names
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [
            Unrecorded(
                str(key), in_history, in_table, tuple(columns) if in_history and in_table else ()
            )
            for key, in_history, in_table, columns in cursor.fetchall()
        ]
