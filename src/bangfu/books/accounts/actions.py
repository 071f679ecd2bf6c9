"""Verbs on accounts."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from bangfu.books.accounts.models import Grant, Operator, Role
from bangfu.books.journal import actions as journal
from bangfu.books.walls.guarded import sealed, token
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem, UsageError
from bangfu.core.language import Text

KEEPER = "keeper"
NO_OPERATOR = Text(
    "没有这个账号，或者它不归您管理。", "There is no such account, or it is not yours to keep."
)


@transaction.atomic
def add_operator(
    *, by: str, username: str, display_name: str, place_code: str, id_number: str | None = None
) -> Operator:
    """A new account. `id_number` is sealed; its token tells two accounts of one person.

    `place_code` is where the account belongs. ConflictError when the name is taken.
    """
    if Operator.objects.filter(username=username).exists():
        raise ConflictError(
            Text(f"用户名 {username} 已被使用。", f"The user name {username} is taken.")
        )
    [number] = sealed([id_number], "person_number")
    operator = Operator.objects.create(
        username=username,
        display_name=display_name,
        place_code=place_code,
        person_token=token(id_number) if id_number else None,
        person_number=number,
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

    The account's sessions end, so that the next log-in has the role. UsageError when there is no such
    operator or role, the place is not of the role's level, or the account does not belong there.
    """
    held = Role.objects.filter(code=role).first()
    operator = kept(username)
    if held is None:
        raise UsageError(Text(f"没有角色 {role}。", f"There is no role {role}."))
    if places.level(place_code) < held.level:
        raise UsageError(
            Text(
                f"角色“{held.name_zh}”不能授予这么高的层级：{place_code}。",
                f"The role {held.name_en} is not held at so high a level: {place_code}.",
            )
        )
    if not places.contains(operator.place_code, place_code):
        raise UsageError(
            Text(
                f"账号 {username} 属于 {operator.place_code}，不能在 {place_code} 担任角色。",
                f"The account {username} belongs to {operator.place_code} and holds no role at "
                f"{place_code}.",
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
    end_sessions(username)
    return grant


@transaction.atomic
def end_grant(*, by: str, grant_id: int, on: date, reason: str) -> None:
    """Let a role end: `on` is the first day without it. A grant that has not begun is taken back whole.

    NotFoundError for a grant out of sight, ConflictError when it has ended already.
    """
    grant = Grant.objects.select_for_update().filter(pk=grant_id).first()
    if grant is None:
        raise NotFoundError(NO_OPERATOR)
    if grant.valid_to is not None and grant.valid_to <= on:
        raise ConflictError(Text("这个角色已经到期。", "This role has ended already."))
    if grant.valid_from >= on:
        grant.delete()
    else:
        Grant.objects.filter(pk=grant_id).update(valid_to=on)
    journal.write(
        by=by,
        place_code=grant.place_code,
        verb="accounts.end_grant",
        subject=f"operator {grant.operator_id}",
        reason=reason,
        before={"role": grant.role_id, "to": str(grant.valid_to or "")},
        after={"to": on.isoformat()},
    )
    end_sessions(grant.operator_id)


@transaction.atomic
def set_active(*, by: str, username: str, active: bool, reason: str) -> None:
    """Close an account or open it again. Its sessions end."""
    operator = kept(username)
    if by == username:
        raise ConflictError(Text("不能停用自己的账号。", "One does not close one's own account."))
    Operator.objects.filter(pk=operator.pk).update(is_active=active)
    journal.write(
        by=by,
        place_code=operator.place_code,
        verb="accounts.open" if active else "accounts.close",
        subject=f"operator {username}",
        reason=reason,
    )
    end_sessions(username)


@transaction.atomic
def force_log_out(*, by: str, username: str, reason: str) -> None:
    """End every session of an account."""
    operator = kept(username)
    journal.write(
        by=by,
        place_code=operator.place_code,
        verb="accounts.force_log_out",
        subject=f"operator {username}",
        reason=reason,
    )
    end_sessions(username)


@transaction.atomic
def note_unlock(*, by: str, username: str, reason: str) -> None:
    """Record that an account that was locked after failures is opened before its time."""
    operator = kept(username)
    journal.write(
        by=by,
        place_code=operator.place_code,
        verb="accounts.unlock",
        subject=f"operator {username}",
        reason=reason,
    )


def end_sessions(username: str) -> None:
    """Sessions carry the epoch of their account: they end when it grows."""
    Operator.objects.filter(username=username).update(epoch=F("epoch") + 1)


def kept(username: str) -> Operator:
    """An account that belongs to a place of the scope. NotFoundError for any other, or none."""
    # Locked for the change that follows: the database gives rows to change only inside the scope.
    found: Operator | None = Operator.objects.select_for_update().filter(username=username).first()
    if found is None:
        raise NotFoundError(NO_OPERATOR)
    return found


@transaction.atomic
def set_password(*, by: str, username: str, password: str, place_code: str) -> None:
    """Give an operator a new password; the sessions end. InputError with what is weak about it."""
    _keep_password(kept(username), password)
    journal.write(
        by=by, place_code=place_code, verb="accounts.set_password", subject=f"operator {username}"
    )


@transaction.atomic
def change_own_password(*, by: str, current: str, password: str, place_code: str) -> None:
    """Change the actor's own password, who knows the current one. InputError otherwise."""
    operator = Operator.objects.get(username=by)
    if not check_password(current, operator.password):
        wrong = Text("现在的密码不对。", "The current password is wrong.")
        raise InputError(wrong, [Problem("current", wrong)])
    _keep_password(operator, password)
    journal.write(
        by=by, place_code=place_code, verb="accounts.change_password", subject=f"operator {by}"
    )


def _keep_password(operator: Operator, password: str) -> None:
    try:
        validate_password(password, operator)
    except ValidationError as weak:
        problems = [Problem("password", Text(word, word)) for word in weak.messages]
        raise InputError(Text("密码太弱。", "The password is too weak."), problems) from None
    Operator.objects.filter(pk=operator.pk).update(password=make_password(password))
    end_sessions(operator.username)


def ensure_keeper(*, username: str, on: date) -> bool:
    """Make the first operator of the books: the keeper of the whole book. False once it is there.

    Runs as the owner, since before it nobody may grant anything.
    """
    everywhere = Scope((places.NATION,), frozenset(DataClass), "setup")
    with within(everywhere, by=username, reason="first operator", using="owner"):
        operators = Operator.objects.using("owner")
        if operators.filter(username=username).exists():
            return False
        operators.create(username=username, display_name=username, password="!")
        Grant.objects.using("owner").create(
            operator_id=username, role_id=KEEPER, place_code=places.NATION, valid_from=on
        )
    return True
