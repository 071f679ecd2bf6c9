"""Which database alias may migrate."""

from __future__ import annotations


class OwnerMigrates:
    """Migrations run through the alias `owner` only: the web role owns nothing."""

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """Whether `db` may be changed; both aliases lead to the same database."""
        return db == "owner"
