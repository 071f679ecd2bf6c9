"""Seals of closed months as they stand in public: the digest of the month and of every line."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.books.funds.models import MonthSeal
from bangfu.books.publishing.copies import Content
from bangfu.books.publishing.models import HeadCopy, Kind, SealCopy
from bangfu.core.language import Text


def contents(place_code: str) -> Iterator[Content]:
    """Every seal of a county."""
    for seal in MonthSeal.objects.filter(place_code=place_code).order_by("month"):
        yield content_of(seal)


def content_of(seal: MonthSeal) -> Content:
    """A seal with the heads of its lines. Holds no name of anybody."""
    at = {"place_code": seal.place_code}
    heads = seal.heads.order_by("line__number").values_list("line__number", "position", "digest")
    year, month = divmod(seal.month, 100)
    return Content(
        Kind.SEAL,
        f"seal {seal.month}",
        seal.place_code,
        seal.month,
        Text(f"{year} 年 {month} 月台账月封", f"Seal of the ledger, {year}-{month:02d}"),
        [
            SealCopy(**at, month=seal.month, previous=seal.previous, digest=seal.digest),
            *(
                HeadCopy(**at, line_number=line, position=position, digest=digest)
                for line, position, digest in heads
            ),
        ],
    )
