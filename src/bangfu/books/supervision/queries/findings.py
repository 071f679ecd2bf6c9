"""Findings as lists and tasks: which are there, which wait for whom, which are late."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from bangfu.books.accounts.actors import Actor
from bangfu.books.supervision import people
from bangfu.books.supervision.models import Evidence, Finding
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.supervision.findings import State

NO_SUCH_FINDING = Text(
    "没有这个问题，或者它不在您的范围内。", "There is no such finding, or it is not yours to see."
)
_ROLES_OF = {State.FOUND: "order", State.ANSWERED: "inspect", State.RECHECKED: "close"}


def found(finding_id: int) -> Finding:
    """The finding, when the scope sees it. NotFoundError otherwise."""
    finding = Finding.objects.filter(pk=finding_id).first()
    if finding is None:
        raise NotFoundError(NO_SUCH_FINDING)
    return finding


def listed(*, place_code: str = places.NATION) -> QuerySet[Finding]:
    """The findings in a place."""
    low, high = places.code_range(place_code)
    return Finding.objects.filter(place_code__gte=low, place_code__lt=high)


def due(today: date) -> QuerySet[Finding]:
    """Ordered findings whose time is over."""
    return Finding.objects.filter(state=State.ORDERED, due_on__lt=today)


def waiting_for(actor: Actor, *, policy: Policy, today: date) -> QuerySet[Finding]:
    """The findings that wait for the actor: to order, answer, look at again or close.

    Late answers climb: they wait for whoever may order, too.
    """
    mine = Q(pk__in=())
    for held in actor.held:
        if not held.writes:
            continue
        low, high = places.code_range(held.place_code)
        here = Q(place_code__gte=low, place_code__lt=high)
        mine |= here & Q(state=State.ORDERED, answers_role=held.role)
        for state, what in _ROLES_OF.items():
            if held.role in people.roles(policy, what, place=held.place_code, on=today):
                mine |= here & Q(state=state)
                if what == "order":
                    mine |= here & Q(state=State.ORDERED, due_on__lt=today)
    return Finding.objects.filter(mine)


def evidence_of(finding: Finding) -> QuerySet[Evidence]:
    """The photos and papers of a finding, in the order they came."""
    return Evidence.objects.filter(finding=finding).select_related("attachment").order_by("pk")
