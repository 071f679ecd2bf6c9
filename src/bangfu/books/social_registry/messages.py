"""Messages of the SPDCI Social Registry 1.0.0, as they come in and as they go out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

VERSION = "1.0.0"
REGISTRY_TYPE = "ns:org:RegistryType:Social"
# A batch of more requests is refused.
LARGEST_BATCH = 50
Id = Annotated[str, StringConstraints(min_length=1, max_length=99, pattern=r"^[^\x00]*$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
QueryType = Literal["idtype-value", "expression", "predicate"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Header(_Part):
    """Who sends what, when."""

    version: Word = VERSION
    message_id: Word
    message_ts: AwareDatetime
    action: Word
    sender_id: Word
    sender_uri: Annotated[str, StringConstraints(max_length=2000)] = ""
    receiver_id: Annotated[str, StringConstraints(max_length=200)] = ""
    total_count: int
    is_msg_encrypted: bool = False


class Pagination(_Part):
    """A page; the first is 1."""

    page_size: Annotated[int, Field(ge=1)]
    page_number: Annotated[int, Field(ge=1)] = 1


class Sort(_Part):
    """An order."""

    attribute_name: Word
    sort_order: Literal["asc", "desc"] = "asc"


class Criteria(_Part):
    """What is searched. `query` is read by its type (`queries`)."""

    reg_type: Word | None = None
    query_type: QueryType
    query: Any
    reg_record_type: Word | None = None
    response_entity: Literal["Group", "Member"] | None = None
    sort: Annotated[list[Sort], Field(max_length=5)] = []
    pagination: Pagination | None = None


class SearchItem(_Part):
    """One search of a batch."""

    reference_id: Id
    timestamp: AwareDatetime
    search_criteria: Criteria
    locale: Locale | None = None


class Search(_Part):
    """A batch of searches."""

    transaction_id: Id
    search_request: Annotated[list[SearchItem], Field(min_length=1, max_length=LARGEST_BATCH)]


class StatusItem(_Part):
    """Which transaction's status is asked."""

    reference_id: Word
    txn_type: Literal["search", "subscribe", "receipt"]
    attribute_type: Literal["transaction_id", "reference_id_list", "correlation_id"]
    attribute_value: Id | Annotated[list[Id], Field(min_length=1, max_length=LARGEST_BATCH)]
    locale: Locale | None = None


class StatusQuestion(_Part):
    """A question about earlier requests."""

    transaction_id: Id
    txnstatus_request: StatusItem


class Frequency(_Part):
    """From when to when notices go out, and when within: a cron expression."""

    start_time: AwareDatetime
    end_time: AwareDatetime
    frequency: Word


class SubscribeCriteria(_Part):
    """What a system wants to be told of."""

    reg_type: Word | None = None
    reg_event_type: Word
    frequency: Frequency | None = None
    filter_type: QueryType | Literal["graphql"] | None = None
    filter: Any
    notify_record_type: Word


class SubscribeItem(_Part):
    """One subscription of a batch."""

    reference_id: Id
    timestamp: AwareDatetime
    subscribe_criteria: SubscribeCriteria
    locale: Locale | None = None


class Subscribe(_Part):
    """A batch of subscriptions."""

    transaction_id: Id
    subscribe_request: Annotated[list[SubscribeItem], Field(min_length=1, max_length=LARGEST_BATCH)]


class Unsubscribe(_Part):
    """Subscriptions that end."""

    transaction_id: Id
    timestamp: AwareDatetime
    subscription_codes: Annotated[list[Id], Field(min_length=1, max_length=LARGEST_BATCH)]


class _Envelope(_Part):
    header: Header

    @property
    def requests(self) -> int:
        """How many requests the message carries."""
        return 1


class SearchEnvelope(_Envelope):
    """A search as it is sent."""

    message: Search

    @property
    def requests(self) -> int:
        return len(self.message.search_request)


class StatusEnvelope(_Envelope):
    """A question about a status as it is sent."""

    message: StatusQuestion


class SubscribeEnvelope(_Envelope):
    """Subscriptions as they are sent."""

    message: Subscribe

    @property
    def requests(self) -> int:
        return len(self.message.subscribe_request)


class UnsubscribeEnvelope(_Envelope):
    """The end of subscriptions as it is sent."""

    message: Unsubscribe


Envelope = SearchEnvelope | StatusEnvelope | SubscribeEnvelope | UnsubscribeEnvelope


def stamp(now: datetime) -> str:
    """A moment as messages write it."""
    return now.isoformat()


def plain(name: str) -> str:
    """The last part of a name that may be written with its namespace: "ns:org:QueryType:expression"."""
    return name.rpartition(":")[2]


def envelope(
    action: str,
    message: Mapping[str, Any],
    *,
    message_id: str,
    sender: str,
    receiver: str,
    now: datetime,
    status: str,
    count: int,
) -> dict[str, Any]:
    """A message of ours, without its signature."""
    return {
        "header": {
            "version": VERSION,
            "message_id": message_id,
            "message_ts": stamp(now),
            "action": action,
            "status": status,
            "total_count": count,
            "completed_count": count,
            "sender_id": sender,
            "receiver_id": receiver,
            "is_msg_encrypted": False,
        },
        "message": dict(message),
    }


def answer(
    action: str,
    asked: Header,
    message: Mapping[str, Any],
    *,
    now: datetime,
    status: str,
    count: int,
) -> dict[str, Any]:
    """The answer to a request, at once or called back; its id is the correlation's, so that an answer
    sent twice is known as one."""
    return envelope(
        action,
        message,
        message_id=message["correlation_id"],
        sender=asked.receiver_id,
        receiver=asked.sender_id,
        now=now,
        status=status,
        count=count,
    )


def answered_search(asked: Header, message: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The answer to a search: succ when some search of the batch was carried out."""
    items = message["search_response"]
    return answer("on-search", asked, message, now=now, status=_any(items), count=len(items))


def answered_status(asked: Header, message: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """The answer to a question about a status: rjct when it names no transaction of the client's."""
    known = message["txnstatus_response"]["txn_status"]["search_response"]
    status = "succ" if known else "rjct"
    return answer("txn-on-status", asked, message, now=now, status=status, count=1)


def answered_subscribe(
    asked: Header, message: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """The answer to subscriptions: succ when some subscription of the batch stands."""
    items = message["subscribe_response"]
    return answer("on-subscribe", asked, message, now=now, status=_any(items), count=len(items))


def answered_unsubscribe(
    asked: Header, message: Mapping[str, Any], *, now: datetime
) -> dict[str, Any]:
    """The answer to the end of subscriptions."""
    return answer("on-unsubscribe", asked, message, now=now, status=message["status"], count=1)


def _any(items: Sequence[Mapping[str, Any]]) -> str:
    return "succ" if any(each["status"] == "succ" for each in items) else "rjct"


def acknowledgement(now: datetime, correlation_id: str) -> dict[str, Any]:
    """ACK: the message is taken, and the answer will be called back."""
    return {"message": _said("ACK", now, correlation_id)}


def refusal(now: datetime, code: str, message: str) -> dict[str, Any]:
    """ERR, and the same as an error of HTTP: the specification knows both."""
    error = {"code": code, "message": message[:999]}
    return {
        "errors": [error],
        "message": _said("ERR", now, uuid.uuid4().hex) | {"error": error},
    }


def _said(ack: str, now: datetime, correlation_id: str) -> dict[str, Any]:
    return {"ack_status": ack, "timestamp": stamp(now), "correlation_id": correlation_id}
