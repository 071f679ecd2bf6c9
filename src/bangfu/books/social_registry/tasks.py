"""Calling back with an answer or a notice, and looking for what is new for subscribers."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from bangfu.books.accounts.actors import actor_of, held_roles
from bangfu.books.jobs import queue
from bangfu.books.jobs.kinds import Result, Running, task_kind
from bangfu.books.jobs.tasks import CLOCK
from bangfu.books.jobs.timers import Tick, timer
from bangfu.books.social_registry import actions, delivery, messages, subscriptions
from bangfu.books.social_registry.actions import Asking
from bangfu.books.social_registry.messages import SearchEnvelope, StatusEnvelope
from bangfu.books.social_registry.models import Action, Client, Exchange, Subscription
from bangfu.books.walls.guarded import opened
from bangfu.books.walls.scope import within
from bangfu.core.errors import InputError
from bangfu.core.language import Text

LOOK_FOR = "social_registry.look_for"


@task_kind(actions.CALL_BACK, title=Text("社会登记回调", "Call back from the social registry"))
def call_back(job: Running) -> Result:
    """Send one message, as its client may have it now. A host that is away is tried again; one that
    refuses, or is no longer registered, ends the exchange.

    A worker that dies after sending and before its work is kept sends again, under the same id.
    """
    exchange = Exchange.objects.select_related("client").get(pk=job.arguments["exchange"])
    if exchange.status != "rcvd":
        return Result(Text("已经回复过。", "It was answered before."))
    client = exchange.client
    try:
        to = delivery.target(
            exchange.uri, hosts=client.callback_hosts, private=client.private_callbacks
        )
        message = actions.as_sent(_message(job, exchange), client=client, now=job.now)
        delivery.post(to, message, private=client.private_callbacks)
    except InputError as refused:
        exchange.status, said = "rjct", refused.text
    else:
        exchange.status, said = "succ", Text("已回复。", "Answered.")
    exchange.answered_at = job.now
    exchange.save(update_fields=["status", "answered_at"])
    return Result(said)


def _message(job: Running, exchange: Exchange) -> dict[str, Any]:
    written = opened(exchange.message, "message")
    if exchange.action == Action.SEARCH:
        search = SearchEnvelope.model_validate_json(written)
        found = actions.answer_search(
            asking=_asking(job, exchange.client, numbers=exchange.numbers),
            asked=search.message,
            correlation_id=exchange.correlation_id,
        )
        return messages.answered_search(search.header, found, now=job.now)
    if exchange.action == Action.STATUS:
        asked = StatusEnvelope.model_validate_json(written)
        told = actions.status_of(
            client=exchange.client, asked=asked.message, correlation_id=exchange.correlation_id
        )
        return messages.answered_status(asked.header, told, now=job.now)
    finished: dict[str, Any] = json.loads(written)
    return finished


def _asking(job: Running, client: Client, *, numbers: bool) -> Asking:
    """A client at work in the background: ID numbers only where its token had them and its account may
    have them still."""
    held = held_roles(job.by, on=job.today)
    still = numbers and actions.may_have_numbers(client, held, today=job.today)
    return Asking(client=client, by=job.by, numbers=still, now=job.now, today=job.today)


@timer("social_registry.look", cron="5 * * * *")
def look(tick: Tick) -> None:
    """Have each subscription of the county whose time it is looked at, as its subscriber."""
    for subscription in subscriptions.due(now=tick.now):
        queue.defer(
            LOOK_FOR,
            subscription=subscription.pk,
            operator=subscription.client.operator_id,
            place_code=subscription.place_code,
        )


@app.task(name=LOOK_FOR, pass_context=True)
def look_for(context: JobContext, *, subscription: int, operator: str, place_code: str) -> None:
    """Look for what is new for a subscription, in the scope that its subscriber has now, and put a notice
    of it on its way. An account that has lost its role is told nothing."""
    now = context.additional_context[CLOCK]()
    today = timezone.localdate(now)
    try:
        actor = actor_of(operator, on=today)
        if actor.reach(actions.PERSONS, place_code=place_code, writes=True) != (place_code,):
            return
        scope = actor.scope(
            actions.PERSONS, purpose=actions.PURPOSE, place_code=place_code, writes=True
        )
        with within(scope, by=operator, reason=actions.PURPOSE):
            found = Subscription.objects.select_related("client").get(pk=subscription)
            asking = Asking(client=found.client, by=operator, numbers=False, now=now, today=today)
            subscriptions.notice(asking=asking, subscription=found)
    finally:
        connection.close()  # a worker's threads come and go
