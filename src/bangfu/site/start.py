"""Bring the books up for a command or a server: database, key, Django, migrations."""

from __future__ import annotations

import gc
import os

import django
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from bangfu.books.walls import keys
from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.site import embedded, server


def setup_django() -> None:
    """Set Django up with a database that answers and is migrated, and with its key at hand.

    Without DATABASE_URL the embedded server is started and migrated. With it, a missing key or a
    migration not yet run is refused with a sentence (UsageError).
    """
    _setup()
    production = bool(settings.DATABASE_URL)
    try:
        if production:
            server.refuse_strong_user()
        late = behind()
    except OperationalError as fault:
        raise server.unreachable("DATABASE_URL") from fault
    if late:
        if production:
            raise UsageError(
                Text(
                    "数据库结构不是最新的：请先用 BANGFU_OWNER_URL 运行 bangfu migrate。",
                    "The database is not migrated: run bangfu migrate with BANGFU_OWNER_URL first.",
                )
            )
        migrate()


def setup_owner() -> int:
    """Set Django up and bring the database up to date as its owner; how many migrations were applied.

    UsageError without BANGFU_OWNER_URL where DATABASE_URL names a server, and for a server that is not as
    the books need it (site.server).
    """
    _setup()
    if settings.DATABASE_URL and not settings.OWNER_URL:
        raise UsageError(
            Text(
                "请在 BANGFU_OWNER_URL 里给出数据库所有者（bangfu_owner）的地址。",
                "Give the address of the database's owner (bangfu_owner) in BANGFU_OWNER_URL.",
            )
        )
    try:
        server.refuse_unfit_owner()
    except OperationalError as fault:
        raise server.unreachable("BANGFU_OWNER_URL") from fault
    late = len(_late("owner"))
    if late:
        migrate()
    return late


def _setup() -> None:
    """Django with its key at hand and, without DATABASE_URL, the embedded server running."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
    production = bool(settings.DATABASE_URL)
    keys.use(keys.load(os.environ, production=production))
    if not production:
        embedded.start(settings.DATA)
    django.setup()


def setup_web() -> None:
    """As `setup_django`, with what pages need besides: the secret that signs sessions.

    An embedded database's secret comes from its key; a server names its own in BANGFU_SECRET_KEY and
    the hosts it answers to in BANGFU_HOSTS, or does not start (UsageError).
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
    missing = [
        name
        for name, value in (
            ("BANGFU_SECRET_KEY", os.environ.get("BANGFU_SECRET_KEY")),
            ("BANGFU_HOSTS", settings.ALLOWED_HOSTS),
        )
        if settings.PRODUCTION and not value
    ]
    if missing:
        raise UsageError(
            Text(
                f"正式环境必须设置 {'、'.join(missing)}，才能启动网站。",
                f"With DATABASE_URL, {' and '.join(missing)} must be set before the site starts.",
            )
        )
    if settings.PUBLIC_URL:
        server.refuse_strong_reader(settings.DATABASES["public"]["USER"])
    setup_django()
    if not settings.PRODUCTION and not os.environ.get("BANGFU_SECRET_KEY"):
        settings.SECRET_KEY = keys.current().current.web_secret


def behind(using: str = "default") -> bool:
    """Whether a migration has not been applied."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select to_regclass('django_migrations') is not null"
            " and has_table_privilege(to_regclass('django_migrations'), 'select')"
        )
        [[readable]] = cursor.fetchall()
    return not readable or bool(_late(using))


def _late(using: str) -> list[object]:
    """The migrations that have not been applied."""
    executor = MigrationExecutor(connections[using])
    return list(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Apply every migration as the owner, then grants (books.walls.grants).

    Django draws the models up again for each of hundreds of steps, all of it tied in cycles. To look
    through it for rubbish less often spares a fifth of the time.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 10, 10)
    try:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    finally:
        gc.set_threshold(*usual)
    connections["owner"].close()


def stop_unused_database() -> None:
    """Stop the embedded server unless somebody else is connected to it: another site, a command."""
    if not settings.DATABASE_URL:
        connections.close_all()
        embedded.stop(settings.DATA, unless_used=True)


def stop_database() -> None:
    """Stop the embedded server; nothing happens in production."""
    if not settings.DATABASE_URL:
        connections.close_all()
        embedded.stop(settings.DATA)
