"""Which procedures a case may be opened by: those for such a subject, for who may take their first step."""

from __future__ import annotations

from datetime import date

from bangfu.books.accounts.actors import Actor
from bangfu.core import places
from bangfu.core.policy.resolve import Policy
from bangfu.core.workflow.model import Procedure, Subject

LEVEL = {Subject.VILLAGE: places.Level.VILLAGE, Subject.COUNTY: places.Level.COUNTY}


def fitting(policy: Policy, code: str, today: date, *, household: bool) -> list[Procedure]:
    """The procedures in force at a place, one a kind: those for its households, or for itself."""
    found = [policy.procedures.find(kind, place=code, on=today) for kind in policy.procedures.kinds]
    if household:
        return [procedure for procedure in found if procedure.subject is Subject.HOUSEHOLD]
    level = places.level(code)
    return [procedure for procedure in found if LEVEL.get(procedure.subject) is level]


def may_open(procedure: Procedure, actor: Actor, code: str) -> bool:
    """Whether an actor may take the first step at a place."""
    return actor.holds(*procedure.steps[0].roles, at=code)


def for_place(actor: Actor, policy: Policy, code: str, today: date) -> list[Procedure]:
    """The procedures that an actor may open for a place itself."""
    found = fitting(policy, code, today, household=False)
    return [procedure for procedure in found if may_open(procedure, actor, code)]


def for_own_places(actor: Actor, policy: Policy, today: date) -> list[tuple[Procedure, str]]:
    """What an actor may open for the very places that he holds a role at, with their codes."""
    codes = sorted({held.place_code for held in actor.held} - {places.NATION})
    return [
        (procedure, code) for code in codes for procedure in for_place(actor, policy, code, today)
    ]
