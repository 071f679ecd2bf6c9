"""Guarded columns: values sealed with AES-256-GCM, and keyed tokens for equality.

A sealed value is `key id (4) + nonce (12) + ciphertext and tag`; its column's name is bound into the
seal, so that a value moved to another column does not open. The nonce is made from column and value
under a key of its own, so that one value seals to the same bytes each time: a repeated import then
changes nothing. A token is HMAC-SHA256 under a further key. Either tells who can read the table that
two values of one column are equal, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable

from cryptography.exceptions import InvalidTag
from django.db import models

from bangfu.books.walls import keys

NONCE_BYTES = 12


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A column of sealed values. Python sees the bytes; opening one is an explicit act (`opened`)."""

    description = "a value sealed with AES-256-GCM"


class TokenField(models.CharField):  # type: ignore[type-arg]
    """A column of keyed tokens, 64 hexadecimal digits."""

    description = "a keyed token"

    def __init__(self, **options: object) -> None:
        options["max_length"] = 64
        super().__init__(**options)  # type: ignore[arg-type]


def sealed(values: Iterable[str | None], column: str) -> list[bytes | None]:
    """Each value sealed for `column`; None stays None."""
    key = keys.current().current
    bound = column.encode()
    start = hmac.new(key.nonce_secret, bound + b"\0", hashlib.sha256)
    known: dict[str | None, bytes | None] = {None: None}
    result: list[bytes | None] = []
    for value in values:
        if value is not None and value not in known:
            text = value.encode()
            digest = start.copy()
            digest.update(text)
            nonce = digest.digest()[:NONCE_BYTES]
            known[value] = key.id + nonce + key.cipher.encrypt(nonce, text, bound)
        result.append(known[value])
    return result


def opened(value: bytes | memoryview, column: str) -> str:
    """The value that was sealed for `column`.

    UsageError when its key is not at hand; ValueError when it was altered or sealed for another column.
    """
    raw = bytes(value)
    key = keys.current().by_id(raw[: keys.ID_BYTES])
    nonce = raw[keys.ID_BYTES : keys.ID_BYTES + NONCE_BYTES]
    try:
        text = key.cipher.decrypt(nonce, raw[keys.ID_BYTES + NONCE_BYTES :], column.encode())
    except InvalidTag:
        raise ValueError(f"a sealed value of {column} was altered or moved") from None
    return text.decode()


def token_by(key: keys.Key) -> Callable[[str], str]:
    """The function that makes a value's keyed token under a key."""
    start = hmac.new(key.token_secret, digestmod=hashlib.sha256)

    def token(value: str) -> str:
        digest = start.copy()
        digest.update(value.encode())
        return digest.hexdigest()

    return token


def tokeniser() -> Callable[[str], str]:
    """The function that makes a value's keyed token now. Make it once, use it for many values."""
    return token_by(keys.current().current)


def token(value: str) -> str:
    """The keyed token of one value."""
    return tokeniser()(value)
