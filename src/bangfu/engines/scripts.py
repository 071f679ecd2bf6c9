"""The SQL of a plan, kept between runs.

Putting the SQL of 260 rules together takes longer than running it, and gives the same until the policy,
the day, the columns of the books or this program change. A script is found by a digest of all of these,
so what is found is never stale; it names tables and columns, and holds nothing of the books.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bangfu

# What decides how SQL is written, besides what is asked.
_OUR_CODE = ("core", "engines")
_THEIR_CODE = ("ibis-framework", "sqlglot", "duckdb")
# A policy, a day and a kind of books have two scripts each.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Statement:
    """A query whose rows are kept as the temporary table `name`, or fetched when it has no name.

    `columns` are the Ibis types of the rows by column.
    """

    query: str
    columns: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """Statements in order, and what their columns mean: whatever their writer says, as JSON has it."""

    statements: tuple[Statement, ...]
    meaning: Any


@dataclass(frozen=True, slots=True)
class Scripts:
    """A folder of scripts, owner-only. It may be deleted at any time."""

    folder: Path

    def get(self, key: str) -> Script | None:
        """The script of a key, if it is there whole."""
        try:
            written = json.loads(self._file(key).read_bytes())
            statements = tuple(Statement(**each) for each in written["statements"])
            return Script(statements, written["meaning"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, script: Script) -> None:
        """Keep a script, and the newest others; a folder that cannot be written keeps nothing."""
        path = self._file(key)
        staging = path.with_suffix(f".{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            staging.write_text(json.dumps(asdict(script), ensure_ascii=False), encoding="utf-8")
            staging.replace(path)
            files = sorted(self.folder.glob("*.json"), key=lambda each: each.stat().st_mtime)
            for old in files[:-_KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            # Another run puts it together again.
            with suppress(OSError):
                staging.unlink()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def of_user(environ: Mapping[str, str] = os.environ) -> Scripts | None:
    """The scripts in the user's own cache folder; None for a user without a home."""
    given = environ.get("XDG_CACHE_HOME")
    try:
        root = Path(given) if given else Path.home() / ".cache"
    except RuntimeError:
        return None
    return Scripts(root / "bangfu" / "sql")


def key(*asked: object) -> str:
    """A digest of what is asked, as `repr` tells it in full, and of all that writes SQL."""
    return sha256(repr((asked, _code())).encode()).hexdigest()


@cache
def _code() -> str:
    """A digest of the program as far as it writes SQL."""
    found = sha256(repr([version(name) for name in _THEIR_CODE]).encode())
    root = Path(bangfu.__file__).parent
    for path in sorted(path for part in _OUR_CODE for path in (root / part).rglob("*.py")):
        found.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
