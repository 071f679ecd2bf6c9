"""Sessions in the database, as Django keeps them; only read by a statement that is written already."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from bangfu.web.statements import Statement

_STANDING = "select session_data from django_session where session_key = %s and expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's own, whose every request would write its SELECT anew."""

    def load(self) -> dict[str, Any]:
        """What the session keeps; nothing, and no key, where it has ended."""
        found = Statement(_STANDING, (self.session_key, timezone.now())).rows()
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0][0])  # type: ignore[no-any-return]
