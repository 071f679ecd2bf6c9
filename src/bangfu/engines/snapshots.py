"""A snapshot: one period's books as Parquet, sealed by a hash.

One file a table of facts, plus the rosters. Names and numbers of people stay
behind: their place is taken by keyed tokens and derived facts. It is still personal data, pseudonymous
and owner-only (mode 0700), and never leaves the county unaggregated.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bangfu.core.errors import InputError, UsageError
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Kind, Table
from bangfu.core.language import Text
from bangfu.engines.numbering import numbered

SEAL = "seal.json"
FORMAT = 1
ROSTER = "roster"
TABLES = (*(str(table) for table in Table), ROSTER)

# What the books know that rules must not read: guarded numbers, and people's names.
_WITHHELD = {
    fact.name for facts in FACTS.values() for fact in facts if fact.kind is Kind.GUARDED
} | {"name"}
# Rules ask whether a data collector is named, never who it is.
_NAMED = "记名"
# Rows that one thread reads at a time: a county has work for every processor.
_ROW_GROUP = 16_384
_ROSTER_SCHEMA = {
    "roster": pl.String,
    "place_code": pl.String,
    "certificate_token": pl.String,
    "amount": pl.Int64,
    "kind": pl.String,
    "day": pl.Date,
}


@dataclass(frozen=True, slots=True)
class Seal:
    """What a snapshot says of itself. `digest` is SHA-256 over month, place and every file's hash."""

    place_code: str
    month: int
    files: Mapping[str, str]
    rows: Mapping[str, int]
    digest: str


def withheld(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without names and guarded numbers; of the data collector only whether one is named."""
    frame = frame.drop([name for name in frame.columns if name in _WITHHELD])
    if "collector" in frame.columns:
        named = pl.when(pl.col("collector").is_not_null()).then(pl.lit(_NAMED))
        frame = frame.with_columns(named.alias("collector"))
    return frame


def write_snapshot(
    folder: Path, frames: Mapping[str, pl.DataFrame], *, place_code: str, month: int
) -> Seal:
    """Write the tables into `folder`, whole or not at all, and seal them.

    `frames` holds the tables of facts by name, and "roster", which may be missing. A snapshot that
    stands in `folder` is replaced. Raises UsageError when anything else stands there.
    """
    if folder.exists() and not (folder / SEAL).is_file() and any(folder.iterdir()):
        raise UsageError(
            Text(
                f"文件夹 {folder} 里有别的文件，快照会取代它的全部内容。请用 -o 指定一个新文件夹。",
                f"The folder {folder} holds other files, and a snapshot would replace them all. "
                "Name a new folder with -o.",
            )
        )
    staging = folder.with_name(folder.name + ".part")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    hashes, rows = {}, {}
    frames = numbered(frames)
    for name in TABLES:
        frame = withheld(frames[name]) if name in frames else _empty(name)
        path = staging / f"{name}.parquet"
        frame.write_parquet(path, compression="zstd", row_group_size=_ROW_GROUP)
        hashes[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        rows[name] = frame.height
    seal = Seal(place_code, month, hashes, rows, _digest(place_code, month, hashes))
    (staging / SEAL).write_text(
        json.dumps(
            {
                "format": FORMAT,
                "place_code": place_code,
                "month": month,
                "files": hashes,
                "rows": rows,
                "digest": seal.digest,
            },
            indent=2,
        )
    )
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)
    return seal


def open_snapshot(folder: Path) -> Seal:
    """The seal of a snapshot, after every file was found as sealed.

    Raises UsageError when there is no snapshot, InputError when a file was altered or is missing.
    """
    try:
        written = json.loads((folder / SEAL).read_text("utf-8"))
        seal = Seal(
            str(written["place_code"]),
            int(written["month"]),
            dict(written["files"]),
            dict(written["rows"]),
            str(written["digest"]),
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(
            Text(
                f"{folder} 不是快照。请先运行 bangfu snapshot。",
                f"{folder} is no snapshot. Run bangfu snapshot first.",
            )
        ) from None
    for name, expected in seal.files.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise InputError(
                Text(
                    f"快照文件 {name} 与封存时不一致，不能使用。请重新生成快照。",
                    f"The snapshot's file {name} is not as it was sealed. Make the snapshot again.",
                )
            )
    if seal.digest != _digest(seal.place_code, seal.month, seal.files):
        raise InputError(Text("快照的封条被改动。", "The snapshot's seal was altered."))
    return seal


def _digest(place_code: str, month: int, hashes: Mapping[str, str]) -> str:
    lines = [f"{FORMAT} {place_code} {month}", *(f"{n} {h}" for n, h in sorted(hashes.items()))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _empty(name: str) -> pl.DataFrame:
    if name == ROSTER:
        return pl.DataFrame(schema=_ROSTER_SCHEMA)
    raise KeyError(f"a snapshot needs the table {name}")
