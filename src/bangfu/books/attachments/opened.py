"""Attachments as plain files, for programs that read files, for as long as a block runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from bangfu.books.attachments.models import Attachment
from bangfu.books.attachments.queries import content_of
from bangfu.core.errors import UnavailableError, UsageError
from bangfu.core.language import Text
from bangfu.files.atomic import make_folder

_NO_ROOM = Text(
    "磁盘空间不足或不能写入，文件没有打开。请稍后再试。",
    "The disk is full or refuses; the files were not opened. Try again later.",
)


@contextmanager
def as_files(attachments: Sequence[Attachment]) -> Iterator[list[Path]]:
    """The files under their own names, in a folder that is closed to others and gone at the end.

    Of two with one name the second gets a number. UnavailableError when the disk is full.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=make_folder(_place())))
    except (OSError, UsageError) as fault:
        raise UnavailableError(_NO_ROOM) from fault
    try:
        paths: list[Path] = []
        for attachment in attachments:
            path = _free(folder, attachment.name)
            try:
                path.write_bytes(content_of(attachment))
            except OSError as fault:
                raise UnavailableError(_NO_ROOM) from fault
            paths.append(path)
        yield paths
    finally:
        shutil.rmtree(folder)


def sweep() -> None:
    """Remove what processes that were killed have left open."""
    folder = _place()
    for left in folder.glob("*-*") if folder.exists() else ():
        pid = left.name.partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _place() -> Path:
    folder: Path = settings.UPLOADS
    return folder / "open"


def _free(folder: Path, name: str) -> Path:
    path, stem, suffix = folder / name, Path(name).stem, Path(name).suffix
    number = 2
    while path.exists():
        path = folder / f"{stem} ({number}){suffix}"
        number += 1
    return path
