"""Verbs on accounts."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from bangfu.books.accounts.models import Grant, Operator, Role
from bangfu.books.journal import actions as journal
from bangfu.books.walls.guarded import token
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, Problem, UsageError
from bangfu.core.language import Text

KEEPER = "keeper"


@transaction.atomic
def add_operator(
    *, by: str, username: str, display_name: str, place_code: str, id_number: str | None = None
) -> Operator:
    """A new account. `id_number` is kept as a token only, to tell two accounts of one person.

    `place_code` is where the account belongs, for the journal. ConflictError when the name is taken.
    """
    if Operator.objects.filter(username=username).exists():
        raise ConflictError(
            Text(f"用户名 {username} 已被使用。", f"The user name {username} is taken.")
        )
    operator = Operator.objects.create(
        username=username,
        display_name=display_name,
        person_token=token(id_number) if id_number else None,
        password="!",  # no password opens it until one is set
    )
    journal.write(by=by, place_code=place_code, verb="accounts.add", subject=f"operator {username}")
    return operator


@transaction.atomic
def grant_role(
    *,
    by: str,
    username: str,
    role: str,
    place_code: str,
    valid_from: date,
    valid_to: date | None = None,
    reason: str = "",
) -> Grant:
    """Let an operator hold a role at a place from `valid_from` until the day before `valid_to`.

    UsageError when there is no such operator or role, or the place is not of the role's level.
    """
    held = Role.objects.filter(code=role).first()
    if held is None or not Operator.objects.filter(username=username).exists():
        raise UsageError(
            Text(
                f"没有用户 {username} 或角色 {role}。", f"No operator {username} or no role {role}."
            )
        )
    if places.level(place_code) < held.level:
        raise UsageError(
            Text(
                f"角色“{held.name_zh}”不能授予这么高的层级：{place_code}。",
                f"The role {held.name_en} is not held at so high a level: {place_code}.",
            )
        )
    grant = Grant.objects.create(
        operator_id=username,
        role=held,
        place_code=place_code,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="accounts.grant",
        subject=f"operator {username}",
        reason=reason,
        after={"role": role, "from": valid_from.isoformat()},
    )
    return grant


@transaction.atomic
def set_password(*, by: str, username: str, password: str, place_code: str) -> None:
    """Give an operator a new password. InputError with what is weak about it."""
    operator = Operator.objects.filter(username=username).first()
    if operator is None:
        raise UsageError(Text(f"没有用户 {username}。", f"No operator {username}."))
    try:
        validate_password(password, operator)
    except ValidationError as weak:
        problems = [Problem("password", Text(word, word)) for word in weak.messages]
        raise InputError(Text("密码太弱。", "The password is too weak."), problems) from None
    operator.password = make_password(password)
    operator.save(update_fields=["password"])
    journal.write(
        by=by, place_code=place_code, verb="accounts.set_password", subject=f"operator {username}"
    )


def ensure_keeper(*, username: str, on: date) -> None:
    """Make the first operator of an embedded database: the keeper of the whole book.

    Runs as the owner, since before it nobody may grant anything. Nothing happens once it is there.
    """
    everywhere = Scope((places.NATION,), frozenset(DataClass), "setup")
    with within(everywhere, by=username, reason="first operator", using="owner"):
        operators = Operator.objects.using("owner")
        if operators.filter(username=username).exists():
            return
        operators.create(username=username, display_name=username, password="!")
        Grant.objects.using("owner").create(
            operator_id=username, role_id=KEEPER, place_code=places.NATION, valid_from=on
        )
