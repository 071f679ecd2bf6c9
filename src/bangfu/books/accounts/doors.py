"""The door of every page: who comes in, inside which scope, in one transaction.

    @page(classes={DataClass.PERSONS}, purpose="households")
    def household_list(request): ...

A view behind the door runs in one transaction as the web role, inside the scope of the actor; reading
requests are read-only in the database itself. What the view raises rolls everything back. A form that
carries a submission key is carried out once: sent again, it leads where the first one led.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Any, Protocol, cast

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.models import Submission
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text

READING = ("GET", "HEAD", "OPTIONS")
SUBMISSION = "_submission"
View = Callable[..., HttpResponse]
Endpoint = Callable[..., Any]


class Request(Protocol):
    """What the site's middleware has put on a request before it reaches a door."""

    id: str
    actor: Actor | None
    scope: Scope
    may_write: bool


def page(
    *,
    classes: Iterable[DataClass] = (),
    either: Iterable[DataClass] = (),
    purpose: str,
    place: str | None = None,
    writes: bool = True,
    sampled: bool = False,
    roles: Iterable[str] = (),
    own: bool = False,
    form: bool = False,
) -> Callable[[View], View]:
    """Put a view behind the door.

    `classes`: the data it needs, all of them. `either`: of these one is enough, and the role that gives
    most of them is used, for tables that are seen by either. `place`: the name of the URL's argument that holds a
    place code, which narrows the scope to it. `writes` false: the page has no verb, so that a role
    that only reads may also send it forms (a search, a what-if). `sampled`: an assessor may read it
    too, and finds the households of the own sample in it. `roles`: only who holds one of them comes
    in, and reaches no farther than it is held. `own`: what it writes is the actor's own account, which
    roles that only read may change too. `form`: the page is nothing but a form, so who could not send it
    is not shown it either. A page that shows other things besides asks `request.may_write` before it
    offers a form, or a link to one.
    """
    always, of_these, only = frozenset(classes), frozenset(either), frozenset(roles)

    def behind(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return redirect_to_login(request.get_full_path())
            if only:
                actor = actor.as_one_of(only)
            writing = writes and request.method not in READING
            asked = writing or form  # for rows that the actor could write
            code = named[place] if place else places.NATION
            scope = _scope(
                actor,
                always | _most_of(actor, of_these, writing=asked),
                purpose,
                code,
                writing=asked and not own,
                sampled=sampled and not asked,
            )
            if writing == scope.read_only:
                scope = replace(scope, read_only=not writing)
            request.scope = scope  # type: ignore[attr-defined]
            request.may_write = bool(  # type: ignore[attr-defined]
                actor.reach(
                    always | _most_of(actor, of_these, writing=True), place_code=code, writes=True
                )
            )
            request_id: str = request.id  # type: ignore[attr-defined]
            with within(scope, by=actor.username, reason=purpose, request=request_id):
                key = request.POST.get(SUBMISSION, "") if writing else ""
                if key:
                    return _once(
                        request, actor.username, key, lambda: view(request, *arguments, **named)
                    )
                return view(request, *arguments, **named)

        # The suite lists them.
        entered.door = always | of_these  # type: ignore[attr-defined]
        entered.refuses_readers = writes and not own  # type: ignore[attr-defined]  # what they send
        return entered

    return behind


def _most_of(actor: Actor, classes: frozenset[DataClass], *, writing: bool) -> frozenset[DataClass]:
    """The most of these classes that one role gives; all of them, to be refused, when none does."""
    given = [held.classes & classes for held in actor.held if held.writes or not writing]
    return max(given, key=len, default=classes) or classes


def endpoint(
    *, classes: Iterable[DataClass] = (), purpose: str, sampled: bool = False
) -> Callable[[Endpoint], Endpoint]:
    """Put an operation of the API behind the door: the actor is the token's, the rest as `page` does.

    The operation gives plain values, no query: its transaction is over when they are written out. What
    it raises, whatever status that becomes, rolls everything back.
    """
    wanted = frozenset(classes)

    def behind(operation: Endpoint) -> Endpoint:
        @wraps(operation)
        def entered(request: HttpRequest, *arguments: Any, **named: Any) -> Any:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            writing = request.method not in READING
            scope = _scope(
                actor,
                wanted,
                purpose,
                places.NATION,
                writing=writing,
                sampled=sampled and not writing,
            )
            request.scope = scope  # type: ignore[attr-defined]
            request_id: str = request.id  # type: ignore[attr-defined]
            with within(scope, by=actor.username, reason=purpose, request=request_id):
                return operation(request, *arguments, **named)

        # The schema is made from the types, which are named in the operation's own module.
        entered.__signature__ = signature(operation, eval_str=True)  # type: ignore[attr-defined]
        entered.door = wanted  # type: ignore[attr-defined]
        return entered

    return behind


def _scope(
    actor: Actor,
    wanted: frozenset[DataClass],
    purpose: str,
    code: str,
    *,
    writing: bool,
    sampled: bool,
) -> Scope:
    """What the actor may see of a place for a purpose; the own sample in the place of persons where
    these are not his. NotFoundError for a place that is nowhere or not his."""
    if not places.is_code(code) and code != places.NATION:
        raise NotFoundError(NO_SUCH_PLACE)
    needed = wanted
    if sampled and not actor.reach(wanted, place_code=code):
        needed = wanted - {DataClass.PERSONS} | {DataClass.SAMPLE}
    if not actor.reach(needed, place_code=code) and actor.reach(needed):
        raise NotFoundError(NO_SUCH_PLACE)
    return actor.scope(needed, purpose=purpose, place_code=code, writes=writing)


NO_SUCH_PLACE = Text(
    "没有这个地方，或者不在您的范围内。", "There is no such place, or it is not yours."
)


def open_to_all(view: View) -> View:
    """Mark a view that needs no log-in. It sees no walled row, for it has no scope."""
    view.door = None  # type: ignore[attr-defined]
    return view


def new_submission_key() -> str:
    """A key for one submission of one form, drawn when the form is shown."""
    return secrets.token_urlsafe(18)


def _once(
    request: HttpRequest, username: str, key: str, carry_out: Callable[[], HttpResponse]
) -> HttpResponse:
    """Carry a submission out, or lead to where the one with this key led.

    Two at once: the second waits at the unique key until the first has committed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into accounts_submission (key, actor, path, location)"
            " values (%s, %s, %s, '') on conflict (key) do nothing",
            [key[:40], username, request.path],
        )
        first = cursor.rowcount == 1
    sent = Submission.objects.filter(key=key[:40])
    if not first:
        known = sent.filter(actor=username, path=request.path).first()
        if known is None:
            raise NotFoundError(Text("这张表单不是您的。", "This form is not yours."))
        return _received(HttpResponseRedirect(known.location), key)
    response = carry_out()
    if isinstance(response, HttpResponseRedirect):
        sent.update(location=response.url)
        _received(response, key)
    else:
        sent.delete()  # nothing was done: the form comes back with its errors, to be sent again
    return cast(HttpResponse, response)


def _received(response: HttpResponse, key: str) -> HttpResponse:
    """Tell the page's script that this submission was received, so that its draft on the device goes.

    Kept, the draft would lend its key to the next form of the same address, which would then be taken
    for the first one sent again.
    """
    response.set_cookie("received", key[:40], max_age=3600, samesite="Lax", httponly=False)
    return response
