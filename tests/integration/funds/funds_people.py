"""Those who work with money in the tests: a department, and two people of finance."""

from __future__ import annotations

from funds_factories import COUNTY

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.walls.scope import DataClass
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.files.policy_folder import policy_in_force


def actor(username: str, role: str, place: str = COUNTY) -> Actor:
    held = HeldRole(role, Text(role, role), place, frozenset({DataClass.MONEY}), True)
    return Actor(username, username, None, (held,))


def lenient(place: str, day) -> Policy:
    """The policy as if no paper were asked for, a claim could take a contract whole and an amendment
    stood on the board for seven days."""
    changes = {
        "claims.needed_papers": [],
        "projects.payment_steps": [
            {"claim": "advance", "share": "1"},
            {"claim": "progress", "share": "0"},
        ],
        "funds.amendment_notice_days": 7,
    }
    return policy_in_force().as_if(changes, place=place, on=day)
