"""Tokens of the API: made and revoked by who they work for, shown once, kept as digests."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction

from bangfu.books.accounts.actors import Actor, held_roles
from bangfu.books.accounts.models import ApiToken, Grant
from bangfu.books.accounts.queries import grants_of
from bangfu.books.journal import actions as journal
from bangfu.books.walls.scope import Scope, within
from bangfu.core.errors import InputError, NotFoundError, Problem
from bangfu.core.language import Text

PURPOSE = "token"
LONGEST = timedelta(days=366)
_MARK = "bangfu_"  # so that a token found in a file can be told for what it is
_NOBODY = Scope((), frozenset(), PURPOSE)


@transaction.atomic
def make_token(
    *,
    by: str,
    name: str,
    grants: Collection[int],
    reads_only: bool,
    valid_to: date,
    today: date,
    now: datetime,
    place_code: str,
) -> str:
    """Draw a token for the actor, in these of the roles held today, until the day before `valid_to`.

    Gives the token, which is kept nowhere. InputError for a role not held, or a day out of reach.
    """
    held = {grant.pk for grant in grants_of(by, on=today)}
    if not grants or not held.issuperset(grants):
        says = Text("请从您现在的角色中选择。", "Choose from the roles you hold now.")
        raise InputError(says, [Problem("grants", says)])
    if not today < valid_to <= today + LONGEST:
        says = Text(
            f"到期日要在明天和 {today + LONGEST} 之间。",
            f"The end lies between tomorrow and {today + LONGEST}.",
        )
        raise InputError(says, [Problem("valid_to", says)])
    token = _MARK + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        operator_id=by,
        name=name,
        digest=digest(token),
        grants=sorted(grants),
        reads_only=reads_only,
        made_at=now,
        valid_from=today,
        valid_to=valid_to,
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="accounts.make_token",
        subject=f"token {made.pk}",
        reason=name,
        after={"grants": made.grants, "reads_only": reads_only, "valid_to": str(valid_to)},
    )
    return token


@transaction.atomic
def revoke_token(*, by: str, token_id: int, now: datetime, place_code: str) -> None:
    """End a token of the actor's. NotFoundError when it is another's, or ended before."""
    ended = ApiToken.objects.filter(operator_id=by, pk=token_id, revoked_at=None)
    if not ended.update(revoked_at=now):
        raise NotFoundError(Text("没有这个令牌，或已经撤销。", "No such token, or it was revoked."))
    journal.write(
        by=by, place_code=place_code, verb="accounts.revoke_token", subject=f"token {token_id}"
    )


def actor_of_token(token: str, *, on: date) -> Actor | None:
    """Whom a token works for, in its roles that are still held on a day; None for one that is not good.

    Opens transactions of its own, in which only the token and the operator's own grants are visible.
    """
    with within(_NOBODY, by=PURPOSE):
        found = (
            ApiToken.objects.filter(
                digest=digest(token),
                revoked_at=None,
                valid_from__lte=on,
                valid_to__gt=on,
                operator__is_active=True,
            )
            .select_related("operator")
            .first()
        )
    if found is None:
        return None
    operator = found.operator
    with within(Scope((), frozenset(), "log in"), by=operator.username):
        held = held_roles(operator.username, on=on, grants=found.grants)
    actor = Actor(operator.username, operator.display_name, operator.person_token, held)
    return actor.reading() if found.reads_only else actor


def tokens_of(username: str) -> list[ApiToken]:
    """The tokens of an operator, the newest first, each with the `held` grants it names."""
    tokens = list(ApiToken.objects.filter(operator_id=username).order_by("-pk"))
    grants = Grant.objects.filter(operator_id=username).select_related("role").in_bulk()
    for token in tokens:
        token.held = [grants[key] for key in token.grants if key in grants]  # type: ignore[attr-defined]
    return tokens


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
