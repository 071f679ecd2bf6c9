"""The endpoints of the SPDCI Social Registry 1.0.0. Each is behind the door of `door`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bangfu.books.social_registry import actions, messages, subscriptions
from bangfu.books.social_registry.actions import Asking
from bangfu.books.social_registry.door import registered
from bangfu.books.social_registry.messages import (
    Envelope,
    SearchEnvelope,
    StatusEnvelope,
    SubscribeEnvelope,
    UnsubscribeEnvelope,
)
from bangfu.books.social_registry.models import Action


@registered("search", SearchEnvelope)
def sync_search(asking: Asking, asked: SearchEnvelope) -> dict[str, Any]:
    """A search answered at once."""
    found = actions.answer_search(
        asking=asking, asked=asked.message, correlation_id=actions.new_correlation()
    )
    answer = messages.answered_search(asked.header, found, now=asking.now)
    return actions.as_sent(answer, client=asking.client, now=asking.now)


@registered("txn-status", StatusEnvelope)
def sync_status(asking: Asking, asked: StatusEnvelope) -> dict[str, Any]:
    """How earlier requests stand, answered at once."""
    told = actions.status_of(
        client=asking.client, asked=asked.message, correlation_id=actions.new_correlation()
    )
    answer = messages.answered_status(asked.header, told, now=asking.now)
    return actions.as_sent(answer, client=asking.client, now=asking.now)


@registered("search", SearchEnvelope, files=True)
def async_search(asking: Asking, asked: SearchEnvelope) -> dict[str, Any]:
    """A search answered by callback."""
    references = [item.reference_id for item in asked.message.search_request]
    return _taken(asking, asked, Action.SEARCH, references)


@registered("txn-status", StatusEnvelope, files=True)
def async_status(asking: Asking, asked: StatusEnvelope) -> dict[str, Any]:
    """How earlier requests stand, answered by callback."""
    return _taken(asking, asked, Action.STATUS, [asked.message.txnstatus_request.reference_id])


@registered("subscribe", SubscribeEnvelope, files=True)
def subscribe(asking: Asking, asked: SubscribeEnvelope) -> dict[str, Any]:
    """Subscriptions: made now, told by callback."""

    def answered(correlation_id: str) -> dict[str, Any]:
        made = subscriptions.subscribe(
            asking=asking, asked=asked.message, correlation_id=correlation_id
        )
        return messages.answered_subscribe(asked.header, made, now=asking.now)

    references = [item.reference_id for item in asked.message.subscribe_request]
    return _taken(asking, asked, Action.SUBSCRIBE, references, answered)


@registered("unsubscribe", UnsubscribeEnvelope, files=True)
def unsubscribe(asking: Asking, asked: UnsubscribeEnvelope) -> dict[str, Any]:
    """The end of subscriptions: now, told by callback."""

    def answered(correlation_id: str) -> dict[str, Any]:
        ended = subscriptions.unsubscribe(
            asking=asking, asked=asked.message, correlation_id=correlation_id
        )
        return messages.answered_unsubscribe(asked.header, ended, now=asking.now)

    return _taken(asking, asked, Action.UNSUBSCRIBE, [], answered)


def _taken(
    asking: Asking,
    asked: Envelope,
    action: Action,
    references: list[str],
    answered: Callable[[str], dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Take a message and acknowledge it; one that was sent before is acknowledged as it was.

    `answered` carries it out now and gives the message to call back with; without it the answer is made
    when it is sent.
    """
    before = actions.taken_before(asking.client, asked)
    if before is not None:
        return messages.acknowledgement(before.received_at, before.correlation_id)
    correlation_id = actions.new_correlation()
    message = (
        asked.model_dump_json()
        if answered is None
        else json.dumps(answered(correlation_id), ensure_ascii=False)
    )
    actions.take(
        asking=asking,
        action=action,
        header=asked.header,
        transaction_id=asked.message.transaction_id,
        references=references,
        message=message,
        correlation_id=correlation_id,
    )
    return messages.acknowledgement(asking.now, correlation_id)
