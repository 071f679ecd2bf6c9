"""Encrypted messages: the specification's EncryptedMessage, which is a JWE (RFC 7516) in its five parts.

    {"header": {"alg": …, "enc": …, "kid": …}, "encrypted_key": …, "iv": …, "ciphertext": …, "tag": …}

`header` is the protected header, read out; what is authenticated is its JSON without spaces, its names
in the order in which they stand. What is encrypted is `message`, as JSON; the signature is of the
message as it is sent, encrypted. Keys come from both sides: a message to us is encrypted for a key of
ours (P-256, made of the secret key), one from us for the key that its receiver has registered.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from bangfu.books.walls import keys
from bangfu.core.errors import InputError
from bangfu.core.language import Text

CODE = "err.encryption.invalid"
PARTS = ("encrypted_key", "iv", "ciphertext", "tag")
CONTENT = "A256GCM"
# How a key may be agreed upon with us, and what a message may be encrypted with.
ACCEPTED = ("ECDH-ES+A256KW", "ECDH-ES+A128KW", "A256GCM", "A128GCM", "A256CBC-HS512")
_SMALLEST_RSA_BITS = 2048
# The order of P-256.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class EncryptionError(Exception):
    """Why a message cannot be opened. It says no more than that: not which part was wrong."""


class _Registry(jwe.JWERegistry):
    # As large as a message of the door, and its growth in base64.
    max_ciphertext_length = 1_400_000


def checked_key(written: str) -> str:
    """A public key to encrypt for (PEM or JWK) as it is kept, a JWK. InputError for any but RSA of 2048
    bits and more, P-256, P-384, P-521 and X25519."""
    refused = InputError(
        Text(
            "加密公钥要是 RSA（2048 位以上）、P-256、P-384、P-521 或 X25519 的公钥（PEM 或 JWK）。",
            "The key to encrypt for is a public key of RSA (2048 bits or more), P-256, P-384, P-521 or"
            " X25519 (PEM or JWK).",
        )
    )
    try:
        key = _imported(written)
        alg = _algorithm(key)
    except (ValueError, TypeError, KeyError, JoseError) as fault:
        raise refused from fault
    if key.is_private or alg is None:
        raise refused
    return json.dumps(key.as_dict(private=False), sort_keys=True)


def _imported(written: str) -> RSAKey | ECKey | OKPKey:
    if written.lstrip()[:1] == "{":
        key: Any = JWKRegistry.import_key(json.loads(written))
        return key  # type: ignore[no-any-return]
    for kind in (RSAKey, ECKey, OKPKey):
        try:
            return kind.import_key(written)
        except (ValueError, TypeError, JoseError):
            continue
    raise ValueError("no public key")


def _algorithm(key: Any) -> str | None:
    """How the content's key travels to the holder of a key; None where it cannot."""
    if isinstance(key, RSAKey):
        return "RSA-OAEP-256" if key.public_key.key_size >= _SMALLEST_RSA_BITS else None
    if isinstance(key, ECKey):
        return "ECDH-ES+A256KW" if key.curve_name in ("P-256", "P-384", "P-521") else None
    if isinstance(key, OKPKey):
        return "ECDH-ES+A256KW" if key.curve_name == "X25519" else None
    return None


def our_public_key() -> dict[str, str]:
    """The public key that messages to us are encrypted for, as a JWK."""
    current = keys.current().current
    public = _our_key(current).as_dict(private=False)
    return {**{name: str(public[name]) for name in ("kty", "crv", "x", "y")}, **_named(current)}


def _named(key: keys.Key) -> dict[str, str]:
    return {"kid": key.id.hex(), "use": "enc"}


@cache
def _our_key(key: keys.Key) -> ECKey:
    """A key of the curve from 32 bytes; the range has no remainder worth a name (2**-32)."""
    secret = int.from_bytes(key.encryption_secret) % (_ORDER - 1) + 1
    private = ec.derive_private_key(secret, ec.SECP256R1())
    return ECKey(private, private)


def opened(written: Any) -> Any:
    """What an EncryptedMessage holds. EncryptionError where it is none, is for a key that is not ours, is
    encrypted in a way that is not accepted, or was altered."""
    try:
        header = written["header"]
        parts = [written[name] for name in PARTS]
        if not isinstance(header, dict) or not all(isinstance(part, str) for part in parts):
            raise EncryptionError("not the form of the specification")
        compact = ".".join([_encoded(header), *parts])
        content = jwe.decrypt_compact(
            compact, _ours(header.get("kid")), registry=_Registry(algorithms=ACCEPTED)
        )
        return json.loads(content.plaintext or b"")
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as fault:
        raise EncryptionError("cannot be opened") from fault


def _ours(kid: object) -> ECKey:
    """The key of that id, the current one or a former one that is still at hand."""
    for key in keys.current().keys:
        if key.id.hex() == kid:
            return _our_key(key)
    raise EncryptionError("a key that is not ours")


def _encoded(header: Mapping[str, Any]) -> str:
    said = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def closed(envelope: Mapping[str, Any], *, key_id: str, public_key: str) -> dict[str, Any]:
    """A message of ours with its content encrypted for the key of its receiver."""
    key = _imported(public_key)
    alg = _algorithm(key)
    if alg is None:
        raise ValueError("not a key to encrypt for")  # `checked_key` lets none in
    said = json.dumps(envelope["message"], ensure_ascii=False)
    registry = _Registry(algorithms=[alg, CONTENT])
    protected = {"alg": alg, "enc": CONTENT, "kid": key_id}
    compact = jwe.encrypt_compact(protected, said, key, registry=registry)
    header, *parts = compact.split(".")
    # In the order of PARTS, which is that of the compact form.
    encrypted = {"header": _decoded(header), **dict(zip(PARTS, parts, strict=True))}
    told = {**envelope["header"], "is_msg_encrypted": True}
    return {**envelope, "header": told, "message": encrypted}


def _decoded(segment: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
