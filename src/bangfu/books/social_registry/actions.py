"""Verbs of the social registry: register a client, answer a search, take a request for later, tell a
status."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from bangfu.books.accounts.actors import HeldRole
from bangfu.books.jobs.actions import request
from bangfu.books.journal import actions as journal
from bangfu.books.social_registry import delivery, encryption, messages, signatures
from bangfu.books.social_registry.messages import (
    Envelope,
    Header,
    Search,
    SearchItem,
    StatusQuestion,
)
from bangfu.books.social_registry.models import Action, Client, Exchange
from bangfu.books.social_registry.queries import SEARCHABLE, RefusedError, search
from bangfu.books.social_registry.records import records
from bangfu.books.walls.guarded import sealed
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force

PURPOSE = "social registry"
CALL_BACK = "social_registry.call_back"
PERSONS = frozenset({DataClass.PERSONS})
# Which roles' systems may have ID numbers, where the registration says so too.
NUMBERS_KEY = "access.registry_number_roles"
# The registry's address on the side of the client to which each action is answered.
_ADDRESSES = {
    Action.SEARCH: "/registry/on-search",
    Action.STATUS: "/registry/txn/on-status",
    Action.SUBSCRIBE: "/registry/on-subscribe",
    Action.UNSUBSCRIBE: "/registry/on-unsubscribe",
    Action.NOTIFY: "/registry/notify",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A client at work: its registration, the actor its token stands for, and the moment."""

    client: Client
    by: str
    numbers: bool
    now: datetime
    today: date


@transaction.atomic
def register_client(
    *,
    by: str,
    sender_id: str,
    known_as: str,
    operator: str,
    place_code: str,
    basis: str,
    attributes: Sequence[str],
    callback_hosts: Sequence[str] = (),
    callback_base: str = "",
    private_callbacks: bool = False,
    key_id: str = "",
    public_key: str = "",
    encryption_key_id: str = "",
    encryption_key: str = "",
    shows_numbers: bool = False,
) -> Client:
    """Register the system that works with the account `operator`: it comes in with tokens of that
    account, and sees what both its roles and `place_code` hold.

    InputError for an attribute that is not searched by, a place that is none or lies above the county,
    a key that signs or encrypts nothing, an address for notices that is not on one of the hosts; ConflictError for
    a name or an account that is registered.
    """
    if not set(attributes) <= SEARCHABLE:
        listed = "、".join(sorted(SEARCHABLE))
        raise InputError(Text(f"可查询的属性：{listed}。", f"Searchable are: {listed}."))
    if not places.is_code(place_code) or places.level(place_code) < places.Level.COUNTY:
        says = Text(
            "地方要写县或县以下的 12 位代码。", "The place is a county, or lies in one: 12 digits."
        )
        raise InputError(says)
    if not basis.strip():
        raise InputError(Text("请写明依据（协议、文件）。", "Say by which agreement it asks."))
    if bool(key_id) != bool(public_key) or bool(encryption_key_id) != bool(encryption_key):
        raise InputError(Text("公钥和它的编号要一起给。", "A key comes with its id."))
    if callback_base:
        delivery.target(callback_base, hosts=callback_hosts, private=private_callbacks)
    taken = Client.objects.filter(sender_id=sender_id) | Client.objects.filter(operator_id=operator)
    if taken.exists():
        raise ConflictError(
            Text("这个名称或账号已经登记过。", "This name or this account is registered already.")
        )
    client = Client.objects.create(
        sender_id=sender_id,
        known_as=known_as,
        place_code=place_code,
        operator_id=operator,
        basis=basis.strip(),
        key_id=key_id,
        public_key=signatures.checked_key(public_key) if public_key else "",
        encryption_key_id=encryption_key_id,
        encryption_key=encryption.checked_key(encryption_key) if encryption_key else "",
        callback_hosts=list(callback_hosts),
        callback_base=callback_base.rstrip("/"),
        private_callbacks=private_callbacks,
        attributes=sorted(attributes),
        shows_numbers=shows_numbers,
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="social_registry.register",
        subject=f"client {sender_id}",
        reason=client.basis,
        after={
            "operator": operator,
            "attributes": client.attributes,
            "signs": bool(public_key),
            "encrypts": bool(encryption_key),
            "numbers": shows_numbers,
        },
    )
    return client


def as_sent(envelope: Mapping[str, Any], *, client: Client, now: datetime) -> dict[str, Any]:
    """A message of ours as it leaves for a client: encrypted for its key where it has one, and signed."""
    if client.encryption_key:
        envelope = encryption.closed(
            envelope, key_id=client.encryption_key_id, public_key=client.encryption_key
        )
    return signatures.signed_by_us(envelope, now=now)


def may_have_numbers(client: Client, held: Iterable[HeldRole], *, today: date) -> bool:
    """Whether answers to a client carry ID numbers: its registration says so, and one of the roles `held`
    that policy names reaches its place."""
    if not client.shows_numbers:
        return False
    named = policy_in_force().value(NUMBERS_KEY, place=client.place_code, on=today).value
    return isinstance(named, Sequence) and any(
        role.role in named and places.contains(role.place_code, client.place_code) for role in held
    )


@transaction.atomic
def answer_search(*, asking: Asking, asked: Search, correlation_id: str) -> dict[str, Any]:
    """The answers to a batch of searches, each in the journal. A reference id stands for one search."""
    seen: set[str] = set()
    answers = []
    for item in asked.search_request:
        answers.append(_answered(asking, item, repeated=item.reference_id in seen))
        seen.add(item.reference_id)
    return {
        "transaction_id": asked.transaction_id,
        "correlation_id": correlation_id,
        "search_response": answers,
    }


def _answered(asking: Asking, item: SearchItem, *, repeated: bool) -> dict[str, Any]:
    client, criteria = asking.client, item.search_criteria
    answer: dict[str, Any] = {
        "reference_id": item.reference_id,
        "timestamp": messages.stamp(asking.now),
    }
    told: dict[str, Any] = {"reference_id": item.reference_id, "query_type": criteria.query_type}
    try:
        if repeated:
            raise RefusedError("rjct.reference_id.duplicate", "This reference id was used before.")
        found = search(criteria, allowed=client.attributes, today=asking.today)
    except RefusedError as refused:
        answer |= {
            "status": "rjct",
            "status_reason_code": refused.code,
            "status_reason_message": refused.message,
        }
        told["refused"] = refused.code
    else:
        answer |= {
            "status": "succ",
            "data": {
                "version": messages.VERSION,
                "reg_type": messages.REGISTRY_TYPE,
                "reg_record_type": found.entity,
                "reg_records": records(found.rows, found.entity, numbers=asking.numbers),
            },
            "pagination": {
                "page_size": found.page_size,
                "page_number": found.page_number,
                "total_count": found.total,
            },
        }
        told |= {"entity": found.entity, "found": found.total, "numbers": asking.numbers}
    journal.write(
        by=asking.by,
        place_code=client.place_code,
        verb="social_registry.search",
        subject=f"client {client.sender_id}",
        reason=client.basis,
        after=told,
    )
    return answer | ({"locale": item.locale} if item.locale else {})


@transaction.atomic
def take(
    *,
    asking: Asking,
    action: Action,
    header: Header,
    transaction_id: str,
    references: Sequence[str],
    message: str,
    correlation_id: str,
) -> Exchange:
    """Take a message that is to be called back, and ask for the work. InputError for a callback address
    that is not on a registered host. `message` is kept sealed."""
    client = asking.client
    uri = header.sender_uri or _own_address(client, action)
    delivery.target(uri, hosts=client.callback_hosts, private=client.private_callbacks)
    [written] = sealed([message], "message")
    exchange = Exchange.objects.create(
        client=client,
        place_code=client.place_code,
        action=action,
        message_id=header.message_id,
        transaction_id=transaction_id,
        correlation_id=correlation_id,
        references=list(references),
        uri=uri,
        message=written,
        numbers=asking.numbers,
        status="rcvd",
        received_at=asking.now,
    )
    request(
        by=asking.by,
        kind=CALL_BACK,
        place_code=client.place_code,
        arguments={"exchange": exchange.pk},
        purpose=PURPOSE,
        classes=PERSONS,
        now=asking.now,
    )
    return exchange


def taken_before(client: Client, asked: Envelope) -> Exchange | None:
    """The exchange of a message that was sent before: the same id and the same transaction.

    ConflictError when the id was another message's.
    """
    found = Exchange.objects.filter(client=client, message_id=asked.header.message_id).first()
    if found is None:
        return None
    said = (asked.header.action, asked.message.transaction_id)
    if (found.action, found.transaction_id) != said:
        raise ConflictError(
            Text("这个 message_id 已经用过。", "This message_id was another message's.")
        )
    return found


def _own_address(client: Client, action: Action) -> str:
    return f"{client.callback_base}{_ADDRESSES[action]}" if client.callback_base else ""


def new_correlation() -> str:
    """A name for an exchange."""
    return uuid.uuid4().hex


def status_of(*, client: Client, asked: StatusQuestion, correlation_id: str) -> dict[str, Any]:
    """How the requests of a client stand that a status request names; none when it names none of its own.

    What was found is not told again. Receipts are not kept here, so none is ever known.
    """
    item = asked.txnstatus_request
    value = item.attribute_value
    values = value if isinstance(value, list) else [value]
    wanted = {
        "transaction_id": "transaction_id__in",
        "correlation_id": "correlation_id__in",
        "reference_id_list": "references__overlap",
    }[item.attribute_type]
    kinds = {"search": [Action.SEARCH], "subscribe": [Action.SUBSCRIBE], "receipt": []}
    own = Exchange.objects.filter(client=client, action__in=kinds[item.txn_type]).order_by("pk")
    found = list(own.filter(**{wanted: values})[:100])
    return {
        "transaction_id": asked.transaction_id,
        "correlation_id": correlation_id,
        "txnstatus_response": {
            "txn_type": item.txn_type,
            "txn_status": {
                "transaction_id": found[0].transaction_id if found else asked.transaction_id,
                "correlation_id": found[0].correlation_id if found else correlation_id,
                "search_response": [
                    _standing(each, reference)
                    for each in found
                    for reference in each.references
                    if item.attribute_type != "reference_id_list" or reference in values
                ],
            },
        },
    }


def _standing(exchange: Exchange, reference: str) -> Mapping[str, str]:
    return {
        "reference_id": reference,
        "timestamp": messages.stamp(exchange.answered_at or exchange.received_at),
        "status": exchange.status,
    }
