"""What the social registry tells subscribers by itself: who is new, once, at its time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from api_ground import EVERYWHERE, MINE, NOW, OTHER, VILLAGE
from social_outside import Outside, acknowledged, work
from social_systems import (
    STAMP,
    SUBSCRIBE,
    UNSUBSCRIBE,
    predicate,
    subscribing,
    unsubscribing,
)

from bangfu.books.households.models import Household, Person
from bangfu.books.jobs import timers, worker
from bangfu.books.social_registry.models import Subscription
from bangfu.books.walls.scope import within


@pytest.fixture
def subscribed(register, outside) -> Callable[..., tuple]:
    """A system with one subscription: gives the system and the subscription's code."""

    def made(**criteria: object) -> tuple:
        system = register()
        acknowledged(system.send(SUBSCRIBE, subscribing(**criteria)))
        work()
        [item] = outside.last["message"]["subscribe_response"]
        assert item["status"] == "succ", item
        [info] = item["subscriptions"]
        return system, info["code"]

    return made


def enter(number: str, place: str = VILLAGE, *, person: str = "1") -> None:
    """A household (unless it is there) and a person enter the books."""
    with within(EVERYWHERE, by="tester"):
        Household.objects.get_or_create(household_no=number, defaults={"place_code": place})
        Person.objects.create(
            household_id=number, place_code=place, person_no=person, name="丙虚构", sex="女"
        )


def look(*, after: timedelta = timedelta(hours=1)) -> None:
    """The timer's run, and the work it leads to."""
    moment = NOW + after
    timers.run("social_registry.look", "420527000000", now=moment)
    worker.work(lambda: moment, wait=False)
    work()  # a worker that does not wait may end before what its last job asks for


def told(outside: Outside) -> list[str]:
    """The numbers of the households of every person told of, in the order of the notices."""
    return [
        event["data"]["reg_records"]["member_identifier"][0]["identifier_value"]
        for to, message in outside.sent
        if to.path == "/registry/notify"
        for event in message["message"]["notify_event"]
    ]


def test_a_subscriber_is_told_of_who_is_new_once(subscribed, outside):
    subscribed()
    look()
    assert told(outside) == []  # who was there before is not new
    enter("4205270000000011")
    enter("4205270000000012", OTHER)  # not in the subscriber's scope
    look()
    look()
    assert told(outside) == ["4205270000000011"]
    to, message = outside.sent[-1]
    assert (to.host, message["header"]["action"]) == ("spmis.example", "notify")
    assert message["message"]["transaction_id"] == "t-2"
    [event] = message["message"]["notify_event"]
    assert (event["reference_id"], event["locale"]) == ("r-1", "zho")
    assert event["data"]["reg_event_type"] == "REGISTER"
    enter("4205270000000013")
    look()
    assert told(outside) == ["4205270000000011", "4205270000000013"]


def test_only_who_meets_the_filter_is_told(subscribed, outside):
    subscribed(filter=predicate("gender", "eq", "male"))
    enter("4205270000000011")
    look()
    assert told(outside) == []


def test_a_new_member_of_a_household_that_was_there(subscribed, outside):
    subscribed(reg_event_type="spdci:common:RegistryEventType:NewHouseHoldMember")
    enter("4205270000000011")
    enter(MINE, person="2")
    look()
    assert told(outside) == [MINE]


def test_households_are_told_as_groups(subscribed, outside):
    subscribed(notify_record_type="Group")
    enter("4205270000000011")
    look()
    look()
    [event] = outside.last["message"]["notify_event"]
    record = event["data"]["reg_records"]
    assert (record["@type"], record["group_size"]) == ("Group", 1)


def test_notices_go_out_at_their_time(subscribed, outside):
    """NOW is 10:00 in China; notices go out at noon, until tomorrow at noon."""
    last = (NOW + timedelta(days=1)).isoformat()
    frequency = {"start_time": STAMP, "end_time": last, "frequency": "0 0 12 * * ? *"}
    subscribed(frequency=frequency)
    enter("4205270000000011")
    look(after=timedelta(hours=1))
    assert told(outside) == []
    look(after=timedelta(hours=2, minutes=5))
    assert told(outside) == ["4205270000000011"]
    enter("4205270000000012")
    look(after=timedelta(days=1, hours=3))
    assert len(told(outside)) == 1


def test_who_unsubscribed_is_told_no_more(subscribed, outside):
    system, sub = subscribed()
    acknowledged(system.send(UNSUBSCRIBE, unsubscribing(sub)))
    work()
    to, message = outside.sent[-1]
    assert (to.path, message["header"]["action"]) == ("/registry/on-unsubscribe", "on-unsubscribe")
    assert message["message"]["status"] == "succ"
    assert message["message"]["subscription_status"] == [{"code": sub, "status": "unsubscribe"}]
    enter("4205270000000011")
    look()
    assert told(outside) == []


@pytest.mark.parametrize(
    ("again", "expected"),
    [(False, "rjct.subscription_code.invalid"), (True, "rjct.event.already_unsubscribed")],
)
def test_an_end_that_is_not_possible_changes_nothing(subscribed, outside, again, expected):
    system, sub = subscribed()
    if again:
        acknowledged(system.send(UNSUBSCRIBE, unsubscribing(sub)))
    codes = [sub] if again else [sub, "unknown"]
    acknowledged(system.send(UNSUBSCRIBE, unsubscribing(*codes, message_id="m-10")))
    work()
    answer = outside.last["message"]
    assert (answer["status"], answer["status_reason_code"]) == ("rjct", expected)
    with within(EVERYWHERE, by="tester"):
        assert (Subscription.objects.get().ended_at is None) is not again


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"reg_event_type": "DIVORCE"}, "rjct.notify_types.invalid"),
        ({"notify_record_type": "Farm"}, "rjct.notify_details.invalid"),
        ({"filter_type": "graphql"}, "rjct.notify_details.invalid"),
        ({"filter": {"type": "EMAIL", "value": "x"}}, "rjct.notify_details.invalid"),
        (
            {"frequency": {"start_time": STAMP, "end_time": STAMP, "frequency": "weekly"}},
            "rjct.notify_details.invalid",
        ),
    ],
)
def test_a_subscription_that_is_not_possible_is_rejected(register, outside, criteria, expected):
    acknowledged(register().send(SUBSCRIBE, subscribing(**criteria)))
    work()
    [item] = outside.last["message"]["subscribe_response"]
    assert item["status"] == "rjct"
    assert item["status_reason_code"] == expected
    with within(EVERYWHERE, by="tester"):
        assert not Subscription.objects.exists()


def test_a_subscription_stands_once(subscribed, outside):
    system, _ = subscribed()
    acknowledged(system.send(SUBSCRIBE, subscribing(message_id="m-2")))
    work()
    [item] = outside.last["message"]["subscribe_response"]
    assert item["status_reason_code"] == "rjct.event.already_subscribed"


def test_without_an_address_for_notices_nobody_subscribes(register, outside):
    system = register(callback_base="")
    message = subscribing()
    message["header"]["sender_uri"] = "https://spmis.example/cb"
    acknowledged(system.send(SUBSCRIBE, message))
    work()
    [item] = outside.last["message"]["subscribe_response"]
    assert item["status_reason_code"] == "rjct.notify_details.invalid"
