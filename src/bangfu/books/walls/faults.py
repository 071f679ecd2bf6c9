"""What the database refuses for reasons a user can understand, as sentences."""

from __future__ import annotations

import psycopg
from django.db import DatabaseError

from bangfu.core.errors import ForbiddenError, UnavailableError, UserError
from bangfu.core.language import Text

_OUTSIDE = Text(
    "这超出了您的权限范围，没有写入任何内容。",
    "This is outside your scope; nothing was written.",
)
_READ_ONLY = Text(
    "您的角色只能查看，没有写入任何内容。",
    "Your role may only read; nothing was written.",
)
_FULL = Text(
    "磁盘空间不足，没有写入任何内容。请清理磁盘后再试。",
    "The disk is full; nothing was written. Free some space and try again.",
)
_GONE = Text(
    "与数据库的连接断了，没有写入任何内容。请过几分钟再试；还是不行，请告诉管理员。",
    "The connection to the database broke; nothing was written. Try again in a few minutes; "
    "if it stays so, tell the keeper.",
)


def user_error(fault: DatabaseError) -> UserError | None:
    """The sentence for what the database refused, or None for a fault of ours."""
    cause = fault.__cause__
    if isinstance(cause, psycopg.errors.InsufficientPrivilege) and "row-level" in str(cause):
        return ForbiddenError(_OUTSIDE)
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction):
        return ForbiddenError(_READ_ONLY)
    if isinstance(cause, psycopg.errors.DiskFull):
        return UnavailableError(_FULL)
    # A broken connection has no SQL state, or one of class 08 or 57 (administrator's shutdown).
    if isinstance(cause, psycopg.OperationalError) and (cause.sqlstate or "08")[:2] in ("08", "57"):
        return UnavailableError(_GONE)
    return None
