"""The values of closed lists in the page's language."""

from __future__ import annotations

from django.utils.functional import lazy

from bangfu.core.facts.english import in_english
from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.web import speech


def word(value: str | None) -> str:
    """A value of a closed list in the page's language; what is not listed stays as written."""
    if not value:
        return speech.NOTHING
    return in_english(value) if speech.current() == "en" else value


# For the choices of a form, which is made once and spoken on each page.
later = lazy(word, str)


def words(values: object) -> str:
    """Several values in the page's language, separated."""
    if isinstance(values, str) or values is None:
        return word(values)
    return speech.listed(word(str(value)) for value in values) or speech.NOTHING  # type: ignore[attr-defined]


def fact(kind: Kind, value: object) -> str:
    """A value of a fact in words: money as yuan, a month, a day, yes or no, words of closed lists."""
    if value is None:
        return speech.NOTHING
    if kind is Kind.FEN and isinstance(value, int):
        return speech.say(Text(f"{speech.yuan(value)} 元", f"{speech.yuan(value)} yuan"))
    if kind is Kind.MONTH and isinstance(value, int):
        return speech.month(value)
    if kind is Kind.YES_NO:
        return speech.say(Text("是", "yes") if value else Text("否", "no"))
    return words(value) if kind in (Kind.CODE, Kind.VALUES) else str(value)
