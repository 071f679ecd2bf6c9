"""What may be known of guarded numbers, column by column.

`core.identity.number_facts` says it for one number and is the meaning; these are the same rules over
whole columns, for sheets of a hundred thousand rows. A test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from bangfu.core.identity import CERTIFICATE_LENGTHS, PERSON_LENGTH

Tokeniser = Callable[[str], str]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def certificate_facts(number: str = "certificate") -> list[pl.Expr]:
    """Columns certificate_length … disability_grade from the text column `number`."""
    text = pl.col(number).str.strip_chars().str.to_uppercase()
    length = text.str.len_chars()
    is_certificate = length.is_in(CERTIFICATE_LENGTHS)
    readable = is_certificate | (length == PERSON_LENGTH)
    person = pl.when(readable).then(text.str.slice(0, PERSON_LENGTH))
    tail = pl.when(is_certificate).then(text.str.slice(PERSON_LENGTH))
    order = person.str.slice(16, 1).cast(pl.Int64, strict=False)
    birth = person.str.slice(6, 8)
    return [
        length.cast(pl.Int64).alias("certificate_length"),
        _checksum(person).alias("certificate_valid"),
        text.str.starts_with("999999").alias("certificate_placeholder"),
        pl.when(birth.str.contains(r"^[0-9]{8}$"))
        .then(birth.str.to_date("%Y%m%d", strict=False))
        .alias("certificate_birth"),
        pl.when(order % 2 == 1)
        .then(pl.lit("男"))
        .when(order % 2 == 0)
        .then(pl.lit("女"))
        .alias("certificate_sex"),
        _digit(tail.str.slice(0, 1), 1, 7).alias("disability_class"),
        _digit(tail.str.slice(1, 1), 1, 4).alias("disability_grade"),
    ]


def phone_facts(phone: str) -> list[pl.Expr]:
    """Columns <phone>_length and <phone>_valid from the text column `phone`."""
    text = pl.col(phone).str.strip_chars()
    return [
        text.str.len_chars().cast(pl.Int64).alias(f"{phone}_length"),
        text.str.contains(r"^1[3-9][0-9]{9}$").alias(f"{phone}_valid"),
    ]


def tokens(column: pl.Series, token: Tokeniser) -> pl.Series:
    """Keyed tokens of a column of numbers, for equality only; missing stays missing.

    One number has one token however it was typed: upper case, without blanks. A disability certificate
    has the token of the ID number it begins with, so that a person is the same on every roster.
    """
    text = pl.col(column.name).str.strip_chars().str.to_uppercase()
    certificate = text.str.len_chars().is_in(CERTIFICATE_LENGTHS)
    person = pl.when(certificate).then(text.str.slice(0, PERSON_LENGTH)).otherwise(text)
    texts = column.to_frame().select(person)[column.name].to_list()
    return pl.Series(
        column.name, [None if text is None else token(text) for text in texts], dtype=pl.String
    )


def _checksum(person: pl.Expr) -> pl.Expr:
    total = pl.sum_horizontal(
        person.str.slice(i, 1).cast(pl.Int64, strict=False) * weight
        for i, weight in enumerate(_WEIGHTS)
    )
    expected = pl.lit(_CHECK_DIGITS).str.slice(total % 11, 1)
    well_formed = person.str.contains(r"^[0-9]{17}[0-9X]$")
    return pl.when(person.is_not_null()).then(well_formed & (expected == person.str.slice(17, 1)))


def _digit(text: pl.Expr, low: int, high: int) -> pl.Expr:
    value = text.cast(pl.Int64, strict=False)
    return pl.when(value.is_between(low, high)).then(value)
