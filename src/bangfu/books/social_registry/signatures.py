"""Signatures of messages, as the specification writes them:

    Signature: namespace="spdci", kidId="sender|key id|ed25519", algorithm="ed25519",
      created="1606970629", expires="1607030629", headers="(created) (expires) digest", signature="…"

What is signed are three lines: `(created): …`, `(expires): …`, `digest: SHA-256=…`. The digest is of
`{"header": …, "message": …}` in the canonical form of RFC 8785, so that spaces and the order of names do
not matter. The algorithm is Ed25519, the specification's own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from bangfu.books.walls import keys
from bangfu.core.errors import InputError
from bangfu.core.language import Text

ALGORITHM = "ed25519"
HEADERS = "(created) (expires) digest"
# Clocks may differ by so much, a signature may hold for so long, and ours does for so long.
SKEW_SECONDS, LONGEST_SECONDS, OURS_SECONDS = 300, 86_400, 3_600
_PARAMETER = re.compile(r'([A-Za-z]+)="([^"\\]*)"')
_WHOLE = re.compile(
    r"\s*(?:Signature:\s*)?[A-Za-z]+=\"[^\"\\]*\"(?:\s*,\s*[A-Za-z]+=\"[^\"\\]*\")*\s*"
)
_LARGEST_EXACT = 2**53


class SignatureError(Exception):
    """Why a signature does not hold: a code of the specification and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def checked_key(written: str) -> str:
    """A public key (PEM or JWK) as it is kept, a JWK. InputError when it is no public Ed25519 key."""
    refused = InputError(
        Text(
            "公钥要是 Ed25519 的公钥（PEM 或 JWK）。",
            "The key is a public Ed25519 key (PEM or JWK).",
        )
    )
    try:
        key = OKPKey.import_key(json.loads(written) if written.lstrip()[:1] == "{" else written)
    except (ValueError, TypeError, KeyError, JoseError) as fault:
        raise refused from fault
    if key.is_private or key.curve_name != "Ed25519":
        raise refused
    return json.dumps(key.as_dict(private=False), sort_keys=True)


def check(
    envelope: Mapping[str, Any], *, sender: str, key_id: str, public_key: str, now: datetime
) -> None:
    """Check that a message is signed by its sender's registered key, now. SignatureError when not."""
    written = envelope.get("signature")
    if not written:
        raise SignatureError("err.signature.missing", "The message is not signed.")
    if not isinstance(written, str) or len(written) > 2000 or not _WHOLE.fullmatch(written):
        raise _invalid("The signature is not in the form of the specification.")
    told = dict(_PARAMETER.findall(written))
    if told.get("namespace") != "spdci" or told.get("headers") != HEADERS:
        raise _invalid(f'The namespace is "spdci", the headers are "{HEADERS}".')
    if told.get("algorithm") != ALGORITHM or told.get("kidId") != kid(sender, key_id):
        raise _invalid("The key is not the one registered.")
    created, expires = _moment(told.get("created")), _moment(told.get("expires"))
    moment = now.timestamp()
    if not created - SKEW_SECONDS <= moment < expires <= created + LONGEST_SECONDS:
        raise _invalid("The signature is not good at this moment.")
    try:
        raw = base64.b64decode(told.get("signature", ""), validate=True)
        signed = _signed(told["created"], told["expires"], envelope)
        _verifier(public_key).verify(raw, signed)
    except (binascii.Error, ValueError, InvalidSignature) as fault:
        raise _invalid("The signature is not the sender's.") from fault


def kid(sender: str, key_id: str) -> str:
    """How a key is named in a signature."""
    return f"{sender}|{key_id}|{ALGORITHM}"


def signature(
    envelope: Mapping[str, Any], *, sender: str, key_id: str, key: Ed25519PrivateKey, now: datetime
) -> str:
    """The signature of a message by a key, good for an hour."""
    created = int(now.timestamp())
    expires = created + OURS_SECONDS
    raw = key.sign(_signed(str(created), str(expires), envelope))
    return (
        f'Signature: namespace="spdci", kidId="{kid(sender, key_id)}", algorithm="{ALGORITHM}", '
        f'created="{created}", expires="{expires}", headers="{HEADERS}", '
        f'signature="{base64.b64encode(raw).decode()}"'
    )


def signed_by_us(envelope: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """A message of ours with our signature, as the sender it names."""
    sender = envelope["header"]["sender_id"]
    own = signature(envelope, sender=sender, key_id=our_key_id(), key=_our_key(), now=now)
    return {"signature": own, **envelope}


def our_key_id() -> str:
    """The id of the key that signs what leaves."""
    return keys.current().current.id.hex()


def our_public_key() -> dict[str, str]:
    """The public key that checks what leaves, as a JWK."""
    x = base64.urlsafe_b64encode(_our_key().public_key().public_bytes_raw()).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": our_key_id(), "use": "sig"}


def canonical(value: Any) -> str:
    """JSON in the canonical form of RFC 8785. ValueError for what has none that every reader shares:
    whole numbers beyond 2**53, and numbers so large or small that they are written with an exponent."""
    if isinstance(value, Mapping):
        named = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(part)}" for name, part in named) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        if value.is_integer() and abs(value) <= _LARGEST_EXACT:
            return str(int(value))
        text = repr(value)
        if "e" in text or "n" in text:  # 1e-07, inf, nan
            raise ValueError("a number without a canonical form")
        return text
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        raise ValueError("a number without a canonical form")
    return json.dumps(value, ensure_ascii=False)


def _invalid(message: str) -> SignatureError:
    return SignatureError("err.signature.invalid", message)


def _moment(written: str | None) -> int:
    if written is None or not re.fullmatch(r"[0-9]{1,12}", written):
        raise _invalid("A moment is in seconds since 1970.")
    return int(written)


def _signed(created: str, expires: str, envelope: Mapping[str, Any]) -> bytes:
    said = canonical({name: envelope.get(name) for name in ("header", "message")})
    digest = base64.b64encode(hashlib.sha256(said.encode()).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: SHA-256={digest}".encode()


def _verifier(public_key: str) -> Ed25519PublicKey:
    x = json.loads(public_key)["x"]
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def _our_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.current().current.signing_secret)
