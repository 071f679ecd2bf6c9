"""Reads the policy files of a folder; what they mean is `core.policy`'s business."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from time import monotonic

from bangfu.core.errors import InputError, Problem, UsageError
from bangfu.core.language import Text
from bangfu.core.policy.documents import Document
from bangfu.core.policy.reading import load
from bangfu.core.policy.resolve import Policy
from bangfu.files.paths import reading_error

ROOT = Path(__file__).parents[3]
# Every request asks for the policy, some more than once; looking at fifty files takes half a millisecond.
_LOOKED_EVERY = 1.0
_looked: dict[Path, tuple[float, Policy]] = {}


def policy_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of policy files: the one that BANGFU_POLICY names, else the product's own."""
    return Path(environ.get("BANGFU_POLICY") or ROOT / "policy")


def load_policy() -> Policy:
    """The policy in force. Raises UsageError or InputError naming file, line and column."""
    return load(read_policy(policy_folder()))


def policy_in_force() -> Policy:
    """The policy for a server: read once, and again within a second when a file of the folder has changed.

    Raises UsageError or InputError naming file, line and column.
    """
    folder, moment = policy_folder(), monotonic()
    looked_at, known = _looked.get(folder, (-_LOOKED_EVERY, None))
    if known is None or moment - looked_at >= _LOOKED_EVERY:
        known = _read_once(folder, tuple(sorted(_marks(folder))))
        _looked[folder] = (moment, known)
    return known


def _marks(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    """Path, moment of the last change and size of every file."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield from _marks(entry.path)
                elif entry.name.endswith(".toml"):
                    stat = entry.stat()
                    yield entry.path, stat.st_mtime_ns, stat.st_size
    except OSError:
        return  # reading tells what is wrong


@lru_cache(maxsize=2)
def _read_once(folder: Path, files: tuple[tuple[str, int, int], ...]) -> Policy:
    return load(read_policy(folder))


def read_policy(folder: Path) -> list[Document]:
    """Every `.toml` file in a folder and below, in the order of their paths.

    Labels begin with the folder's own name ("policy/income.toml"). Raises UsageError when the
    folder or a file cannot be read, InputError when a file is no UTF-8.
    """
    if not folder.is_dir():
        raise UsageError(
            Text(
                f"找不到政策文件夹 {folder}。可用环境变量 BANGFU_POLICY 指定。",
                f"There is no policy folder {folder}. Name it in BANGFU_POLICY.",
            )
        )
    documents = []
    problems = []
    for path in sorted(folder.rglob("*.toml")):
        label = f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}"
        try:
            documents.append(Document(label, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError as fault:
            line = fault.object[: fault.start].count(b"\n") + 1
            problems.append(
                Problem(
                    f"{label}:{line}:1",
                    Text(
                        "文件不是 UTF-8 编码，请另存为 UTF-8。",
                        "Not UTF-8; save the file as UTF-8.",
                    ),
                )
            )
        except OSError as fault:
            raise reading_error(path, fault) from fault
    if problems:
        raise InputError(Text("政策文件读不懂。", "The policy files cannot be read."), problems)
    return documents
