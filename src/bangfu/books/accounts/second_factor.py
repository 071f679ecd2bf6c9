"""Verbs of the second factor: one-time codes of a phone (TOTP, RFC 6238) and recovery codes.

They run by the operator whose factor it is, in a scope of that actor: the database shows nobody else's.
Resetting another's runs for the purpose `PURPOSE`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.db.models import F

from bangfu.books.accounts.models import Operator, RecoveryCode, SecondFactor
from bangfu.books.journal import actions as journal
from bangfu.books.walls.guarded import opened, sealed
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text

PURPOSE = "operators"
ISSUER = "Bangfu 帮扶"
STEP = 30  # seconds a code is for
RECOVERY_CODES = 10
_COLUMN = "secret"
_WRONG = Text("动态口令不对或已经用过。", "The code is wrong or was used already.")


def is_set(username: str) -> bool:
    """Whether the operator logs in with a second factor."""
    return SecondFactor.objects.filter(operator_id=username, confirmed_at__isnull=False).exists()


@transaction.atomic
def begin(*, by: str) -> str:
    """Draw a secret for the actor, which counts once `confirm` has seen a code; gives it in base 32.

    A secret that waits to be confirmed is given again. ConflictError when a factor is set.
    """
    found = SecondFactor.objects.filter(operator_id=by).first()
    if found is not None and found.confirmed_at is not None:
        raise ConflictError(Text("已经设置了第二重验证。", "A second factor is set already."))
    if found is not None:
        return opened(found.secret, _COLUMN)
    secret = pyotp.random_base32()
    [value] = sealed([secret], _COLUMN)
    SecondFactor.objects.create(operator_id=by, secret=value)
    return secret


def address(secret: str, username: str) -> str:
    """What a phone reads from the square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


@transaction.atomic
def confirm(*, by: str, code: str, now: datetime, place_code: str) -> list[str]:
    """Set the factor with its first code; gives the recovery codes, shown this once.

    InputError when the code is wrong. Every session of the operator ends with it.
    """
    if not check(username=by, code=code, now=now, confirmed=False):
        raise InputError(_WRONG, [Problem("code", _WRONG)])
    SecondFactor.objects.filter(operator_id=by).update(confirmed_at=now)
    Operator.objects.filter(username=by).update(epoch=F("epoch") + 1)
    journal.write(
        by=by, place_code=place_code, verb="accounts.set_second_factor", subject=f"operator {by}"
    )
    return draw_recovery_codes(by=by)


@transaction.atomic
def draw_recovery_codes(*, by: str) -> list[str]:
    """New recovery codes in the place of the old ones; only their digests are kept."""
    RecoveryCode.objects.filter(operator_id=by).delete()
    codes = [
        f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}"
        for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(operator_id=by, digest=_digest(code)) for code in codes
    )
    return codes


@transaction.atomic
def check(*, username: str, code: str, now: datetime, confirmed: bool = True) -> bool:
    """Whether a code opens now, and spends it. The step before and after count too, for slow clocks."""
    found = (
        SecondFactor.objects.select_for_update()
        .filter(operator_id=username, confirmed_at__isnull=not confirmed)
        .first()
    )
    if found is None:
        return False
    typed = "".join(code.split()).encode()
    totp = pyotp.TOTP(opened(found.secret, _COLUMN), interval=STEP)
    at = int(now.timestamp()) // STEP
    for step in (at - 1, at, at + 1):
        if step > found.last_step and hmac.compare_digest(totp.at(step * STEP).encode(), typed):
            SecondFactor.objects.filter(operator_id=username).update(last_step=step)
            return True
    return False


@transaction.atomic
def spend_recovery_code(*, username: str, code: str, now: datetime) -> bool:
    """Whether a recovery code opens, and spends it."""
    typed = code.strip().lower()
    return bool(
        RecoveryCode.objects.filter(
            operator_id=username, digest=_digest(typed), used_at__isnull=True
        ).update(used_at=now)
    )


@transaction.atomic
def remove(*, by: str, username: str, reason: str, place_code: str) -> None:
    """Take an operator's second factor away (a lost phone); sessions end, the next log-in sets a new one."""
    RecoveryCode.objects.filter(operator_id=username).delete()
    SecondFactor.objects.filter(operator_id=username).delete()
    Operator.objects.filter(username=username).update(epoch=F("epoch") + 1)
    journal.write(
        by=by,
        place_code=place_code,
        verb="accounts.remove_second_factor",
        subject=f"operator {username}",
        reason=reason,
    )


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
