"""Keys of guarded columns: where they come from, and which one sealed a value.

A key is 32 random bytes, written in URL-safe base64. BANGFU_KEY wins and may hold several, separated
by commas: the first seals, the others still open what they sealed (rotation). Without it, the
embedded database uses a key file outside the data folder, made at first; production refuses to start.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bangfu.core.errors import UsageError
from bangfu.core.language import Text

KEY_BYTES = 32
ID_BYTES = 4


@dataclass(frozen=True)
class Key:
    """One key. Each use has a key derived from it, so that none weakens another."""

    secret: bytes

    @cached_property
    def id(self) -> bytes:
        """Four bytes that tell which key sealed a value, and nothing about the key."""
        return hashlib.sha256(b"bangfu key id" + self.secret).digest()[:ID_BYTES]

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self._derived(b"seal"))

    @cached_property
    def token_secret(self) -> bytes:
        return self._derived(b"token")

    @cached_property
    def nonce_secret(self) -> bytes:
        return self._derived(b"nonce")

    @cached_property
    def web_secret(self) -> str:
        """What signs sessions and forms of an embedded database's pages."""
        return base64.urlsafe_b64encode(self._derived(b"web")).decode()

    @cached_property
    def signing_secret(self) -> bytes:
        """What signs the messages that leave for other systems."""
        return self._derived(b"sign")

    @cached_property
    def encryption_secret(self) -> bytes:
        """What opens the messages that other systems encrypt for this one."""
        return self._derived(b"encrypt")

    def _derived(self, use: bytes) -> bytes:
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"bangfu " + use).derive(
            self.secret
        )


@dataclass(frozen=True)
class Keys:
    """The keys in use; the first one seals and makes tokens."""

    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        return self.keys[0]

    def by_id(self, key_id: bytes) -> Key:
        """The key with this id; UsageError when it is not at hand."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise UsageError(
            Text(
                "数据是用另一把密钥加密的。请把原来的密钥放回 BANGFU_KEY 或密钥文件。",
                "The data were sealed with another key. "
                "Put the former key back into BANGFU_KEY or the key file.",
            )
        )


_in_use: list[Keys] = []


def use(keys: Keys) -> None:
    """Make `keys` the ones of this process."""
    _in_use[:] = [keys]


def current() -> Keys:
    """The keys of this process. RuntimeError when none were set: a fault of ours."""
    if not _in_use:
        raise RuntimeError("no key in use: call walls.keys.use first")
    return _in_use[0]


def load(environ: Mapping[str, str], *, production: bool) -> Keys:
    """The keys named by the environment, or those of the key file, made when it is not there."""
    written = environ.get("BANGFU_KEY", "")
    if written:
        return _parsed(written, "BANGFU_KEY")
    if production:
        raise UsageError(
            Text(
                "没有密钥：正式环境必须在 BANGFU_KEY 里给出密钥（32 字节，base64），才能启动。",
                "No key: with DATABASE_URL, BANGFU_KEY must hold the key (32 bytes, base64).",
            )
        )
    path = key_file(environ)
    if not path.exists():
        _create(path)
    return _parsed(path.read_text().strip(), str(path))


def add_to_file(environ: Mapping[str, str]) -> Path:
    """Put a new key before those of the key file, for `bangfu keys rotate`; gives the file's path."""
    path = key_file(environ)
    written = path.read_text().strip()
    _parsed(written, str(path))
    scratch = path.with_name(f".key-{os.getpid()}")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{generate()},{written}\n")
    scratch.replace(path)
    return path


def key_file(environ: Mapping[str, str]) -> Path:
    """Where the embedded database's key lies: in the user's configuration, never with the data."""
    base = environ.get("XDG_CONFIG_HOME") or str(
        Path(environ.get("HOME", "~")).expanduser() / ".config"
    )
    return Path(base) / "bangfu" / "key"


def generate() -> str:
    """A new key as it is written."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = path.with_name(f".key-{os.getpid()}")
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(generate() + "\n")
        try:
            os.link(scratch, path)  # fails when another process was first: its key stays
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    except OSError as fault:
        raise UsageError(
            Text(
                f"不能写入密钥文件 {path}（{fault.strerror}）。请在 BANGFU_KEY 里给出密钥。",
                f"Cannot write the key file {path} ({fault.strerror}). Give a key in BANGFU_KEY.",
            )
        ) from fault


def _parsed(written: str, where: str) -> Keys:
    found = []
    for part in written.split(","):
        try:
            secret = base64.b64decode(part.strip(), altchars=b"-_", validate=True)
        except binascii.Error:
            secret = b""
        if len(secret) != KEY_BYTES:
            raise UsageError(
                Text(
                    f"{where} 里的密钥不对：应为 32 字节的 base64。",
                    f"The key in {where} is not 32 bytes in base64.",
                )
            )
        found.append(Key(secret))
    return Keys(tuple(found))
