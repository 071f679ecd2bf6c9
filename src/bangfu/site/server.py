"""What a PostgreSQL server must be like before the books are trusted to it.

The embedded server is made so. One that somebody else runs is asked: rows are walled off by roles that
may not go round the walls, and places are found by ranges of codes, which only the order of code points
puts right.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connections

from bangfu.books.walls.roles import OWNER, PUBLIC, WEB
from bangfu.core.errors import UsageError
from bangfu.core.language import Text

# Where the statements stand that make a server so.
GUIDE = "docs/how-to/run-on-a-server.md"
OLDEST = 15

_OWNER = """
select current_setting('server_version_num')::int / 10000,
  current_user,
  has_schema_privilege('public', 'create')
    and pg_has_role((select datdba from pg_database where datname = current_database()), 'usage'),
  array(select wanted from unnest(%s::text[]) as wanted
        where not exists (select from pg_roles where rolname = wanted)),
  array(select rolname::text from pg_roles where rolname = any (%s)
        and (rolsuper or rolbypassrls or rolname <> %s and pg_has_role(rolname, %s, 'member'))),
  ':' > '9' and 'B' < 'a' and '一' > 'z'
"""
_WEB = "select current_user::text"


@dataclass(frozen=True, slots=True)
class Found:
    """What a server says of itself to the owner: its major version, who is connected and whether he may
    make the books, which roles are missing, which go round the walls, and how texts are sorted."""

    version: int
    user: str
    may_create: bool
    missing: list[str]
    strong: list[str]
    by_code_point: bool


def refuse_unfit_owner(using: str = "owner") -> None:
    """UsageError when the owner's connection cannot make the books, or what it made would not hold."""
    with connections[using].cursor() as cursor:
        cursor.execute(_OWNER, ([OWNER, WEB, PUBLIC], [OWNER, WEB, PUBLIC], OWNER, OWNER))
        [row] = cursor.fetchall()
    wrong = unfit(Found(*row))
    if wrong:
        raise UsageError(wrong)


def unfit(found: Found) -> Text | None:
    """Why a server is not fit for the books and what to do about it; None for one that is."""
    if found.version < OLDEST:
        return Text(
            f"PostgreSQL {found.version} 太旧，需要 {OLDEST} 或更新。",
            f"PostgreSQL {found.version} is too old; {OLDEST} or newer is needed.",
        )
    if found.missing:
        return Text(
            f"数据库服务器上没有角色 {'、'.join(found.missing)}。请数据库管理员按 {GUIDE} 建立。",
            f"The server has no role {', '.join(found.missing)}. "
            f"Its administrator makes them as {GUIDE} says.",
        )
    if found.strong:
        return Text(
            f"角色 {'、'.join(found.strong)} 能绕过行级安全（超级用户、bypassrls，或属于 {OWNER}）。"
            f"请收回后再试，见 {GUIDE}。",
            f"The role {', '.join(found.strong)} goes round row-level security (superuser, bypassrls or "
            f"member of {OWNER}). Take that from it and try again; see {GUIDE}.",
        )
    if found.user != OWNER or not found.may_create:
        return Text(
            f"BANGFU_OWNER_URL 必须以 {OWNER} 连接，且数据库归它所有；现在是 {found.user}。",
            f"BANGFU_OWNER_URL must connect as {OWNER}, who must own the database; it is {found.user}.",
        )
    if not found.by_code_point:
        return Text(
            f"数据库的排序规则不按编码顺序，区划范围会查错。请按 {GUIDE} 以 C.UTF-8 重建数据库。",
            "The database does not sort by code point, so ranges of places would be found wrong. "
            f"Make it anew with C.UTF-8, as {GUIDE} says.",
        )
    return None


def refuse_strong_user(using: str = "default") -> None:
    """UsageError when the site would connect as somebody else than the web role, whom the walls hold."""
    with connections[using].cursor() as cursor:
        cursor.execute(_WEB)
        [(user,)] = cursor.fetchall()
    _refuse_other(user, WEB, "DATABASE_URL")


def refuse_strong_reader(user: str) -> None:
    """UsageError when the public pages would be read by another role than theirs. Nobody is asked: the
    pages may be away while the site opens."""
    _refuse_other(user, PUBLIC, "BANGFU_PUBLIC_URL")


def _refuse_other(user: str, role: str, setting: str) -> None:
    if user != role:
        raise UsageError(
            Text(
                f"{setting} 必须以 {role} 连接；现在是 {user}，行级安全管不住它。",
                f"{setting} must connect as {role}; it is {user}, whom the walls do not hold.",
            )
        )


def unreachable(setting: str) -> UsageError:
    """What is said when the server that a setting names does not answer."""
    return UsageError(
        Text(
            f"连不上数据库。请检查 {setting} 和数据库是否在运行。",
            f"The database does not answer. Check {setting} and whether the server runs.",
        )
    )
