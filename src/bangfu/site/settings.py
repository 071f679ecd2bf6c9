"""Django's settings. Importing them needs no running database.

Without DATABASE_URL the embedded PostgreSQL is meant; `site.start` starts it. Two aliases lead to one
database: `default` is the web role, which owns nothing and is held by row-level policies; `owner`
migrates and does nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from bangfu.books.walls import roles
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.site import embedded

_SOURCE = Path(__file__).parents[3]
REPOSITORY = _SOURCE if (_SOURCE / "pyproject.toml").exists() else Path.cwd()

DATABASE_URL = os.environ.get("DATABASE_URL", "")
# Only who migrates needs it; a web server runs without.
OWNER_URL = os.environ.get("BANGFU_OWNER_URL", "")
DATA = Path(os.environ.get("BANGFU_DATA") or embedded.default_data(REPOSITORY))


def _database(url: str, user: str) -> dict[str, Any]:
    """One alias of the database at `url`, or of the embedded server when there is no URL."""
    known: dict[str, Any] = (
        _parsed(url)
        if url
        else {"host": str(embedded.at(DATA).socket), "user": user, "dbname": embedded.DATABASE}
    )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": known.pop("host", ""),
        "PORT": known.pop("port", ""),
        "NAME": known.pop("dbname", embedded.DATABASE),
        "USER": known.pop("user", user),
        "PASSWORD": known.pop("password", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": known,
    }


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except ProgrammingError:
        # The URL may hold a password, so it is not shown.
        raise UsageError(
            Text(
                "数据库地址不对，应为 postgresql://用户:密码@主机:端口/库名。",
                "The database's address is not postgresql://user:password@host:port/name.",
            )
        ) from None


DATABASES = {
    "default": _database(DATABASE_URL, roles.WEB),
    "owner": _database(OWNER_URL or DATABASE_URL, roles.OWNER),
}
DATABASE_ROUTERS = ["bangfu.site.routers.OwnerMigrates"]

INSTALLED_APPS = [
    "pgtrigger",
    "pghistory",
    "bangfu.books.journal",
    "bangfu.books.places",
    "bangfu.books.accounts",
    "bangfu.books.households",
    "bangfu.books.screening",
    "bangfu.books.projects",
    "bangfu.books.funds",
    # Last: when every app has migrated it grants rights and refuses a table without its policy.
    "bangfu.books.walls",
]
AUTH_USER_MODEL = "accounts.Operator"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Pages need it; commands do not. Django refuses to use an empty one.
SECRET_KEY = os.environ.get("BANGFU_SECRET_KEY", "")

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Actor, reason and request stand in each history row itself (books.walls.history), so the package's
# own context table stays empty.
PGHISTORY_CONTEXT_FIELD = None
PGHISTORY_APPEND_ONLY = True
