"""What pages and tasks read of grievances. Whoever is complained about finds nothing: the database sees to it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.queries import own_accounts
from bangfu.books.grievances import people
from bangfu.books.grievances.models import Grievance, State
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy

NO_SUCH_GRIEVANCE = Text(
    "没有这件信访，或者它不在您的范围内。", "There is no such grievance, or it is not yours to see."
)
OPEN = (State.RECEIVED, State.ACCEPTED, State.APPEALED)


def found(grievance_id: int) -> Grievance:
    """The grievance, when the scope sees it. NotFoundError otherwise."""
    grievance = Grievance.objects.filter(pk=grievance_id).first()
    if grievance is None:
        raise NotFoundError(NO_SUCH_GRIEVANCE)
    return grievance


def late(today: date) -> QuerySet[Grievance]:
    """Grievances whose time is over."""
    return Grievance.objects.filter(state__in=OPEN, due_on__lt=today)


def waiting_for(actor: Actor, *, policy: Policy, today: date) -> QuerySet[Grievance]:
    """The grievances that wait for the actor: to take up, to answer, to decide on appeal."""
    mine = Q(pk__in=())
    for held in actor.held:
        if not held.writes:
            continue
        low, high = places.code_range(held.place_code)
        here = Q(place_code__gte=low, place_code__lt=high)
        at: dict[str, Any] = {"place": held.place_code, "on": today}
        mine |= here & Q(state=State.ACCEPTED, answers_role=held.role)
        if held.role in people.roles(policy, "triage", **at):
            mine |= here & Q(state=State.RECEIVED)
        if held.role in people.roles(policy, "appeal", **at):
            mine |= here & Q(state=State.APPEALED)
    return Grievance.objects.filter(mine).exclude(
        state=State.APPEALED, answered_by__in=own_accounts(actor)
    )


def statistics(year: int) -> dict[str, Any]:
    """The figures of the grievances received in a year, as far as the scope sees them."""
    rows = Grievance.objects.filter(received_on__year=year)
    answered = rows.filter(answered_on__isnull=False)
    counted = rows.aggregate(
        total=Count("pk"),
        named=Count("pk", filter=Q(complainant__isnull=False)),
        answered=Count("pk", filter=Q(answered_on__isnull=False)),
        right=Count("pk", filter=Q(upheld=True)),
        appealed=Count("pk", filter=Q(appealed_on__isnull=False)),
        turned=Count("pk", filter=Q(second_upheld=True, upheld=False)),
    )
    days = sorted(
        (answer - received).days
        for answer, received in answered.values_list("answered_on", "received_on")
    )
    township = Substr("about_place", 1, places.DIGITS[places.Level.TOWNSHIP])
    return {
        **counted,
        "median_days": days[(len(days) - 1) // 2] if days else None,
        "by_state": dict(rows.values_list("state").annotate(Count("pk")).order_by()),
        "by_kind": dict(rows.values_list("kind").annotate(Count("pk")).order_by()),
        "by_township": list(
            rows.annotate(township=township)
            .values("township")
            .annotate(count=Count("pk"), right=Count("pk", filter=Q(upheld=True)))
            .order_by("-count", "township")
        ),
    }
