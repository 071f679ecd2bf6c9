"""How every column reader works: a fast way for the plain form, a careful one for the rest.

A reader takes a column of cell texts and gives a typed column of equal length, null where the cell
was empty or wrong, with the faults found. The plain form is recognised by expressions over the whole
column; each *distinct* text that is left goes once through a Python function that gives a value or
says what is wrong and what would be right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from bangfu.core.language import Text

_BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong text and every position in the column where it stands.

    `text` says what would be right; `value` is the cell's text, not yet masked.
    """

    value: str
    rule: str
    text: Text
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A column read: typed values, null where empty or wrong, and the faults."""

    values: pl.Series
    faults: tuple[Fault, ...]


class Wrong(ValueError):
    """Raised by a careful reader for one text: which rule it breaks and what would be right."""

    def __init__(self, rule: str, text: Text) -> None:
        super().__init__(text.en)
        self.rule = rule
        self.text = text


def read_column(
    cells: pl.Series,
    dtype: pl.DataType | type[pl.DataType],
    plain: Callable[[pl.Expr], pl.Expr] | None,
    careful: Callable[[str], object],
) -> Reading:
    """Read a column of texts.

    `plain` gives the typed value of texts in the plain form and null for all others; both ways give
    the same value for a text that both read. `careful` gives a value, or None for a text that means
    "empty", or raises `Wrong`.
    """
    name = cells.name
    frame = cells.cast(pl.String).to_frame("text")
    if plain:
        frame = frame.with_columns(plain(pl.col("text")).cast(dtype).alias("value"))
    else:
        frame = frame.with_columns(pl.lit(None, dtype).alias("value"))
    rest = frame.filter(pl.col("text").is_not_null() & pl.col("value").is_null())["text"].unique(
        maintain_order=True
    )
    values: dict[str, object] = {}
    wrong: dict[str, Wrong] = {}
    for text in rest:
        try:
            values[text] = careful(text)
        except Wrong as fault:
            wrong[text] = fault
    if values:
        known = pl.DataFrame(
            {"text": list(values), "careful": pl.Series(list(values.values()), dtype=dtype)}
        )
        frame = frame.join(known, on="text", how="left", maintain_order="left")
        frame = frame.with_columns(pl.coalesce("value", "careful").alias("value"))
    return Reading(frame["value"].rename(name), _faults(frame["text"], wrong))


def _faults(texts: pl.Series, wrong: dict[str, Wrong]) -> tuple[Fault, ...]:
    if not wrong:
        return ()
    places = (
        texts.to_frame("text")
        .with_row_index("at")
        .filter(pl.col("text").is_in(list(wrong)))
        .group_by("text", maintain_order=True)
        .agg("at")
    )
    return tuple(
        Fault(text, wrong[text].rule, wrong[text].text, tuple(at))
        for text, at in places.iter_rows()
    )


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones, without any blank."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text))


def tidy(text: str) -> str:
    """A text for keeping: blanks and line breaks collapsed to one blank, control characters gone."""
    return _BLANKS.sub(" ", _CONTROLS.sub("", text)).strip()
