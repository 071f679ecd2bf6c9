"""Encrypted messages of the SPDCI Social Registry: opened, answered and called back, or refused."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from api_ground import EVERYWHERE, MINE, NOW
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey, OKPKey, RSAKey
from social_systems import (
    ASYNC,
    SUBSCRIBE,
    SYNC,
    SYNC_STATUS,
    asking,
    code,
    searching,
    subscribing,
)

from bangfu.books.jobs import runner
from bangfu.books.jobs.models import State, Task
from bangfu.books.social_registry import delivery, encryption, signatures
from bangfu.books.social_registry.models import Exchange
from bangfu.books.walls import keys
from bangfu.books.walls.scope import within

BY_NUMBER = ("idtype-value", {"type": "HOUSEHOLD_ID", "value": MINE})
REFUSED = (400, "err.encryption.invalid")


@pytest.fixture(scope="module", params=["RSA", "P-256", "X25519"])
def theirs(request):
    """A key of the other side, of each kind."""
    kinds = {
        "RSA": lambda: RSAKey.generate_key(2048),
        "P-256": lambda: ECKey.generate_key("P-256"),
        "X25519": lambda: OKPKey.generate_key("X25519"),
    }
    return kinds[request.param]()


@pytest.fixture
def system(register):
    """A system whose messages are encrypted."""
    return register(opens=ECKey.generate_key("P-256"))


@pytest.fixture
def sent(monkeypatch) -> list[dict]:
    """What is called back with."""
    kept: list[dict] = []
    monkeypatch.setattr(delivery, "post", lambda to, message, *, private: kept.append(message))
    return kept


def work() -> None:
    with within(EVERYWHERE, by="tester"):
        waiting = list(Task.objects.filter(state=State.WAITING).order_by("pk"))
    for task in waiting:
        runner.run(
            task.pk, requested_by=task.requested_by, place_code=task.place_code, clock=lambda: NOW
        )


def is_ours(message: dict) -> None:
    """The message is signed as it was sent, encrypted."""
    signatures.check(
        message,
        sender="bangfu",
        key_id=signatures.our_key_id(),
        public_key=json.dumps(signatures.our_public_key()),
        now=NOW,
    )


def test_an_encrypted_search_is_answered_encrypted(register, theirs):
    system = register(opens=theirs)
    answer = system.send(SYNC, system.encrypted(searching(*BY_NUMBER)))
    assert answer.status_code == 200, answer.content
    assert MINE not in answer.content.decode()
    is_ours(answer.json())
    assert answer.json()["message"]["header"]["kid"] == "e-1"
    said = system.opened(answer.json())
    [item] = said["search_response"]
    assert item["data"]["reg_records"][0]["group_identifier"][0]["identifier_value"] == MINE


def test_a_status_is_answered_encrypted(system):
    answer = system.send(SYNC_STATUS, system.encrypted(asking("transaction_id", "t-1")))
    assert system.opened(answer.json())["transaction_id"] == "t-5"


def test_what_is_called_back_is_encrypted(system, sent):
    assert system.send(ASYNC, system.encrypted(searching(*BY_NUMBER))).status_code == 200
    subscribed = system.encrypted(subscribing(message_id="m-2"))
    assert system.send(SUBSCRIBE, subscribed).status_code == 200
    work()
    assert [message["header"]["action"] for message in sent] == ["on-search", "on-subscribe"]
    for message in sent:
        is_ours(message)
    found, made = map(system.opened, sent)
    [item] = found["search_response"]
    assert item["data"]["reg_records"][0]["group_identifier"][0]["identifier_value"] == MINE
    assert [each["status"] for each in made["subscribe_response"]] == ["succ"]
    assert MINE not in json.dumps(sent)


def test_what_is_kept_until_then_is_sealed(system, sent):
    system.send(ASYNC, system.encrypted(searching(*BY_NUMBER)))
    with within(EVERYWHERE, by="tester"):
        [kept] = Exchange.objects.values_list("message", flat=True)
    assert MINE.encode() not in bytes(kept)


def test_it_is_encrypted_for_a_key_of_ours(system):
    for kid in ("00000000", keys.current().current.id.hex().upper() + " ", None):
        message = system.encrypted(searching(*BY_NUMBER))
        message["message"]["header"]["kid"] = kid
        answer = system.send(SYNC, message)
        assert (answer.status_code, code(answer)) == REFUSED
    # The right name on what was encrypted for somebody else.
    other = system.encrypted(searching(*BY_NUMBER))
    stranger = keys.Keys((keys.Key(b"s" * keys.KEY_BYTES),))
    ours = keys.current()
    keys.use(stranger)
    try:
        answer = system.send(SYNC, other)
        renamed = {**other["message"]["header"], "kid": stranger.current.id.hex()}
        with pytest.raises(encryption.EncryptionError):
            encryption.opened(other["message"] | {"header": renamed})
    finally:
        keys.use(ours)


def test_a_former_key_still_opens(system):
    message = system.encrypted(searching(*BY_NUMBER))
    ours = keys.current()
    keys.use(keys.Keys((keys.Key(b"n" * keys.KEY_BYTES), *ours.keys)))
    try:
        assert encryption.opened(message["message"]) == searching(*BY_NUMBER)["message"]
    finally:
        keys.use(ours)


@pytest.mark.parametrize("part", ["encrypted_key", "iv", "ciphertext", "tag"])
def test_what_was_altered_is_refused(system, part):
    message = system.encrypted(searching(*BY_NUMBER))
    written = message["message"][part]
    raw = bytearray(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    raw[0] ^= 1
    message["message"][part] = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    answer = system.send(SYNC, message)
    assert (answer.status_code, code(answer)) == REFUSED


def test_a_header_is_what_was_encrypted_with(system):
    message = system.encrypted(searching(*BY_NUMBER))
    message["message"]["header"] |= {"typ": "JOSE"}
    answer = system.send(SYNC, message)
    assert (answer.status_code, code(answer)) == REFUSED


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "dir"},
        {"alg": "none"},
        {"alg": "ECDH-ES"},
        {"alg": "RSA1_5"},
        {"alg": "A256KW"},
        {"enc": "none"},
        {"enc": "A192GCM"},
        {"zip": "DEF"},
        {"crit": ["exp"], "exp": 1},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"alg": 7},
        {"kid": ["x"]},
    ],
)
def test_another_algorithm_is_refused(system, changed):
    message = system.encrypted(searching(*BY_NUMBER))
    message["message"]["header"] |= changed
    answer = system.send(SYNC, message)
    assert (answer.status_code, code(answer)) == REFUSED


def test_what_is_not_the_form_is_refused(system):
    whole = system.encrypted(searching(*BY_NUMBER))
    said = whole["message"]
    forms = [{k: v for k, v in said.items() if k != name} for name in said]
    forms += [None, [], "x", {}, said | {"header": []}, said | {"tag": 7}, said | {"iv": "é"}]
    forms += [said | {"ciphertext": f"{said['ciphertext']}.AA"}, said | {"encrypted_key": ""}]
    for form in forms:
        answer = system.send(SYNC, whole | {"message": form})
        assert (answer.status_code, code(answer)) == REFUSED, form


def test_encryption_is_as_registered(register, system):
    plain = system.send(SYNC, searching(*BY_NUMBER))
    assert (plain.status_code, code(plain)) == REFUSED
    unmarked = system.encrypted(searching(*BY_NUMBER))
    unmarked["header"]["is_msg_encrypted"] = False
    answer = system.send(SYNC, unmarked)
    assert (answer.status_code, code(answer)) == REFUSED
    other = register(sender_id="plain-client")
    encrypted = other.encrypted(searching(*BY_NUMBER))
    encrypted["header"]["sender_id"] = "plain-client"
    answer = other.send(SYNC, encrypted)
    assert (answer.status_code, code(answer)) == REFUSED


def test_the_signature_is_of_what_is_sent(system):
    message = system.signed(system.encrypted(searching(*BY_NUMBER)))
    assert system.send_as_it_is(SYNC, message).status_code == 200
    again = system.encrypted(searching(*BY_NUMBER))
    answer = system.send_as_it_is(SYNC, again | {"signature": message["signature"]})
    assert code(answer) == "err.signature.invalid"
    another = replace(system, key=Ed25519PrivateKey.generate())
    answer = another.send(SYNC, system.encrypted(searching(*BY_NUMBER)))
    assert code(answer) == "err.signature.invalid"


def test_an_encrypted_message_is_held_to_the_same_form(system):
    broken = searching(*BY_NUMBER)
    del broken["message"]["transaction_id"]
    answer = system.send(SYNC, system.encrypted(broken))
    assert (answer.status_code, code(answer)) == (400, "err.request.bad")
    many = searching(*BY_NUMBER)
    many["header"]["total_count"] = 3
    answer = system.send(SYNC, system.encrypted(many))
    assert (answer.status_code, code(answer)) == (400, "err.request.bad")
