"""Atomic writing: a file is there whole or not at all.

The content goes to a temporary file in the target's own folder (a rename is atomic only within one
file system), is flushed to the disk and renamed over the target. A link stays a link: what it points to
is replaced. A device or a pipe, such as /dev/stdout, cannot be replaced: it is given the content when
all of it is there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.files.paths import writing_error


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path to write to; it takes the place of `path` when the block ends well.

    Raises UsageError when the file system refuses (full disk, no permission, no such folder). On any
    error the temporary file is removed and `path` keeps what it had.
    """
    target = Path(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(str(target))
        stream = target.exists() and not target.is_file()
        if target.is_symlink() and not stream:
            target = target.resolve()
        beside = None if stream else target.parent
        handle, name = tempfile.mkstemp(dir=beside, prefix=".bangfu-", suffix=".tmp")
        os.close(handle)
    except OSError as error:
        raise writing_error(target, error) from error
    temporary = Path(name)
    try:
        yield temporary
        if stream:
            _pour(temporary, target)
            return
        _flush(temporary)
        # mkstemp makes the file private; the result gets the rights any new file would get.
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        raise writing_error(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def make_folder(path: str | os.PathLike[str]) -> Path:
    """The folder, made with those above it where it is missing. Raises UsageError when refused."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise writing_error(folder, error) from error
    return folder


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    """Write `content` to `path` as UTF-8 with the line ends it has, whole or not at all."""
    write_bytes(path, content.encode("utf-8"))


def _pour(path: Path, stream: Path) -> None:
    with path.open("rb") as source, stream.open("wb") as sink:
        shutil.copyfileobj(source, sink)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    # The process's mask can only be read by setting it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
