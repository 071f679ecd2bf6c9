"""Which of the two languages a page speaks, and how pages write numbers, dates and masked values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.functional import lazy

from bangfu.core.language import Lang, Text

FEN_IN_YUAN = 100
FEN_IN_WAN = 1_000_000
NOTHING = "—"
# A language as Django, and the reader's cookie, name it.
DJANGO_NAMES: dict[Lang, str] = {"zh": "zh-hans", "en": "en"}


_spoken: ContextVar[Lang] = ContextVar("spoken", default="zh")


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """What is made inside speaks this language, Django's own words too."""
    token = _spoken.set(lang)
    try:
        with translation.override(DJANGO_NAMES[lang]):
            yield
    finally:
        _spoken.reset(token)


def current() -> Lang:
    """The language of the page being made."""
    return _spoken.get()


def say(text: Text | str) -> str:
    """A text in the page's language."""
    return text.to(current()) if isinstance(text, Text) else text


def _later(zh: str, en: str) -> str:
    return Text(zh, en).to(current())


# For labels that are made once, at import, and spoken on each page: form fields, choices.
later = lazy(_later, str)


def listed(values: Iterable[str]) -> str:
    """Several words in a row, with the page's own comma."""
    return Text("、", ", ").to(current()).join(values)


def count(number: int | None) -> str:
    """How many, with thousands: 16,000; what was not counted is a dash."""
    return NOTHING if number is None else f"{number:,}"


def yuan(fen: int | None) -> str:
    """Whole fen as yuan with thousands: 123456 → "1,234.56"; a missing amount is a dash."""
    if fen is None:
        return NOTHING
    whole, rest = divmod(abs(fen), FEN_IN_YUAN)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{rest:02d}" if rest else f"{sign}{whole:,}"


def wan(fen: int | None) -> str:
    """Whole fen as ten thousand yuan (万元) with two decimals, rounded half away from zero."""
    if fen is None:
        return NOTHING
    hundredths = (abs(fen) + FEN_IN_WAN // 200) // (FEN_IN_WAN // 100)
    return f"{'-' if fen < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def day(value: date | datetime | None) -> str:
    """A date as 2026-11-22, a moment as 2026-11-22 09:30 in the site's time zone."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat()


def month(value: int | None) -> str:
    """A month written YYYYMM as 2026-11."""
    return f"{value // 100}-{value % 100:02d}" if value else NOTHING


def masked(value: str | None) -> str:
    """A number with its middle hidden: 420527********1234. Short ones show their last two digits."""
    if not value:
        return NOTHING
    if len(value) < 11:
        return "*" * (len(value) - 2) + value[-2:]
    head = 6 if len(value) >= 15 else 3
    return value[:head] + "*" * (len(value) - head - 4) + value[-4:]
