"""Keys to encrypt for, and messages that are encrypted: what goes in comes out, nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from bangfu.books.social_registry import encryption
from bangfu.books.walls import keys
from bangfu.core.errors import InputError


@pytest.fixture(autouse=True, scope="module")
def our_keys() -> Iterator[None]:
    before = list(keys._in_use)
    keys.use(keys.Keys((keys.Key(b"k" * keys.KEY_BYTES),)))
    yield
    keys._in_use[:] = before


def for_us(message: object) -> dict:
    """A message as the other side sends it, which may use what we use."""
    ours = encryption.our_public_key()
    key = encryption.checked_key(json.dumps(ours))
    envelope = {"header": {"is_msg_encrypted": False}, "message": message}
    return encryption.closed(envelope, key_id=ours["kid"], public_key=key)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(VALUES)
def test_what_goes_in_comes_out(value):
    written = for_us(value)
    assert written["header"] == {"is_msg_encrypted": True}
    assert encryption.opened(written["message"]) == value


@given(VALUES)
def test_anything_else_is_refused(value):
    with pytest.raises(encryption.EncryptionError):
        encryption.opened(value)


@given(
    st.sampled_from(["header", *encryption.PARTS]),
    st.text() | st.none() | st.dictionaries(st.sampled_from(["alg", "enc", "kid", "epk"]), VALUES),
)
def test_no_part_can_be_another(part, value):
    written = for_us({"a": 1})["message"]
    with pytest.raises(encryption.EncryptionError):
        encryption.opened(written | {part: value})


@pytest.mark.parametrize(
    "key",
    [
        RSAKey.generate_key(2048),
        ECKey.generate_key("P-256"),
        ECKey.generate_key("P-384"),
        ECKey.generate_key("P-521"),
        OKPKey.generate_key("X25519"),
    ],
    ids=["RSA", "P-256", "P-384", "P-521", "X25519"],
)
def test_a_public_key_is_kept_as_a_jwk(key):
    for written in (
        json.dumps(key.as_dict(private=False)),
        key.as_pem(private=False).decode(),
    ):
        kept = json.loads(encryption.checked_key(written))
        assert kept["kty"] == key.key_type
        assert "d" not in kept
    with pytest.raises(InputError):
        encryption.checked_key(json.dumps(key.as_dict(private=True)))


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_other_keys_are_refused():
    refused = [
        OKPKey.generate_key("Ed25519").as_pem(private=False).decode(),
        ECKey.generate_key("secp256k1").as_pem(private=False).decode(),
        json.dumps(RSAKey.generate_key(1024).as_dict(private=False)),
        json.dumps(OctKey.generate_key(256).as_dict()),
        "",
        "{",
        "[]",
        '{"kty": "EC"}',
        '{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}',
        "-----BEGIN PUBLIC KEY-----",
    ]
    for written in refused:
        with pytest.raises(InputError):
            encryption.checked_key(written)


def test_our_key_is_made_of_the_secret_and_told_without_it():
    first, again = encryption.our_public_key(), encryption.our_public_key()
    assert first == again
    assert set(first) == {"kty", "crv", "x", "y", "kid", "use"}
    assert first["kid"] == keys.current().current.id.hex()
