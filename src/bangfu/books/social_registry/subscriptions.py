"""Subscriptions: made, ended, and what is new for them.

A subscriber is told of whoever entered the books after it subscribed and meets its criteria, once each,
as far as its account sees. Nobody is told of twice: what was told is kept in the same transaction as
the notice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from bangfu.books.journal import actions as journal
from bangfu.books.social_registry import messages
from bangfu.books.social_registry.actions import Asking, new_correlation, take
from bangfu.books.social_registry.messages import (
    Criteria,
    Header,
    QueryType,
    Subscribe,
    SubscribeCriteria,
    SubscribeItem,
    Unsubscribe,
)
from bangfu.books.social_registry.models import Action, Event, Exchange, Subscription, Told
from bangfu.books.social_registry.queries import RECORD_TYPES, RefusedError, matching
from bangfu.books.social_registry.records import records
from bangfu.books.social_registry.schedules import schedule
from bangfu.books.walls.guarded import opened, sealed

# One notice tells of so many; the rest comes with the next.
LARGEST_NOTICE = 200


@transaction.atomic
def subscribe(*, asking: Asking, asked: Subscribe, correlation_id: str) -> dict[str, Any]:
    """The answers to a batch of subscriptions; those that are not rejected stand from now."""
    return {
        "transaction_id": asked.transaction_id,
        "correlation_id": correlation_id,
        "subscribe_response": [
            _subscribed(asking, asked.transaction_id, item) for item in asked.subscribe_request
        ],
    }


def _subscribed(asking: Asking, transaction_id: str, item: SubscribeItem) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "reference_id": item.reference_id,
        "timestamp": messages.stamp(asking.now),
    }
    if item.locale:
        answer["locale"] = item.locale
    try:
        made = _made(asking, transaction_id, item)
    except RefusedError as refused:
        return answer | {
            "status": "rjct",
            "status_reason_code": refused.code,
            "status_reason_message": refused.message,
        }
    journal.write(
        by=asking.by,
        place_code=made.place_code,
        verb="social_registry.subscribe",
        subject=f"client {asking.client.sender_id}",
        reason=asking.client.basis,
        after={"code": made.code, "event": made.event, "record_type": made.record_type},
    )
    return answer | {"status": "succ", "subscriptions": [info(made)]}


def _made(asking: Asking, transaction_id: str, item: SubscribeItem) -> Subscription:
    client, asked = asking.client, item.subscribe_criteria
    if not client.callback_base:
        raise _details("No address for notices is registered.")
    event = messages.plain(asked.reg_event_type)
    if event not in Event.values:
        raise RefusedError(
            "rjct.notify_types.invalid", f"The events are {', '.join(Event.values)}."
        )
    record_type = RECORD_TYPES.get(messages.plain(asked.notify_record_type))
    if record_type is None:
        raise _details("The record types are Group and Member.")
    criteria = _criteria(asked)
    try:
        matching(criteria, allowed=client.attributes, today=asking.today)
    except RefusedError as refused:  # the codes of a search are not those of a subscription
        raise _details(refused.message) from None
    cron = asked.frequency.frequency if asked.frequency else ""
    if cron:
        _checked_schedule(cron)
    [written] = sealed([criteria.model_dump_json(include={"query_type", "query"})], "criteria")
    standing = Subscription.objects.filter(
        client=client,
        event=event,
        record_type=record_type,
        criteria=written,
        ended_at__isnull=True,
    )
    if standing.exists():
        raise RefusedError("rjct.event.already_subscribed", "This subscription stands already.")
    made: Subscription = Subscription.objects.create(
        client=client,
        place_code=client.place_code,
        code=new_correlation(),
        event=event,
        record_type=record_type,
        criteria=written,
        cron=cron,
        starts_at=asked.frequency.start_time if asked.frequency else None,
        ends_at=asked.frequency.end_time if asked.frequency else None,
        transaction_id=transaction_id,
        reference_id=item.reference_id,
        locale=item.locale or "",
        made_at=asking.now,
        looked_at=asking.now,
    )
    return made


def _criteria(asked: SubscribeCriteria) -> Criteria:
    kind = asked.filter_type or _kind_of(asked.filter)
    if kind == "graphql":
        raise _details("Filters are idtype-value, predicate or expression.")
    return Criteria(query_type=kind, query=asked.filter)


def _kind_of(written: Any) -> QueryType:
    """What form a filter has that says none: the three are told apart by their shape."""
    if isinstance(written, list):
        return "predicate"
    value = written.get("value") if isinstance(written, Mapping) else None
    return "expression" if isinstance(value, Mapping) else "idtype-value"


def _checked_schedule(cron: str) -> None:
    try:
        schedule(cron)
    except ValueError:
        raise _details("The frequency is a cron expression of numbers.") from None


def _details(message: str) -> RefusedError:
    return RefusedError("rjct.notify_details.invalid", message)


def info(subscription: Subscription) -> dict[str, Any]:
    """A subscription as messages tell it. Its filter may hold a number and is not repeated."""
    ended = subscription.ended_at
    return {
        "version": messages.VERSION,
        "code": subscription.code,
        "status": "unsubscribe" if ended else "subscribe",
        "timestamp": messages.stamp(ended or subscription.made_at),
        "reg_type": messages.REGISTRY_TYPE,
        "reg_event_type": subscription.event,
        "notify_record_type": subscription.record_type,
    }


@transaction.atomic
def unsubscribe(*, asking: Asking, asked: Unsubscribe, correlation_id: str) -> dict[str, Any]:
    """The answer to a list of codes: all of them end, or none where one is not the client's own or has
    ended before."""
    codes = set(asked.subscription_codes)
    own = Subscription.objects.select_for_update().filter(client=asking.client, code__in=codes)
    found = {each.code: each for each in own}
    answer: dict[str, Any] = {
        "transaction_id": asked.transaction_id,
        "correlation_id": correlation_id,
        "timestamp": messages.stamp(asking.now),
    }
    refused = _against(codes, found)
    if refused is None:
        Subscription.objects.filter(pk__in=[each.pk for each in found.values()]).update(
            ended_at=asking.now
        )
        journal.write(
            by=asking.by,
            place_code=asking.client.place_code,
            verb="social_registry.unsubscribe",
            subject=f"client {asking.client.sender_id}",
            after={"codes": sorted(codes)},
        )
        status = {"status": "succ"}
    else:
        code, message = refused
        status = {
            "status": "rjct",
            "status_reason_code": code,
            "status_reason_message": message,
        }
    standing = [
        {
            "code": code,
            "status": "unsubscribe"
            if refused is None or found[code].ended_at is not None
            else "subscribe",
        }
        for code in asked.subscription_codes
        if code in found
    ]
    return answer | status | {"subscription_status": standing}


def _against(codes: set[str], found: Mapping[str, Subscription]) -> tuple[str, str] | None:
    if codes - found.keys():
        return "rjct.subscription_code.invalid", "A code is none of this system's."
    if any(each.ended_at is not None for each in found.values()):
        return "rjct.event.already_unsubscribed", "A subscription has ended before."
    return None


# What is new.


def due(*, now: datetime) -> list[Subscription]:
    """The subscriptions of the scope whose time it is."""
    standing = Subscription.objects.filter(
        Q(starts_at__isnull=True) | Q(starts_at__lte=now),
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        ended_at__isnull=True,
    )
    return [
        each
        for each in standing.select_related("client").order_by("pk")
        if not each.cron
        or schedule(each.cron).due(
            since=timezone.localtime(each.looked_at), now=timezone.localtime(now)
        )
    ]


@transaction.atomic
def notice(*, asking: Asking, subscription: Subscription) -> Exchange | None:
    """Put a notice of what is new on its way; None when there is nothing. Who is told of is kept, so
    that a second look finds nothing."""
    locked = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if locked.ended_at is not None:
        return None
    Subscription.objects.filter(pk=locked.pk).update(looked_at=asking.now)
    rows = list(_new(asking, locked)[:LARGEST_NOTICE])
    if not rows:
        return None
    Told.objects.bulk_create(
        Told(
            subscription=locked,
            place_code=locked.place_code,
            household_no=row.pk if locked.record_type == "Group" else row.household_id,
            person_no="" if locked.record_type == "Group" else row.person_no,
            told_at=asking.now,
        )
        for row in rows
    )
    correlation = new_correlation()
    journal.write(
        by=asking.by,
        place_code=locked.place_code,
        verb="social_registry.notify",
        subject=f"client {asking.client.sender_id}",
        reason=asking.client.basis,
        after={"code": locked.code, "told": len(rows)},
    )
    written = messages.envelope(
        "notify",
        {"transaction_id": locked.transaction_id, "notify_event": _events(asking, locked, rows)},
        message_id=correlation,
        sender=asking.client.known_as,
        receiver=asking.client.sender_id,
        now=asking.now,
        status="succ",
        count=len(rows),
    )
    return take(
        asking=asking,
        action=Action.NOTIFY,
        header=_own_header(correlation, asking),
        transaction_id=locked.transaction_id,
        references=[locked.reference_id],
        message=json.dumps(written, ensure_ascii=False),
        correlation_id=correlation,
    )


def _events(
    asking: Asking, subscription: Subscription, rows: Sequence[Any]
) -> list[dict[str, Any]]:
    locale = {"locale": subscription.locale} if subscription.locale else {}
    return [
        {
            "reference_id": subscription.reference_id,
            "timestamp": messages.stamp(asking.now),
            "data": {
                "version": messages.VERSION,
                "reg_type": messages.REGISTRY_TYPE,
                "reg_event_type": subscription.event,
                "reg_record_type": subscription.record_type,
                "reg_records": record,
            },
            **locale,
        }
        for record in records(rows, subscription.record_type, numbers=False)
    ]


def _own_header(correlation: str, asking: Asking) -> Header:
    return Header(
        message_id=correlation,
        message_ts=asking.now,
        action="notify",
        sender_id=asking.client.known_as,
        total_count=1,
    )


def _new(asking: Asking, subscription: Subscription) -> QuerySet[Any]:
    """Whom a subscription is to be told of: they meet its criteria, entered the books after it was made,
    and it was not told of them."""
    criteria = Criteria.model_validate(
        json.loads(opened(subscription.criteria, "criteria"))
        | {"response_entity": subscription.record_type}
    )
    query, entity = matching(criteria, allowed=asking.client.attributes, today=asking.today)
    told = Told.objects.filter(subscription=subscription)
    household = "pk" if entity == "Group" else "household_id"
    told = told.filter(household_no=OuterRef(household))
    if entity == "Member":
        told = told.filter(person_no=OuterRef("person_no"))
    persons = _entered("Person").filter(
        place_code=OuterRef("place_code"), pgh_created_at__gt=subscription.since
    )
    if subscription.event == Event.NEW_MEMBER:
        # The household was there before: it entered in an earlier transaction than the person.
        households = _entered("Household").filter(
            household_no=OuterRef("household_id"), pgh_created_at__gte=OuterRef("pgh_created_at")
        )
        persons = persons.filter(~Exists(households))
        key = Q(household_id=OuterRef("pk")) if entity == "Group" else Q(id=OuterRef("pk"))
        entered = Exists(persons.filter(key))
    elif entity == "Group":
        entered = Exists(
            _entered("Household").filter(
                household_no=OuterRef("pk"), pgh_created_at__gt=subscription.since
            )
        )
    else:
        entered = Exists(persons.filter(id=OuterRef("pk")))
    return query.filter(entered, ~Exists(told)).order_by(F(household), "pk")


def _entered(model: str) -> QuerySet[Any]:
    history: Any = apps.get_model("households", f"{model}History")
    found: QuerySet[Any] = history.objects.filter(pgh_label="insert").order_by()
    return found
