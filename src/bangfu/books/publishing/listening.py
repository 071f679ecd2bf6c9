"""What publishing is told as it happens: a list was fixed or drawn from, a month was sealed."""

from __future__ import annotations

from datetime import date

from bangfu.books.funds import telling as funds
from bangfu.books.funds.models import MonthSeal
from bangfu.books.publishing import actions
from bangfu.books.supervision import telling as supervision
from bangfu.files.policy_folder import policy_in_force


def sealed(*, by: str, seal: MonthSeal, today: date) -> None:
    """A month was sealed: its digests are public from now on."""
    actions.publish_seal(
        by=by, seal=seal, policy=policy_in_force(), today=today, now=seal.sealed_at
    )


supervision.told_to(actions.publish_draw)
funds.told_to(sealed)
