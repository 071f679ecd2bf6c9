"""The SPDCI Social Registry: who may ask, how messages are signed, what is asked and told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from api_ground import COUNTY, EVERYWHERE, ID_NUMBER, MINE, NOT_MINE, NOW, OTHER, VILLAGE
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from social_systems import (
    ASYNC,
    ASYNC_STATUS,
    SUBSCRIBE,
    SYNC,
    SYNC_STATUS,
    UNSUBSCRIBE,
    code,
    predicate,
    searching,
)

from bangfu.books.accounts.models import ApiToken
from bangfu.books.households.models import Household, Person
from bangfu.books.journal.models import Entry
from bangfu.books.social_registry import queries, signatures
from bangfu.books.social_registry.models import Client
from bangfu.books.walls.guarded import sealed, token
from bangfu.books.walls.scope import within
from bangfu.core.errors import ConflictError, InputError

BY_NUMBER = ("idtype-value", {"type": "HOUSEHOLD_ID", "value": MINE})
EVERY_ADDRESS = (SYNC, ASYNC, SUBSCRIBE, UNSUBSCRIBE, SYNC_STATUS, ASYNC_STATUS)


def numbers(item: dict) -> list[str]:
    return [
        identifier["identifier_value"]
        for record in item["data"]["reg_records"]
        for identifier in record.get("group_identifier", record.get("member_identifier"))
        if identifier["identifier_type"] == "HOUSEHOLD_ID"
    ]


# Who may ask.


def test_only_a_token_opens_it(register, client_as):
    message = searching(*BY_NUMBER)
    assert register().send(SYNC, message).status_code == 200
    wrong = Browser(headers={"Authorization": "Bearer bangfu_wrong"})
    for other in (Browser(), client_as("county_officer"), wrong):
        for where in EVERY_ADDRESS:
            answer = other.post(where, message, content_type="application/json")
            assert (answer.status_code, code(answer)) == (401, "err.request.unauthorized")
            assert answer["WWW-Authenticate"] == "Bearer"
            assert answer.json()["message"]["ack_status"] == "ERR"


def test_a_token_that_was_revoked_opens_nothing(register):
    system = register()
    with within(EVERYWHERE, by=system.account):
        ApiToken.objects.update(revoked_at=NOW)
    assert code(system.send(SYNC, searching(*BY_NUMBER))) == "err.request.unauthorized"


def test_an_account_that_is_no_registered_system_asks_nothing(program_as):
    program = program_as("county_officer")
    for where in EVERY_ADDRESS:
        answer = program.post(where, searching(*BY_NUMBER), content_type="application/json")
        assert (answer.status_code, code(answer)) == (403, "err.request.forbidden")


def test_one_account_is_one_system(register):
    system = register()
    with pytest.raises(ConflictError):
        register(sender_id="another", account=system.account)


def test_a_place_above_the_county_is_not_registered(register):
    with pytest.raises(InputError):
        register(place_code="420000000000")


@pytest.mark.parametrize(
    ("changed", "status", "expected"),
    [
        ({"sender_id": "another"}, 403, "err.sender_id.invalid"),
        ({"receiver_id": "another"}, 400, "err.receiver_id.invalid"),
        ({"version": "9.0.0"}, 400, "err.version.not_supported"),
        ({"is_msg_encrypted": True}, 400, "err.encryption.invalid"),
        ({"action": "subscribe"}, 400, "err.request.bad"),
        ({"total_count": 7}, 400, "err.request.bad"),
        ({"message_ts": "yesterday"}, 400, "err.request.bad"),
        ({"message_ts": "2026-11-20T02:00:00"}, 400, "err.request.bad"),
    ],
)
def test_a_wrong_header_is_refused(register, changed, status, expected):
    message = searching(*BY_NUMBER)
    message["header"] |= changed
    answer = register().send(SYNC, message)
    assert (answer.status_code, code(answer)) == (status, expected)


def test_what_is_no_message_is_refused(register):
    system = register(signs=False)
    whole = searching(*BY_NUMBER)
    for name in ("header", "message"):
        answer = system.send(SYNC, {k: v for k, v in whole.items() if k != name})
        assert (answer.status_code, code(answer)) == (400, "err.request.bad")
    for raw in (b"", b"{", b"[" * 100_000, b"\xff", b"null", b"[]"):
        answer = system.browser.post(SYNC, raw, content_type="application/json")
        assert (answer.status_code, code(answer)) == (400, "err.request.bad")
    assert system.browser.get(SYNC).status_code == 405


def test_an_error_does_not_repeat_what_was_sent(register):
    message = searching("idtype-value", {"type": "UIN", "value": ID_NUMBER})
    message["message"]["transaction_id"] = ID_NUMBER * 20
    answer = register().send(SYNC, message)
    assert answer.status_code == 400
    assert ID_NUMBER not in answer.content.decode()


# Signatures.


def test_a_signature_is_looked_at_first(register):
    system = register()
    for message, expected in (
        (searching(*BY_NUMBER), "err.signature.missing"),
        (searching(*BY_NUMBER) | {"signature": ""}, "err.signature.missing"),
        (searching(*BY_NUMBER) | {"signature": "unsigned"}, "err.signature.invalid"),
        (searching(*BY_NUMBER) | {"signature": 7}, "err.signature.invalid"),
        ({"signature": "x"}, "err.signature.invalid"),
    ):
        answer = system.send_as_it_is(SYNC, message)
        assert (answer.status_code, code(answer)) == (401, expected)


def test_only_the_registered_key_signs_and_only_what_is_sent(register):
    system = register()
    message = searching(*BY_NUMBER)
    good = system.signed(message)
    assert system.send_as_it_is(SYNC, good).status_code == 200
    other = searching("idtype-value", {"type": "HOUSEHOLD_ID", "value": NOT_MINE})
    stranger = replace(system, key=Ed25519PrivateKey.generate())
    for wrong in (
        other | {"signature": good["signature"]},
        stranger.signed(message),
        replace(system, key_id="2").signed(message),
        good | {"signature": good["signature"].replace("ed25519", "rsa")},
        good | {"signature": good["signature"].replace("(expires) ", "")},
        good | {"signature": good["signature"][:-8] + '="'},
    ):
        answer = system.send_as_it_is(SYNC, wrong)
        assert (answer.status_code, code(answer)) == (401, "err.signature.invalid")


@pytest.mark.parametrize(
    ("created", "expires", "holds"),
    [
        (0, 60, True),
        (200, 260, True),
        (-3600, -1, False),
        (-3600, 0, False),
        (400, 460, False),
        (0, 90_000, False),
        (0, -10, False),
    ],
)
def test_a_signature_holds_for_its_time(register, created, expires, holds):
    """Seconds from now: when it was made, and until when it is good."""
    system = register()
    message = system.signed(searching(*BY_NUMBER), created=created, expires=expires)
    answer = system.send_as_it_is(SYNC, message)
    assert answer.status_code == (200 if holds else 401), answer.content


def test_the_order_of_names_and_spaces_are_not_signed(register):
    system = register()
    message = system.signed(searching(*BY_NUMBER))
    turned = {name: message[name] for name in ("message", "signature", "header")}
    raw = json.dumps(turned, indent=3, ensure_ascii=True, sort_keys=True)
    answer = system.browser.post(SYNC, raw, content_type="application/json")
    assert answer.status_code == 200


def test_who_is_registered_unsigned_is_known_by_its_token(register):
    system = register(signs=False)
    for written in ({}, {"signature": "anything"}):
        answer = system.send_as_it_is(SYNC, searching(*BY_NUMBER) | written)
        assert answer.status_code == 200


def test_what_leaves_is_signed_by_our_key(register):
    answer = register().send(SYNC, searching(*BY_NUMBER)).json()
    signatures.check(
        answer,
        sender="bangfu",
        key_id=signatures.our_key_id(),
        public_key=json.dumps(signatures.our_public_key()),
        now=NOW,
    )
    answer["message"]["correlation_id"] = "changed"
    with pytest.raises(signatures.SignatureError):
        signatures.check(
            answer,
            sender="bangfu",
            key_id=signatures.our_key_id(),
            public_key=json.dumps(signatures.our_public_key()),
            now=NOW,
        )


@pytest.mark.parametrize("written", ["", "x", "{}", '{"kty": "OKP"}', "-----BEGIN PUBLIC KEY-----"])
def test_what_is_no_public_key_is_not_registered(written):
    with pytest.raises(InputError):
        signatures.checked_key(written)


# What is asked and told.


def test_a_household_by_its_number_inside_the_scope_only(register):
    system = register()
    item = system.found("idtype-value", {"type": "HOUSEHOLD_ID", "value": MINE})
    [group] = item["data"]["reg_records"]
    assert (group["@type"], group["group_size"]) == ("Group", 1)
    for number in (NOT_MINE, "4299990000000009"):
        other = system.found("idtype-value", {"type": "HOUSEHOLD_ID", "value": number})
        assert (other["status"], other["pagination"]["total_count"]) == ("succ", 0)


@pytest.mark.parametrize(
    ("role", "place", "registered", "told"),
    [
        ("county_officer", COUNTY, True, True),
        ("county_officer", COUNTY, False, False),
        ("village_clerk", VILLAGE, True, False),
    ],
)
def test_an_id_number_is_told_only_where_registration_and_role_allow(
    register, role, place, registered, told
):
    with within(EVERYWHERE, by="tester"):
        [value] = sealed([ID_NUMBER], "certificate")
        Person.objects.filter(household_id=MINE).update(certificate=value)
    system = register(role=role, at=place, place_code=place, shows_numbers=registered)
    item = system.found("idtype-value", {"type": "UIN", "value": ID_NUMBER})
    assert numbers(item) == [MINE]
    assert (ID_NUMBER in json.dumps(item)) is told
    with within(EVERYWHERE, by="tester"):
        entry = Entry.objects.get(verb="social_registry.search")
    assert (json.loads(entry.after)["numbers"], entry.reason) == (told, "协议〔2026〕1 号")


def test_a_person_by_phone(register):
    with within(EVERYWHERE, by="tester"):
        Person.objects.filter(household_id=MINE).update(phone_token=token("13800000000"))
    item = register().found("idtype-value", {"type": "MOBILE", "value": "13800000000"})
    assert numbers(item) == [MINE]
    assert "13800000000" not in json.dumps(item)


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        (predicate("age", "ge", "66"), 1),
        (predicate("age", "gt", 66), 0),
        (predicate("age", "eq", 66), 1),
        (predicate("age", "lt", "25"), 0),
        (predicate("gender", "eq", "male"), 1),
        (predicate("gender", "in", ["male", "female"]), 1),
        (predicate("location", "eq", VILLAGE), 1),
        (predicate("location", "eq", "420527102201"), 0),
        (predicate("group_size", "eq", 1), 1),
        (predicate("group_size", "gt", 1), 0),
        (predicate("birth_date", "le", "1960-01-01"), 1),
        (predicate("gender", "eq", "female", condition="not"), 1),
    ],
)
def test_predicates(register, query, hits):
    item = register().found("predicate", query)
    assert item["pagination"]["total_count"] == hits


def test_two_comparisons_are_joined(register):
    system = register()
    old, female = predicate("age", "ge", 60)[0], predicate("sex", "eq", "female")[0]
    for condition, hits in (("and", 0), ("or", 1), ("not", 1)):
        query = [old | {"condition": condition, "expression2": female["expression1"]}]
        assert system.found("predicate", query)["pagination"]["total_count"] == hits


def test_expressions_list_groups_or_members(register):
    system = register()
    tree = {"$and": [{"group_size": {"$lt": 5}}, {"$not": {"gender": "female"}}]}
    query = {"type": "x", "value": {"expression": {"collection": "Group", "query": tree}}}
    item = system.found("expression", query)
    assert (item["data"]["reg_record_type"], numbers(item)) == ("Group", [MINE])
    members = system.found("expression", query, response_entity="Member")
    assert members["data"]["reg_records"][0]["demographic_info"]["sex"] == "male"


@pytest.mark.parametrize(
    ("query_type", "query", "more", "expected"),
    [
        ("predicate", predicate("poverty_score", "lt", 2), {}, "rjct.search_criteria.invalid"),
        ("predicate", predicate("age", "like", 2), {}, "rjct.search_criteria.invalid"),
        ("predicate", predicate("age", "lt", "x\0"), {}, "rjct.search_criteria.invalid"),
        ("predicate", predicate("certificate", "eq", "x"), {}, "rjct.search_criteria.invalid"),
        ("predicate", [], {}, "rjct.search_criteria.invalid"),
        ("expression", {"query": {"$where": "1"}}, {}, "rjct.search_criteria.invalid"),
        ("idtype-value", {"type": "UIN", "value": "\ud800"}, {}, "rjct.search_criteria.invalid"),
        ("idtype-value", {"type": "EMAIL", "value": "x"}, {}, "rjct.search_criteria.invalid"),
        (
            "predicate",
            predicate("age", "gt", 1),
            {"sort": [{"attribute_name": "name"}]},
            "rjct.sort.invalid",
        ),
        (
            "predicate",
            predicate("age", "gt", 1),
            {"pagination": {"page_size": 9999}},
            "rjct.pagination.invalid",
        ),
    ],
)
def test_a_search_that_is_not_possible_is_rejected(register, query_type, query, more, expected):
    item = register(signs=False).found(query_type, query, **more)
    assert (item["status"], item["status_reason_code"]) == ("rjct", expected)
    assert "data" not in item


def test_a_client_searches_by_what_it_is_registered_for(register):
    system = register(attributes=["age"])
    assert system.found("predicate", predicate("age", "gt", 1))["status"] == "succ"
    assert system.found("predicate", predicate("sex", "eq", "male"))["status"] == "rjct"


def test_pages_hold_everything_once(register):
    with within(EVERYWHERE, by="tester"):
        for n in range(10, 15):
            number = f"42052700000000{n}"
            Household.objects.create(household_no=number, place_code=VILLAGE)
            Person.objects.create(household_id=number, place_code=VILLAGE, person_no="1", sex="女")
    system, seen = register(), []
    for page in (1, 2, 3):
        item = system.found(
            "predicate",
            predicate("gender", "eq", "female"),
            pagination={"page_size": 2, "page_number": page},
            sort=[{"attribute_name": "household_id", "sort_order": "desc"}],
        )
        assert item["pagination"]["total_count"] == 5
        seen += numbers(item)
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 5


def test_too_many_records_are_not_told(register, monkeypatch):
    monkeypatch.setattr(queries, "MOST_FOUND", 0)
    item = register().found("predicate", predicate("age", "gt", 1))
    assert item["status_reason_code"] == "rjct.search.too_many_records_found"


def test_every_search_is_in_the_journal_without_what_was_asked(register):
    register().found("idtype-value", {"type": "UIN", "value": ID_NUMBER})
    with within(EVERYWHERE, by="tester"):
        entry = Entry.objects.get(verb="social_registry.search")
    assert entry.subject == "client test-client"
    assert json.loads(entry.after)["found"] == 1
    assert ID_NUMBER not in entry.after


def test_a_token_must_reach_the_place_registered(register):
    system = register()
    with within(EVERYWHERE, by="tester"):
        Client.objects.update(place_code=OTHER)
    message = searching("idtype-value", {"type": "HOUSEHOLD_ID", "value": NOT_MINE})
    for where in (SYNC, ASYNC):
        answer = system.send(where, message)
        assert (answer.status_code, code(answer)) == (403, "err.request.forbidden")


def test_a_reference_stands_for_one_search(register):
    message = searching(*BY_NUMBER)
    message["message"]["search_request"] *= 2
    message["header"]["total_count"] = 2
    answer = register().send(SYNC, message).json()
    first, second = answer["message"]["search_response"]
    assert first["status"] == "succ"
    assert second["status_reason_code"] == "rjct.reference_id.duplicate"
    assert answer["header"]["status"] == "succ"


def test_the_record_type_asked_for_is_given(register):
    system = register()
    for asked, given in (("Group", "Group"), ("spdci-extensions-dci:Member", "Member")):
        item = system.found(*BY_NUMBER, reg_record_type=asked)
        assert item["data"]["reg_record_type"] == given
        assert [record["@type"] for record in item["data"]["reg_records"]] == [given]
    refused = system.found(*BY_NUMBER, reg_record_type="Farm")
    assert refused["status_reason_code"] == "rjct.search_criteria.invalid"


def test_a_message_may_come_as_a_file(register):
    system = register()
    message = system.signed(searching(*BY_NUMBER, sender_uri="https://spmis.example/cb"))

    def sent(where: str, **fields: str):
        file = SimpleUploadedFile("m.json", json.dumps(message).encode(), "application/json")
        return system.browser.post(where, {"fileName": file, **fields})

    answer = sent(ASYNC, action="search")
    assert answer.json()["message"]["ack_status"] == "ACK", answer.content
    assert code(sent(ASYNC, action="subscribe")) == "err.request.bad"
    assert code(sent(ASYNC, action="search", fileFormat="csv")) == "err.request.bad"
    assert code(sent(SYNC, action="search")) == "err.request.bad"
