"""Systems that ask the social registry, and the messages they send. Everybody is invented."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from api_ground import NOW
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client as Browser
from joserfc import jwe
from joserfc.jwk import ECKey, OKPKey, RSAKey

from bangfu.books.social_registry import encryption, signatures

BASE = "/spdci/social/v1.0.0/registry"
SYNC, ASYNC = f"{BASE}/sync/search", f"{BASE}/search"
SUBSCRIBE, UNSUBSCRIBE = f"{BASE}/subscribe", f"{BASE}/unsubscribe"
SYNC_STATUS, ASYNC_STATUS = f"{BASE}/sync/txn/status", f"{BASE}/txn/status"
STAMP = NOW.isoformat()


@dataclass(frozen=True)
class System:
    """A system at work: its account, its browser with the token, its key when it signs."""

    account: str
    browser: Browser
    sender_id: str
    key: Ed25519PrivateKey | None
    key_id: str = "1"
    # What opens what is encrypted for this system.
    opens: RSAKey | ECKey | OKPKey | None = None

    def encrypted(self, message: dict, *, kid: str = "", alg: str = "ECDH-ES+A256KW") -> dict:
        """The message with its content encrypted for Bangfu, by the JOSE library alone."""
        ours = encryption.our_public_key()
        header = {"alg": alg, "enc": "A256GCM", "kid": kid or ours["kid"]}
        registry = jwe.JWERegistry(algorithms=[alg, "A256GCM"])
        written = jwe.encrypt_compact(
            header, json.dumps(message["message"]), ECKey.import_key(ours), registry=registry
        )
        head, *parts = written.split(".")
        read = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        names = ("encrypted_key", "iv", "ciphertext", "tag")
        said = {"header": read, **dict(zip(names, parts, strict=True))}
        told = message["header"] | {"is_msg_encrypted": True}
        return message | {"header": told, "message": said}

    def opened(self, answer: dict) -> dict:
        """What an encrypted answer holds."""
        assert answer["header"]["is_msg_encrypted"] is True
        said = answer["message"]
        assert set(said) == {"header", "encrypted_key", "iv", "ciphertext", "tag"}
        head = json.dumps(said["header"], separators=(",", ":")).encode()
        parts = [base64.urlsafe_b64encode(head).decode().rstrip("=")]
        parts += [said[name] for name in ("encrypted_key", "iv", "ciphertext", "tag")]
        allowed = jwe.JWERegistry(algorithms=["ECDH-ES+A256KW", "RSA-OAEP-256", "A256GCM"])
        content = jwe.decrypt_compact(".".join(parts), self.opens, registry=allowed)
        return json.loads(content.plaintext)

    def signed(self, message: dict, *, created: int = 0, expires: int = 60) -> dict:
        """The message with this system's signature; the times are seconds from now."""
        first, last = (str(int(NOW.timestamp()) + seconds) for seconds in (created, expires))
        said = signatures.canonical({name: message[name] for name in ("header", "message")})
        digest = base64.b64encode(hashlib.sha256(said.encode()).digest()).decode()
        lines = f"(created): {first}\n(expires): {last}\ndigest: SHA-256={digest}"
        raw = base64.b64encode(self.key.sign(lines.encode())).decode()
        written = (
            f'Signature:  namespace="spdci", kidId="{self.sender_id}|{self.key_id}|ed25519", '
            f'algorithm="ed25519", created="{first}", expires="{last}", '
            f'headers="(created) (expires) digest", signature="{raw}"'
        )
        return message | {"signature": written}

    def send(self, where: str, message: dict):
        """Send a message, signed when this system signs."""
        return self.send_as_it_is(where, self.signed(message) if self.key else message)

    def send_as_it_is(self, where: str, message: object):
        return self.browser.post(where, json.dumps(message), content_type="application/json")

    def found(self, query_type: str, query: object, **more: object) -> dict:
        """The answer to one search."""
        answer = self.send(SYNC, searching(query_type, query, **more))
        assert answer.status_code == 200, answer.content
        [item] = answer.json()["message"]["search_response"]
        return item


def message(action: str, said: dict, *, message_id: str = "m-1", **header: object) -> dict:
    return {
        "header": {
            "version": "1.0.0",
            "message_id": message_id,
            "message_ts": STAMP,
            "action": action,
            "sender_id": "test-client",
            "receiver_id": "bangfu",
            "total_count": 1,
            **header,
        },
        "message": said,
    }


def searching(
    query_type: str,
    query: object,
    *,
    sender_uri: str = "https://spmis.example/registry/on-search",
    message_id: str = "m-1",
    **criteria: object,
) -> dict:
    item = {
        "reference_id": "r-1",
        "timestamp": STAMP,
        "search_criteria": {"query_type": query_type, "query": query, **criteria},
    }
    said = {"transaction_id": "t-1", "search_request": [item]}
    return message("search", said, message_id=message_id, sender_uri=sender_uri)


def subscribing(*, message_id: str = "m-1", **criteria: object) -> dict:
    item = {
        "reference_id": "r-1",
        "timestamp": STAMP,
        "subscribe_criteria": {
            "reg_event_type": "REGISTER",
            "filter": predicate("gender", "in", ["male", "female"]),
            "notify_record_type": "Member",
            **criteria,
        },
        "locale": "zho",
    }
    said = {"transaction_id": "t-2", "subscribe_request": [item]}
    return message("subscribe", said, message_id=message_id)


def unsubscribing(*codes: str, message_id: str = "m-9") -> dict:
    said = {"transaction_id": "t-3", "timestamp": STAMP, "subscription_codes": list(codes)}
    return message("unsubscribe", said, message_id=message_id)


def asking(kind: str, value: Any, *, txn_type: str = "search", message_id: str = "m-5") -> dict:
    question = {
        "reference_id": "r-5",
        "txn_type": txn_type,
        "attribute_type": kind,
        "attribute_value": value,
    }
    said = {"transaction_id": "t-5", "txnstatus_request": question}
    return message("txn-status", said, message_id=message_id)


def predicate(name: str, sign: str, value: object, **more: object) -> list:
    compared = {"attribute_name": name, "operator": sign, "attribute_value": value}
    return [{"seq_num": 1, "expression1": compared, **more}]


def code(answer: Any) -> str:
    [error] = answer.json()["errors"]
    return str(error["code"])


SOON = NOW + timedelta(hours=1)
