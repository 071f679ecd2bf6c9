"""A session: begun at log-in, ended by time, by log-out, or by a change of the account's epoch.

What the session keeps: when it began and was last used (seconds), and, between password and code, who
is half logged in.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from bangfu.books.accounts.access import Access
from bangfu.books.accounts.models import Operator
from bangfu.books.walls.scope import Scope, within

BEGAN, USED, HALF, ENROL = "began", "used", "half", "enrol"
# A click within the minute does not write the session again.
WRITTEN_EVERY = timedelta(minutes=1)
HALF_LASTS = timedelta(minutes=5)
BACKEND = "bangfu.books.accounts.backends.OperatorBackend"


def begin(request: HttpRequest, operator: Operator, *, now: datetime, enrol: bool = False) -> None:
    """Log the operator in; with `enrol` no page opens before a second factor is set."""
    username = operator.get_username()
    with within(Scope((), frozenset(), "log in"), by=username, reason="log in"):
        auth.login(request, operator, backend=BACKEND)
    request.session.pop(HALF, None)
    request.session[BEGAN] = request.session[USED] = now.timestamp()
    if enrol:
        request.session[ENROL] = True


def begin_half(request: HttpRequest, username: str, *, now: datetime) -> None:
    """The password was right; the code is still to come."""
    request.session.cycle_key()
    request.session[HALF] = [username, now.timestamp()]


def half(session: SessionBase, *, now: datetime) -> str | None:
    """Who is half logged in, for a few minutes."""
    username, since = session.get(HALF) or (None, 0.0)
    return username if now.timestamp() - since < HALF_LASTS.total_seconds() else None


def over(session: SessionBase, access: Access, *, now: datetime) -> bool:
    """Whether a session has ended by time; marks one that has not as used."""
    moment = now.timestamp()
    began = session.get(BEGAN, moment)
    used = session.get(USED, began)
    if (
        moment - used > access.idle.total_seconds()
        or moment - began > access.longest.total_seconds()
    ):
        return True
    if BEGAN not in session or moment - used > WRITTEN_EVERY.total_seconds():
        session[BEGAN], session[USED] = began, moment
    return False
