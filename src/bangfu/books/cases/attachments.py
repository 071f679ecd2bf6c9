"""Where attachments lie: by the digest of their content, in the data folder, outside the web root."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.files.atomic import make_folder, write_bytes
from bangfu.files.photos import Photo


def keep(photo: Photo) -> None:
    """Write a photo before its row is; one that no row names does no harm."""
    path = _path(photo.digest)
    if not path.exists():
        make_folder(path.parent)
        write_bytes(path, photo.content)


def content(digest: str) -> bytes:
    """The bytes of an attachment. NotFoundError when its file is gone."""
    path = _path(digest)
    if not path.exists():
        raise NotFoundError(Text("附件文件不在了。", "The attachment's file is gone."))
    return path.read_bytes()


def _path(digest: str) -> Path:
    return Path(settings.DATA) / "attachments" / digest[:2] / digest
