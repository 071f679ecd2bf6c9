"""The day of the public site, in the test's hand.

What is public goes by the database's own clock (`now()`), so that no scope and no operator can move it. A
test whose clock stands at another day writes a function of its own in that place, in its own database.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import Connection, sql

from bangfu.books.walls import roles

NOW, STANDS = "now()", "public.now_of_test()"
_POLICIES = """
select tablename, policyname, qual from pg_policies
where %s = any(roles) and qual like '%%now()%%'
"""
_FUNCTIONS = """
select pg_get_functiondef(oid) from pg_proc
where pronamespace = 'public'::regnamespace and prosrc like '%%now()%%'
  and has_function_privilege(%s, oid, 'execute')
"""


def take_over(admin: Connection) -> None:
    """Let the public site's policies and functions of this database go by the test's own clock."""
    _stand_in(admin)
    for (definition,) in admin.execute(_FUNCTIONS, [roles.PUBLIC]).fetchall():
        admin.execute(definition.replace(NOW, STANDS))
    for table, policy, condition in admin.execute(_POLICIES, [roles.PUBLIC]).fetchall():
        admin.execute(
            sql.SQL("alter policy {} on {} using ({})").format(
                sql.Identifier(policy),
                sql.Identifier(table),
                sql.SQL(condition.replace(NOW, STANDS)),
            )
        )

    left = admin.execute(_POLICIES, [roles.PUBLIC]).fetchall()
    assert left == [], left


def stand_at(admin: Connection, moment: datetime) -> None:
    """Put the clock of the public site at a moment."""
    admin.execute("delete from public.day_of_test")
    admin.execute("insert into public.day_of_test values (%s)", [moment])


def _stand_in(admin: Connection) -> None:
    admin.execute("create table if not exists public.day_of_test (at timestamptz not null)")
    admin.execute(
        f"grant select on public.day_of_test to {roles.WEB}, {roles.PUBLIC}, {roles.OWNER}"
    )
    admin.execute(
        "create or replace function public.now_of_test() returns timestamptz language sql stable"
        " as 'select at from public.day_of_test'"
    )
