"""The uploads folder: contents sealed with AES-256-GCM, a file a content, named by its hash.

An uploaded workbook holds the ID numbers that the tables hold sealed, so it is sealed on the disk too:
`key id (4) + nonce (12) + ciphertext and tag`, with the hash bound into the seal. The folder lies
outside every folder that the site serves.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from cryptography.exceptions import InvalidTag
from django.conf import settings

from bangfu.books.walls import keys
from bangfu.books.walls.guarded import NONCE_BYTES
from bangfu.core.errors import UnavailableError, UsageError
from bangfu.core.language import Text
from bangfu.files.atomic import make_folder, write_bytes
from bangfu.files.paths import is_full

_KEPT = f"{'[0-9a-f]' * 2}/{'[0-9a-f]' * 64}"
_FULL = Text(
    "磁盘空间不足，文件没有收下。请告诉管理员清理磁盘，然后再试。",
    "The disk is full; the file was not taken in. Ask the keeper to free some space, then try again.",
)
_REFUSED = Text(
    "现在不能保存文件，没有收下。请告诉管理员检查上传文件夹，然后再试。",
    "Files cannot be kept now; nothing was taken in. Ask the keeper to look at the uploads folder.",
)
_LOST = Text(
    "文件现在取不出来。请告诉管理员：上传文件夹里缺了它，或者它被改动过。",
    "The file cannot be had now. Tell the keeper: it is missing from the uploads folder, or altered.",
)


def put(content: bytes) -> str:
    """Keep a content; its digest. A content already there stays as it is.

    UnavailableError when the disk is full or refuses.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if path.exists():
        return digest
    _write(path, _sealed(content, digest))
    return digest


def get(digest: str) -> bytes:
    """The content of a digest. UnavailableError when it is gone or was altered."""
    try:
        raw = _path(digest).read_bytes()
    except OSError as fault:
        raise UnavailableError(_LOST) from fault
    start = keys.ID_BYTES + NONCE_BYTES
    key = keys.current().by_id(raw[: keys.ID_BYTES])
    try:
        return key.cipher.decrypt(raw[keys.ID_BYTES : start], raw[start:], digest.encode())
    except InvalidTag as fault:
        raise UnavailableError(_LOST) from fault


def reseal() -> int:
    """Seal again, under the first of the keys in use, every content that another key sealed; how many.

    Each is replaced whole, so that a run that was broken off goes on where it stopped. UnavailableError
    when a content was altered or the disk is full, UsageError when its key is not in use.
    """
    folder: Path = settings.UPLOADS
    now = keys.current().current.id
    again = 0
    for path in sorted(folder.glob(_KEPT)):
        with path.open("rb") as kept:
            if kept.read(keys.ID_BYTES) == now:
                continue
        _write(path, _sealed(get(path.name), path.name))
        again += 1
    return again


def _sealed(content: bytes, digest: str) -> bytes:
    key = keys.current().current
    bound = digest.encode()
    nonce = hmac.new(key.nonce_secret, b"file\0" + bound, hashlib.sha256).digest()[:NONCE_BYTES]
    return key.id + nonce + key.cipher.encrypt(nonce, content, bound)


def _write(path: Path, sealed: bytes) -> None:
    try:
        make_folder(path.parent)
        write_bytes(path, sealed)
        path.chmod(0o600)
    except UsageError as refused:
        cause = refused.__cause__
        full = isinstance(cause, OSError) and is_full(cause)
        raise UnavailableError(_FULL if full else _REFUSED) from refused


def _path(digest: str) -> Path:
    folder: Path = settings.UPLOADS
    return folder / digest[:2] / digest
