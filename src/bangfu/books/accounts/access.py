"""What policy says about coming in: who needs a second factor, how long a session lasts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from bangfu.core.places import NATION
from bangfu.core.policy.reading import load
from bangfu.core.policy.resolve import Policy
from bangfu.files.policy_folder import read_policy


@dataclass(frozen=True, slots=True)
class Access:
    """`second_factor_roles` must log in with a second factor; a session ends `idle` after the last click
    and `longest` after the log-in."""

    second_factor_roles: frozenset[str]
    idle: timedelta
    longest: timedelta


@cache
def access(on: date) -> Access:
    """The policy of a day, for the whole book: an operator may work in more than one place."""
    policy = _policy(str(os.environ.get("BANGFU_POLICY") or settings.REPOSITORY / "policy"))

    def value(key: str) -> object:
        return policy.value(f"access.{key}", place=NATION, on=on).value

    roles = value("second_factor_roles")
    return Access(
        frozenset(str(role) for role in roles),  # type: ignore[attr-defined]
        timedelta(minutes=int(str(value("idle_minutes")))),
        timedelta(minutes=int(str(value("session_minutes")))),
    )


def second_factor_enforced(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the roles that need a second factor are held to it: on a server always. On an embedded
    database, which is a trial or a single desk, only with BANGFU_SECOND_FACTOR=1."""
    return bool(settings.PRODUCTION) or environ.get("BANGFU_SECOND_FACTOR") == "1"


@cache
def _policy(folder: str) -> Policy:
    return load(read_policy(Path(folder)))
