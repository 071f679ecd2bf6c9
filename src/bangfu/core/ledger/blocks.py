"""Postings proved sound by the hundred thousand, in columns, for the recount.

A block is a run of postings with their rows and links. `sound_blocks` holds it against everything that
`Recount.add` would find in it, and gives what the block does to each account and chain. It may refuse
what is sound, and never takes what is not: whatever it refuses is counted one by one, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl

from bangfu.core.ledger.digest import NOTHING
from bangfu.core.ledger.stages import BOOKS, Book, Stage

# No sum of a block may leave 64 bits, where it would come round to a wrong amount.
_ROOM = 2**63

POSTINGS = {"posting": pl.Int64, "place": pl.String, "header": pl.String}
ENTRIES = {
    "posting": pl.Int64,
    "line": pl.String,
    "stage": pl.String,
    "project": pl.String,
    "fen": pl.Int64,
}
LINKS = {
    "posting": pl.Int64,
    "line": pl.String,
    "position": pl.Int64,
    "previous": pl.String,
    "digest": pl.String,
}


class Stretch(NamedTuple):
    """A block's part of one line's chain: positions `first` to `last`.

    `previous` is the digest that the first one follows, `digest` that of the last.
    """

    line: str
    first: int
    previous: str
    last: int
    digest: str


class Movement(NamedTuple):
    """What a block does to one account: `change` fen in all, `lowest` fen on the way.

    `lowest` is counted row by row, so that it is at most the least that any posting leaves.
    """

    line: str
    stage: str
    project: str
    lowest: int
    change: int


@dataclass(frozen=True, slots=True)
class Block:
    """What the postings of one county in a block do, each sound by itself and after the one before."""

    stretches: list[Stretch]
    movements: list[Movement]
    links: pl.DataFrame

    def digests(self, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """The digests at the (line, position)s wanted."""
        rows = pl.DataFrame(
            list(wanted), schema={"line": pl.String, "position": pl.Int64}, orient="row"
        )
        found = self.links.with_columns(pl.col("line").cast(pl.String)).join(
            rows, on=["line", "position"]
        )
        return {
            (line, position): digest
            for line, position, digest in found.select("line", "position", "digest").iter_rows()
        }


def sound_blocks(
    postings: pl.DataFrame, entries: pl.DataFrame, links: pl.DataFrame
) -> Mapping[str, Block] | None:
    """The blocks of each county, or None when something may be wrong in one of them.

    Frames as POSTINGS (by number), ENTRIES and LINKS say; lines and projects may be pl.Enum. `header` is
    the first line of the canonical text without its line break, `project` is "" where there is none.
    What joins a block to the one before, and its sealed digests, is for `Recount.joins`.
    """
    frames = (postings, entries, links)
    if not any(frame.height for frame in frames):
        return {}
    if any(frame.null_count().sum_horizontal().item() for frame in frames):
        return None
    if not entries.height or not entries["stage"].is_in([stage.value for stage in Stage]).all():
        return None
    least, most = int(entries["fen"].min()), int(entries["fen"].max())  # type: ignore[arg-type]
    if max(-least, most) * entries.height >= _ROOM:
        return None
    known = postings.select("posting", "place")
    placed_entries = _placed(entries, known)
    placed_links = _placed(links, known)
    # A row or a link of no posting has no county.
    if placed_entries["place"].null_count() or placed_links["place"].null_count():
        return None
    if not (
        _balanced(entries)
        and _linked(entries, links)
        and _chained(placed_links)
        and _as_digested(postings, entries, placed_links)
    ):
        return None
    movements = _movements(placed_entries)
    stretches = _stretches(placed_links)
    return {
        place: Block(
            [Stretch(*row) for row in stretches.filter(place=place).drop("place").iter_rows()],
            [Movement(*row) for row in movements.filter(place=place).drop("place").iter_rows()],
            placed_links.filter(place=place),
        )
        for place in postings["place"].unique()
    }


def _placed(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order of their postings, with the county of each."""
    joined = rows.join(known, on="posting", how="left", maintain_order="left")
    return joined.sort("posting", maintain_order=True)


def _balanced(entries: pl.DataFrame) -> bool:
    """Whether each posting sums to zero on each line in each book."""
    cash = [stage.value for stage, book in BOOKS.items() if book is Book.CASH]
    left = entries.group_by("posting", "line", pl.col("stage").is_in(cash)).agg(pl.col("fen").sum())
    return bool((left["fen"] == 0).all())


def _linked(entries: pl.DataFrame, links: pl.DataFrame) -> bool:
    """Whether the lines that a posting touches are those it is linked into, each once."""
    touched = entries.select("posting", "line").unique()
    return (
        touched.height == links.height
        and not links.join(touched, on=["posting", "line"], how="anti").height
    )


def _chained(links: pl.DataFrame) -> bool:
    """Whether each link within the block follows the one before it on its line."""
    before = pl.col("position", "digest").shift(1).over("place", "line").name.prefix("last_")
    inside = links.with_columns(before).drop_nulls("last_position")
    follows = (pl.col("position") == pl.col("last_position") + 1) & (
        pl.col("previous") == pl.col("last_digest")
    )
    return bool(inside.select(follows.all()).item())


def _as_digested(postings: pl.DataFrame, entries: pl.DataFrame, links: pl.DataFrame) -> bool:
    """Whether the digest of each posting, from its text, is that of all its links.

    Rows and links are in the order of their postings. The texts of all postings are one long text, of
    which each takes its piece: texts of its own for every posting took most of the time.
    """
    heads = postings.select("posting", text=pl.concat_str("header", pl.lit("\n")))
    rows = _rows(entries)
    after = _after(links)
    at = heads["posting"].to_numpy()
    if not bool((np.diff(at) > 0).all()):
        return False
    parts = (heads, rows, after)
    owners = [np.searchsorted(at, part["posting"].to_numpy()) for part in parts]
    counts = [np.bincount(owner, minlength=len(at)) for owner in owners]
    # A posting without rows or links has no text.
    if not all(bool(count.all()) for count in counts):
        return False
    order = np.argsort(np.concatenate(owners), kind="stable")
    texts = pl.concat([part["text"] for part in parts]).gather(order)
    ends = np.cumsum(texts.str.len_bytes().to_numpy(), dtype=np.int64)
    cuts = [0, *ends[np.cumsum(sum(counts)) - 1].tolist()]
    whole = memoryview(texts.str.join("").item().encode())
    counted = [sha256(whole[low:high]).hexdigest() for low, high in pairwise(cuts)]
    held = links["digest"].cast(pl.String)
    return bool((held == pl.Series(counted, dtype=pl.String).gather(owners[2])).all())


def _rows(entries: pl.DataFrame) -> pl.DataFrame:
    """The lines of canonical text of all entries, by posting, in it by their bytes."""
    account = ["posting", "line", "stage", "project"]
    # A tab comes before all that a field may hold, so that texts are in the order of their fields. Of
    # two rows on one account the amounts decide, as texts.
    ordered = entries.sort(account, maintain_order=True)
    same = pl.all_horizontal(pl.col(column) == pl.col(column).shift(1) for column in account)
    text = _line("entry", *account[1:], "fen").alias("text")
    lines = ordered.select("posting", text)
    return lines.sort("posting", "text") if ordered.select(same.any()).item() else lines


def _after(links: pl.DataFrame) -> pl.DataFrame:
    """The lines of canonical text of all links, by posting, in it by their bytes."""
    previous = pl.when(pl.col("previous") == "").then(pl.lit(NOTHING)).otherwise("previous")
    ordered = links.sort("posting", "line", maintain_order=True)
    return ordered.select("posting", text=_line("after", "line", previous.alias("previous")))


def _line(word: str, *fields: str | pl.Expr) -> pl.Expr:
    columns = [pl.col(each) if isinstance(each, str) else each for each in fields]
    texts = [each.cast(pl.String) for each in columns]
    return pl.format("{}\n", pl.concat_str([pl.lit(word), *texts], separator="\t"))


def _movements(entries: pl.DataFrame) -> pl.DataFrame:
    account = ["place", "line", "stage", "project"]
    running = entries.select(*account, "fen", lowest=pl.col("fen").cum_sum().over(account))
    return running.group_by(account, maintain_order=True).agg(
        pl.col("lowest").min(), change=pl.col("fen").sum()
    )


def _stretches(links: pl.DataFrame) -> pl.DataFrame:
    return links.group_by("place", "line", maintain_order=True).agg(
        first=pl.col("position").first(),
        previous=pl.col("previous").first(),
        last=pl.col("position").last(),
        digest=pl.col("digest").last(),
    )
