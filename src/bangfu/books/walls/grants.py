"""Rights of the web and public roles, set after every migration, which fails when a wall is missing.

A model says what the web role may do with its table in `web_rights`; unsaid, it may read and write
the rows of our tables. A published copy says in `public_reads` which of its columns the public role
may select; unsaid, it may select none. A function that runs with its owner's rights grants itself; any
other may be called by the web role and not by the public one.
"""

from __future__ import annotations

import pghistory.trigger
import pgtrigger
from django.apps import apps
from django.core.management.base import CommandError
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from bangfu.books.walls.roles import PUBLIC, WEB

READ_WRITE = ("select", "insert", "update", "delete")

# Tables of other packages that pages and workers use. None of them holds a row of the books.
OTHERS = {
    "django_session": READ_WRITE,
    "django_content_type": ("select",),
    "axes_accessattempt": READ_WRITE,
    "axes_accessattemptexpiration": READ_WRITE,
    "axes_accesslog": READ_WRITE,
    "procrastinate_jobs": READ_WRITE,
    "procrastinate_events": READ_WRITE,
    "procrastinate_periodic_defers": READ_WRITE,
    "procrastinate_workers": READ_WRITE,
}

_UNWALLED = """
select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  and a.attname = 'place_code' and not a.attisdropped
  and not (c.relrowsecurity and c.relforcerowsecurity
           and exists (select from pg_policy p where p.polrelid = c.oid))
order by 1
"""
_OPEN_VIEWS = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
  and not coalesce('security_invoker=true' = any(c.reloptions), false)
order by 1
"""
_PLAIN_FUNCTIONS = """
select oid::regprocedure::text from pg_proc
where pronamespace = 'public'::regnamespace and not prosecdef
  and pg_has_role(proowner, 'usage') and prorettype <> 'trigger'::regtype
"""


def apply(using: str, **_: object) -> None:
    """Handler of post_migrate: look for holes in the walls, then give the web role its rights.

    In this order a new table without its policy stays out of the web role's reach.
    """
    connection = connections[using]
    refuse_holes(connection)
    _grant(connection)
    _own_history(connection)


def refuse_holes(connection: BaseDatabaseWrapper) -> None:
    """CommandError when a table with a place code has no forced policy, or a view goes round them."""
    with connection.cursor() as cursor:
        cursor.execute(_UNWALLED)
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(_OPEN_VIEWS)
        views = [name for (name,) in cursor.fetchall()]
    if tables:
        raise CommandError(f"tables with a place code but no forced policy: {', '.join(tables)}")
    if views:
        raise CommandError(f"views that are not security_invoker: {', '.join(views)}")


def rights_of(model: type[Model]) -> tuple[str, ...]:
    """What the web role may do with a model's table; nothing with a table that is not ours."""
    ours = READ_WRITE if model.__module__.startswith("bangfu.") else ()
    rights: tuple[str, ...] = getattr(model, "web_rights", ours)
    return rights


def _grant(connection: BaseDatabaseWrapper) -> None:
    quote = connection.ops.quote_name
    database = quote(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(f"revoke all on database {database} from public")
        cursor.execute(f"grant connect, temporary on database {database} to {WEB}")
        cursor.execute(f"grant connect on database {database} to {PUBLIC}")
        cursor.execute(f"grant usage on schema public to {WEB}, {PUBLIC}")
        cursor.execute(f"revoke all on all tables in schema public from {WEB}, {PUBLIC}")
        cursor.execute(f"grant select on django_migrations to {WEB}")
        for model in apps.get_models():
            rights = rights_of(model)
            if rights and model._meta.managed and not model._meta.proxy:
                table = quote(model._meta.db_table)
                cursor.execute(f"grant {', '.join(rights)} on {table} to {WEB}")
            columns = getattr(model, "public_reads", ())
            if columns:
                listed = ", ".join(map(quote, columns))
                cursor.execute(
                    f"grant select ({listed}) on {quote(model._meta.db_table)} to {PUBLIC}"
                )
        for table, others in OTHERS.items():
            cursor.execute(f"grant {', '.join(others)} on {quote(table)} to {WEB}")
        cursor.execute(f"grant usage on all sequences in schema public to {WEB}")
        cursor.execute("revoke execute on all functions in schema public from public")
        cursor.execute(_PLAIN_FUNCTIONS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"grant execute on function {function} to {WEB}")


def _own_history(connection: BaseDatabaseWrapper) -> None:
    """Let the triggers that write history run as the owner: the web role itself may not write it."""
    with connection.cursor() as cursor:
        for model, trigger in pgtrigger.registered():
            if isinstance(trigger, pghistory.trigger.Event):
                name = connection.ops.quote_name(trigger.get_pgid(model))
                cursor.execute(
                    f"alter function {name}() security definer"
                    " set search_path = pg_catalog, public, pg_temp"
                )
