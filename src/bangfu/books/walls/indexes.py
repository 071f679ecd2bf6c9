"""Indexes that nothing reads, dropped after every migration: each row that is written pays for them.

Django indexes every foreign key, also where a longer index begins with it, and lays a second index, for
LIKE, beside that of a key that is a text; keys are asked for whole here. And a history takes over the keys
of its table with their indexes, but is read by its place and row, and by its household.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connections

_NEEDLESS = """
select c.relname
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
where t.relnamespace = 'public'::regnamespace and i.indnkeyatts = 1
  and not i.indisunique and i.indpred is null
  and (exists (
      select from pg_index k
      where k.indrelid = i.indrelid and k.indkey[0] = i.indkey[0] and k.indpred is null
        and k.indexrelid <> i.indexrelid
        and case when right(c.relname, 5) = '_like'
          then k.indnkeyatts = 1 and not k.indisunique
          else k.indnkeyatts > 1 or k.indisunique end)
    or t.relname = any(%(histories)s) and c.relname <> all(%(declared)s)
      and a.attname <> 'household_no')
order by 1
"""


def drop_needless(using: str, **_: object) -> None:
    """Handler of post_migrate: drop the indexes of one column that another serves as well, and those of
    histories on others than the household."""
    histories = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    named = {
        "histories": [model._meta.db_table for model in histories],
        "declared": [index.name for model in histories for index in model._meta.indexes],
    }
    with connections[using].cursor() as cursor:
        cursor.execute(_NEEDLESS, named)
        for (name,) in cursor.fetchall():
            cursor.execute(f"drop index {connections[using].ops.quote_name(name)}")
