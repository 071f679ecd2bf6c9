"""Sessions in the database, as Django keeps them; only read by a statement that is written already."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

_STANDING = "select session_data from django_session where session_key = %s and expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's own, whose every request would write its SELECT anew."""

    def load(self) -> dict[str, Any]:
        """What the session keeps; nothing, and no key, where it has ended."""
        with connection.cursor() as cursor:
            cursor.execute(_STANDING, [self.session_key, timezone.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])  # type: ignore[no-any-return]
