"""Figures as they are published: a number, its unit, and the interval that its rounding stands for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

PERCENT, POINTS, MONEY = "%", "百分点", "元"
_SCALES = {
    "千": 10**3, "万": 10**4, "亿": 10**8, "万亿": 10**12,
    "thousand": 10**3, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_UNITS = (
    "人民币|元|yuan|人|户|个?百分点|个|名|口|项|村|次|座|处|亩|公里|平方米|吨|%|"
    "percentage points?|percent"
)
_FIGURE = re.compile(
    r"(?<![\d.A-Za-z第-])(?P<number>-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)"
    rf"(?P<more>[多余])?\s*(?P<scale>万亿|[千万亿]|thousand|million|billion)?(?P<more2>[多余])?\s*"
    rf"(?P<unit>{_UNITS})?(?!\s*[年月日号])(?![\d.]*\d)"
)
_ABOUT = re.compile(
    r"(约|近|超|超过|逾|不低于|不少于|至少|大约|大概|不到|不足|以上|about|nearly|over|at least)\s*$"
)
_OR_MORE = re.compile(r"\s*(以上|以下|以内|左右|上下|or more)")
_SAME = {
    "yuan": MONEY,
    "人民币": MONEY,
    "percent": PERCENT,
    "个百分点": POINTS,
    "percentage point": POINTS,
    "percentage points": POINTS,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure: it stands for every number from `low` to `high`.

    `half` is half of its last written place times its scale (8.53 亿 is 8.525 to 8.535 亿). Whole
    numbers without a scale and money written to the fen are exact. Shares are values from 0 to 1.
    """

    written: str
    value: Fraction
    half: Fraction
    dimension: str
    start: int = 0
    end: int = 0

    @property
    def low(self) -> Fraction:
        """The least number that is written so."""
        return self.value - self.half

    @property
    def high(self) -> Fraction:
        """The greatest number that is written so."""
        return self.value + self.half


def figure(number: str, *, scale: int = 1, dimension: str = "") -> Figure:
    """A figure from its digits. Raises ValueError for what is no number."""
    plain = unicodedata.normalize("NFKC", number).strip().replace(",", "")
    if plain.endswith("%"):
        plain, dimension = plain[:-1].strip(), PERCENT
    _, _, decimals = plain.partition(".")
    per_cent = dimension in (PERCENT, POINTS)
    unit = Fraction(scale, 100) if per_cent else Fraction(scale)
    exact = not per_cent and scale == 1 and (not decimals or _to_the_fen(decimals, dimension))
    half = Fraction(0) if exact else unit / 10 ** len(decimals) / 2
    return Figure(number.strip(), Fraction(plain) * unit, half, dimension)


def _to_the_fen(decimals: str, dimension: str) -> bool:
    return dimension == MONEY and len(decimals) == 2


def figures(sentence: str) -> Iterator[Figure]:
    """The figures of a sentence, in order; years, dates and vague ones ("约", "500多万") are none."""
    text = unicodedata.normalize("NFKC", sentence)
    for found in _FIGURE.finditer(text):
        vague = found["more"] or found["more2"] or _OR_MORE.match(text, found.end())
        if vague or _ABOUT.search(text[: found.start()]):
            continue
        unit = found["unit"] or ""
        scale = _SCALES[found["scale"]] if found["scale"] else 1
        if not unit and scale == 1:
            continue  # a bare number tells nothing of what it counts
        plain = figure(found["number"], scale=scale, dimension=_SAME.get(unit, unit))
        yield Figure(
            found[0].strip(), plain.value, plain.half, plain.dimension, found.start(), found.end()
        )
